"""Shares and ratios with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

from pres_teach.evidence import Claim, library
from pres_teach.figures.picture import COLOURS, FAINT, GREY, Picture, Table, as_png, plain_axes, sheet, shortened

_HOW_KNOWN = {
    "secondhand": "second-hand",
    "unverified": "not checked",
    "computed": "computed here",
    "illustrative": "teaching model",
}


def forest(claims: Sequence[str], title: str) -> Picture:
    """An interval plot of some claims: point, 95 % interval, and the numbers written beside.

    Parameters
    ----------
    claims : sequence of str
        Ids of claims in the library, in the order in which they are drawn. All are shares, or all have a printed
        interval in one unit; a ratio is drawn on a logarithmic scale. A share without a known denominator is drawn as a
        hollow point without interval.
    title : str
        What stands above the plot.

    Returns
    -------
    Picture
        With every value in the alternative text and in its table.

    Raises
    ------
    ValueError
        When there is no claim, or the claims cannot stand on one axis.
    UnknownKey
        When a claim is not in the library.
    """
    found = [library().claim(key) for key in claims]
    if not found:
        raise ValueError('"claims": an interval plot needs at least one claim; found none; name some by their ids')
    points = [_point(claim) for claim in found]
    units = {unit for _, _, unit in points}
    if len(units) > 1:
        raise ValueError(
            f'"claims": all must stand on one axis; found the units {", ".join(sorted(units))}; draw them apart'
        )
    unit = units.pop()
    ratio = unit == "times the odds"
    labels = [_forest_label(claim) for claim in found]
    height = 0.95 + 0.46 * len(found) + (0.22 if ratio else 0.0)
    with sheet(height) as figure:
        axes = figure.add_axes((0.365, 0.58 / height, 0.315, (height - 0.95) / height))
        plain_axes(axes)
        axes.spines["left"].set_visible(False)
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.set_yticks([])
        if ratio:
            axes.set_xscale("log")
            ends = [end for _, interval, _ in points if interval for end in interval]
            axes.set_xlim(min(0.1, *ends) / 1.2, max(10.0, *ends) * 1.2)
            axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
            axes.minorticks_off()
            axes.axvline(1.0, color=GREY, linewidth=0.9, linestyle=":")
            axes.set_xlabel("odds ratio; to the right: worse")
        elif unit == "%":
            axes.set_xlim(-2, 102)
            axes.set_xticks([0, 25, 50, 75, 100])
            axes.set_xlabel("per cent, with 95 % interval")
        else:
            axes.margins(x=0.1)
            axes.set_xlabel(unit)
        for tick in axes.get_xticks():
            axes.axvline(float(tick), color=FAINT, linewidth=0.7, zorder=0)
        for row, (claim, (value, interval, _)) in enumerate(zip(found, points, strict=True)):
            if interval is not None:
                axes.plot(interval, [row, row], color=COLOURS["blue"], linewidth=2.2, solid_capstyle="butt")
                for end in interval:
                    axes.plot([end, end], [row - 0.13, row + 0.13], color=COLOURS["blue"], linewidth=1.4)
            axes.plot(
                [value],
                [row],
                marker="o" if interval is not None else "D",
                markersize=7,
                color=COLOURS["blue"],
                markerfacecolor=COLOURS["blue"] if interval is not None else "white",
                markeredgewidth=1.5,
            )
            name, beneath = labels[row]
            across, along = axes.get_yaxis_transform(), row
            axes.text(-1.145, along - 0.02, name, transform=across, va="bottom", fontsize=9.5)
            axes.text(-1.145, along + 0.06, beneath, transform=across, va="top", fontsize=8.3, color=GREY)
            axes.text(1.05, along, _forest_numbers(claim), transform=across, va="center", fontsize=9.5)
        figure.text(0.005, 1 - 0.1 / height, title, va="top", fontsize=11, fontweight="bold")
        png = as_png(figure)
    said = [
        f"{name}, {beneath}: {_forest_numbers(claim)}" for claim, (name, beneath) in zip(found, labels, strict=True)
    ]
    rows = tuple(
        (
            claim.short or claim.statement,
            claim.numbers or "no number",
            claim.population,
            library().source(claim.source).short,
            library().known_from(claim.id),
        )
        for claim in found
    )
    return Picture(
        png,
        alt=f"Interval plot. {title}. " + "; ".join(said) + ".",
        caption=f"{title}. {_forest_caption(points)}",
        table=Table(title, ("What", "Number and 95 % interval", "In whom", "Source", "How it is known"), rows),
    )


def _point(claim: Claim) -> tuple[float, tuple[float, float] | None, str]:
    """Where a claim stands on its axis: value, interval, unit."""
    if claim.share is not None and claim.interval is not None:
        return 100 * claim.share, (100 * claim.interval.low, 100 * claim.interval.high), "%"
    if claim.value is None or claim.unit is None:
        raise ValueError(
            f'"claims": each must have a share or a value; found none in "{claim.id}"; choose a claim with numbers'
        )
    if claim.low is not None and claim.high is not None:
        return claim.value, (claim.low, claim.high), claim.unit
    return claim.value, None, claim.unit


def _forest_label(claim: Claim) -> tuple[str, str]:
    name = claim.short or claim.statement
    source = library().source(claim.source).short
    how = _HOW_KNOWN.get(claim.support)
    return shortened(name, 38), source if how is None else f"{source}; {how}"


def _forest_numbers(claim: Claim) -> str:
    if claim.share is not None:
        return claim.numbers
    if claim.low is not None and claim.high is not None:
        digits = max(len(f"{end:g}".partition(".")[2]) for end in (claim.value or 0.0, claim.low, claim.high))
        return f"{claim.value:.{digits}f} ({claim.low:.{digits}f} to {claim.high:.{digits}f})"
    return f"{claim.value:g} {claim.unit}, denominator not known"


def _forest_caption(points: Sequence[tuple[float, tuple[float, float] | None, str]]) -> str:
    hollow = " Hollow: no denominator is known, so no interval." if any(point[1] is None for point in points) else ""
    if points[0][2] == "%":
        return f"Point: the share counted. Line: its 95 % interval (Wilson).{hollow}"
    return f"Point: the value printed. Line: the interval printed with it.{hollow}"
