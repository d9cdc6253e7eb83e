"""A question, of a case or of a sheet, in a widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from pres_teach.encounter import Answer
from pres_teach.evidence import Reader
from pres_teach.quiz import Mark, Question, Response, mark
from pres_teach.record import Record, RecordError

from .desk import Desk
from .question import QuestionWidget
from .sitting import STAGE_NAMES, Sitting

#: The event of a record that holds an answer to a question of no case.
ANSWERED = "answer"


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
    place, stage = next(
        (f"{number} of {len(stage.questions)}", name)
        for name, stage in sitting.case.stages.items()
        for number, each in enumerate(stage.questions, 1)
        if each.id == question.id
    )

    def answered() -> list[Answer]:
        return [a for a in sitting.encounter.answers if a.question == name and a.by == "learner"]

    def answer(response: Mapping[str, Any]) -> Mapping[str, Any]:
        given = sitting.encounter.answer(name, _response(question, response))
        sitting.remembers(widget)
        return _shown(sitting.desk, question, given, [a.mark for a in answered()])

    widget = QuestionWidget(_before(sitting.desk, question, STAGE_NAMES.get(stage, stage), place), answer)

    seen: tuple[list[Answer], Reader] | None = None

    def refresh() -> None:
        # An answer under way in the browser stays as it is until the question itself was answered anew.
        nonlocal seen
        given = answered()
        if (given, sitting.desk.reader) == seen:
            return
        seen = (given, sitting.desk.reader)
        if given:
            marks = [a.mark for a in given]
            widget.show(_given(given[-1].response), _shown(sitting.desk, question, given[-1].mark, marks))
        else:
            widget.show(None, None)

    sitting.follow(refresh)
    return widget


def asking_alone(
    desk: Desk, record: Record, kept_as: str, question: Question, where: str, place: str, changed: Callable[[], None]
) -> QuestionWidget:
    """The widget of a question that belongs to no case.

    Parameters
    ----------
    desk
        Whose reader it is written for.
    record, kept_as
        Where the answers lie, and under which name.
    question
        What is asked.
    where, place
        What stands above it: the lesson, and "3 of 9".
    changed
        Called after each answer.
    """

    def tries() -> list[tuple[Response, Mark]]:
        made = []
        for _, event in record.events(kept_as):
            if event.get("do") == ANSWERED and event.get("question") == question.id:
                # an answer to an earlier wording of the question is not drawn again
                with suppress(ValueError):
                    said = Response.model_validate(event.get("response"))
                    made.append((said, mark(question, said)))
        return made

    def answer(response: Mapping[str, Any]) -> Mapping[str, Any]:
        said = _response(question, response)
        given = mark(question, said)  # refuses what cannot be marked before anything is kept
        body = said.model_dump(exclude_defaults=True, mode="json")
        event = {"do": ANSWERED, "at_h": 0.0, "question": question.id, "response": body}
        try:
            record.append(kept_as, event)
        except RecordError as refused:
            raise ValueError(str(refused)) from refused
        changed()
        return _shown(desk, question, given, [each for _, each in tries()])

    widget = QuestionWidget(_before(desk, question, where, place), answer)

    def draw() -> None:
        made = tries()
        if made:
            said, given = made[-1]
            widget.show(_given(said), _shown(desk, question, given, [each for _, each in made]))

    draw()
    desk.follow(draw)
    return widget


def _before(desk: Desk, question: Question, where: str, place: str) -> dict[str, Any]:
    """What may be seen before answering."""
    first, _, more = question.ask.strip().partition("\n\n")
    more = "\n\n".join([more, "\n".join(f"- {cue}" for cue in question.cues)]).strip()
    shown: dict[str, Any] = {
        "id": question.id,
        "kind": question.kind,
        "ask": desk.line(first),
        "more": desk.block(more) if more else "",
        "confidence": question.confidence,
        "eyebrow": f"{where} · question {place}",
        "label": f"Question {place}",
    }
    if question.options:
        shown["options"] = [desk.line(option.text) for option in question.options]
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


def _given(response: Response) -> dict[str, Any]:
    given: dict[str, Any] = {"confidence": response.confidence} if response.confidence is not None else {}
    if response.text:
        return {**given, "text": response.text}
    if response.value:
        number, _, unit = response.value.partition(" ")
        return {**given, "number": number, "unit": unit}
    return {**given, "chosen": list(response.chosen)}


def _shown(desk: Desk, question: Question, mark: Mark, tries: Sequence[Mark]) -> dict[str, Any]:
    """What is shown for an answer: everything, the feedback of options that were not chosen too."""
    shown: dict[str, Any] = {"verdict": mark.verdict}
    if mark.possible and tries:
        first = tries[0]
        points = f"{first.points:.2g} of {first.possible:.2g} {'point' if first.possible == 1 else 'points'}"
        shown["points"] = points if len(tries) == 1 else f"The first try counts: {points}"
    if mark.summary.rstrip(".").casefold() != mark.verdict:
        shown["summary"] = f"<p>{desk.line(mark.summary)}</p>"
    if question.options:
        shown["feedback"] = [
            {"index": one.index, "html": desk.block(one.text), "right": one.right, "chosen": one.chosen}
            for one in mark.feedback
        ]
    elif mark.feedback:
        said = [one.text for one in mark.feedback if one.text and one.text != mark.summary]
        shown["general"] = "".join(desk.block(text) for text in said)
    if mark.model_answer:
        shown["model_answer"] = desk.block(mark.model_answer) + _checks(desk, question)
    if mark.explain:
        shown["explain"] = desk.block(mark.explain)
    return shown


def _checks(desk: Desk, question: Question) -> str:
    """Points to tick beside the model answer; the ticks are the learner's own and kept nowhere."""
    if not question.checks:
        return ""
    rows = "".join(
        f'<li><label><input type="checkbox"><span>{desk.line(check)}</span></label></li>' for check in question.checks
    )
    return f'<h3>Tick what yours says</h3><ul class="pt-checks">{rows}</ul>'
