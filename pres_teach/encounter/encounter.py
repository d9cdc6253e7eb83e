"""One learner working through one case: `Encounter`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pres_teach import quiz, units
from pres_teach.case import Case
from pres_teach.encounter import path
from pres_teach.encounter.courses import Courses, until
from pres_teach.encounter.debrief import Debrief, debrief
from pres_teach.encounter.doses import Dose, next_dose, undecided
from pres_teach.encounter.state import State, opening, play, stages
from pres_teach.encounter.turns import Turn, turns
from pres_teach.encounter.words import (
    ATTENTION,
    Answer,
    Asked,
    Decision,
    LogEntry,
    Refusal,
    Requested,
    ScanTaken,
    Vitals,
)
from pres_teach.patient import Chart
from pres_teach.physiology import Course, Event, parameters
from pres_teach.record import Record, RecordError

if TYPE_CHECKING:
    from pres_teach.imaging import Scan

__all__ = ["Encounter", "Observer"]

Observer = Callable[[Mapping[str, Any]], object]

AWARENESS = {
    "awake": "awake",
    "confused": "confused",
    "seizing": "having a seizure",
    "post-ictal": "drowsy after a seizure",
}


class Encounter:
    """One learner working through one case.

    The state is the replay of events: every act builds an event, tries it, keeps it in the record and tells the
    observers. An act that cannot be done raises `Refusal` and changes nothing. The clock is simulated time; asking,
    examining and testing cost minutes, and the patient moves on meanwhile.

    Parameters
    ----------
    case
        The case, read and checked.
    record
        Where events are kept, and from where an earlier sitting is taken up; None keeps them in memory only.
    """

    def __init__(self, case: Case, record: Record | None = None) -> None:
        self.case = case
        self.record = record
        self._courses = Courses(case)
        self._state = opening(case)
        self._events: list[dict[str, Any]] = []
        self._last = 0
        self._messages: list[str] = []
        self._observers: list[Observer] = []
        self._seen: tuple[Chart, float, Course] | None = None
        self._changed = () if record is None else tuple(_changed(case, record))
        self.sync()

    @classmethod
    def replay(cls, case: Case, events: Iterable[Mapping[str, Any]]) -> Encounter:
        """An encounter in memory that has lived through these events."""
        encounter = cls(case)
        encounter._take(dict(event) for event in events)
        return encounter

    def __repr__(self) -> str:
        return f"<Encounter {self.case.id}: {self.stage}, {units.show_time(self.clock_h)}>"

    # --- what is known ---------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """The whole state, frozen."""
        return self._state

    @property
    def events(self) -> tuple[Mapping[str, Any], ...]:
        """All events so far, as plain dicts."""
        return tuple(self._events)

    @property
    def messages(self) -> tuple[str, ...]:
        """What the learner should know of an earlier sitting: what has changed since, what could not be replayed."""
        return (*self._changed, *self._messages)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages this case has, in order."""
        return stages(self.case)

    @property
    def stage(self) -> str:
        """The stage that is open."""
        return self._state.stage

    @property
    def clock_h(self) -> float:
        """Simulated time [h since transplantation]."""
        return self._state.clock_h

    @property
    def chart(self) -> Chart:
        """The orders so far, the author's and then the learner's."""
        return self._state.chart

    @property
    def course(self) -> Course:
        """The patient's course as far as the clock: nothing of what is to come."""
        seen = self._seen
        if seen is None or seen[0] is not self.chart or seen[1] != self.clock_h:
            seen = (self.chart, self.clock_h, until(self._courses.of(self.chart), self.clock_h))
            self._seen = seen
        return seen[2]

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What was asked and examined, in order."""
        return self._state.asked

    @property
    def results(self) -> tuple[Requested, ...]:
        """Tests whose results have come, in the order of their coming."""
        come = [r for r in self._state.requested if r.due_h <= self.clock_h]
        return tuple(sorted(come, key=lambda r: (r.due_h, r.number)))

    def results_due(self) -> tuple[Requested, ...]:
        """Tests that were asked for and have not come yet, the next one first. Their `text` is not for showing."""
        out = [r for r in self._state.requested if r.due_h > self.clock_h]
        return tuple(sorted(out, key=lambda r: (r.due_h, r.number)))

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was ordered, changed, held, resumed and stopped since the case opened."""
        return self._state.decisions

    @property
    def next_dose(self) -> Dose | None:
        """The next dose of a calcineurin inhibitor that the chart has, None if there is none."""
        return next_dose(self.chart, self.clock_h)

    @property
    def undecided_dose(self) -> Dose | None:
        """The first dose of a calcineurin inhibitor since the opening, once due, while nobody has decided about it."""
        return undecided(self._state, self.case.opens_h)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Every try at every question, in order; those by="expert" were taken on the expert's path."""
        return self._state.answers

    @property
    def marks(self) -> Mapping[str, quiz.Mark]:
        """The mark of the learner's first try at each question: the one that counts."""
        return {a.question: a.mark for a in self._state.answers if a.by == "learner" and a.attempt == 1}

    @property
    def log(self) -> tuple[LogEntry, ...]:
        """Everything that was done and that happened, in order of time."""
        return self._state.log

    @property
    def scans(self) -> tuple[ScanTaken, ...]:
        """The scans whose pictures have come."""
        return tuple(ScanTaken(r.drawn_h, f"{r.name}, {units.show_time(r.drawn_h)}") for r in self.results if r.scan)

    @property
    def places(self) -> tuple[Mapping[str, Any], ...]:
        """What the learner marked on the scans: `number`, `name`, and `x`, `y`, `z` [mm, MNI]."""
        return self._state.places

    def vitals(self) -> Vitals:
        """What the monitor and a look at the patient tell now."""
        moment = self._courses.of(self.chart).at(self.clock_h)
        text = (
            f"{moment.systolic_mmhg:.0f}/{moment.diastolic_mmhg:.0f} mmHg (mean {moment.map_mmhg:.0f}), "
            f"{AWARENESS.get(moment.awareness, moment.awareness)}"
        )
        return Vitals(
            self.clock_h,
            float(moment.map_mmhg),
            float(moment.systolic_mmhg),
            float(moment.diastolic_mmhg),
            str(moment.awareness),
            text,
        )

    def scan(self, time_h: float | None = None) -> Scan:
        """The pictures of a scan that has been done.

        Parameters
        ----------
        time_h
            When it was taken, as `scans` names it; None for the latest [h since transplantation].

        Raises
        ------
        Refusal
            If there is none.
        """
        scans = self.scans
        if not scans:
            coming = [r for r in self.results_due() if r.scan]
            if coming:
                due = units.show_time(coming[0].due_h)
                raise Refusal(f"{coming[0].name}: the pictures are due {due}. Wait for them.")
            raise Refusal("No scan has been done yet. Ask for one among the tests.")
        taken = scans[-1]
        if time_h is not None:
            taken = min(scans, key=lambda scan: abs(scan.time_h - time_h))
            if not abs(taken.time_h - time_h) < 0.5:
                times = ", ".join(units.show_time(scan.time_h) for scan in scans)
                raise Refusal(f"No scan was taken at that time. There are scans of: {times}.")
        from pres_teach import imaging  # heavy, and not needed before the first picture

        lesion = self._courses.of(self.chart).lesion(taken.time_h)
        return imaging.acquire(lesion, seed=self.case.seed, age_years=self.case.patient.age_years)

    # --- what can be done ------------------------------------------------------------------------------------------

    def enter(self, stage: str) -> None:
        """Open a stage. A stage that was open before stays as it was left.

        On the way there the expert's steps are taken, marked by="expert", through every stage in which the learner
        has done nothing; a stage the learner has played is left as it is, and time goes on to its end.

        Raises
        ------
        Refusal
            If the case has no such stage.
        """
        self.sync()
        order = self.stages
        if stage not in order:
            raise Refusal(f'This case has no part "{stage}". It has: {", ".join(order)}.')
        while order.index(self.stage) < order.index(stage):
            here = self.stage
            if here not in self._state.played:
                self._play_expert(here)
            following = order[order.index(here) + 1]
            self._do({"do": "enter", "stage": following}, by="learner" if following == stage else "expert")

    def ask(self, finding_id: str) -> str:
        """Ask or examine; what was found (Markdown). Costs the minutes the finding says."""
        self._do({"do": "ask", "finding": finding_id})
        return self._state.asked[-1].text

    def test(self, test_id: str) -> str:
        """Ask for a test; when its result is due, or the result itself if it is there at once."""
        self._do({"do": "test", "test": test_id})
        done = self._state.requested[-1]
        if done.due_h <= self.clock_h:
            return f"{done.name}: {done.text}"
        return f"{done.name}: the result is due {units.show_time(done.due_h)}."

    def order(
        self,
        drug: str,
        dose: float,
        unit: str,
        route: str,
        every_h: float | None = None,
        until_h: float | None = None,
        confirmed: bool = False,
    ) -> list[str]:
        """Give a drug from now on; what the pharmacy has to say about it.

        Parameters
        ----------
        drug
            Its name in the formulary.
        dose
            One dose, or the rate of an infusion [`unit`].
        unit, route
            One of the drug's own.
        every_h
            Interval; None for a single dose or an infusion [h].
        until_h
            End; None for none [h since transplantation].
        confirmed
            True after the learner was asked about a dose ten times the usual and meant it.

        Raises
        ------
        Refusal
            If it cannot be given, in one sentence.
        """
        event: dict[str, Any] = {"do": "order", "drug": drug, "dose": dose, "unit": unit, "route": route}
        event |= {"every_h": every_h, "until_h": until_h, "confirmed": confirmed}
        self._do(event)
        return list(self._state.decisions[-1].warnings)

    def change(
        self,
        drug: str,
        dose: float,
        unit: str | None = None,
        every_h: float | None = None,
        confirmed: bool = False,
    ) -> list[str]:
        """Change the dose [`unit`] or the interval [h] of a running drug from its next dose on; the pharmacy's word."""
        event = {"do": "change", "drug": drug, "dose": dose, "unit": unit, "every_h": every_h, "confirmed": confirmed}
        self._do(event)
        return list(self._state.decisions[-1].warnings)

    def hold(self, drug: str, until_h: float) -> list[str]:
        """Give nothing of a drug until a time, then the same again [h since transplantation]."""
        self._do({"do": "hold", "drug": drug, "until_h": until_h})
        return list(self._state.decisions[-1].warnings)

    def resume(self, drug: str) -> list[str]:
        """End a hold now."""
        self._do({"do": "resume", "drug": drug})
        return list(self._state.decisions[-1].warnings)

    def stop(self, drug: str) -> list[str]:
        """Give no more of a drug."""
        self._do({"do": "stop", "drug": drug})
        return list(self._state.decisions[-1].warnings)

    def wait(self, hours: float) -> list[Event]:
        """Let time pass [h]; what happened meanwhile. Stops when something needs somebody at the bedside."""
        self.sync()  # another notebook may have moved the clock
        return self.wait_until(self.clock_h + _finite("hours", hours))

    def wait_until(self, time_h: float) -> list[Event]:
        """Let time pass until a time [h since transplantation]; what happened meanwhile. Stops as `wait` does."""
        self.sync()
        to_h = _finite("time", time_h)
        for event in self._courses.of(self.chart).events:
            if event.kind in ATTENTION and self.clock_h < event.time_h <= to_h:
                to_h = event.time_h
                break
        before = len(self._state.happened)
        self._do({"do": "wait", "to_h": to_h})
        return list(self._state.happened[before:])

    def answer(self, question_id: str, response: quiz.Response) -> quiz.Mark:
        """Answer a question; the mark of this try. Every try is kept, the first one counts."""
        self._do({"do": "answer", "question": question_id, "response": response.model_dump(mode="json")})
        return self._state.answers[-1].mark

    def mark_places(self, places: Iterable[Mapping[str, Any]]) -> None:
        """Mark places on the scans, in place of those marked before; each with `number`, `name`, `x`, `y`, `z` [mm]."""
        self._do({"do": "mark places", "places": [dict(place) for place in places]})

    def begin_again(self) -> None:
        """Open the case anew. What was done before stays in the record."""
        self._do({"do": "begin again"})

    def debrief(self) -> Debrief:
        """What was done, missed and harmful, with reasons and sources; marks, calibration and twins."""
        return debrief(self._courses, self._state)

    def turns(self) -> tuple[Turn, ...]:
        """The decisions that mattered most until now: each changed alone, and what would have been otherwise."""
        return turns(self._courses, self._state)

    # --- the record ------------------------------------------------------------------------------------------------

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Call `observer(event)` after every event from now on; returns what ends it."""
        self._observers.append(observer)

        def end() -> None:
            if observer in self._observers:
                self._observers.remove(observer)

        return end

    def sync(self) -> int:
        """Live through events that somebody else wrote to the record, another open notebook say; how many."""
        if self.record is None:
            return 0
        # The last event known is read again: when it has gone, the record was cleared or restored meanwhile.
        rows = self.record.events(self.case.id, after=max(self._last - 1, 0))
        if self._last:
            if not rows or rows[0][0] != self._last:
                self._forget()
                rows = self.record.events(self.case.id)
            else:
                rows = rows[1:]
        new = [event for _, event in rows]
        self._take(new)
        if rows:
            self._last = rows[-1][0]
        for event in new:
            self._tell(event)
        return len(new)

    def _forget(self) -> None:
        self._state = opening(self.case)
        self._events.clear()
        self._messages.clear()
        self._last = 0

    def _take(self, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            self._events.append(event)
            try:
                self._state = play(self._courses, self._state, event)
            except Refusal as refusal:
                # An edited case file must not lock a learner out of what still fits.
                self._messages.append(str(refusal))

    def _do(self, event: dict[str, Any], by: str = "learner") -> None:
        self.sync()
        event = {"do": event["do"], "by": by, "at_h": self.clock_h} | _plain(event)
        state = play(self._courses, self._state, event)
        if self.record is not None:
            try:
                number = self.record.append(
                    self.case.id, event, checksum=self.case.checksum, model=parameters().version
                )
            except RecordError as error:
                raise Refusal(f"This could not be kept, so it was not done. {error}") from error
            between = self.record.events(self.case.id, after=self._last)
            if [n for n, _ in between] != [number]:
                # Somebody wrote between our look and our own event: live through all of it in the record's order.
                self.sync()
                return
            self._last = number
        self._state = state
        self._events.append(event)
        self._tell(event)

    def _tell(self, event: Mapping[str, Any]) -> None:
        for observer in tuple(self._observers):
            observer(event)

    def _play_expert(self, stage: str) -> None:
        for number, step in path.steps_of(self.case, stage):
            if number in self._state.steps:
                continue
            try:
                self._do(path.step_event(self._state, number, step, self.case), by="expert")
            except Refusal:
                # What the expert would have done may not fit any more what the learner did: that step is left out.
                continue


def _changed(case: Case, record: Record) -> Iterator[str]:
    """What is no longer as it was when the learner's events were recorded, in sentences."""
    later = "after you began: what you did before may have other results now."
    if set(record.checksums(case.id)) - {case.checksum}:
        yield f"The case file was edited {later}"
    if set(record.models(case.id)) - {parameters().version}:
        yield f"The teaching model was changed {later}"


def _finite(name: str, value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise Refusal(f'"{name}" must be a number of hours; received {value!r}.')
    return number


def _plain(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event with numbers that JSON can carry (a NumPy number becomes a float)."""
    return {
        key: float(value) if hasattr(value, "__float__") and not isinstance(value, bool | int | float) else value
        for key, value in event.items()
    }
