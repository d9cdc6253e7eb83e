"""The article on the table: the learner judges a statement, then sees the papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pres_teach import figures
from pres_teach.evidence.article import FINDINGS, Finding, Statement, article
from pres_teach.record import Record, RecordError

from .desk import AtHand, Desk
from .foundation import PanelWidget, Request, table, words
from .question import QuestionWidget

__all__ = ["Reading", "reading"]

#: Under this name the judgements lie in the record.
KEPT_AS = "reading-the-evidence"
IN_WORDS: Mapping[Finding, str] = {"holds": "It holds", "weak": "It is weak", "contradicted": "It is contradicted"}
MEANS: Mapping[Finding, str] = {
    "holds": "The papers bear it out.",
    "weak": "The papers leave it weak: a few cases, half a sentence, or a detail that matters left out.",
    "contradicted": "The papers contradict it.",
}

T = TypeVar("T")


class Reading(AtHand):
    """A notebook about the article. A method called again gives the same widget again.

    Parameters
    ----------
    record
        Where the judgements are kept.
    """

    def __init__(self, record: Record) -> None:
        self.kept_in = record
        self.desk = Desk(record)
        self._made: dict[str, Any] = {}
        self._followers: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        return "Reading the evidence"

    def _once(self, key: str, make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    # --- judging ----------------------------------------------------------------------------------------------------

    def judgements(self, name: str) -> list[dict[str, Any]]:
        """What the learner said about a statement, in order; the first counts."""
        return [event for _, event in self.kept_in.events(KEPT_AS) if event.get("statement") == name]

    def where(self) -> PanelWidget:
        """How many statements are judged, and what this page is."""
        return self._once("where", lambda: self._following("Where you are", self._where, landing=True))

    def judge(self, name: str) -> QuestionWidget:
        """One statement of the article: judge it, then see the papers."""
        statement = article().statement(name)
        return self._once(f"judge {name}", lambda: self._judge(statement))

    def tally(self) -> PanelWidget:
        """The learner's judgements beside the papers'."""
        return self._once("tally", lambda: self._following("Your judgement and the papers", self._tally))

    def missing(self) -> PanelWidget:
        """What the article does not say, behind a button."""
        lead = "<p>What would you have wanted to read, and did not? Name three things before you look.</p>"
        return self._once(
            "missing", lambda: self._behind("What is missing", "Show what is missing", lead, self._missing)
        )

    def chance(self, *claims: str, title: str = "", seed: int = 1, times: int = 100) -> PanelWidget:
        """The same small groups drawn again and again, as if the truth were equal in all; behind a button."""
        lead = (
            f"<p>Suppose that all groups had one and the same truth, and the study was repeated {times} times. In how "
            "many repetitions would the groups differ by as much as they did? Guess first.</p>"
        )

        def draw() -> str:
            return figures.redraws(claims, seed=seed, times=times, title=title).html()

        return self._once(f"chance {claims}", lambda: self._behind("Chance alone", "Draw the study again", lead, draw))

    def counted(self, *claims: str, title: str = "") -> PanelWidget:
        """What was counted, with its intervals; behind a button, because it answers the question above it."""
        lead = f"<p>{words(title)}: answer first, then look.</p>"

        def draw() -> str:
            return figures.forest(claims, title).html()

        return self._once(f"counted {claims}", lambda: self._behind(title, "Show what was counted", lead, draw))

    # --- inside -----------------------------------------------------------------------------------------------------

    def _judge(self, statement: Statement) -> QuestionWidget:
        place = list(article().statements).index(statement.id) + 1
        cited = f"It cites its reference {statement.cited}." if statement.cited else "It cites nothing."
        question = {
            "id": statement.id,
            "kind": "single",
            "ask": f"\N{LEFT DOUBLE QUOTATION MARK}{words(statement.quote)}\N{RIGHT DOUBLE QUOTATION MARK}",
            "more": f"<p>{words(cited)} What do you expect the papers to say?</p>",
            "options": [words(IN_WORDS[finding]) for finding in FINDINGS],
            "confidence": True,
            "eyebrow": f"Statement {place} of {len(article().statements)} of the article",
            "label": f"Statement {place}",
            "hint": "Not marked. Judge first, then read on.",
        }

        def answer(response: Mapping[str, Any]) -> Mapping[str, Any]:
            chosen = [int(index) for index in response.get("chosen") or () if 0 <= int(index) < len(FINDINGS)]
            if not chosen:
                raise ValueError("Choose one of the three first.")
            event = {"do": "judge", "at_h": 0.0, "statement": statement.id, "said": FINDINGS[chosen[0]]}
            if response.get("confidence") is not None:
                event["confidence"] = int(response["confidence"])
            try:
                self.kept_in.append(KEPT_AS, event)
            except RecordError as refused:
                raise ValueError(str(refused)) from refused
            for refresh in self._followers:
                refresh()
            return self._shown(statement, FINDINGS[chosen[0]])

        widget = QuestionWidget(question, answer)

        def draw() -> None:
            given = self.judgements(statement.id)
            if given and given[-1].get("said") in FINDINGS:
                said = given[-1]["said"]
                response: dict[str, Any] = {"chosen": [FINDINGS.index(said)]}
                if "confidence" in given[-1]:
                    response["confidence"] = given[-1]["confidence"]
                widget.show(response, self._shown(statement, said))

        draw()
        self.desk.follow(draw)
        return widget

    def _shown(self, statement: Statement, said: Finding) -> dict[str, Any]:
        verdict = "right" if said == statement.finding else "partly right" if statement.agrees(said) else "not right"
        summary = MEANS[statement.finding]
        if verdict == "partly right":
            summary += " Yours can be defended too."
        feedback = []
        for index, finding in enumerate(FINDINGS):
            chosen = finding == said
            right = True if finding == statement.finding else None if statement.agrees(finding) else False
            feedback.append({"index": index, "html": "", "right": right, "chosen": chosen})
        drawn = ""
        if statement.drawn:
            drawn = figures.forest(statement.drawn, "What was counted").html()
        explain = self.desk.block(statement.why) + drawn
        return {"verdict": verdict, "summary": f"<p>{words(summary)}</p>", "feedback": feedback, "explain": explain}

    def _following(self, label: str, body: Callable[[], str], landing: bool = False) -> PanelWidget:
        panel = PanelWidget(label=label, landing=landing)
        if landing:
            self.desk.dresses(panel)

        def refresh() -> None:
            panel.body = body()

        self._followers.append(refresh)
        refresh()
        return panel

    def _behind(self, label: str, button: str, lead: str, body: Callable[[], str]) -> PanelWidget:
        panel = PanelWidget(label=label, lead=lead, button=button, live=True)

        def show(request: Request) -> None:
            panel.button = ""
            panel.body = body()

        panel.on("open", show)
        return panel

    def _firsts(self) -> Iterator[tuple[Statement, Finding]]:
        for statement in article().statements.values():
            given = self.judgements(statement.id)
            if given and given[0].get("said") in FINDINGS:
                yield statement, given[0]["said"]

    def _where(self) -> str:
        judged = len(list(self._firsts()))
        many = len(article().statements)
        done = "Nothing is judged yet." if not judged else f"{judged} of {many} statements are judged."
        message = f'<p class="pt-note pt-is-part">{words(self.kept_in.message)}</p>' if self.kept_in.message else ""
        return (
            '<p class="pt-eyebrow">Reading the evidence</p>'
            f"<p><strong>{words(done)}</strong> Your judgements are kept; they are for you, and never marked.</p>"
            + message
        )

    def _tally(self) -> str:
        rows = [
            (
                words(statement.quote),
                words(IN_WORDS[said]),
                words(IN_WORDS[statement.finding]),
                "the same"
                if said == statement.finding
                else "can be defended"
                if statement.agrees(said)
                else "not the same",
            )
            for statement, said in self._firsts()
        ]
        if not rows:
            return "<p>Judge a statement above, and it is listed here.</p>"
        same = sum(row[3] != "not the same" for row in rows)
        shown = table(
            "Your first judgement beside the papers", ("The article says", "You", "The papers", "Compared"), rows
        )
        return f"<p>In {same} of {len(rows)} you and the papers agree, or yours can be defended.</p>{shown}"

    def _missing(self) -> str:
        return "".join(f"<h3>{words(one.quote)}</h3>{self.desk.block(one.why)}" for one in article().missing.values())


def reading(record: Record | None = None) -> Reading:
    """Open the article on the table where the learner left it.

    Parameters
    ----------
    record
        Where the judgements are kept; the learner's own record without one.
    """
    return Reading(Record() if record is None else record)
