"""A lesson in words: where we are, the story, results, what made a level, the letter, the debrief, sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pres_teach.encounter import Debrief, Point, Twin, errors_of
from pres_teach.encounter.courses import Courses
from pres_teach.pharmacology.options import options
from pres_teach.units import show_time

from . import levels_told
from .foundation import Html, PanelWidget, Request, table, words
from .sitting import STAGE_NAMES, Sitting

STATUS = {
    "done": ("right", "✓", "Done"),
    "missed": ("part", "○", "Missed"),
    "harmful": ("wrong", "✕", "Harmful"),
    "expert": ("plain", "E", "Done on the expert's path, not by you"),
    "open": ("plain", "…", "Still to come"),
}


def badge(kind: str, sign: str, word: str) -> str:
    """A verdict in HTML: sign, word and colour."""
    return f'<span class="pt-badge pt-is-{kind}" data-sign="{words(sign)}">{words(word)}</span>'


class Told:
    """A panel that follows the encounter, behind a button where it would give something away.

    Parameters
    ----------
    sitting
        The lesson's case and encounter.
    label
        Its name.
    body
        What it says: safe HTML.
    button, lead
        What opens it, and what stands there before; without a button it is open.
    """

    def __init__(self, sitting: Sitting, label: str, body: Callable[[], str], button: str = "", lead: str = "") -> None:
        self.sitting = sitting
        self._body = body
        self._open = not button
        self.widget = PanelWidget(label=label, button=button, lead=lead)
        self.widget.on("open", self._opened)
        sitting.follow(self.refresh)

    def refresh(self) -> None:
        """Say it anew."""
        if self._open:
            self.widget.body = self._body()

    def _opened(self, request: Request) -> None:
        self._open = True
        self.widget.button = ""
        self.sitting.opened.add(self.widget.label)
        self.sitting.refresh()


def where(sitting: Sitting) -> str:
    """Where we are in the case, and what was done on the expert's path."""
    case, encounter = sitting.case, sitting.encounter
    steps = ""
    for number, name in enumerate(encounter.stages, 1):
        here_now = ' aria-current="step"' if name == sitting.stage else ""
        steps += f"<li{here_now}>{number} · {words(_name(name))}</li>"
    parts = [f'<p class="pt-eyebrow">{words(case.title)}</p>', f'<ol class="pt-steps">{steps}</ol>']
    parts.append(f"<p>It is <strong>{words(show_time(encounter.clock_h))}</strong> after the transplantation.</p>")
    order = list(encounter.stages)
    here, open_ = order.index(sitting.stage), order.index(encounter.stage)
    by_expert = [name for name in order[:here] if name not in encounter.state.played]
    if open_ < here:
        parts.append(
            f"<p>The patient is still in part {open_ + 1}. Go on there, or run this notebook again: the steps in "
            "between are then taken on the expert's path.</p>"
        )
    elif by_expert:
        names = ", ".join(_name(name) for name in by_expert)
        parts.append(
            f"<p>{badge('plain', 'E', 'Expert')} What came before was done on the expert's path, not by you: "
            f"{words(names)}. Nothing of it counts as yours. Each part can be opened on its own.</p>"
        )
    elif here:
        him = "him" if case.patient.sex == "male" else "her"
        parts.append(f"<p>The patient comes with you as you left {him} in the part before.{_gone_by(sitting)}</p>")
    else:
        parts.append(
            "<p>The patient goes with you from part to part. Each part can also be opened on its own; the steps before "
            "it are then taken on the expert's path.</p>"
        )
    if open_ > here:
        later = _name(encounter.stage)
        parts.append(
            f"<p>You have been further already, in part {open_ + 1}, {words(later)}: the clock does not go back.</p>"
        )
    parts.append(f'<p class="pt-soft pt-small">{words(case.review.told)}</p>')
    messages = [sitting.record.message, *encounter.messages]
    parts += [f'<p class="pt-note pt-is-part">{words(said)}</p>' for said in messages if said]
    return "".join(parts)


def _gone_by(sitting: Sitting) -> str:
    """From when to when the chart went on by itself before this part, where that is more than an hour."""
    encounter = sitting.encounter
    begun = next((e.time_h for e in encounter.log if e.kind == "stage" and e.text == sitting.stage), None)
    if begun is None:
        return ""
    last = max((e.time_h for e in encounter.log if e.time_h < begun and e.kind != "event"), default=begun)
    if begun - last <= 1:
        return ""
    return (
        f" This part begins on {words(show_time(begun))}: between {words(show_time(last))} and then your chart went on "
        "as it stands."
    )


def _name(stage: str) -> str:
    return STAGE_NAMES.get(stage, stage)


def story(sitting: Sitting, stage: str | None = None) -> Html:
    """The story of a part of the case."""
    name = stage or sitting.stage
    part = sitting.case.stages[name]
    number = list(sitting.case.stages).index(name) + 1
    eyebrow = f'<p class="pt-eyebrow">{number} · {words(_name(name))}</p>'
    return Html(eyebrow + sitting.block(part.story), f"Story: {_name(name)}")


def results(sitting: Sitting) -> str:
    """Everything that has come back, and what has not."""
    encounter = sitting.encounter
    rows = []
    for one in encounter.results:
        said = "The pictures are there." if one.scan else sitting.line(one.text)
        rows.append((words(one.name), words(show_time(one.drawn_h)), said))
    for one in encounter.results_due():
        rows.append((words(one.name), words(show_time(one.drawn_h)), f"due {words(show_time(one.due_h))}"))
    if not rows:
        return "<p>Nothing was asked for yet.</p>"
    return table("Results so far", ("Test", "Drawn", "Result"), rows)


def letter(sitting: Sitting) -> str:
    """A letter made of what happened: facts, open points, doubts."""
    case, encounter = sitting.case, sitting.encounter
    patient = case.patient
    who = "man" if patient.sex == "male" else "woman"
    if patient.age_years < 18:
        who = "boy" if patient.sex == "male" else "girl"
    graft = "stem cells of a donor" if patient.organ == "allo-hsct" else f"a {patient.organ}"
    parts = [
        '<p class="pt-eyebrow">A letter from what is in the chart</p><div class="pt-letter">',
        f"<p>Dear colleague,</p><p>this {who} of {patient.age_years:.0f} received {graft}. This letter was written on "
        f"{words(show_time(encounter.clock_h))} after the transplantation.</p>",
    ]

    def listed(title: str, items: Sequence[str], none: str) -> None:
        shown = f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else f"<p>{words(none)}</p>"
        parts.append(f"<h3>{words(title)}</h3>{shown}")

    when = _when
    happened = [f"{when(event.time_h)}: {words(event.text)}" for event in encounter.course.events]
    if case.illness.diagnosis == "PRES":
        parts.append(
            "<p>Working diagnosis: posterior reversible encephalopathy syndrome (PRES), put together from symptoms, "
            "setting and pictures; no single test proves it.</p>"
        )
    listed("What happened", happened, "Nothing that was seen.")
    measured = [r for r in encounter.results if r.scan or case.test(r.test).measures is not None]
    listed(
        "What was measured",
        [f"{when(r.drawn_h)}: {words(r.name)}" + ("" if r.scan else f", {sitting.line(r.text)}") for r in measured],
        "No level, pressure or scan.",
    )
    changed = []
    for decision in encounter.decisions:
        by = " (on the expert's path)" if decision.by == "expert" else ""
        changed.append(f"{when(decision.time_h)}: {words(decision.words)}{by}")
    listed("What was changed", changed, "Nothing.")
    now = encounter.clock_h
    listed("What is given now", [words(order.words()) for order in encounter.chart.drugs(now)], "Nothing.")
    coming = [o for o in encounter.chart.orders if o.at_h > now]
    still = [f"{words(o.words())}, to begin again {when(o.at_h)}" for o in coming]
    still += [f"{words(r.name)}: result due {when(r.due_h)}" for r in encounter.results_due()]
    scans = encounter.scans
    if len(scans) == 1:
        still.append(f"One scan so far, {when(scans[0].time_h)}: no follow-up scan has been made.")
    elif not scans:
        still.append("No scan has been made.")
    listed("What is open", still, "Nothing in the chart.")
    parts.append(
        "<p>Dates for the next level, the next scan and the end of each drug are not in the chart: write them here.</p>"
        "<h3>What nobody knows</h3><p>Whether it comes back, when the scan will be clear, and which of the drivers "
        "mattered most in this patient. Please speak to us before a calcineurin inhibitor, an azole or an antiseizure "
        f'drug is changed.</p></div><p class="pt-soft pt-small">{words(sitting.case.review.told)}</p>'
    )
    return "".join(parts)


def _when(time_h: float) -> str:
    return f"<strong>{words(show_time(time_h))}</strong>"


def debrief(sitting: Sitting) -> str:
    """What was done, missed and harmful, why, and what would have been otherwise."""
    found: Debrief = sitting.encounter.debrief()
    parts = [f'<p class="pt-eyebrow">Debrief, until {words(show_time(found.time_h))}</p>']
    if found.by_expert:
        names = ", ".join(_name(name) for name in found.by_expert)
        expert = badge("plain", "E", "Expert")
        parts.append(f"<p>{expert} Brought about on the expert's path, not by you: {words(names)}.</p>")
    parts.append(f"<h3>What you did</h3><p>{words(found.process.text)}</p>")
    points = [point for point in found.points if point.status in STATUS]
    parts.append('<ul class="pt-points">' + "".join(_point(sitting, point) for point in points) + "</ul>")
    parts.append(f"<h3>What you answered</h3><p>{words(found.marks.text)}</p>")
    if found.calibration:
        rows = [
            (f"{row.confidence} %", f"{row.right} of {row.asked}", f"{100 * row.low:.0f} to {100 * row.high:.0f} %")
            for row in found.calibration
        ]
        parts.append(table("How sure you were, and how often that was right", ("Sure", "Right", "95 % interval"), rows))
    parts.append(levels_told.held(sitting, found))
    parts.append("<h3>Was it you, or was it luck?</h3>")
    parts += [_twin(twin) for twin in found.twins]
    parts.append(_turns(sitting))
    if found.text:
        parts.append(f"<h3>To take home</h3>{sitting.block(found.text)}")
    if found.limits:
        limits = "".join(f"<li>{words(one)}</li>" for one in found.limits)
        parts.append(f"<h3>What the model cannot say</h3><ul>{limits}</ul>")
    parts.append(f'<p class="pt-soft pt-small">{words(sitting.case.review.told)}</p>')
    return "".join(parts)


def _point(sitting: Sitting, point: Point) -> str:
    kind, sign, word = STATUS[point.status]
    when = "" if point.time_h is None else f' <span class="pt-soft pt-small">{words(show_time(point.time_h))}</span>'
    scored = "" if point.scored else ' <span class="pt-soft pt-small">not scored</span>'
    return (
        f'<li>{badge(kind, sign, word)}{when}{scored}<p class="pt-point-text">{sitting.line(point.text)}</p>'
        f"<p>{sitting.line(point.why)}</p></li>"
    )


def _twin(twin: Twin) -> str:
    rows = []
    for row in twin.comparison.rows:
        said = words(row.in_words)
        same = f'<span class="pt-soft">{said}</span>' if row.here == row.there else f"<strong>{said}</strong>"
        rows.append((words(row.what), words(row.here), words(row.there), same))
    note = f'<p class="pt-soft pt-small">{words(twin.comparison.note)}</p>'
    return table(twin.title, ("What", "Your patient", "The twin", "In words"), rows) + note


def _turns(sitting: Sitting) -> str:
    """The decisions that mattered most, each changed alone."""
    found = sitting.encounter.turns()
    head = "<h3>The decisions that mattered most</h3>"
    if not found:
        return f"{head}<p>No single decision, changed alone, would have made a difference worth a word until now.</p>"
    rows = []
    for turn in found:
        said = words("; ".join(one.words for one in turn.differences))
        verdict = {True: ("right", "+", "Better"), False: ("wrong", "−", "Worse"), None: ("part", "±", "Both")}
        if turn.level_alone:
            verdict[None] = ("plain", "≠", "Otherwise")
        rows.append(
            (words(turn.words[:1].upper() + turn.words[1:]), badge(*verdict[turn.better]), said[:1].upper() + said[1:])
        )
    note = (
        '<p class="pt-soft pt-small">Your chart with one decision changed, the same luck. Where in PRES only '
        "immunosuppression is otherwise, nothing is said of the brain: no strategy is known to be better. A teaching "
        "model, not a forecast, and no score.</p>"
    )
    heads = ("Your chart, but …", "It would have gone", "What would have been otherwise")
    return head + table("One decision changed", heads, rows) + note


def offered(sitting: Sitting) -> str:
    """Ways of handling the immunosuppression: what is known, the price, and what is warned of in this patient."""
    patient = sitting.case.patient
    him = "him" if patient.sex == "male" else "her"
    parts = [
        "<p>No way has been shown to be best; their order means nothing. What holds for every patient stands in the "
        f"lists, what holds for {him} comes first. How soon a drug covers the graft is <em>illustrative</em>.</p>",
        '<ul class="pt-points">',
    ]
    for one in options():
        warned = "".join(
            f"<p>{badge('wrong', '!', f'For {him}')} {sitting.line(said)}</p>" for said in one.warned(patient)
        )
        lists = "".join(
            f"<h4>{head}</h4><ul>" + "".join(f"<li>{sitting.line(said)}</li>" for said in told) + "</ul>"
            for head, told in (("What was seen", one.known), ("The price", one.price))
        )
        cover = "; ".join(
            f"{words(drug)} covers within {words(on)}, and for {words(off)} after its end"
            for drug, on, off in one.cover()
        )
        note = f'<p class="pt-soft pt-small">In the teaching model {cover}.</p>' if cover else ""
        parts.append(f'<li><h3 class="pt-point-text">{words(one.title)}</h3>{warned}{lists}{note}</li>')
    return "".join(parts) + "</ul>"


def known_errors(sitting: Sitting) -> str:
    """What else could have gone wrong: each known error of the case, what came of it in the model, and why."""
    made = errors_of(Courses(sitting.case))
    if not made:
        return "<p>The author of this case has written down no known errors.</p>"
    parts = [
        "<p>Each was tried on the same patient, with the same random numbers, everything else done as the experienced "
        "colleague did it. What came of it is <em>illustrative</em>.</p>"
    ]
    for one in made:
        shown = "".join(f"<li>{sitting.line(said[:1].upper() + said[1:])}</li>" for said in one.shown)
        parts.append(f"<h3>{sitting.line(one.error.text)}</h3><ul>{shown}</ul>{sitting.block(one.error.why)}")
    return "".join(parts)
