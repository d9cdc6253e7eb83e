"""A question of the case, in a widget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pres_teach.encounter import Answer
from pres_teach.evidence import Reader
from pres_teach.quiz import Mark, Question, Response

from .question import QuestionWidget
from .sitting import STAGE_NAMES, Sitting


def asking(sitting: Sitting, name: str) -> QuestionWidget:
    """The widget of a question: what the learner answered before is drawn again.

    Parameters
    ----------
    sitting
        The lesson's case and encounter.
    name
        The question's id; KeyError names those there are.
    """
    question = sitting.case.question(name)

    def answer(response: Mapping[str, Any]) -> Mapping[str, Any]:
        mark = sitting.encounter.answer(name, _response(question, response))
        sitting.remembers(widget)
        return _shown(sitting, question, mark)

    widget = QuestionWidget(_before(sitting, question), answer)

    seen: tuple[list[Answer], Reader] | None = None

    def refresh() -> None:
        # An answer under way in the browser stays as it is until the question itself was answered anew.
        nonlocal seen
        given = [a for a in sitting.encounter.answers if a.question == name and a.by == "learner"]
        if (given, sitting.desk.reader) == seen:
            return
        seen = (given, sitting.desk.reader)
        if given:
            widget.show(_given(given[-1]), _shown(sitting, question, given[-1].mark))
        else:
            widget.show(None, None)

    sitting.follow(refresh)
    return widget


def _before(sitting: Sitting, question: Question) -> dict[str, Any]:
    """What may be seen before answering."""
    first, _, more = question.ask.strip().partition("\n\n")
    more = "\n\n".join([more, "\n".join(f"- {cue}" for cue in question.cues)]).strip()
    place, stage = next(
        (f"{number} of {len(stage.questions)}", name)
        for name, stage in sitting.case.stages.items()
        for number, each in enumerate(stage.questions, 1)
        if each.id == question.id
    )
    shown: dict[str, Any] = {
        "id": question.id,
        "kind": question.kind,
        "ask": sitting.line(first),
        "more": sitting.block(more) if more else "",
        "confidence": question.confidence,
        "eyebrow": f"{STAGE_NAMES.get(stage, stage)} · question {place}",
        "label": f"Question {place}",
    }
    if question.options:
        shown["options"] = [sitting.line(option.text) for option in question.options]
    if question.kind == "numeric":
        shown["units"] = list(question.accepted_units)
    if question.kind in ("single", "multiple") and not question.scored:
        shown["hint"] = "Not marked: several answers can be defended."
    return shown


def _response(question: Question, response: Mapping[str, Any]) -> Response:
    confidence = response.get("confidence")
    sure = int(confidence) if confidence is not None else None
    if question.kind == "reflection":
        return Response(text=str(response.get("text") or ""), confidence=sure)
    if question.kind == "numeric":
        value = f"{response.get('number') or ''} {response.get('unit') or ''}".strip()
        return Response(value=value, confidence=sure)
    return Response(chosen=tuple(int(index) for index in response.get("chosen") or ()), confidence=sure)


def _given(answer: Answer) -> dict[str, Any]:
    response = answer.response
    given: dict[str, Any] = {"confidence": response.confidence} if response.confidence is not None else {}
    if response.text:
        return {**given, "text": response.text}
    if response.value:
        number, _, unit = response.value.partition(" ")
        return {**given, "number": number, "unit": unit}
    return {**given, "chosen": list(response.chosen)}


def _shown(sitting: Sitting, question: Question, mark: Mark) -> dict[str, Any]:
    """What is shown for an answer: everything, the feedback of options that were not chosen too."""
    tries = [a for a in sitting.encounter.answers if a.question == question.id and a.by == "learner"]
    shown: dict[str, Any] = {"verdict": mark.verdict}
    if mark.possible and tries:
        first = tries[0].mark
        points = f"{first.points:.2g} of {first.possible:.2g} {'point' if first.possible == 1 else 'points'}"
        shown["points"] = points if len(tries) == 1 else f"The first try counts: {points}"
    if mark.summary.rstrip(".").casefold() != mark.verdict:
        shown["summary"] = f"<p>{sitting.line(mark.summary)}</p>"
    if question.options:
        shown["feedback"] = [
            {"index": one.index, "html": sitting.block(one.text), "right": one.right, "chosen": one.chosen}
            for one in mark.feedback
        ]
    elif mark.feedback:
        said = [one.text for one in mark.feedback if one.text and one.text != mark.summary]
        shown["general"] = "".join(sitting.block(text) for text in said)
    if mark.model_answer:
        shown["model_answer"] = sitting.block(mark.model_answer)
    if mark.explain:
        shown["explain"] = sitting.block(mark.explain)
    return shown
