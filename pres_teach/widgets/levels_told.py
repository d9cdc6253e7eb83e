"""Levels in words and tables: what made one, what they were before, which dose would have held them."""

from __future__ import annotations

from pres_teach.encounter import Debrief, level_drawn
from pres_teach.pharmacology import factors, levels
from pres_teach.physiology import LEVEL_OF
from pres_teach.units import show_time

from .foundation import table, words
from .sitting import Sitting

__all__ = ["held", "troughs_before", "what_made_it"]


def what_made_it(sitting: Sitting) -> str:
    """What made the highest level that was drawn of each drug, or makes the one of tacrolimus now, factor by factor."""
    case, encounter = sitting.case, sitting.encounter
    parts = []
    for drug, series in LEVEL_OF.items():
        drawn = [one for one in encounter.results if case.test(one.test).measures == drug]
        if not drawn and drug != "tacrolimus":
            continue
        highest = max(drawn, key=lambda one: float(getattr(encounter.course.at(one.drawn_h), series)), default=None)
        at_h = encounter.clock_h if highest is None else highest.drawn_h
        rows = [
            (words(one.name), f"×\N{NO-BREAK SPACE}{one.factor:.2f}", sitting.line(one.text))
            for one in factors(case.patient, encounter.chart, at_h, drug)
        ]
        if highest is not None:
            test = case.test(highest.test)
            report = level_drawn(case, encounter.chart, encounter.course, test, at_h)
            true = float(getattr(encounter.course.at(at_h), series))
            if report is not None and report.contaminated and true > 0:
                rows.append(
                    (
                        "the sample",
                        f"×\N{NO-BREAK SPACE}{report.ng_ml / true:.2f}",
                        "Drawn from the line that carried the drug: too high, by an illustrative factor. "
                        "A vein on the other side would have told.",
                    )
                )
        which = "highest level drawn so far" if drawn else "level now"
        caption = f"{drug.capitalize()}: what made the {which}, {show_time(at_h)}, in the model"
        if rows:
            why = levels(case.patient, encounter.chart, [at_h], drug, band=False).why
            parts.append(table(caption, ("What", "Level", "Why"), rows))
            parts.append(f'<p class="pt-soft pt-small">{sitting.line(why)}</p>')
    return "".join(parts) or "<p>Nothing that the model knows.</p>"


def held(sitting: Sitting, debrief: Debrief) -> str:
    """Which dose would have held the level, by the model; nothing where no level has a range."""
    rows = [
        (
            f"{words(show_time(one.from_h))}: {words(one.why)}",
            sitting.line(one.advice.text),
        )
        for one in debrief.held
    ]
    if not rows:
        return ""
    lead = (
        "<p>What the model would have needed for the middle of the range, in hindsight. <strong>Not a "
        "recommendation:</strong> at the bedside nobody knows where in the spread a patient lies; levels decide.</p>"
    )
    ranges = dict.fromkeys(f"{one.target.text} [@{one.target.source}]" for one in debrief.held)
    meant = f"<p>Range: {sitting.line('; '.join(ranges))}.</p>"
    shown = table("A dose that would have held the trough, by the model", ("From", "By the model"), rows)
    return f"<h3>Which dose would have held the level?</h3>{lead}{meant}{shown}"


def troughs_before(sitting: Sitting) -> str:
    """The model's levels at 08:00 of each day before the case opens, under the author's chart: plain text."""
    case = sitting.case
    course = case.course(case.chart, case.opens_h)
    lines = ["Tacrolimus at 08:00, model [ng/mL]: level (band over what is not known of the interaction)"]
    for day in range(1, int(case.opens_h // 24) + 1):
        hours = day * 24.0 + 8.0
        if hours > case.opens_h:
            break
        now = course.at(hours)
        lines.append(
            f"{show_time(hours):>12}  {now.level_ng_ml:5.1f}  ({now.level_low_ng_ml:.1f} to {now.level_high_ng_ml:.1f})"
        )
    return "\n".join(lines)
