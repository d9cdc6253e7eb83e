"""The course of a patient over time, alone or beside its twin."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pres_teach.figures.picture import COLOURS, FAINT, GREY, Picture, Table, as_png, plain_axes, sheet, shortened
from pres_teach.patient import Order
from pres_teach.units import show_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from pres_teach.pharmacology import Target
    from pres_teach.physiology import Course, Event

_ILLUSTRATIVE = "Teaching model, illustrative: not measured in a patient, not for care."
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
    unit: str
    colour: str
    series: str
    digits: int


_ROWS = (
    _Row("tacrolimus level", "ng/mL", COLOURS["blue"], "level_ng_ml", 1),
    _Row("mean arterial pressure", "mmHg", COLOURS["vermillion"], "map_mmhg", 0),
    _Row("brain oedema", "mL", COLOURS["green"], "oedema_ml", 0),
    _Row("cover of the graft", "needed = dashed line", COLOURS["purple"], "cover", 2),
)


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
        When the learner takes over; drawn as a line [h].
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
    drugs = _drugs(named, start, end)
    limits = list(dict.fromkeys(limit for course in named.values() for limit in course.limits))
    notes = [line for words in (_ILLUSTRATIVE, *limits) for line in textwrap.wrap(words, 118)]
    lanes = len(named)
    panel_in, row_in = 1.12, 0.24 * lanes + 0.06
    events_in, orders_in = 0.46 * lanes + 0.08, row_in * max(1, len(drugs)) + 0.06
    foot_in = 0.52 + 0.17 * len(notes)
    height = 0.42 + events_in + len(_ROWS) * (panel_in + 0.1) + orders_in + foot_in + 0.15
    left, width = 0.155, 0.70
    with sheet(height) as figure:
        top = height - 0.42
        strips: list[Axes] = []

        def strip(size_in: float, gap_in: float) -> Axes:
            nonlocal top
            top -= size_in
            axes = figure.add_axes((left, top / height, width, size_in / height))
            top -= gap_in
            axes.set_xlim(start / 24, end / 24)
            plain_axes(axes)
            if opens_h is not None and start <= opens_h <= end:
                axes.axvline(opens_h / 24, color=COLOURS["black"], linewidth=0.9, linestyle=(0, (1, 2)), zorder=1)
            strips.append(axes)
            return axes

        _draw_events(strip(events_in, 0.1), named, start, end, opens_h)
        for row in _ROWS:
            axes = strip(panel_in, 0.1)
            _draw_row(axes, row, named, start, end, target)
            axes.tick_params(labelbottom=False)
        _draw_orders(strip(orders_in, 0.0), named, drugs, start, end)
        strips[-1].set_xlabel("days since transplantation")
        for axes in strips[1:-1]:
            axes.grid(axis="x", color=FAINT, linewidth=0.6)
            axes.set_axisbelow(True)
        figure.text(0.005, 1 - 0.1 / height, title, va="top", fontsize=11, fontweight="bold")
        for number, line in enumerate(reversed(notes)):
            weight = "bold" if number == len(notes) - 1 else "normal"
            figure.text(0.005, (0.06 + 0.17 * number) / height, line, va="bottom", fontsize=8.6, fontweight=weight)
        png = as_png(figure)
    return Picture(
        png,
        alt=_course_in_words(named, title, target, opens_h, start, end),
        caption=f"{title}. {_ILLUSTRATIVE}" + ("" if lanes == 1 else " Solid: {}. Dashed: {}.".format(*named)),
        table=_course_table(named, title, start, end),
    )


def _window(course: Course, start: float, end: float) -> slice:
    first, last = np.searchsorted(course.time_h, [start - 1e-9, end + 1e-9])
    return slice(int(first), int(last))


def _events(course: Course, start: float, end: float) -> list[Event]:
    return [event for event in course.events if start <= event.time_h <= end]


def _drugs(named: Mapping[str, Course], start: float, end: float) -> list[str]:
    """Drugs with an order inside the window, in the order in which they were first given."""
    orders = [order for course in named.values() for order in course.chart.orders]
    inside = [order for order in orders if order.at_h <= end and _stops(order, end) >= start]
    return list(dict.fromkeys(order.drug for order in sorted(inside, key=lambda order: order.at_h)))


def _goes_on(order: Order) -> bool:
    return order.every_h is not None or order.unit.endswith("/h")


def _stops(order: Order, end: float) -> float:
    if not _goes_on(order):
        return order.at_h
    return end if order.until_h is None else min(order.until_h, end)


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
        finals.append((float(values[-1]), name, colour))
    references: list[tuple[float, str]] = []
    if row.series == "level_ng_ml" and target is not None:
        axes.axhspan(
            target.low, target.high, facecolor="none", edgecolor="#8C8C8C", hatch="////", linewidth=0, zorder=0
        )
        highest = max(highest, target.high)
        references.append(((target.low + target.high) / 2, f"trough range\n{target.low:g} to {target.high:g}"))
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
    unit = "1 = full" if row.series == "cover" else row.unit
    name_in_two = row.name.replace(" of the graft", "\nof the graft").replace("mean arterial ", "mean arterial\n")
    axes.set_ylabel(
        f"{name_in_two}\n[{unit}]" if "\n" in name_in_two else f"{row.name.replace(' ', chr(10), 1)}\n[{unit}]"
    )
    axes.yaxis.set_label_coords(-0.115, 0.5)
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


def _draw_events(axes: Axes, named: Mapping[str, Course], start: float, end: float, opens_h: float | None) -> None:
    axes.set_ylim(len(named), 0)
    axes.set_yticks([])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(bottom=False, labelbottom=False)
    for lane, (name, course) in enumerate(named.items()):
        axes.text(
            -0.19 / 0.875,
            lane + 0.5,
            "what happened" if len(named) == 1 else f"what happened:\n{shortened(name, 20)}",
            transform=axes.get_yaxis_transform(),
            va="center",
            fontsize=9,
        )
        colour = COLOURS["black"]
        free = [-np.inf, -np.inf]
        for event in _events(course, start, end):
            row = next((row for row, until in enumerate(free) if until <= event.time_h / 24), None)
            height = lane + (0.27 if row in (0, None) else 0.73)
            fill = colour if lane == 0 else "white"
            axes.plot(
                [event.time_h / 24],
                [height],
                marker=_EVENT_MARKS.get(event.kind, "o"),
                markersize=7,
                color=colour,
                markerfacecolor=fill,
                linestyle="none",
            )
            if row is None:
                continue
            text = axes.annotate(
                event.kind,
                (event.time_h / 24, height),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.6,
            )
            box = text.get_window_extent().transformed(axes.transData.inverted())
            if box.x1 > end / 24 + 0.12 * (end - start) / 24:
                text.set_horizontalalignment("right")
                text.set_position((-6, 0))
            free[row] = max(box.x0, box.x1) + 0.01 * (end - start) / 24
    if opens_h is not None and start <= opens_h <= end:
        axes.annotate(
            "you take over",
            (opens_h / 24, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.6,
        )


def _draw_orders(axes: Axes, named: Mapping[str, Course], drugs: Sequence[str], start: float, end: float) -> None:
    lanes = len(named)
    axes.set_ylim(max(1, len(drugs)), 0)
    axes.set_yticks([row + 0.5 for row in range(len(drugs))], [shortened(drug, 20) for drug in drugs], fontsize=8.6)
    axes.tick_params(axis="y", length=0)
    for lane, course in enumerate(named.values()):
        for order in course.chart.orders:
            if order.drug not in drugs or order.at_h > end or _stops(order, end) < start:
                continue
            row = drugs.index(order.drug) + (lane + 0.5) / lanes
            given_here = order.by != "author"
            face = (COLOURS["blue"] if given_here else "#767676") if lane == 0 else "white"
            edge = COLOURS["blue"] if given_here else "#767676"
            if not _goes_on(order):
                axes.plot([order.at_h / 24], [row], marker="D", markersize=5.5, color=edge, markerfacecolor=face)
                continue
            left, right = max(order.at_h, start) / 24, _stops(order, end) / 24
            axes.barh(
                row,
                right - left,
                left=left,
                height=0.72 / lanes,
                facecolor=face,
                edgecolor=edge,
                linewidth=1.1,
                linestyle="-" if lane == 0 else (0, (3, 1.5)),
            )
            words = f"{order.dose:g} {order.unit}" + (f" every {order.every_h:g} h" if order.every_h else "")
            text = axes.text(
                left + 0.004 * (end - start) / 24,
                row,
                words,
                va="center_baseline",
                fontsize=7.6,
                color="white" if lane == 0 else "black",
            )
            box = text.get_window_extent().transformed(axes.transData.inverted())
            if max(box.x0, box.x1) > right:
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
        for row in _ROWS:
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
        orders = [_order_in_words(order) for order in course.chart.orders if start <= order.at_h <= end]
        parts.append(f"{name}, orders: {'; '.join(orders) if orders else 'none in this window'}.")
    parts += list(dict.fromkeys(limit for course in named.values() for limit in course.limits))
    return " ".join(parts)


def _order_in_words(order: Order) -> str:
    words = f"{order.drug} {order.dose:g} {order.unit}"
    if order.every_h is not None:
        words += f" every {order.every_h:g} h"
    words += f" from {show_time(order.at_h)}" if _goes_on(order) else f" on {show_time(order.at_h)}"
    if _goes_on(order) and order.until_h is not None:
        words += f" until {show_time(order.until_h)}"
    return words


def _course_table(named: Mapping[str, Course], title: str, start: float, end: float) -> Table:
    """Values at even times and at each event, so that a reader without the picture misses nothing that it marks."""
    step = next((hours for hours in (6, 12, 24, 48, 72, 168, 336) if (end - start) / hours <= 12), 672)
    even = list(np.arange(np.ceil(start / step) * step, end + 1e-9, step))
    marked = [event.time_h for course in named.values() for event in _events(course, start, end)]
    times = sorted({round(float(hours), 4) for hours in [start, *even, *marked, end]})
    several = len(named) > 1
    columns = ["Time"]
    for name in named:
        columns += [f"{name}: {row.name}" if several else row.name for row in _ROWS]
        columns.append(f"{name}: what happened" if several else "what happened")
    rows = []
    for hours in times:
        cells = [show_time(hours)]
        for course in named.values():
            for row in _ROWS:
                unit = "" if row.series == "cover" else f" {row.unit}"
                cells.append(f"{_at(course, row, hours)}{unit}")
            cells.append(", ".join(event.kind for event in course.events if abs(event.time_h - hours) < 1e-3))
        rows.append(tuple(cells))
    return Table(f"{title}. {_ILLUSTRATIVE}", tuple(columns), tuple(rows))
