"""What chance alone does to small groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pres_teach.evidence import library
from pres_teach.figures.picture import COLOURS, GREY, Picture, Table, as_png, plain_axes, sheet
from pres_teach.patient import stream


def drawn_again(groups: Sequence[tuple[int, int]], *, seed: int = 1, times: int = 100) -> NDArray[np.int64]:
    """Draw small groups again and again, as if the truth were that of all groups together.

    Parameters
    ----------
    groups : sequence of (int, int)
        Patients with the feature and patients in all, one pair a group [patients].
    seed : int, optional
        From which all draws come; repetition by repetition, so that more of them begin with the same.
    times : int, optional
        How often the study is repeated [1].

    Returns
    -------
    ndarray of int, shape (times, groups)
        Patients with the feature [patients].
    """
    sizes = np.array([n for _, n in groups])
    truth = sum(k for k, _ in groups) / sum(n for _, n in groups)
    return np.array([stream(seed, number, "redraws").binomial(sizes, truth) for number in range(times)], dtype=np.int64)


def redraws(claims: Sequence[str], *, seed: int = 1, times: int = 100, title: str = "") -> Picture:
    """What chance alone does: the same small groups drawn again and again, with one and the same truth for all.

    Parameters
    ----------
    claims : sequence of str
        Ids of claims that count k of n in several groups.
    seed : int, optional
        From which all draws come.
    times : int, optional
        How often the study is repeated [1].
    title : str, optional
        What stands above the plot.

    Returns
    -------
    Picture
        One row of dots a group, each dot one repetition, the group's true share being that of all groups together.

    Raises
    ------
    ValueError
        When fewer than two groups with a count are given, or ``times`` is below 1.
    """
    found = [library().claim(key) for key in claims]
    groups = [(claim.short or claim.id, claim.k, claim.n) for claim in found]
    counts = [(name, k, n) for name, k, n in groups if k is not None and n is not None]
    if len(counts) < 2 or len(counts) < len(groups):
        raise ValueError(
            f'"claims": at least two claims that count k of n; found {len(counts)} of {len(groups)}; choose others'
        )
    if times < 1:
        raise ValueError(f'"times": at least one repetition; found {times}; give 100, say')
    truth = sum(k for _, k, _ in counts) / sum(n for _, _, n in counts)
    sizes = np.array([n for _, _, n in counts])
    drawn = drawn_again([(k, n) for _, k, n in counts], seed=seed, times=times)
    shares = 100 * drawn / sizes
    seen = [100 * k / n for _, k, n in counts]
    gap = max(seen) - min(seen)
    as_far = int(np.sum(shares.max(axis=1) - shares.min(axis=1) >= gap - 1e-9))
    title = title or f"Had the truth been {100 * truth:.0f} % in every group"
    said = f"In {as_far} of {times} repetitions the groups differ by {gap:.0f} points or more, as they did."
    tallest = max(int(np.bincount(drawn[:, group]).max()) for group in range(len(counts)))
    per_row = 5
    height = 1.12 + 1.15 * len(counts)
    with sheet(height) as figure:
        for group, (name, k, n) in enumerate(counts):
            bottom = (0.62 + 1.15 * (len(counts) - 1 - group)) / height
            axes = figure.add_axes((0.27, bottom, 0.70, 0.92 / height))
            plain_axes(axes)
            axes.spines["left"].set_visible(False)
            axes.set_yticks([])
            axes.set_xlim(-5, 105)
            axes.set_ylim(-0.8, tallest / per_row + 1.9)
            axes.set_xticks([0, 20, 40, 60, 80, 100], [""] * 6 if group < len(counts) - 1 else None)
            axes.axvline(100 * truth, color=GREY, linewidth=0.9, linestyle=":", zorder=0)
            for outcome, often in enumerate(np.bincount(drawn[:, group], minlength=n + 1)):
                place = np.arange(often)
                axes.plot(
                    100 * outcome / n + (place % per_row - (per_row - 1) / 2) * 1.25,
                    place // per_row,
                    "o",
                    markersize=3.4,
                    color=COLOURS["blue"],
                )
            stack = np.ceil(np.bincount(drawn[:, group], minlength=n + 1)[k] / per_row)
            axes.plot([seen[group]], [stack + 0.5], marker="v", markersize=9, color=COLOURS["vermillion"])
            axes.text(-0.38, 0.55, name, transform=axes.transAxes, va="bottom", fontsize=9.5)
            axes.text(
                -0.38,
                0.50,
                f"counted: {k} of {n}, {seen[group]:.0f} % (▼)",
                transform=axes.transAxes,
                va="top",
                fontsize=8.6,
                color=GREY,
            )
            if group == 0:
                axes.annotate(
                    f"truth in the draws, {100 * truth:.0f} %",
                    (100 * truth, 1),
                    xycoords=("data", "axes fraction"),
                    xytext=(4, -1),
                    textcoords="offset points",
                    va="top",
                    fontsize=8.3,
                    color=GREY,
                )
        axes.set_xlabel("per cent in each repetition; one dot, one repetition")
        figure.text(0.005, 1 - 0.1 / height, title, va="top", fontsize=11, fontweight="bold")
        figure.text(0.005, 1 - 0.36 / height, said, va="top", fontsize=9.5)
        png = as_png(figure)
    ranges = [
        f"{name}: from {shares[:, group].min():.0f} to {shares[:, group].max():.0f} %, counted {seen[group]:.0f} %"
        for group, (name, _, _) in enumerate(counts)
    ]
    rows = tuple(
        (
            name,
            f"{k}/{n} = {seen[group]:.0f} %",
            f"{np.quantile(shares[:, group], 0.1):.0f} to {np.quantile(shares[:, group], 0.9):.0f} %",
            f"{shares[:, group].min():.0f} to {shares[:, group].max():.0f} %",
        )
        for group, (name, k, n) in enumerate(counts)
    )
    return Picture(
        png,
        alt=f"Dot plot of {times} repetitions drawn by chance. {title}. {'; '.join(ranges)}. {said}",
        caption=f"{title}. {said} The truth in the draws is the share of all groups together. "
        f"Drawn by chance from seed {seed}; no patient was counted again.",
        table=Table(title, ("Group", "Counted", "Eight repetitions in ten", "All repetitions"), rows),
    )
