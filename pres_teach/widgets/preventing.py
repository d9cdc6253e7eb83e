"""Prevention and monitoring: a lesson without a patient, made of a sheet of questions and of the article."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pres_teach.case.sheet import Plan, Watch, sheet
from pres_teach.record import Record, RecordError

from .answering import ANSWERED, asking_alone
from .foundation import words
from .plan import PlanWidget
from .question import QuestionWidget
from .reading import Reading

__all__ = ["Prevention", "prevention"]

#: Under this name the answers lie in the record.
KEPT_AS = "prevention-and-monitoring"
TITLE = "Prevention and monitoring"
IN_WORDS = {"fits": "Fits", "defensible": "Can be defended", "gap": "Leaves a gap", "open": "Not in your plan"}


class Prevention(Reading):
    """The lesson on prevention. What is judged of the article here is judged in the lesson on the evidence, too.

    Parameters
    ----------
    record
        Where the answers are kept.
    """

    def __init__(self, record: Record) -> None:
        super().__init__(record)
        self.sheet = sheet("prevention")

    def __repr__(self) -> str:
        return TITLE

    def question(self, name: str) -> QuestionWidget:
        """One question of the lesson, by its id; KeyError names the nearest."""
        question = self.sheet.question(name)
        place = f"{self.sheet.questions.index(question) + 1} of {len(self.sheet.questions)}"
        return self._once(
            f"question {name}",
            lambda: asking_alone(self.desk, self.kept_in, KEPT_AS, question, TITLE, place, self._changed),
        )

    def plan(self) -> PlanWidget:
        """A monitoring plan to be put together."""
        return self._once("plan", self._plan)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        for refresh in self._followers:
            refresh()

    def _plan(self) -> PlanWidget:
        plan = self.sheet.plan
        shown = {
            "ask": self.desk.block(plan.ask),
            "rows": [
                {"id": row.id, "watch": row.watch, "choices": [each.text for each in row.choices]} for row in plan.rows
            ],
            "eyebrow": f"{TITLE} · build a plan",
            "label": "A monitoring plan",
        }

        def check(chosen: Mapping[str, int]) -> Mapping[str, Any]:
            kept = {row.id: chosen[row.id] for row in plan.rows if _valid(row, chosen.get(row.id))}
            if not kept:
                raise ValueError("Choose a way for something first.")
            try:
                self.kept_in.append(KEPT_AS, {"do": "plan", "at_h": 0.0, "chosen": kept})
            except RecordError as refused:
                raise ValueError(str(refused)) from refused
            self._changed()
            return self._looked_at(plan, kept)

        widget = PlanWidget(shown, check)

        def draw() -> None:
            plans = [event["chosen"] for _, event in self.kept_in.events(KEPT_AS) if event.get("do") == "plan"]
            if plans:
                kept = {row.id: plans[-1][row.id] for row in plan.rows if _valid(row, plans[-1].get(row.id))}
                widget.show(kept, self._looked_at(plan, kept))

        draw()
        self.desk.follow(draw)
        return widget

    def _looked_at(self, plan: Plan, chosen: Mapping[str, int]) -> dict[str, Any]:
        rows = {}
        for row in plan.rows:
            if row.id in chosen:
                choice = row.choices[chosen[row.id]]
                rows[row.id] = {
                    "fits": choice.fits,
                    "word": IN_WORDS[choice.fits],
                    "html": self.desk.block(choice.feedback),
                }
            else:
                rows[row.id] = {"fits": "open", "word": IN_WORDS["open"], "html": "<p>Who watches it, and when?</p>"}
        counted = [sum(one["fits"] == fits for one in rows.values()) for fits in IN_WORDS]
        said = [f"{n} {one if n == 1 else more}" for n, (one, more) in zip(counted, _COUNTED, strict=True) if n]
        summary = f"Of {len(plan.rows)} things: {', '.join(said)}."
        return {"summary": summary, "explain": self.desk.block(plan.explain) if plan.explain else "", "rows": rows}

    def _where(self) -> str:
        answered = {event["question"] for _, event in self.kept_in.events(KEPT_AS) if event.get("do") == ANSWERED} & {
            question.id for question in self.sheet.questions
        }
        many = len(self.sheet.questions)
        done = "Nothing is answered yet." if not answered else f"{len(answered)} of {many} questions are answered."
        message = f'<p class="pt-note pt-is-part">{words(self.kept_in.message)}</p>' if self.kept_in.message else ""
        return (
            f'<p class="pt-eyebrow">{TITLE}</p>'
            f"<p><strong>{words(done)}</strong> Your answers are kept; they are for practice.</p>{message}"
        )


_COUNTED = (
    ("fits", "fit"),
    ("can be defended", "can be defended"),
    ("leaves a gap", "leave a gap"),
    ("is not in your plan", "are not in your plan"),
)


def _valid(row: Watch, place: object) -> bool:
    return isinstance(place, int) and 0 <= place < len(row.choices)


def prevention(record: Record | None = None) -> Prevention:
    """Open the lesson on prevention and monitoring where the learner left it.

    Parameters
    ----------
    record
        Where the answers are kept; the learner's own record without one.
    """
    return Prevention(Record() if record is None else record)
