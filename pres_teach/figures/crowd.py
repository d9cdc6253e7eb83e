"""Many patients like one: what became of them, of a thousand, under a few charts side by side."""

from __future__ import annotations

from collections.abc import Sequence

from pres_teach.cohort import Share, Tally
from pres_teach.figures.picture import COLOURS, FAINT, Picture, Table, as_png, plain_axes, sheet

__all__ = ["crowd_figure"]

_WAYS = (("blue", "o", True), ("vermillion", "s", False), ("black", "D", False))
_STEP_IN = 0.25


def crowd_figure(ways: Sequence[tuple[str, Tally]], title: str) -> Picture:
    """Shares with their 95 % intervals, one row for each outcome and chart.

    Parameters
    ----------
    ways
        Up to three: what to call the chart, and what became of the crowd under it. All of one size.
    title
        What stands above it.

    Returns
    -------
    Picture
        With every number in its table. Nothing in it is survival.

    Raises
    ------
    ValueError
        Without a crowd, with more than three, or with crowds of different size.
    """
    if not 1 <= len(ways) <= len(_WAYS):
        raise ValueError(f'"ways": one to {len(_WAYS)} charts are drawn; received {len(ways)}; choose among them')
    sizes = {tally.n for _, tally in ways}
    if len(sizes) > 1:
        raise ValueError(f'"ways": crowds of one size; received {sorted(sizes)}; count as many under each chart')
    from matplotlib.lines import Line2D

    rows = _rows(ways)
    height = 1.35 + len(rows) * (_STEP_IN * len(ways) + 0.16)
    with sheet(height) as figure:
        axes = figure.add_axes((0.40, 0.55 / height, 0.33, (height - 1.35) / height))
        plain_axes(axes)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(-2, 102)
        axes.set_xticks([0, 25, 50, 75, 100])
        axes.set_yticks([])
        axes.set_xlabel("of a hundred, with 95 % interval")
        for tick in (0, 25, 50, 75, 100):
            axes.axvline(tick, color=FAINT, linewidth=0.7, zorder=0)
        across = axes.get_yaxis_transform()
        at = 0.0
        for what, shares in rows:
            axes.text(-1.19, at + (len(ways) - 1) / 2, what, transform=across, va="center", fontsize=9.5)
            for (colour, marker, filled), share in zip(_WAYS, shares, strict=False):
                if share is not None and share.n:
                    low, high = share.interval
                    axes.plot([100 * low, 100 * high], [at, at], color=COLOURS[colour], linewidth=2)
                    axes.plot(
                        [100 * share.share],
                        [at],
                        marker=marker,
                        markersize=6.5,
                        color=COLOURS[colour],
                        markerfacecolor=COLOURS[colour] if filled else "white",
                        markeredgewidth=1.5,
                    )
                axes.text(1.04, at, _numbers(share), transform=across, va="center", fontsize=9)
                at += 1.0
            at += 0.16 / _STEP_IN
        axes.set_ylim(at - 0.3, -0.6)
        figure.text(0.005, 1 - 0.09 / height, title, va="top", fontsize=11, fontweight="bold")
        for k, ((name, _), (colour, marker, filled)) in enumerate(zip(ways, _WAYS, strict=False)):
            x, y = 0.012 + 0.33 * k, 1 - 0.47 / height
            face = COLOURS[colour] if filled else "white"
            sign = Line2D([x], [y], marker=marker, color=COLOURS[colour], markerfacecolor=face, markersize=6.5)
            sign.set_transform(figure.transFigure)
            figure.add_artist(sign)
            figure.text(x + 0.016, y, name, va="center", fontsize=9.5)
        png = as_png(figure)
    n = sizes.pop()
    said = "; ".join(
        f"{what}: " + ", ".join(f"{name} {_numbers(share)}" for (name, _), share in zip(ways, shares, strict=True))
        for what, shares in rows
    )
    heads = ("What", *(name for name, _ in ways))
    cells = tuple(
        (what, *(str(share) if share is not None else "not told" for share in shares)) for what, shares in rows
    )
    caption = (
        f"{title}. {n} virtual patients like this one, each with thresholds of their own; the line is the 95 % "
        "interval (Wilson): it tells how many were counted, not how true the model is. Illustrative."
    )
    return Picture(png, f"Shares of {n} virtual patients. {title}. {said}.", caption, Table(title, heads, cells))


def _rows(ways: Sequence[tuple[str, Tally]]) -> list[tuple[str, list[Share | None]]]:
    """Outcomes that are told under at least one chart and are not the same for everybody by design."""
    told = [{f"{what}, {whom}": share for what, whom, share in tally.shares()} for _, tally in ways]
    names = list(dict.fromkeys(name for one in told for name in one))
    found: list[tuple[str, list[Share | None]]] = []
    for name in names:
        shares = [one.get(name) for one in told]
        if name.startswith("PRES,") and all(share is not None and share.k == share.n for share in shares):
            continue  # a crowd of patients who have it
        if any(share is not None and share.k for share in shares):
            found.append((name.removesuffix(", of all").replace(", of those with PRES", ""), shares))
    return found


def _numbers(share: Share | None) -> str:
    if share is None or not share.n:
        return "not told"
    low, high = share.interval
    return f"{100 * share.share:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
