"""The course of a patient over time, alone or beside its twin."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pres_teach.figures.picture import (
    COLOURS,
    FAINT,
    GREY,
    WIDTH_IN,
    Picture,
    Table,
    as_png,
    plain_axes,
    sheet,
    shortened,
)
from pres_teach.patient import Order
from pres_teach.units import show_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pres_teach.pharmacology import Target
    from pres_teach.physiology import Course, Event

_ILLUSTRATIVE = "Teaching model, illustrative: not measured in a patient, not for care."
_SMALL = 8.6
_BEFORE = "#767676"
_EVENT_MARKS = {
    "onset": "^",
    "seizure": "X",
    "status": "P",
    "haemorrhage": "D",
    "hypoperfusion": "v",
    "rejection": "s",
    "deficit": "o",
    "recovery": "*",
}


@dataclass(frozen=True)
class _Row:
    """One curve of a course plot."""

    name: str
    label: str
    unit: str
    colour: str
    series: str
    digits: int


_ROWS = (
    _Row("tacrolimus level", "tacrolimus\nlevel [ng/mL]", "ng/mL", COLOURS["blue"], "level_ng_ml", 1),
    _Row("ciclosporin level", "ciclosporin\nlevel [ng/mL]", "ng/mL", COLOURS["blue"], "ciclosporin_ng_ml", 0),
    _Row("sirolimus level", "sirolimus\nlevel [ng/mL]", "ng/mL", COLOURS["blue"], "sirolimus_ng_ml", 1),
    _Row("everolimus level", "everolimus\nlevel [ng/mL]", "ng/mL", COLOURS["blue"], "everolimus_ng_ml", 1),
    _Row("mean arterial pressure", "mean arterial\npressure [mmHg]", "mmHg", COLOURS["vermillion"], "map_mmhg", 0),
    _Row("brain oedema", "brain oedema\n[mL]", "mL", COLOURS["green"], "oedema_ml", 0),
    _Row("cover of the graft", "cover of\nthe graft", "", COLOURS["purple"], "cover", 2),
)


def _rows(named: Mapping[str, Course]) -> list[_Row]:
    """The curves to draw: drugs other than tacrolimus only where somebody gets them."""
    others = ("ciclosporin_ng_ml", "sirolimus_ng_ml", "everolimus_ng_ml")
    given = {name for name in others for course in named.values() if float(np.max(getattr(course, name))) > 0}
    return [row for row in _ROWS if row.series not in others or row.series in given]


def course_figure(
    courses: Course | Mapping[str, Course],
    *,
    target: Target | None = None,
    opens_h: float | None = None,
    from_h: float | None = None,
    until_h: float | None = None,
    title: str = "",
) -> Picture:
    """One patient's course, or two to compare: level, pressure, oedema, cover, orders and events over time.

    Parameters
    ----------
    courses : Course or mapping of str to Course
        One course, or one or two by name: the first is drawn solid, the second, its twin, dashed.
    target : Target, optional
        The trough range, drawn behind the level [ng/mL].
    opens_h : float, optional
        When the learner takes over; drawn as a line; the first course's own without it [h].
    from_h, until_h : float, optional
        The window that is drawn; the whole course without them [h].
    title : str, optional
        What stands above the plot.

    Returns
    -------
    Picture
        With what happened in the alternative text, and the values as a table.

    Raises
    ------
    ValueError
        When there is no course or more than two, or the window holds no time.
    """
    named = dict(courses) if isinstance(courses, Mapping) else {"this patient": courses}
    if not 1 <= len(named) <= 2:
        raise ValueError(f'"courses": one course or two can be compared; found {len(named)}; choose two')
    first = next(iter(named.values()))
    start = float(first.time_h[0]) if from_h is None else from_h
    end = float(min(course.time_h[-1] for course in named.values())) if until_h is None else until_h
    if not start < end:
        raise ValueError(f'"until_h": must be later than "from_h"; found {start:g} to {end:g} h; widen the window')
    title = title or (" and ".join(named) if len(named) > 1 else "The course")
    opens_h = first.opens_h if opens_h is None else opens_h
    drugs = _drugs(named, start, end)
    heights = [1.0 if _alike(named, drug, start, end) else 1.7 for drug in drugs]
    curves = _rows(named)
    notes = _notes(named, start, end)
    left, width = 0.165, 0.695
    with sheet(1.0) as figure:
        strips = [figure.add_axes((left, 0.0, width, 1.0)) for _ in range(len(curves) + 2)]
        rows = [_event_rows(strips[0], course, start, end) for course in named.values()]
        if len(named) > 1:
            rows = [max(2, row) for row in rows]
        sizes = [0.05 + 0.2 * sum(rows), *[1.12] * len(curves), 0.06 + 0.28 * max(1.0, sum(heights))]
        foot = 0.56 + 0.17 * len(notes)
        height = 0.5 + sum(sizes) + 0.1 * (len(sizes) - 1) + foot
        figure.set_size_inches(WIDTH_IN, height)
        top = height - 0.5
        for axes, size in zip(strips, sizes, strict=True):
            axes.set_position((left, (top - size) / height, width, size / height))
            top -= size + 0.1
            axes.set_xlim(start / 24, end / 24)
            plain_axes(axes)
            if opens_h is not None and start <= opens_h <= end:
                axes.axvline(opens_h / 24, color=COLOURS["black"], linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
        _draw_events(strips[0], named, rows, start, end)
        if opens_h is not None and start <= opens_h <= end:
            strips[0].annotate(
                "you take over",
                (opens_h / 24, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=_SMALL,
            )
        for axes, row in zip(strips[1:], curves, strict=False):
            _draw_row(axes, row, named, start, end, target)
            axes.tick_params(labelbottom=False)
            axes.grid(axis="x", color=FAINT, linewidth=0.6)
            axes.set_axisbelow(True)
        _draw_orders(strips[-1], named, drugs, heights, start, end)
        strips[-1].locator_params(axis="x", integer=True, steps=[1, 2, 5, 10])
        strips[-1].set_xlabel("days since transplantation")
        figure.text(0.005, 1 - 0.1 / height, title, va="top", fontsize=11, fontweight="bold")
        for number, line in enumerate(reversed(notes)):
            weight = "bold" if number == len(notes) - 1 else "normal"
            figure.text(0.005, (0.06 + 0.17 * number) / height, line, va="bottom", fontsize=8.6, fontweight=weight)
        png = as_png(figure)
    return Picture(
        png,
        alt=_course_in_words(named, title, target, opens_h, start, end),
        caption=f"{title}. {_ILLUSTRATIVE}" + ("" if len(named) == 1 else " Solid: {}. Dashed: {}.".format(*named)),
        table=_course_table(named, title, start, end),
    )


def _notes(named: Mapping[str, Course], start: float, end: float) -> list[str]:
    """The lines at the foot: whose model this is, what the bars mean, and for whom the model was not made."""
    drugs = _drugs(named, start, end)
    by = {order.by for course in named.values() for drug in drugs for order in _orders_of(course, drug, start, end)}
    bars = "Bars, grey: written in the case" + ("; blue: ordered since." if by - {"author"} else ".")
    if len(named) > 1:
        bars += " Solid: {}. Dashed: {}. One bar where both have the same.".format(*named)
    limits = dict.fromkeys(limit for course in named.values() for limit in course.limits)
    return [line for words in (_ILLUSTRATIVE, bars, *limits) for line in textwrap.wrap(words, 120)]


def _window(course: Course, start: float, end: float) -> slice:
    first, last = np.searchsorted(course.time_h, [start - 1e-9, end + 1e-9])
    return slice(int(first), int(last))


def _events(course: Course, start: float, end: float) -> list[Event]:
    return [event for event in course.events if start <= event.time_h <= end]


def _drugs(named: Mapping[str, Course], start: float, end: float) -> list[str]:
    """Drugs with an order inside the window, in the order in which they were first given."""
    inside = [order for course in named.values() for order in _orders(course, start, end)]
    return list(dict.fromkeys(order.drug for order in sorted(inside, key=lambda order: order.at_h)))


def _orders(course: Course, start: float, end: float) -> list[Order]:
    """Orders in force at some time inside the window."""
    return [order for order in course.chart.orders if order.at_h <= end and order.ends_h >= start]


def _troughs(course: Course, start: float, end: float) -> list[tuple[float, float]]:
    """Time and level just before each dose of tacrolimus after the first [h], [ng/mL]."""
    given = {at for order in course.chart.orders if order.drug.startswith("tacrolimus") for at in order.times(end)}
    seen = [at for at in sorted(given)[1:] if start <= at <= min(end, float(course.time_h[-1]))]
    places = np.searchsorted(course.time_h, np.array(seen) + 1e-9) - 1
    return [(float(course.time_h[place]), float(course.level_ng_ml[place])) for place in places]


def _draw_row(
    axes: Axes, row: _Row, named: Mapping[str, Course], start: float, end: float, target: Target | None
) -> None:
    first = next(iter(named.values()))
    finals: list[tuple[float, str, str]] = []
    highest, lowest = 0.0, np.inf
    for number, (name, course) in enumerate(named.items()):
        window = _window(course, start, end)
        days, values = course.time_h[window] / 24, getattr(course, row.series)[window]
        if row.series == "level_ng_ml":
            low, high = course.level_low_ng_ml[window], course.level_high_ng_ml[window]
            if number == 0:
                axes.fill_between(days, low, high, color=row.colour, alpha=0.22, linewidth=0)
            highest = max(highest, float(np.max(high)))
        colour, dashes = (row.colour, "-") if number == 0 else (COLOURS["black"], (0, (5, 2)))
        axes.plot(days, values, color=colour, linestyle=dashes, linewidth=1.9 if number == 0 else 1.4)
        highest, lowest = max(highest, float(np.max(values))), min(lowest, float(np.min(values)))
        finals.append((float(values[-1]), textwrap.fill(name, 16), colour))
    references: list[tuple[float, str]] = []
    troughs = _troughs(first, start, end) if row.series == "level_ng_ml" else []
    if troughs:
        days, values = np.array(troughs).T
        axes.plot(
            days / 24, values, "o", markersize=4, markeredgewidth=1.0, color=COLOURS["black"], markerfacecolor="white"
        )
        if target is None:
            references.append((float(values[-1]), "○ trough"))
    if row.series == "level_ng_ml" and target is not None:
        axes.axhspan(
            target.low, target.high, facecolor="none", edgecolor="#8C8C8C", hatch="////", linewidth=0, zorder=0
        )
        highest = max(highest, target.high)
        references.append(((target.low + target.high) / 2, f"○ trough, range\n{target.low:g} to {target.high:g}"))
    if row.series == "map_mmhg":
        baseline = first.patient.baseline_map_mmhg
        axes.axhline(baseline, color=GREY, linewidth=1.1, linestyle=":")
        references.append((baseline, f"own baseline\n{baseline:.0f}"))
        lowest, highest = min(lowest, baseline), max(highest, baseline)
    if row.series == "cover":
        window = _window(first, start, end)
        needed = first.cover_needed[window]
        axes.plot(first.time_h[window] / 24, needed, color=GREY, linewidth=1.1, linestyle=":")
        references.append((float(needed[-1]), "needed"))
        highest = max(highest, float(np.max(needed)))
    if row.series == "oedema_ml":
        window = _window(first, start, end)
        restricted = first.restricted_ml[window]
        if float(np.max(restricted)) >= 0.5:
            axes.fill_between(first.time_h[window] / 24, 0, restricted, facecolor=row.colour, alpha=0.55, linewidth=0)
            references.append((float(restricted[-1]), "restricted\n(filled)"))
    if row.series == "map_mmhg":
        margin = 0.12 * max(20.0, highest - lowest)
        axes.set_ylim(lowest - margin, highest + margin)
    else:
        axes.set_ylim(0, max(highest, 0.05 if row.series == "cover" else 5.0) * 1.12)
    axes.locator_params(axis="y", nbins=4)
    axes.set_ylabel(row.label)
    axes.yaxis.set_label_coords(-0.1, 0.5)
    texts = [(value, words, GREY) for value, words in references]
    if len(named) > 1:
        texts += finals
    _label_right(axes, texts)


def _label_right(axes: Axes, texts: Sequence[tuple[float, str, str]]) -> None:
    """Names at the right edge, each as near its line as the others let it be."""
    if not texts:
        return
    bottom, top = axes.get_ylim()
    line = 0.155
    placed = sorted((((value - bottom) / (top - bottom), words, colour) for value, words, colour in texts))
    sizes = [line * (words.count("\n") + 1) for _, words, _ in placed]
    places: list[float] = []
    floor = 0.0
    for (where, _, _), size in zip(placed, sizes, strict=True):
        places.append(max(where, floor + size / 2))
        floor = places[-1] + size / 2
    ceiling = 1.0 + line / 2
    for number in reversed(range(len(places))):
        places[number] = min(places[number], ceiling - sizes[number] / 2)
        ceiling = places[number] - sizes[number] / 2
    for (_, words, colour), place in zip(placed, places, strict=True):
        axes.text(
            1.012, place, words, transform=axes.transAxes, va="center", fontsize=8.3, color=colour, linespacing=1.05
        )


def _event_rows(axes: Axes, course: Course, start: float, end: float) -> int:
    """How many rows of words the events of a course need side by side, at most three."""
    return max((row + 1 for _, row, _ in _placed_events(axes, course, start, end)), default=1)


def _placed_events(axes: Axes, course: Course, start: float, end: float) -> list[tuple[Event, int, bool]]:
    """Each event with its row and whether its word fits there; a crowd keeps its marks and loses its words."""
    from matplotlib.textpath import TextPath

    days_a_point = (end - start) / 24 / (axes.get_position().width * WIDTH_IN * 72)
    free = [-np.inf] * 3
    placed = []
    for event in _events(course, start, end):
        day = event.time_h / 24
        row = next((row for row, until in enumerate(free) if until <= day), None)
        if row is None:
            placed.append((event, 2, False))
            continue
        free[row] = day + (TextPath((0, 0), event.kind, size=_SMALL).get_extents().width + 16) * days_a_point
        placed.append((event, row, True))
    return placed


def _draw_events(axes: Axes, named: Mapping[str, Course], rows: Sequence[int], start: float, end: float) -> None:
    axes.set_ylim(sum(rows), 0)
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(bottom=False, labelbottom=False)
    above = 0
    for lane, (name, course) in enumerate(named.items()):
        axes.text(
            -0.215,
            above + (0.5 if len(named) == 1 else 0.62),
            "what happened" if len(named) == 1 else f"what happened:\n{shortened(name, 20)}",
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=9,
        )
        for event, row, worded in _placed_events(axes, course, start, end):
            axes.plot(
                [event.time_h / 24],
                [above + row + 0.5],
                marker=_EVENT_MARKS.get(event.kind, "o"),
                markersize=7,
                color=COLOURS["black"],
                markerfacecolor=COLOURS["black"] if lane == 0 else "white",
                linestyle="none",
                clip_on=False,
            )
            if worded:
                axes.annotate(
                    event.kind,
                    (event.time_h / 24, above + row + 0.5),
                    xytext=(6, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=_SMALL,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
                )
        above += rows[lane]


def _orders_of(course: Course, drug: str, start: float, end: float) -> list[Order]:
    return [order for order in _orders(course, start, end) if order.drug == drug]


def _alike(named: Mapping[str, Course], drug: str, start: float, end: float) -> bool:
    """Whether all courses hold the same orders of a drug, so that one bar says it for all."""
    first, *others = (_orders_of(course, drug, start, end) for course in named.values())
    return all(orders == first for orders in others)


def _draw_orders(
    axes: Axes, named: Mapping[str, Course], drugs: Sequence[str], heights: Sequence[float], start: float, end: float
) -> None:
    axes.set_ylim(max(1.0, sum(heights)), 0)
    tops = [sum(heights[:place]) for place in range(len(drugs))]
    names = [textwrap.fill(drug, 17) for drug in drugs]
    middles = [top + height / 2 for top, height in zip(tops, heights, strict=True)]
    axes.set_yticks(middles, names, fontsize=_SMALL, linespacing=0.95)
    axes.tick_params(axis="y", length=0)
    for drug, top, height in zip(drugs, tops, heights, strict=True):
        lanes = [next(iter(named.values()))] if _alike(named, drug, start, end) else list(named.values())
        for lane, course in enumerate(lanes):
            middle = top + height * (lane + 0.5) / len(lanes)
            for order in _orders_of(course, drug, start, end):
                _draw_order(axes, order, middle, 0.76 * height / len(lanes), lane, start, end)


def _draw_order(axes: Axes, order: Order, middle: float, height: float, lane: int, start: float, end: float) -> None:
    colour = _BEFORE if order.by == "author" else COLOURS["blue"]
    face = colour if lane == 0 else "white"
    if order.single:
        axes.plot([order.at_h / 24], [middle], marker="D", markersize=5.5, color=colour, markerfacecolor=face)
        return
    left, right = max(order.at_h, start) / 24, min(order.ends_h, end) / 24
    axes.barh(
        middle,
        right - left,
        left=left,
        height=height,
        facecolor=face,
        edgecolor="white" if lane == 0 else colour,
        linewidth=1.1,
        linestyle="-" if lane == 0 else (0, (3, 1.5)),
    )
    text = axes.text(
        left + 0.005 * (end - start) / 24,
        middle,
        f"{order.dose:g} {order.unit}" + (f" every {order.every_h:g} h" if order.every_h else ""),
        va="center_baseline",
        fontsize=7.8,
        color="white" if lane == 0 else "black",
    )
    box = text.get_window_extent().transformed(axes.transData.inverted())
    if box.x1 > right:
        text.remove()


def _at(course: Course, row: _Row, hours: float) -> str:
    place = int(np.searchsorted(course.time_h, hours + 1e-9)) - 1
    return f"{getattr(course, row.series)[max(0, place)]:.{row.digits}f}"


def _course_in_words(
    named: Mapping[str, Course], title: str, target: Target | None, opens_h: float | None, start: float, end: float
) -> str:
    parts = [f"Curves over time, {show_time(start)} to {show_time(end)}. {title}. {_ILLUSTRATIVE}"]
    if opens_h is not None:
        parts.append(f"The learner takes over on {show_time(opens_h)}.")
    if target is not None:
        parts.append(f"Trough range {target.low:g} to {target.high:g} {target.unit}.")
    for name, course in named.items():
        window = _window(course, start, end)
        for row in _rows(named):
            values = getattr(course, row.series)[window]
            peak = int(np.argmax(values))
            unit = "" if row.series == "cover" else f" {row.unit}"
            words = (
                f"{name}, {row.name}: {values[0]:.{row.digits}f}{unit} at first, highest {values[peak]:.{row.digits}f} "
                f"on {show_time(float(course.time_h[window][peak]))}, {values[-1]:.{row.digits}f} at the end"
            )
            if row.series == "map_mmhg":
                words += f"; own baseline {course.patient.baseline_map_mmhg:.0f}"
            if row.series == "cover":
                lowest = int(np.argmin(values - course.cover_needed[window]))
                words += (
                    f"; lowest against what is needed {values[lowest]:.2f} of {course.cover_needed[window][lowest]:.2f}"
                )
            parts.append(words + ".")
        told = [f"{event.kind} {show_time(event.time_h)}" for event in _events(course, start, end)]
        parts.append(f"{name}, what happened: {', '.join(told) if told else 'nothing marked'}.")
        troughs = [level for _, level in _troughs(course, start, end)]
        if troughs:
            parts.append(f"{name}, troughs: {min(troughs):.1f} to {max(troughs):.1f} ng/mL, last {troughs[-1]:.1f}.")
        orders = [_order_in_words(order) for order in _orders(course, start, end)]
        parts.append(f"{name}, orders: {'; '.join(orders) if orders else 'none in this window'}.")
    parts += list(dict.fromkeys(limit for course in named.values() for limit in course.limits))
    return " ".join(parts)


def _order_in_words(order: Order) -> str:
    if order.single:
        return f"{order.words()} on {show_time(order.at_h)}"
    until = "" if order.until_h is None else f" until {show_time(order.until_h)}"
    return f"{order.words()} from {show_time(order.at_h)}{until}"


def _course_table(named: Mapping[str, Course], title: str, start: float, end: float) -> Table:
    """Values at even times and at each event, so that a reader without the picture misses nothing that it marks."""
    step = next((hours for hours in (6, 12, 24, 48, 72, 168, 336) if (end - start) / hours <= 12), 672)
    even = list(np.arange(np.ceil(start / step) * step, end + 1e-9, step))
    marked = [event.time_h for course in named.values() for event in _events(course, start, end)]
    times = sorted({round(float(hours), 4) for hours in [start, *even, *marked, end]})
    several = len(named) > 1
    columns = ["Time"]
    for name in named:
        columns += [f"{name}: {row.name}" if several else row.name for row in _rows(named)]
        columns.append(f"{name}: what happened" if several else "what happened")
    rows = []
    for hours in times:
        cells = [show_time(hours)]
        for course in named.values():
            for row in _rows(named):
                unit = "" if row.series == "cover" else f" {row.unit}"
                cells.append(f"{_at(course, row, hours)}{unit}")
            cells.append(", ".join(event.kind for event in course.events if abs(event.time_h - hours) < 1e-3))
        rows.append(tuple(cells))
    return Table(f"{title}. {_ILLUSTRATIVE}", tuple(columns), tuple(rows))
