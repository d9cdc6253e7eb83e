"""The model card: what the teaching model is, what it was fitted to, what was free, and what it cannot say."""

from __future__ import annotations

from collections.abc import Iterator

from pres_teach.evidence import library
from pres_teach.physiology.calibration import COHORTS, Row, simulated, targets
from pres_teach.physiology.consequences import consequences
from pres_teach.physiology.other import right_treatments
from pres_teach.physiology.parameters import parameters

__all__ = ["model_card"]

_BEGIN = """# Model card: the course of a virtual patient

Version {version} of the teaching model. This page is written by `tools/calibrate.py` from the data files that
the model computes with; a test holds the two together.

## What it is for

It lets a learner see what an order does to a patient with posterior reversible encephalopathy syndrome
(PRES): to the level, the pressure, the oedema, the seizures and the graft. **It is a teaching model. It was
never validated on patients, and nothing it shows is a forecast or a recommendation for anybody.** Levels come
from published models (see the page on models); everything after the level is *illustrative*: chosen so that
totals over many virtual patients resemble published ones. A single curve of a single virtual patient
resembles nobody.

## How it works

A cascade without feedback. Drugs give **levels**; levels, steroids and events raise the **pressure**, and
antihypertensives lower it, each with its onset and offset. Exposure, pressure above the patient's own
baseline, and what is systemic (infection, rejection, a steroid pulse) add up to a **drive**, with weights
that differ from patient to patient and that nobody knows at the bedside. **Injury** follows within hours;
above the patient's own threshold the barrier leaks, **oedema** fills within hours and clears over days to
weeks. **Events** come when a hazard, summed up, passes a threshold drawn before: seizures, status,
haemorrhage, rejection. The same patient under another chart keeps every threshold: that is what a twin is.

Pressure that falls too fast or below the patient's own harms; so do status, severe pressure and bleeding left
alone. Cover of the graft is the sum of all agents, each with its onset and offset; rejection (after stem
cells graft-versus-host disease) becomes likelier with the square of what is lacking. Magnesium corrects
magnesium and nothing else; only a severe deficiency causes seizures and arrhythmia of its own.

## Published, and simulated

Virtual recipients of each setting ({cohorts}) have an episode that can bring PRES; those whom it does are
followed for {days:g} days under ordinary care: the pressure lowered gently, an azole replaced, tacrolimus
halved or held for a day and then resumed lower, seizures treated. {episodes} episodes a setting, seed {seed}.
Intervals are Wilson's for a share, and those of the mean or the standard deviation for a pressure or a
duration, computed from the counts.

*fit*: a parameter was moved to meet it, so that agreement proves nothing. *check*: no parameter was moved for
it in the fit (some are drawn with the published share to begin with, so that agreement shows only that
nothing distorts it). *told*: shown, not held.
"""

_CANNOT = """## What it cannot say

- **Which way of handling tacrolimus is best.** No source knows. The model knows no survival, by strategy or
  otherwise; between defensible plans its seizures may differ by at most {seizures:g} % of the patients, its
  mean deficit by {deficit:g} (of 1), its mean day of a clear scan by {days:g} days, averaged over the unknown
  weights. A test holds it.
- **Whether a patient will reverse.** Nothing known at onset tells it, here or at the bedside. No day clears
  every scan.
- **That a level makes or excludes PRES.** Most virtual patients at a high level have none; some at an
  ordinary one have.
- **Children apart from adults.** Of children after organs no counts were found beyond case series, which print
  those who have PRES and not those at risk: after a heart or a lung there is therefore no cohort of children at
  all, and after a kidney or a liver they have the adults' numbers with their own weight, baseline and rule for
  the pressure. After stem cells incidence, onset and deficit are theirs.
- **Lung recipients apart.** No series of PRES after a lung with counts was found: they are as the other
  organs, guessed.
- **Why.** Pressure, seizures, level and time change together in every published case; the shares of the three
  drivers are free and fitted to nothing but totals. That infection drives is as much an assumption as that
  pressure does.
- **Bleeding by platelets or anticoagulation.** It is drawn by setting alone; before a bleed the pressure
  makes none.
- **Eclampsia.** Out of scope: there magnesium is the treatment, and a pregnancy test comes first.
- **Death.** It is not in the model.
- **The denominators behind it.** Most targets rest on 9 to 130 patients of single centres, seen in abstracts.
  Published totals contradict each other (incidence 0.5 % of all organ recipients in one series, 3 % of hearts
  in another; a deficit in 1 of 45 and in 2 of 6): the model cannot be right about both. With the same
  parameters and other random numbers a share of the table moves by some points; with real patients it would
  by more.
"""


def _rows() -> Iterator[Row]:
    stored = simulated().values
    for name, target in targets().items():
        if name in stored:
            yield Row(name, target, stored[name])


def _number(row: Row, value: float) -> str:
    if row.target.statistic == "share":
        shown = 100 * value
        digits = 2 if row.target.interval[1] < 0.02 else 1 if row.target.interval[1] < 0.15 else 0
        return f"{shown:.{digits}f} %"
    unit = "mmHg" if "mmhg" in row.target.quantity else "days"
    return f"{value:.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"


def _table() -> Iterator[str]:
    yield "| what | published | interval | simulated | | source |"
    yield "|---|---|---|---|---|---|"
    for row in _rows():
        low, high = (_number(row, end) for end in row.target.interval)
        low = low.rsplit(" ", 1)[0]
        sources = "; ".join(dict.fromkeys(library().source(library().claim(c).source).short for c in row.target.claims))
        verdict = row.target.use if row.met else f"{row.target.use}, **outside**"
        note = f" ({row.target.assumed})" if row.target.assumed else ""
        yield (
            f"| {row.target.what} | {row.target.words}{note} | {low} to {high} | {_number(row, row.value)} | {verdict} "
            f"| {sources} |"
        )


def _free() -> Iterator[str]:
    p = parameters()
    yield "| parameter | value | looked for in | to meet |"
    yield "|---|---|---|---|"
    for name, target in targets().items():
        for path in target.free:
            group, key = path.split(".", 1)
            if group in p.numbers:
                one = p.numbers[group][key]
                value, unit, within = one.value, one.unit, one.range
            else:
                table = p.tables[group]
                value, unit, within = table.values[key], table.unit, table.range or (0.0, 0.0)
            shown = f"{value:g}" + ("" if unit == "1" else f" {unit}")
            yield f"| {path} | {shown} | {within[0]:g} to {within[1]:g} | {name} |"


def _warnings() -> Iterator[str]:
    yield "| warning | what comes of it here | size |"
    yield "|---|---|---|"
    for name, what in consequences().items():
        if what.becomes == "creatinine":
            size = f"creatinine times {what.factor:g}"
        else:
            size = f"{100 * (what.share or 0):.3g} % over {what.over_days:g} days"
        if what.size == "illustrative" and what.range is not None:
            size += f"; ours, {what.range[0]:g} to {what.range[1]:g} thought plausible"
        else:
            size += "; published"
        yield f"| {name.replace('-', ' ')} | {what.text} | {size}. {what.why[0].upper()}{what.why[1:]}. |"


def _mimics() -> Iterator[str]:
    yield "| not PRES | what treats it (not checked: see local guidance) | why so |"
    yield "|---|---|---|"
    for name, right in right_treatments().items():
        yield f"| {name} | {right.treatment} | {right.reasoning} |"


def model_card() -> str:
    """The card as Markdown, from the data files that the model computes with."""
    p, stored = parameters(), simulated()
    declared = p.group("declared_difference")
    parts = [
        _BEGIN.format(
            version=p.version,
            cohorts=", ".join(COHORTS),
            days=p.group("population")["follow_up_days"],
            episodes=stored.episodes,
            seed=stored.seed,
        ),
        "\n".join(_table()),
        "## What was free\n\nEach of these was moved by the fit, inside its range; all others were chosen by hand, "
        "with their ranges and reasons in `pres_teach/physiology/parameters.yaml`.\n\n" + "\n".join(_free()),
        _CANNOT.format(
            seizures=100 * declared.seizures, deficit=declared.deficit, days=declared.clearing_days
        ).rstrip(),
        "## Warnings disregarded\n\nWhat the formulary warns of has consequences, as events told in plain words.\n\n"
        + "\n".join(_warnings()),
        "## What only looks like PRES\n\nEach takes its own course, which no treatment of PRES changes; its own "
        "treatment does. All of it is illustrative.\n\n" + "\n".join(_mimics()),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"
