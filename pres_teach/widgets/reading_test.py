"""Scans to be read, one after the other, each with how sure one is; at the end what was found, and what was missed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from pres_teach.quiz import Read, ReadingScore, score
from pres_teach.record import Record

from .desk import Desk
from .foundation import PanelWidget, Request, table, words
from .picturing import NOTE, Pictures
from .question import QuestionWidget
from .scan_viewer import ScanViewer
from .shelf import Stack

if TYPE_CHECKING:
    from pres_teach.imaging.unseen import Unseen

__all__ = ["KEPT_AS", "SHOWN", "ReadingTest", "chosen_in"]

#: Under this name what was read lies in the record.
KEPT_AS = "reading-room"
SAID = ("PRES", "other", "normal")
CALLED = {"PRES": "A pattern of PRES", "other": "Something else", "normal": "Nothing wrong"}
SHOWN = {
    "posterior cerebral artery infarct": "infarct of the posterior cerebral artery",
    "progressive multifocal leukoencephalopathy": "PML",
}


class Room(Protocol):
    """Whose desk and record are used."""

    desk: Desk
    kept_in: Record

    def keep(self, event: Mapping[str, Any]) -> None:
        """Keep what was done."""


class ReadingTest:
    """Unseen scans, one after the other.

    Parameters
    ----------
    room
        Whose desk and record are used.
    seed, n
        Which scans, and how many.
    title
        What it is called.
    """

    def __init__(self, room: Room, seed: int, n: int, title: str) -> None:
        from pres_teach.imaging.unseen import unseen

        self.room = room
        self.seed, self.n = seed, n
        self.scans: tuple[Unseen, ...] = unseen(seed, n)
        self.viewer = ScanViewer(label=title, note=NOTE, reports=False)
        self.onward = PanelWidget(label="Going on", live=True)
        self.onward.on("open", self._onward)
        self.place = 0
        self.stack = Stack(title, [self.viewer, self.onward])
        self._title = title
        done = self.reads()
        self.place = len(done) if len(done) < n else n
        self._show()

    def reads(self) -> list[Read]:
        """What was read of these scans so far, the first try at each."""
        said: dict[int, Mapping[str, Any]] = {}
        for _, event in self.room.kept_in.events(KEPT_AS):
            if event.get("do") == "read" and (event.get("seed"), event.get("of")) == (self.seed, self.n):
                said.setdefault(int(event["place"]), event)
        found = []
        for place in range(self.n):
            if place not in said:
                break
            was = said[place]
            found.append(Read(str(was["said"]), self.scans[place].kind, was.get("confidence")))
        return found

    def _show(self) -> None:
        if self.place >= self.n:
            self.stack.children = (self.onward,)
            self.onward.button = ""
            self.onward.body = self.told(score(self.reads()))
            return
        one = self.scans[self.place]
        head = {"label": f"Scan {self.place + 1} of {self.n}", "when": f"{one.age_years:.0f} years old"}
        self.viewer.show(Pictures([head], [one.scan]))
        shown = {
            "id": f"read {self.seed} {self.n} {self.place}",
            "kind": "single",
            "ask": "What do you see?",
            "options": [CALLED[word] for word in SAID],
            "confidence": True,
            "eyebrow": f"{self._title} · scan {self.place + 1} of {self.n}",
            "label": f"Scan {self.place + 1}",
        }
        question = QuestionWidget(shown, self._answer)
        self.onward.body, self.onward.button = "", ""
        self.stack.children = (self.viewer, question, self.onward)

    def _answer(self, response: Mapping[str, Any]) -> Mapping[str, Any]:
        chosen = chosen_in(response)
        said, one = SAID[chosen], self.scans[self.place]
        event: dict[str, Any] = {
            "do": "read",
            "at_h": 0.0,
            "seed": self.seed,
            "of": self.n,
            "place": self.place,
            "said": said,
        }
        if isinstance(response.get("confidence"), int):
            event["confidence"] = response["confidence"]
        self.room.keep(event)
        self.onward.button = "Next scan" if self.place + 1 < self.n else "Show what I found"
        name = {"PRES": f"PRES, {one.pattern}", "normal": "a head in which nothing is wrong"}.get(
            one.kind, SHOWN.get(one.pattern, one.pattern)
        )
        return {
            "verdict": "right" if said == one.kind else "not right",
            "feedback": [
                {"index": k, "html": "", "right": word == one.kind, "chosen": k == chosen}
                for k, word in enumerate(SAID)
            ],
            "explain": self.room.desk.block(f"**{name[:1].upper()}{name[1:]}.** {one.tells}"),
        }

    def _onward(self, request: Request) -> None:
        self.place += 1
        self._show()

    def told(self, found: ReadingScore) -> str:
        """What was found, as safe HTML: rates with intervals, what was missed, how sure; never a grade."""
        rows = [
            ("PRES called PRES (sensitivity)", words(found.sensitivity)),
            ("what is not PRES not called so (specificity)", words(found.specificity)),
            ("called what it is", words(found.right)),
        ]
        parts = [
            f'<p class="pt-eyebrow">{words(self._title)}</p>',
            table("What you found", ("What", "How many"), rows),
            "<p>The intervals are wide because the scans are few. A radiologist is judged on hundreds; this is for "
            "practice, and the pictures are synthetic.</p>",
        ]
        for head, places in (("PRES that was missed", found.missed), ("Taken for PRES", found.taken_for_pres)):
            if places:
                listed = "".join(f"<li>{self._named(place)}</li>" for place in places)
                parts.append(f"<h3>{head}</h3><ul>{listed}</ul>")
        if found.sure:
            sure = [(f"{percent} %", words(rate)) for percent, rate in found.sure]
            parts.append(table("How sure you were, and how often that was right", ("Sure", "Right"), sure))
        return "".join(parts)

    def _named(self, place: int) -> str:
        """A scan by its number and its true name, with what tells it; safe HTML."""
        one = self.scans[place]
        name = {"PRES": f"PRES, {one.pattern}", "normal": "a normal head"}.get(one.kind, one.pattern)
        return f"Scan {place + 1}, {words(name)}. {self.room.desk.line(one.tells)}"


def chosen_in(response: Mapping[str, Any]) -> int:
    """The place that was ticked; a ValueError for the learner where none was."""
    chosen = response.get("chosen") or []
    if len(chosen) != 1:
        raise ValueError("Choose an answer first.")
    return int(chosen[0])
