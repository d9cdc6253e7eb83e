"""Marking: a question and a response give a mark, and nothing else does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pres_teach import units as unit_table
from pres_teach.quiz.questions import NUMBER_AND_UNIT, Answer, Question, Response

Verdict = Literal["right", "partly right", "not right", "not marked"]


class ResponseError(ValueError):
    """A response that cannot be marked yet; its text tells the learner what is missing."""


@dataclass(frozen=True)
class Feedback:
    """What is said to one option, or to a number or a text as a whole.

    Parameters
    ----------
    index : int
        Position of the option; 0 for a number or a text.
    text : str
        What is said (Markdown).
    right : bool or None
        Whether it belongs to the answer; None where no answer is right or wrong.
    chosen : bool
        Whether the learner chose it.
    """

    index: int
    text: str
    right: bool | None
    chosen: bool


@dataclass(frozen=True)
class Mark:
    """What a response is worth, and why.

    Parameters
    ----------
    points : float
        Between 0 and `possible`.
    possible : float
        1, or 0 where nothing is scored.
    verdict : {"right", "partly right", "not right", "not marked"}
        In words. "right" exactly when all that is right was given and nothing else.
    feedback : tuple of Feedback
        One for each option, in the author's order; one for a number or a text.
    summary : str
        One sentence for the top.
    explain : str
        Why, with sources (Markdown).
    model_answer : str
        After a reflection: what an expert would have written.
    """

    points: float
    possible: float
    verdict: Verdict
    feedback: tuple[Feedback, ...]
    summary: str
    explain: str
    model_answer: str = ""


def mark(question: Question, response: Response) -> Mark:
    """Mark a response.

    A question of kind "multiple" gives ``max(0, right ticks - wrong ticks) / right options``, so that ticking every box
    never gives full marks. The order of the ticks makes no difference; confidence makes none either.

    Parameters
    ----------
    question : Question
        What was asked.
    response : Response
        What was said.

    Returns
    -------
    Mark
        Points, verdict and feedback.

    Raises
    ------
    ResponseError
        When nothing was said, or it cannot be read. The text says what to do; nothing is marked.
    """
    if question.kind == "reflection":
        return _reflection(question, response)
    if question.kind == "numeric" and question.answer is not None:
        return _numeric(question, question.answer, response)
    return _choice(question, response)


def _choice(question: Question, response: Response) -> Mark:
    chosen = set(response.chosen)
    if not chosen:
        raise ResponseError("Nothing is chosen yet. Choose an answer, then check it.")
    if any(index not in range(len(question.options)) for index in chosen):
        raise ResponseError(f"This question has {len(question.options)} options; choose among those.")
    if question.kind == "single" and len(chosen) > 1:
        raise ResponseError("Only one answer can be chosen here.")

    key = set(question.key)
    feedback = tuple(
        Feedback(index, option.feedback, option.right if key else None, index in chosen)
        for index, option in enumerate(question.options)
    )
    if not question.scored:
        return Mark(
            0.0, 0.0, "not marked", feedback, "Not marked: read what speaks for and against each.", question.explain
        )
    hits, strays = len(chosen & key), len(chosen - key)
    points = max(0, hits - strays) / len(key)
    verdict: Verdict = "right" if chosen == key else "partly right" if points > 0 else "not right"
    own = question.feedback_right if verdict == "right" else question.feedback_wrong
    if question.kind == "single":
        plain = "Right." if verdict == "right" else "Not right."
    else:
        plain = f"{verdict.capitalize()}: {hits} of {len(key)} found" + (
            f", and {strays} chosen that {'does' if strays == 1 else 'do'} not belong." if strays else "."
        )
    return Mark(points, question.possible, verdict, feedback, own or plain, question.explain)


def _numeric(question: Question, answer: Answer, response: Response) -> Mark:
    value = _read_number(question, answer, response.value)
    shown = f"{answer.value:g} {answer.unit}".strip()
    if answer.accepts(value):
        said, right = question.feedback_right or f"Right: {shown}.", True
    else:
        said, right = question.feedback_wrong or "Not right.", False
        for item in question.misconceptions:
            if item.explains(value, answer):
                said = item.feedback
                break
    feedback = (Feedback(0, said, right, True),)
    if not question.scored:
        return Mark(0.0, 0.0, "not marked", feedback, f"Not marked. The answer is {shown}.", question.explain)
    if right:
        return Mark(question.possible, question.possible, "right", feedback, f"Right: {shown}.", question.explain)
    return Mark(0.0, question.possible, "not right", feedback, f"Not right: the answer is {shown}.", question.explain)


def _read_number(question: Question, answer: Answer, typed: str) -> float:
    """The number typed, in the unit of the answer."""
    typed = (
        typed.strip()
        .replace("\N{MINUS SIGN}", "-")
        .replace("\N{MICRO SIGN}", "u")
        .replace("\N{GREEK SMALL LETTER MU}", "u")
    )
    allowed = question.accepted_units
    named = ", ".join(unit for unit in allowed if unit)
    example = f"12 {allowed[0]}".strip()
    if not typed:
        raise ResponseError(
            f"Nothing is written yet. Write a number{' and its unit' if named else ''}, such as {example}."
        )
    if "," in typed:
        raise ResponseError("Write the number with a decimal point and without commas, such as 0.5.")
    found = NUMBER_AND_UNIT.fullmatch(typed) if len(typed) <= 60 else None
    if found is None or found[2][:1] in set("0123456789.+-*/^(=") or _exponent(found[2]):
        raise ResponseError(
            f"Write one number in ordinary digits{', then its unit' if named else ''}, such as {example}."
        )
    number, unit = float(found[1]), found[2]
    if not unit:
        if len(allowed) > 1:
            raise ResponseError(f"Say the unit as well: {named}.")
        unit = allowed[0]
    elif unit not in allowed:
        alike = [known for known in allowed if known.casefold() == unit.casefold()]
        if len(alike) != 1:
            wanted = f"Use one of these units: {named}." if named else "Write the number alone: it has no unit."
            raise ResponseError(f"The unit is not one that is asked for here. {wanted}")
        unit = alike[0]
    if unit == answer.unit:
        return number
    try:
        return unit_table.convert(number, unit, answer.unit, question.analyte)
    except unit_table.UnitError as error:
        raise ResponseError(f"This cannot be compared in {unit}. Use {answer.unit}.") from error


def _exponent(rest: str) -> bool:
    return (rest[:1] in ("e", "E") and rest[1:2].isdigit()) or rest[:2] in ("e-", "e+", "E-", "E+")


def _reflection(question: Question, response: Response) -> Mark:
    if not response.text.strip():
        raise ResponseError("Nothing is written yet. A sentence or two is enough; it is not marked.")
    return Mark(
        0.0,
        0.0,
        "not marked",
        (),
        "Not marked: set your answer beside this one.",
        question.explain,
        question.model_answer,
    )
