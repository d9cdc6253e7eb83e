"""The search itself: SQLite's full-text index in memory, or a plain count of words where SQLite has none."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pres_teach.evidence import glossary
from pres_teach.lookup.entries import Entry, entries

__all__ = ["Answer", "Index", "index"]

MOST: Final = 12
LONGEST: Final = 300
_WORD: Final = re.compile(r"[^\W_]+")
# words of a question that say nothing about its matter
_SAYING_NOTHING: Final = """
a about after all also am an and any are as at be been before but by can case cases could did do does drug drugs for
from get give given gives had has have he her him his how i if in into is it its kind know known long many may me
more most much my need of often on one or our patient patients person please she should show so some take tell than
that the their them then there these they this those to too us use used was we were what when where which while who
whose why will with would you your come comes came happen happens mean means cause causes common rate
safe dangerous allowed good bad best
"""
_EMPTY: Final = frozenset(_SAYING_NOTHING.split())
# the same word across the Atlantic, in everyday words, or short; each group is searched as one
_ALIKE: Final = (
    ("ciclosporin", "cyclosporine", "cyclosporin"),
    ("hypomagnesaemia", "hypomagnesemia", "magnesium"),
    ("oedema", "edema", "swelling"),
    ("haemorrhage", "hemorrhage", "bleeding", "bleed", "blood", "haemorrhagic", "hemorrhagic"),
    ("haematocrit", "hematocrit"),
    ("haematoma", "hematoma"),
    ("seizure", "seizures", "convulsion", "convulsions", "seized"),
    ("anticonvulsant", "antiseizure", "antiepileptic", "anticonvulsants"),
    ("hypertension", "pressure", "bp", "hypertensive"),
    ("death", "die", "died", "dies", "deaths", "mortality", "survival", "survived", "dead"),
    ("paediatric", "pediatric", "child", "children"),
    ("prednisolone", "prednisone", "steroid", "steroids"),
    ("aciclovir", "acyclovir"),
    ("recurrence", "recurrent", "recur", "relapse"),
    ("vision", "visual", "sight", "blindness"),
    ("stem", "hsct", "marrow", "bmt"),
    ("kidney", "renal"),
    ("liver", "hepatic"),
    ("heart", "cardiac"),
    ("lung", "pulmonary"),
    ("hyperkalaemia", "hyperkalemia", "potassium"),
)
# what people say for what the library calls by one word
_SAID: Final = (
    (re.compile(r"\b(?:come|comes|came|coming) back\b"), "recurrence"),
    (re.compile(r"\bfits?\b"), "seizure"),
)


@dataclass(frozen=True)
class Answer:
    """What was found for a question.

    Attributes
    ----------
    question : str
        As it was asked.
    hits : tuple of Entry
        The best first; empty when nothing matches.
    said : str
        In a sentence, how much was found and how well it fits.
    """

    question: str
    hits: tuple[Entry, ...]
    said: str


class Index:
    """A search over entries.

    Parameters
    ----------
    found : iterable of Entry
        What can be found.
    full_text : bool
        Whether to try SQLite's full-text index; without it, and where SQLite has none, words are counted.
    """

    def __init__(self, found: Iterable[Entry], *, full_text: bool = True) -> None:
        self.entries = tuple(found)
        self._database = _database(self.entries) if full_text else None
        self._bags = None if self._database is not None else [_bag(entry) for entry in self.entries]

    def __repr__(self) -> str:
        return f"Index({len(self.entries)} entries, {'full text' if self._database is not None else 'words counted'})"

    def find(self, question: str, most: int = MOST) -> Answer:
        """Find what fits a question.

        Parameters
        ----------
        question : str
            In the learner's own words; nothing in it is ever run.
        most : int
            How many hits at most [1].

        Returns
        -------
        Answer
            Entries that hold all words that matter, else those that hold most of them, else none.
        """
        asked = question[:LONGEST].casefold()
        for said, called in _SAID:
            asked = said.sub(called, asked)
        words = [word for word in _WORD.findall(asked) if word not in _EMPTY]
        groups = list(dict.fromkeys(_group(word) for word in words if len(word) > 1 or word.isdigit()))
        if not groups:
            return Answer(question, (), "Write a word or two of what you want to know, for instance: magnesium.")
        hits = self._matching(groups, most)
        if hits:
            return Answer(question, hits, f"{_counted(hits, most)} every word of your question.")
        unheard = [group for group in groups if not self._matching([group], 1)]
        for left_out in range(max(1, len(unheard)), len(groups) // 2 + 1):
            hits = self._holding(groups, len(groups) - left_out, most)
            if hits:
                names = " or ".join(f'"{next(word for word in words if word in group)}"' for group in unheard)
                lead = f"Nothing here speaks of {names}." if unheard else "Nothing here holds all of your words."
                return Answer(
                    question,
                    hits,
                    f"{lead} {_counted(hits, most)} some of your other words; judge whether that answers you.",
                )
        return Answer(
            question,
            (),
            "Nothing in this package speaks of that. It answers only from the sources it holds and makes nothing up; "
            "that does not mean that nothing is known. Ask your pharmacist, or look in a current guideline.",
        )

    def _matching(self, groups: Sequence[tuple[str, ...]], most: int) -> tuple[Entry, ...]:
        if self._database is None:
            return self._counted_hits(groups, len(groups), most)
        query = " AND ".join("(" + " OR ".join(_quoted(word) for word in group) + ")" for group in groups)
        return self._ranked(query, most)

    def _holding(self, groups: Sequence[tuple[str, ...]], at_least: int, most: int) -> tuple[Entry, ...]:
        """Entries that hold at least so many of the words."""
        if self._database is None:
            return self._counted_hits(groups, at_least, most)
        numbers: dict[int, int] = {}
        for group in groups:
            query = " OR ".join(_quoted(word) for word in group)
            for (number,) in self._database.execute("SELECT rowid FROM entry WHERE entry MATCH ?", (query,)):
                numbers[number] = numbers.get(number, 0) + 1
        chosen = {number for number, count in numbers.items() if count >= at_least}
        query = " OR ".join(_quoted(word) for group in groups for word in group)
        ranked = self._ranked(query, len(self.entries))
        place = {id(entry): number for number, entry in enumerate(self.entries, 1)}
        return tuple(entry for entry in ranked if place[id(entry)] in chosen)[:most]

    def _ranked(self, query: str, most: int) -> tuple[Entry, ...]:
        if self._database is None:
            return ()
        rows = self._database.execute(
            "SELECT rowid FROM entry WHERE entry MATCH ? ORDER BY bm25(entry, 6.0, 2.0, 3.0), rowid LIMIT ?",
            (query, most),
        )
        return tuple(self.entries[number - 1] for (number,) in rows)

    def _counted_hits(self, groups: Sequence[tuple[str, ...]], at_least: int, most: int) -> tuple[Entry, ...]:
        ranked = []
        for number, bag in enumerate(self._bags or ()):
            found = [max((_weight(bag, word) for word in group), default=0) for group in groups]
            if sum(weight > 0 for weight in found) >= at_least:
                ranked.append((-sum(found), number))
        return tuple(self.entries[number] for _, number in sorted(ranked)[:most])


def _counted(hits: Sequence[Entry], most: int) -> str:
    if len(hits) == 1:
        return "1 entry holds"
    return f"These {len(hits)} entries fit best and hold" if len(hits) == most else f"{len(hits)} entries hold"


def _quoted(word: str) -> str:
    """A word of a question as the index takes it: never as an operator; longer words find their longer forms."""
    return f'"{word}"*' if len(word) > 3 else f'"{word}"'


@cache
def _groups() -> Mapping[str, tuple[str, ...]]:
    """Each word with its like, the glossary's one-word forms too."""
    found: dict[str, tuple[str, ...]] = {}
    for group in _ALIKE:
        for word in group:
            found[word] = group
    for term in glossary().values():
        forms = tuple(form.casefold() for form in term.words if _WORD.fullmatch(form))
        for form in forms:
            found.setdefault(form, forms if len(forms) < 3 else (form,))
    return found


def _group(word: str) -> tuple[str, ...]:
    return _groups().get(word) or (word,)


def _database(found: Sequence[Entry]) -> sqlite3.Connection | None:
    """The full-text index; None where this SQLite has none."""
    # a widget asks from the kernel's one thread, whichever that is
    database = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        database.execute("CREATE VIRTUAL TABLE entry USING fts5(title, body, words, tokenize='porter unicode61')")
    except sqlite3.OperationalError:
        database.close()
        return None
    database.executemany(
        "INSERT INTO entry (rowid, title, body, words) VALUES (?, ?, ?, ?)",
        [(number, entry.title, entry.text, entry.words) for number, entry in enumerate(found, 1)],
    )
    return database


def _bag(entry: Entry) -> dict[str, int]:
    bag: dict[str, int] = {}
    for text, weight in ((entry.title, 3), (entry.words, 2), (entry.text, 1)):
        for word in _WORD.findall(text.casefold()):
            bag[word] = max(bag.get(word, 0), weight)
    return bag


def _weight(bag: Mapping[str, int], word: str) -> int:
    if word in bag:
        return bag[word]
    if len(word) < 4:
        return 0
    stem = word.removesuffix("s")
    return max((weight for other, weight in bag.items() if other.startswith(stem)), default=0)


@cache
def index() -> Index:
    """The index over everything that the package holds, built when it is first asked for."""
    return Index(entries())
