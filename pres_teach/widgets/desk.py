"""What every notebook has at hand, whatever it is about: sources, intervals, search, glossary, and who reads."""

from __future__ import annotations

from collections.abc import Callable

from pres_teach import figures, text
from pres_teach.evidence import Reader, glossary, library
from pres_teach.figures.algorithm import algorithm
from pres_teach.record import Record

from .for_whom import ReaderWidget
from .foundation import Html, PanelWidget, Request, words
from .looking import LookUpWidget
from .paper import algorithm_panel


class Desk:
    """The reader of a record, and texts as they want them.

    Parameters
    ----------
    record
        Where the reader is kept.
    """

    def __init__(self, record: Record) -> None:
        self.record = record
        self.reader = Reader.of(record.preferences())
        self._dressed: list[tuple[PanelWidget, tuple[str, ...]]] = []
        self._followers: list[Callable[[], None]] = []

    def block(self, markdown: str) -> str:
        """Markdown as safe HTML, with citations, terms explained, and the reader's units first."""
        return text.render(self.reader.in_units(markdown), self.cite, glossary().glosser(self.reader))

    def line(self, markdown: str) -> str:
        """The same on one line, without terms: it may stand in a button or a label."""
        return text.inline(self.reader.in_units(markdown), self.cite)

    def cite(self, key: str) -> text.Citation | None:
        """A citation with a card as deep as the reader wants it."""
        found = library().cite(key)
        return None if found is None else text.Citation(found.label, self.reader.lines(found.lines), found.key)

    def follow(self, refresh: Callable[[], None]) -> None:
        """Call `refresh` when the reader changes."""
        self._followers.append(refresh)

    def change(self, reader: Reader) -> str:
        """Keep a new reader, and say what follows."""
        self.record.prefer(**reader.kept())
        self.reader = reader
        for panel, keys in self._dressed:
            panel.dress = self._dress(keys)
        for refresh in self._followers:
            refresh()
        return "Kept. The story and the lists of this page follow when you run the notebook again."

    def dresses(self, panel: PanelWidget) -> PanelWidget:
        """Let a panel dress the notebook's own prose: citations with cards, terms with explanations."""
        panel.dresses = True
        panel.dress = self._dress(())
        place = len(self._dressed)
        self._dressed.append((panel, ()))

        def dress(request: Request) -> None:
            keys = tuple(str(key) for key in request.get("keys") or ())[:500]
            self._dressed[place] = (panel, keys)
            panel.dress = self._dress(keys)

        panel.on("dress", dress)
        return panel

    def _dress(self, keys: tuple[str, ...]) -> dict[str, object]:
        cards = {}
        for key in keys:
            found = self.cite(key)
            if found is not None:
                cards[key] = {"label": found.label, "html": text.card(found.lines)}
        return {"cards": cards, "terms": glossary().cards(self.reader), "reader": self.reader.who}


class AtHand:
    """The pieces that a lesson of any kind offers; each method is one cell."""

    desk: Desk

    def look_up(self, question: str = "") -> LookUpWidget:
        """A search box over claims, drugs, terms and cases; with a question it is answered at once."""
        widget = LookUpWidget(self.desk.block)
        if question:
            widget.look_up(question)
        return widget

    def reader(self) -> ReaderWidget:
        """Who reads: decides which terms are explained, how deep a card goes, and which units stand first."""
        return ReaderWidget(self.desk.reader, self.desk.change)

    def glossary(self) -> Html:
        """All terms, in alphabetical order."""
        rows = sorted(glossary().values(), key=lambda term: term.words[0].casefold())
        told = "".join(
            f"<dt><strong>{words(term.words[0])}</strong></dt>"
            + "".join(f"<dd>{words(said)}</dd>" for kind, said in term.lines if kind != "term")
            for term in rows
        )
        body = f'<p class="pt-eyebrow">Glossary</p><dl class="pt-glossary">{told}</dl>'
        return Html(body, f"Glossary: {len(rows)} terms")

    def sources(self, *ids: str) -> Html:
        """Full references of these sources or claims; of all without any."""
        known = library()
        keys = list(ids) or list(known.sources)
        count = len(known.references(keys))
        return Html(f'<p class="pt-eyebrow">Sources</p>{known.sources_html(keys)}', f"Sources: {count}")

    def forest(self, *claims: str, title: str = "") -> Html:
        """Claims of the library with their intervals, as a picture with a table."""
        picture = figures.forest(claims, title)
        return Html(picture.html(), f"Intervals: {', '.join(claims)}")

    def algorithm(self, lead: str = "") -> PanelWidget:
        """The management algorithm of the article, put right: a picture, a table, and a page to print.

        Parameters
        ----------
        lead
            What to think about before it is shown (Markdown); it is then behind a button.
        """
        return algorithm_panel(self.desk, algorithm(), self.desk.block(lead) if lead else "")

    def redraws(self, *claims: str, title: str = "", seed: int = 1, times: int = 100) -> Html:
        """The same small groups drawn again and again, as if the truth were equal in all."""
        picture = figures.redraws(claims, seed=seed, times=times, title=title)
        return Html(picture.html(), f"Drawn again: {', '.join(claims)}")


def look_up(question: str = "") -> LookUpWidget:
    """A search box over claims, drugs, terms and cases, for any notebook.

    Parameters
    ----------
    question
        Answered at once where there is one.
    """
    return _Alone(Desk(Record())).look_up(question)


class _Alone(AtHand):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
