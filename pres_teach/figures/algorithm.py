"""The management algorithm on one page A4: drawn, printed, and as a table."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pres_teach import text
from pres_teach.evidence import algorithm as written
from pres_teach.evidence import library
from pres_teach.evidence.algorithm import Algorithm, Row, Step, Verdict
from pres_teach.evidence.review import STAMP
from pres_teach.figures.picture import FAINT, GREY, Picture, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["SIGNS", "VERDICT_WORDS", "AlgorithmPage", "algorithm"]

TITLE: Final = "PRES on tacrolimus: the article’s algorithm, put right"
SUBTITLE: Final = "What a web page advises, what of it holds, and what the papers make of the rest."
COLUMNS: Final = ("The article says", "What holds", "What to do or know, and why", "Rests on")
AGAIN: Final = "Worse, or not clearing: begin again at the top"
NOT_CHECKED: Final = "†"
FOOT: Final = (
    f"{NOT_CHECKED} Not checked against a source: see local guidance. Of no paper was the full text read; behind each "
    "number stands what was. No doses: they come from local guidance."
)
VERDICT_WORDS: Final[dict[Verdict, str]] = {
    "holds": "holds",
    "weak": "weak",
    "corrected": "corrected",
    "left out": "left out",
}
SIGNS: Final[dict[Verdict, str]] = {"holds": "✓", "weak": "◐", "corrected": "✕", "left out": "+"}
#: Dark enough for small words on white, and apart in grey by their sign and word.
_INKS: Final[dict[Verdict, str]] = {
    "holds": "#00664B",
    "weak": "#6B5200",
    "corrected": "#A33F00",
    "left out": "#00507D",
}
_CITED: Final = re.compile(r"\s*\[@[^\]]*\]")
_SHORT: Final = {
    "abstract": "abstract",
    "table": "label or table",
    "secondhand": "second-hand",
    "unverified": "from memory",
    "computed": "computed",
    "illustrative": "model",
}

# --- the sheet, in points from its upper left corner -----------------------------------------------------------------

WIDE: Final = 595.28
HIGH: Final = 841.89
#: Nothing on the page is smaller [pt].
SMALLEST: Final = 7.0
_LEFT, _RIGHT = 30.0, 552.0
_SPINE = 39.0
_ARTICLE = (52.0, 150.0)
_HOLDS = (156.0, 234.0)
_INSTEAD = (241.0, 508.0)
_RESTS = (514.0, _RIGHT)
_BODY = 7.4
_LINE = 9.4
#: Above and below the words of a row, at least and at most [pt].
_PAD = (2.8, 5.5)
_BAND = 15.0
_BETWEEN = 7.0
_SMALL_LINE = 8.8
_REFERENCES = 3  # columns
_BELOW: Final = 20.0


class Run(NamedTuple):
    """Words in one style."""

    words: str
    colour: str = "#000000"
    bold: bool = False


@contextmanager
def _style() -> Iterator[None]:
    import matplotlib as mpl

    # letters as wide as they are measured; fonts embedded whole, so that a reader can search and copy the words
    style: Any = {"font.family": "DejaVu Sans", "pdf.fonttype": 42, "text.hinting": "none", "text.usetex": False}
    with mpl.rc_context(style):
        yield


def _sheet() -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Sheet

    figure = Sheet(figsize=(WIDE / 72, HIGH / 72), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


class _Pen:
    """Writes and draws on a sheet, in points from the upper left corner."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        self.axes: Axes = figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, WIDE)
        self.axes.set_ylim(HIGH, 0)
        self.axes.axis("off")

    @staticmethod
    @cache
    def wide(words: str, size: float, bold: bool = False) -> float:
        """How wide words are [pt]."""
        from matplotlib.font_manager import FontProperties
        from matplotlib.textpath import text_to_path

        font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
        return float(text_to_path.get_text_width_height_descent(words, font, False)[0])

    def write(self, x: float, y: float, words: str, size: float, **how: Any) -> None:
        """Words with their base line at y."""
        if size < SMALLEST:
            raise ValueError(f'"size": at least {SMALLEST:g} pt; found {size:g}; make it larger, it is read on paper')
        how = {"va": "baseline", "zorder": 4, **how}
        self.axes.text(x, y, words.replace("$", r"\$"), fontsize=size, **how)

    def lines(self, runs: Iterable[Run], wide: float, size: float = _BODY) -> list[list[Run]]:
        """Runs broken into lines no wider than `wide` [pt]."""
        made: list[list[Run]] = [[]]
        reached = 0.0
        for run in runs:
            for word in run.words.split():
                step = self.wide(word, size, run.bold) + self.wide(" ", size, run.bold)
                if made[-1] and reached + self.wide(word, size, run.bold) > wide:
                    made.append([])
                    reached = 0.0
                made[-1].append(run._replace(words=word))
                reached += step
        return made

    def paragraph(self, x: float, y: float, lines: Sequence[Sequence[Run]], size: float = _BODY) -> None:
        """Lines below each other; words of one style are written in one go."""
        for line in lines:
            at, pending = x, list(line)
            while pending:
                alike = [pending.pop(0)]
                while pending and pending[0][1:] == alike[0][1:]:
                    alike.append(pending.pop(0))
                said = " ".join(run.words for run in alike)
                self.write(at, y, said, size, color=alike[0].colour, weight="bold" if alike[0].bold else "normal")
                at += self.wide(f"{said} ", size, alike[0].bold)
            y += _LINE * size / _BODY

    def rule(self, x: tuple[float, float], y: tuple[float, float], colour: str, width: float) -> None:
        self.axes.plot(x, y, color=colour, linewidth=width, zorder=1, solid_capstyle="butt")

    def box(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        from matplotlib.patches import FancyBboxPatch

        style = "round,pad=0,rounding_size=3"
        self.axes.add_patch(FancyBboxPatch((x, y), wide, high, boxstyle=style, facecolor=colour, linewidth=0, zorder=2))

    def disc(self, x: float, y: float, across: float, sign: str, ink: str, face: str = "white") -> None:
        from matplotlib.patches import Circle

        self.axes.add_patch(Circle((x, y), across / 2, facecolor=face, edgecolor=ink, linewidth=1.0, zorder=3))
        words = "white" if face != "white" else ink
        self.write(x, y + 0.2, sign, 7.6, ha="center", va="center_baseline", color=words, weight="bold")


# --- what stands on it ----------------------------------------------------------------------------------------------


class _Numbers:
    """The sources in the order of the page; what was not checked has a sign of its own."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.of: dict[str, int] = {}
        self.known: dict[int, tuple[str, str]] = {}
        for key in keys:
            claim = library().claim(key)
            source = library().source_of(key)
            if source.id == "common-knowledge" or source.id in self.of:
                continue
            self.of[source.id] = len(self.of) + 1
            short = "This package" if source.id == "computed-here" else source.short
            self.known[self.of[source.id]] = (short, _SHORT[claim.support])

    def rests_on(self, keys: Iterable[str]) -> str:
        """ "2, 5 †" for the claims of a row."""
        found = list(keys)
        numbers = sorted({self.of[source] for key in found if (source := library().source_of(key).id) in self.of})
        unchecked = any(library().claim(key).support == "unverified" for key in found)
        return ", ".join(map(str, numbers)) + (f" {NOT_CHECKED}" if unchecked else "")


def bare(markdown: str) -> str:
    """Markdown without its citations and marks, for the page."""
    return text.plain(_CITED.sub("", markdown))


def _lines(pen: _Pen, row: Row, rests: str) -> dict[str, list[list[Run]]]:
    """The lines of a row, column by column."""
    verdict = Run(VERDICT_WORDS[row.verdict].capitalize() + ("." if row.holds else ""), _INKS[row.verdict], bold=True)
    starts = _INSTEAD[0] if row.article else _HOLDS[0]
    return {
        "article": pen.lines([Run(f"“{row.article}”") if row.article else verdict], _ARTICLE[1] - _ARTICLE[0]),
        "holds": pen.lines([verdict, Run(bare(row.holds))], _HOLDS[1] - _HOLDS[0]) if row.article else [],
        "instead": pen.lines([Run(bare(row.instead)), Run(bare(row.why), GREY)], _INSTEAD[1] - starts),
        "rests": pen.lines([Run(rests, GREY)], _RESTS[1] - _RESTS[0], SMALLEST),
    }


def _draw_row(pen: _Pen, row: Row, y: float, lines: dict[str, list[list[Run]]], pad: float) -> float:
    """A row from `y`; gives where it ends."""
    base = y + pad + _BODY
    pen.disc(_SPINE, base - 2.6, 11.5, SIGNS[row.verdict], _INKS[row.verdict])
    pen.paragraph(_ARTICLE[0], base, lines["article"])
    pen.paragraph(_HOLDS[0], base, lines["holds"])
    pen.paragraph(_INSTEAD[0] if row.article else _HOLDS[0], base, lines["instead"])
    pen.paragraph(_RESTS[0], base, lines["rests"], SMALLEST)
    y += _high(lines) + 2 * pad
    pen.rule((_ARTICLE[0], _RIGHT), (y, y), FAINT, 0.6)
    return y


def _high(lines: dict[str, list[list[Run]]]) -> float:
    return max(map(len, lines.values())) * _LINE


def _draw_step(pen: _Pen, step: Step, y: float, rests: str, pad: float) -> float:
    """The band of a step and what to ask first; gives where its rows begin."""
    pen.box(_LEFT, y, _RIGHT - _LEFT, _BAND, "#26323D")
    pen.write(_ARTICLE[0], y + 10.6, step.title, 8.6, color="white", weight="bold")
    y += _BAND
    if step.lead:
        lines = pen.lines([Run(bare(step.lead))], _INSTEAD[1] - _ARTICLE[0])
        pen.paragraph(_ARTICLE[0], y + pad + _BODY, lines)
        pen.paragraph(_RESTS[0], y + pad + _BODY, pen.lines([Run(rests, GREY)], _RESTS[1] - _RESTS[0]), SMALLEST)
        y += len(lines) * _LINE + 2 * pad
        pen.rule((_ARTICLE[0], _RIGHT), (y, y), FAINT, 0.6)
    return y


def _draw_head(pen: _Pen, algorithm: Algorithm) -> float:
    pen.write(_LEFT, 36, TITLE, 14.5, weight="bold")
    pen.write(_LEFT, 49, SUBTITLE, 8.2, color=GREY)
    y = 62.0
    pen.write(_LEFT, y, algorithm.review.told, 7.6, weight="bold")
    y += 14
    for x, words in zip((_ARTICLE[0], _HOLDS[0], _INSTEAD[0], _RESTS[0]), COLUMNS, strict=True):
        pen.write(x, y, words, 7.6, color=GREY, weight="bold")
    return y + 5


def _foot_high(pen: _Pen, numbers: _Numbers) -> float:
    said = pen.lines([Run(FOOT)], _RIGHT - _LEFT, SMALLEST)
    return 8 + len(said) * _SMALL_LINE + 4 + -(-len(numbers.known) // _REFERENCES) * _SMALL_LINE


def _draw_foot(pen: _Pen, numbers: _Numbers, y: float) -> None:
    said = pen.lines([Run(FOOT)], _RIGHT - _LEFT, SMALLEST)
    pen.paragraph(_LEFT, y, said, SMALLEST)
    y += len(said) * _SMALL_LINE + 4
    many = -(-len(numbers.known) // _REFERENCES)
    wide = (_RIGHT - _LEFT) / _REFERENCES
    for place, (number, (short, known)) in enumerate(numbers.known.items()):
        x, row = _LEFT + (place // many) * wide, place % many
        pen.write(x, y + row * _SMALL_LINE, f"{number}  {short}, {known}", SMALLEST, color=GREY)


def _draw_way(pen: _Pen, top: float, steps: Sequence[float], end: float) -> None:
    """The line down, and the line back up."""
    pen.rule((_SPINE, _SPINE), (top, end - 8), GREY, 1.2)
    for y in steps[1:]:
        pen.axes.plot([_SPINE], [y - 3.5], marker="v", markersize=6, color=GREY, zorder=3)
    x = _RIGHT + 14
    pen.axes.plot([_RIGHT + 3, x, x, _RIGHT + 4], [end - 8, end - 8, top + 7.5, top + 7.5], color=GREY, linewidth=1.2)
    pen.axes.plot([_RIGHT + 5], [top + 7.5], marker="<", markersize=6, color=GREY)
    pen.write(x + 4, (top + end) / 2, AGAIN, 7.6, rotation=90, ha="left", va="center", color="#000000")


def _draw_stamp(pen: _Pen) -> None:
    import math

    pen.axes.text(
        WIDE / 2,
        HIGH / 2 + 6,
        STAMP,
        fontsize=45,
        weight="bold",
        color="#A33F00",
        alpha=0.17,
        rotation=math.degrees(math.atan2(HIGH, WIDE)),
        ha="center",
        va="center",
        zorder=3.5,
        gid="stamp",
    )


def draw(algorithm: Algorithm) -> Figure:
    """The page as a figure; what is not approved has the stamp across it, and nothing takes that off.

    Raises
    ------
    ValueError
        When the words do not fit on one page.
    """
    with _style():
        figure = _sheet()
        _draw(_Pen(figure), algorithm)
        return figure


def _draw(pen: _Pen, algorithm: Algorithm) -> None:
    numbers = _Numbers(algorithm.papers)
    steps = list(algorithm.steps.values())
    lines = {row.id: _lines(pen, row, numbers.rests_on(row.papers)) for row in algorithm.rows.values()}
    y = top = _draw_head(pen, algorithm)
    # what the words leave of the page goes between them
    padded = len(lines) + sum(bool(step.lead) for step in steps)
    needed = sum(map(_high, lines.values())) + sum(bool(step.lead) for step in steps) * _LINE
    needed += len(steps) * (_BAND + _BETWEEN) + _foot_high(pen, numbers)
    pad = (HIGH - _BELOW - top - needed) / (2 * padded)
    if pad < _PAD[0]:
        raise ValueError(
            f'"algorithm": has to fit on one page A4; found {2 * padded * (_PAD[0] - pad):.0f} pt too much; '
            "shorten the longest rows"
        )
    pad = min(pad, _PAD[1])
    begins = []
    for step in steps:
        begins.append(y)
        y = _draw_step(pen, step, y, numbers.rests_on(text.citations(step.lead)), pad)
        for row in algorithm.of(step.id):
            y = _draw_row(pen, row, y, lines[row.id], pad)
        y += _BETWEEN
    _draw_way(pen, top, begins, y - _BETWEEN)
    _draw_foot(pen, numbers, y + 8)
    if not algorithm.review.approved:
        _draw_stamp(pen)


def _as_png(figure: Figure) -> bytes:
    """A figure as PNG, fine enough for print; the same figure has the same bytes."""
    buffer = io.BytesIO()
    with _style():
        figure.savefig(buffer, format="png", dpi=170, metadata={"Software": None})
    return buffer.getvalue()


def _as_pdf(figure: Figure, subject: str, stamp: str) -> bytes:
    """A figure as PDF; the same figure has the same bytes."""
    buffer = io.BytesIO()
    about = {"Title": TITLE, "Subject": subject, "Creator": "pres_teach", "CreationDate": None, "Producer": None}
    if stamp:
        about["Keywords"] = stamp
    with _style():
        figure.savefig(buffer, format="pdf", metadata=about)
    return buffer.getvalue()


@dataclass(frozen=True, repr=False)
class AlgorithmPage:
    """The algorithm, ready to be shown or printed.

    Parameters
    ----------
    algorithm : Algorithm
        What is on it. As long as its review is not approved, every print of it carries "DRAFT, not reviewed by a
        clinician".
    """

    algorithm: Algorithm

    def __repr__(self) -> str:
        return f"The management algorithm, {self.algorithm.review.status}"

    @cached_property
    def _figure(self) -> Figure:
        return draw(self.algorithm)

    @property
    def stamp(self) -> str:
        """What stands across it; empty once it is approved."""
        return "" if self.algorithm.review.approved else STAMP

    @property
    def alt(self) -> str:
        """The page in words."""
        steps = []
        for step in self.algorithm.steps.values():
            rows = "; ".join(_row_told(row) for row in self.algorithm.of(step.id))
            steps.append(f"{step.title}: {rows}")
        stamped = f"Across the page: {self.stamp}. " if self.stamp else ""
        return f"{TITLE}, one page, in {len(steps)} steps. {stamped}" + " ".join(f"{said}." for said in steps)

    @property
    def table(self) -> Table:
        """The page as rows and columns."""
        rows = tuple(
            (
                f"“{row.article}”" if row.article else "Left out",
                step.title,
                VERDICT_WORDS[row.verdict],
                bare(row.holds) or "–",
                bare(row.instead),
                bare(row.why) or "–",
                "; ".join(dict.fromkeys(library().source_of(key).short for key in row.papers)),
            )
            for step in self.algorithm.steps.values()
            for row in self.algorithm.of(step.id)
        )
        caption = f"{self.stamp}. {TITLE}" if self.stamp else TITLE
        heads = ("The article says", "Step", "Verdict", "What holds", "What to do or know", "Why", "Rests on")
        return Table(caption, heads, rows)

    @property
    def picture(self) -> Picture:
        """The page as a picture with its words and its table."""
        caption = f"{TITLE}. {self.algorithm.review.told}"
        return Picture(_as_png(self._figure), alt=self.alt, caption=caption, table=self.table)

    @property
    def pdf(self) -> bytes:
        """The page to print, A4."""
        return _as_pdf(self._figure, self.alt, self.stamp)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page into a file, as PDF or PNG by its ending.

        Raises
        ------
        ValueError
            When the ending is another.
        """
        file = Path(path)
        ending = file.suffix.casefold()
        if ending not in (".pdf", ".png"):
            raise ValueError(f'"path": ends in .pdf or .png; found "{file.name}"; name it such as "page.pdf"')
        file.write_bytes(self.pdf if ending == ".pdf" else _as_png(self._figure))
        return file

    def _repr_html_(self) -> str:
        return self.picture.html()


def _row_told(row: Row) -> str:
    said = f"“{row.article}”, {row.verdict}" if row.article else "left out of the article"
    return f"{said}: {bare(row.instead)}".rstrip(".")


def algorithm() -> AlgorithmPage:
    """The management algorithm of the article, step by step with what holds and what was corrected, on one page."""
    return AlgorithmPage(written.algorithm())
