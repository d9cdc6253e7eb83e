"""A case: one file, read and checked, in the terms of the lower floors. Frozen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

from pres_teach.case.faults import CaseError, Fault, field_of, from_sentence
from pres_teach.case.schema import (
    BasedOn,
    CaseFile,
    Check,
    CriticalError,
    ExpertStep,
    Finding,
    InRangeTwin,
    Review,
    Stage,
    Test,
)
from pres_teach.patient import Chart, Patient
from pres_teach.pharmacology import Formulary, formulary
from pres_teach.physiology import ConditionError, Course, Illness, Traits, simulate, solve
from pres_teach.quiz import Problem, Question, Response

AFTERMATH_H = 28 * 24.0

_Item = TypeVar("_Item", Question, Finding, Test)


@dataclass(frozen=True, eq=False)
class Case:
    """One case.

    Parameters
    ----------
    id, title, level, minutes, seed, review, based_on, debrief
        As written.
    patient : Patient
        Who is treated.
    regimen : str
        What is given beside tacrolimus; it chooses the range of the label.
    formulary : Formulary
        The drugs: those that ship with the package, and the case's own.
    chart : Chart
        The author's orders.
    illness : Illness
        What is truly going on.
    opens_h : float
        When the learner takes over [h since transplantation].
    stages : Mapping of str to Stage
        The parts of the case, in order.
    drugs : tuple of str
        What the learner may order; empty for all of the formulary.
    expert : tuple of ExpertStep
        The expert's path; every step knows its stage.
    checks : tuple of Check
        What the debrief looks for.
    errors : tuple of CriticalError
        Known errors, each with what comes of it.
    in_range_twin : InRangeTwin or None
        Which orders the twin is spared.
    checksum : str
        First 12 hexadecimal digits of the SHA-256 of the file.
    """

    id: str
    title: str
    level: str
    minutes: int
    seed: int
    review: Review
    based_on: BasedOn
    patient: Patient
    regimen: str
    formulary: Formulary
    chart: Chart
    illness: Illness
    opens_h: float
    stages: Mapping[str, Stage]
    drugs: tuple[str, ...]
    expert: tuple[ExpertStep, ...]
    checks: tuple[Check, ...]
    errors: tuple[CriticalError, ...]
    debrief: str
    in_range_twin: InRangeTwin | None
    checksum: str
    _fault: Callable[[Problem], Fault] = field(repr=False)

    def fault(self, problem: Problem) -> Fault:
        """A problem, with the line of the file where it lies."""
        return self._fault(problem)

    def __repr__(self) -> str:
        return f"<Case {self.id} {self.checksum}>"

    @property
    def critical(self) -> tuple[Check, ...]:
        """The checks, by their other name."""
        return self.checks

    @property
    def ends_h(self) -> float:
        """When the last decision is taken [h since transplantation]."""
        return max((s.closes for s in self.stages.values() if s.closes is not None), default=self.opens_h)

    @property
    def horizon_h(self) -> float:
        """How far the case is simulated unless told otherwise: four weeks beyond its end [h since transplantation]."""
        last = max([self.ends_h, self.illness.onset_h or 0.0, *(time_h for _, time_h in self.illness.untreated)])
        return last + AFTERMATH_H

    @cached_property
    def traits(self) -> Traits:
        """The patient's own thresholds, solved so that onset and untreated events come when the author says.

        Raises
        ------
        CaseError
            When the model cannot meet a condition; it names the time and what was reached.
        """
        try:
            return solve(self.patient, self.chart, self.illness, self.seed, self.horizon_h)
        except ConditionError as error:
            part, _, kind = field_of(error).partition(".")
            at: tuple[str | int, ...] = ("illness",) if part == "illness" else ("illness", part or "onset")
            places = [place for place, (known, _) in enumerate(self.illness.untreated) if known == kind]
            if part == "untreated" and places:
                at = (*at, places[0], kind)
            raise CaseError([self._fault(_with_a_time(from_sentence(error, at)))]) from error

    def course(self, chart: Chart | None = None, until_h: float | None = None) -> Course:
        """What happens to this patient.

        Parameters
        ----------
        chart : Chart, optional
            Under these orders; the author's when left out.
        until_h : float, optional
            As far as this; `horizon_h` when left out [h since transplantation].
        """
        return simulate(
            self.patient,
            self.chart if chart is None else chart,
            self.illness,
            self.traits,
            self.horizon_h if until_h is None else until_h,
            opens_h=self.opens_h,
        )

    @cached_property
    def expert_chart(self) -> Chart:
        """The author's orders and the expert's."""
        chart = self.chart
        for step in self.expert:
            if step.at is not None:
                chart = step.applied(chart, step.at, "expert")
        return chart

    @property
    def in_range_chart(self) -> Chart | None:
        """The author's orders without those the twin is spared; None without such a twin."""
        return None if self.in_range_twin is None else self.chart.without(*self.in_range_twin.without)

    def question(self, name: str) -> Question:
        """The question of that id; KeyError names those there are."""
        return _named(name, [question for stage in self.stages.values() for question in stage.questions], "question")

    def finding(self, name: str) -> Finding:
        """The finding of that id; KeyError names those there are."""
        return _named(name, [finding for stage in self.stages.values() for finding in stage.findings], "finding")

    def test(self, name: str) -> Test:
        """The test of that id; KeyError names those there are."""
        return _named(name, [test for stage in self.stages.values() for test in stage.tests], "test")


def _with_a_time(problem: Problem) -> Problem:
    """An onset after the worst was over can be moved to when it was worst; the remedy names that time."""
    worst = re.search(r"but was ([0-9.]+) at (day [0-9]+ [0-9:]+)$", problem.found)
    if worst is None or float(worst[1]) == 0:
        return problem
    return replace(
        problem, remedy=f'write "onset: {worst[2]}", when it was worst, or {problem.remedy.rpartition(", or ")[2]}'
    )


def _named(name: str, items: Sequence[_Item], what: str) -> _Item:
    for item in items:
        if item.id == name:
            return item
    known = ", ".join(item.id for item in items) or "none"
    raise KeyError(f'no {what} "{name}" in this case; there are: {known}')


def made(page: CaseFile, checksum: str, fault: Callable[[Problem], Fault]) -> Case:
    """The case that a checked file describes."""
    known = formulary().extended(page.formulary)
    chart = Chart(formulary=known if page.formulary else None)
    for entry in sorted(page.chart, key=lambda entry: entry.at):
        chart = entry.applied(chart, entry.at, "author")
    stages = page.stages()
    ends_h = max([page.opens, *(stage.closes for stage in stages.values() if stage.closes is not None)])
    return Case(
        id=page.id,
        title=page.title,
        level=page.level,
        minutes=page.minutes,
        seed=page.seed,
        review=page.review,
        based_on=page.based_on,
        patient=page.patient.patient(),
        regimen=page.patient.regimen,
        formulary=known,
        chart=chart,
        illness=page.illness.illness(ends_h + 10 * AFTERMATH_H),
        opens_h=page.opens,
        stages=MappingProxyType(stages),
        drugs=page.drugs,
        expert=tuple(_steps(page, stages)),
        checks=page.checks,
        errors=page.errors,
        debrief=page.debrief,
        in_range_twin=page.in_range_twin,
        checksum=checksum,
        _fault=fault,
    )


def _steps(page: CaseFile, stages: Mapping[str, Stage]) -> list[ExpertStep]:
    """The expert's steps, each with its stage, each response in the form its question wants."""
    kinds = {question.id: question.kind for stage in stages.values() for question in stage.questions}
    steps: list[ExpertStep] = []
    stage = next(iter(stages))
    for step in page.expert:
        stage = step.stage or stage
        response = step.response
        if response is not None and step.answer is not None and kinds.get(step.answer) == "reflection":
            response = Response(text=response.value)
        steps.append(step.model_copy(update={"stage": stage, "response": response}))
    return steps
