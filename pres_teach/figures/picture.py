"""What a picture is: its bytes, its words, its table, and the one style in which all are drawn."""

from __future__ import annotations

import base64
import html
import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: The colours of Okabe and Ito that reach 3:1 on white, and black.
COLOURS = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "black": "#000000",
}
GREY = "#595959"
FAINT = "#D9D9D9"
WIDTH_IN = 7.68
_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.labelsize": 9.5,
    "axes.titlesize": 10.5,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "axes.edgecolor": GREY,
    "axes.labelcolor": "#000000",
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "lines.linewidth": 1.8,
    "hatch.linewidth": 0.6,
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "text.usetex": False,
    "path.simplify": True,
}


@dataclass(frozen=True)
class Table:
    """What a picture shows, as rows and columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def html(self) -> str:
        """The table in HTML, with row and column headers."""
        head = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in self.columns)
        body = "".join(
            f'<tr><th scope="row">{html.escape(row[0])}</th>'
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in self.rows
        )
        return (
            f'<table class="pt-table"><caption>{html.escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture with what it shows in words.

    Parameters
    ----------
    png : bytes
        The picture.
    alt : str
        What it shows, for those who do not see it; never empty.
    caption : str
        What stands below it.
    table : Table, optional
        The same as rows and columns.

    Raises
    ------
    ValueError
        When ``alt`` is empty.
    """

    png: bytes
    alt: str
    caption: str
    table: Table | None = None

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError('"alt": a picture needs words for those who do not see it; found none; say what it shows')

    def __repr__(self) -> str:
        return f"Picture({self.caption!r})"

    def html(self) -> str:
        """A figure in HTML that needs nothing but itself."""
        table = (
            f'<details class="pt-twin"><summary>The same as a table</summary>{self.table.html()}</details>'
            if self.table is not None
            else ""
        )
        return self.bare_html(table)

    def bare_html(self, table: str = "") -> str:
        """The same with another table in HTML, or without one where the same is told elsewhere."""
        data = base64.b64encode(self.png).decode("ascii")
        return (
            f'<figure class="pt-figure"><img alt="{html.escape(self.alt)}" style="width:768px;max-width:100%"'
            f' src="data:image/png;base64,{data}"><figcaption>{html.escape(self.caption)}</figcaption>{table}</figure>'
        )

    def _repr_html_(self) -> str:
        return self.html()


@contextmanager
def sheet(height_in: float) -> Iterator[Figure]:
    """An empty figure under the one style of all pictures."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Sheet

    with mpl.rc_context(_STYLE):
        figure = Sheet(figsize=(WIDTH_IN, height_in), facecolor="white")
        FigureCanvasAgg(figure)
        yield figure


def as_png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    # without the software's name and version the same picture has the same bytes
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def plain_axes(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=3, color=GREY)


def shortened(words: str, most: int) -> str:
    """Words cut at a space when they are longer than `most` letters."""
    return words if len(words) <= most else textwrap.shorten(words, most, placeholder=" ...")
