"""What a learner takes home: one page of HTML that needs nothing else and can be printed."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable

from pres_teach import figures, text, units
from pres_teach.encounter import Answer, Debrief, Encounter, Point, Twin
from pres_teach.evidence import library
from pres_teach.pharmacology import target_range
from pres_teach.quiz import Question

__all__ = ["take_home"]


# How much of the time before the learner came is drawn.
BEFORE_H = 120.0

STAGE_NAMES = {
    "presentation": "Presentation",
    "mri": "MRI findings",
    "switching": "Immunosuppression switching",
    "outcome": "Outcome",
}
STATUS = {
    "done": ("✓", "Done"),
    "missed": ("○", "Missed"),
    "harmful": ("✗", "Harmful"),
    "not harmed": ("–", "Did not happen"),
    "expert": ("E", "Done on the expert's path, not by you"),
    "open": ("…", "Still to come"),
}
BY = {"learner": "You", "expert": "Expert", "course": "Patient"}
SURE = "How sure you were, and how often that was right"

# Colours of text stand at 7:1 and more on white; a verdict is always a word and a sign as well.
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 46rem; margin: 0 auto;
  padding: 1rem; }
h1, h2, h3 { line-height: 1.25; }
h2 { border-bottom: 2px solid #1a1a1a; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border: 1px solid #767676; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { background: #f0f0f0; }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; }
.notice { border: 2px solid #1a1a1a; padding: .5rem .75rem; font-weight: 600; }
.said { white-space: pre-wrap; border-left: 4px solid #767676; padding-left: .75rem; overflow-wrap: anywhere; }
.when { white-space: nowrap; }
.pt-card { display: none; }
.question, .point { break-inside: avoid; }
@media print { body { max-width: none; font-size: 11pt; } a { color: inherit; } thead { display: table-header-group; } }
"""


class _Page:
    """Collects what is written and the keys cited on the way."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.keys: dict[str, None] = {}

    def add(self, *parts: str) -> None:
        self.parts.extend(parts)

    def block(self, markdown: str) -> str:
        self._cited(markdown)
        return text.render(markdown, library().cite)

    def line(self, markdown: str) -> str:
        self._cited(markdown)
        return text.inline(markdown, library().cite)

    def _cited(self, markdown: str) -> None:
        self.keys.update(dict.fromkeys(text.citations(markdown)))


def take_home(encounter: Encounter) -> str:
    """One self-contained page: the case, what was done, answers with feedback, the course, the debrief, the sources.

    Parameters
    ----------
    encounter
        As far as it has come.

    Returns
    -------
    str
        A whole HTML document, without script and without anything from outside. What the learner wrote is escaped.
    """
    page = _Page()
    case = encounter.case
    debrief = encounter.debrief()
    patient = case.patient
    page.add(
        f"<h1>{_escape(case.title)}</h1>",
        f'<p class="notice">{_escape(case.review.told)}</p>',
        f"<p>A simulated patient: {_escape(patient.sex)}, {patient.age_years:g} years, {patient.weight_kg:g} kg, "
        f"{_escape(_graft(patient.organ))}. This page reaches to {units.show_time(encounter.clock_h)} after "
        "transplantation.</p>",
    )
    if debrief.by_expert:
        names = ", ".join(STAGE_NAMES.get(stage, stage) for stage in debrief.by_expert)
        page.add(f"<p><strong>Brought about along the expert's path, not by you:</strong> {_escape(names)}.</p>")
    _case(page, encounter)
    _log(page, encounter)
    _answers(page, encounter, debrief)
    _course(page, encounter, debrief)
    _debrief(page, debrief)
    page.add("<h2>Sources</h2>", library().sources_html(page.keys) or "<p>None were cited.</p>")
    page.add(f'<p class="notice">{_escape(case.review.told)}</p>')
    body = "\n".join(page.parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{_escape(case.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    )


def _escape(words: object) -> str:
    return html.escape(str(words), quote=True)


def _listed(words: Iterable[str]) -> str:
    return _escape(", ".join(words))


def _graft(organ: str) -> str:
    return "stem cells of a donor" if organ == "allo-hsct" else f"a {organ} transplant"


def _case(page: _Page, encounter: Encounter) -> None:
    page.add("<h2>The case</h2>")
    based = encounter.case.based_on
    published = f"published of this patient: {_listed(based.published)}; " if based.published else ""
    invented = _listed(based.invented) if based.invented else "nothing"
    page.add(f"<p>Based on {page.line(f'[@{based.source}]')}: {published}invented for teaching: {invented}.</p>")
    reached = encounter.stages[: encounter.stages.index(encounter.stage) + 1]
    for name in reached:
        stage = encounter.case.stages[name]
        if stage.story:
            page.add(f"<h3>{_escape(STAGE_NAMES.get(name, name))}</h3>", page.block(stage.story))


def _log(page: _Page, encounter: Encounter) -> None:
    page.add("<h2>What you did, in order of time</h2>")
    rows = [
        (_when(entry.time_h), _escape(BY.get(entry.by, entry.by)), _told(page, entry.kind, entry.text))
        for entry in encounter.log
        if entry.kind not in ("answer", "wait")
    ]
    page.add(_table("From the opening of the case", ("When", "Who", "What"), rows) if rows else "<p>Nothing yet.</p>")


def _told(page: _Page, kind: str, said: str) -> str:
    if kind == "stage":
        return f"<strong>{_escape(STAGE_NAMES.get(said, said))}</strong>"
    # Only what the case's author wrote is Markdown; an order is plain words.
    return page.line(said) if kind in ("ask", "result", "test") else _escape(said)


def _answers(page: _Page, encounter: Encounter, debrief: Debrief) -> None:
    page.add("<h2>Your answers</h2>")
    first = {a.question: a for a in (*debrief.first_answers, *debrief.reflections) if a.attempt == 1}
    tries = {
        question: sum(a.question == question and a.by == "learner" for a in encounter.answers) for question in first
    }
    reflections = {}
    for answer in debrief.reflections:
        reflections[answer.question] = answer  # the last version of what was thought
    if not first:
        page.add("<p>None yet.</p>")
        return
    page.add(f"<p>{_escape(debrief.marks.text)}</p>")
    for name in encounter.stages:
        asked = [q for q in encounter.case.stages[name].questions if q.id in first]
        if asked:
            page.add(f"<h3>{_escape(STAGE_NAMES.get(name, name))}</h3>")
        for question in asked:
            page.add(_answer(page, question, reflections.get(question.id, first[question.id]), tries[question.id]))


def _answer(page: _Page, question: Question, answer: Answer, tries: int) -> str:
    response, mark = answer.response, answer.mark
    parts = ['<section class="question">', page.block(question.ask)]
    if question.options:
        rows = [
            (
                "chosen" if feedback.chosen else "",
                {True: "right", False: "not right", None: "not marked"}[feedback.right],
                page.line(question.options[feedback.index].text),
                page.line(feedback.text),
            )
            for feedback in mark.feedback
        ]
        parts.append(_table("The options", ("You", "It is", "Option", "Why"), rows))
    else:
        parts.append(f'<p>You wrote:</p><p class="said">{_escape(response.text or response.value)}</p>')
        parts += [f"<p>{page.line(feedback.text)}</p>" for feedback in mark.feedback]
    verdict = mark.verdict.capitalize() + ("" if mark.possible == 0 else f", {mark.points:.1f} of {mark.possible:.0f}")
    sure = "" if response.confidence is None else f" You were {response.confidence} % sure."
    again = "" if tries == 1 else f" You answered {tries} times; the first try counts."
    again = again if question.possible else ""
    parts.append(f"<p><strong>{verdict}.</strong> {page.line(mark.summary)}{sure}{again}</p>")
    if mark.explain:
        parts.append(page.block(mark.explain))
    if mark.model_answer:
        parts += ["<p>To set beside yours:</p>", f"<blockquote>{page.block(mark.model_answer)}</blockquote>"]
    parts.append("</section>")
    return "\n".join(parts)


def _course(page: _Page, encounter: Encounter, debrief: Debrief) -> None:
    case = encounter.case
    twin = next((twin for twin in debrief.twins if twin.id == "expert"), None)
    courses = {"You": debrief.course} if twin is None else {"You": debrief.course, "The expert": twin.course}
    patient = case.patient
    picture = figures.course_figure(
        courses,
        target=target_range("tacrolimus", patient.organ, debrief.time_h / 24, case.regimen, patient.age_years),
        opens_h=case.opens_h,
        from_h=max(0.0, case.opens_h - BEFORE_H),
        title="The course",
    )
    page.add("<h2>The course</h2>", picture.html())
    rows = [
        (
            _escape(order.words()),
            _when(order.at_h),
            _when(order.until_h) if order.until_h is not None else "",
            {"author": "Before you came", "learner": "You", "expert": "The expert's path"}[order.by],
        )
        for order in debrief.doses
        if order.at_h <= debrief.time_h or order.by != "author"
    ]
    page.add(_table("All orders", ("Order", "From", "Until", "By"), rows))
    happened = [(_when(event.time_h), _escape(event.text)) for event in debrief.events]
    if happened:
        page.add(_table("What happened", ("When", "What"), happened))
    if debrief.limits:
        page.add("<p>What the model does not cover here:</p>")
        page.add("<ul>", *(f"<li>{_escape(limit)}</li>" for limit in debrief.limits), "</ul>")


def _debrief(page: _Page, debrief: Debrief) -> None:
    page.add("<h2>Debrief</h2>", f"<p>{_escape(debrief.process.text)}</p>")
    page.add(*_rows(debrief.points, lambda point: _point(page, point)))
    if debrief.calibration:
        page.add(f"<h3>{SURE}</h3>", "<ul>", *(f"<li>{_escape(row.text)}</li>" for row in debrief.calibration), "</ul>")
    for twin in debrief.twins:
        page.add(_twin(twin))
    if debrief.text:
        page.add("<h3>To take home</h3>", page.block(debrief.text))


def _rows(points: Iterable[Point], shown: Callable[[Point], str]) -> list[str]:
    return [shown(point) for point in points if point.status != "not harmed"]


def _point(page: _Page, point: Point) -> str:
    sign, word = STATUS[point.status]
    when = "" if point.time_h is None else f", {units.show_time(point.time_h)}"
    scored = "" if point.scored else " (not scored)"
    said = f"{sign} {word}{when}{scored}: {page.line(point.text)}."
    return f'<p class="point"><strong>{said}</strong> {page.line(point.why)}</p>'


def _twin(twin: Twin) -> str:
    rows = [
        (_escape(row.what), _escape(row.here), _escape(row.there), _escape(row.in_words))
        for row in twin.comparison.rows
    ]
    return f"<h3>{_escape(twin.title)}</h3><p>{_escape(twin.comparison.note)}</p>" + _table(
        "Until now, illustrative", ("What", "You", "There", "In words"), rows
    )


def _when(time_h: float) -> str:
    return f'<span class="when">{units.show_time(time_h)}</span>'


def _table(caption: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{_escape(word)}</th>' for word in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{_escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
