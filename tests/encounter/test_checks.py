"""What a process point looks for: any or all of several deeds, and in time."""

from __future__ import annotations

import pytest

from pres_teach.case import Case, Condition
from pres_teach.encounter import Encounter
from pres_teach.encounter.checks import closed, met

LEARNER = frozenset({"learner"})


def when(encounter: Encounter, **condition: object) -> float | None:
    return met(encounter.case, encounter.state, Condition.model_validate(condition), LEARNER)


def over(encounter: Encounter, **condition: object) -> bool:
    return closed(encounter.case, encounter.state, Condition.model_validate(condition))


@pytest.fixture
def acted(case: Case) -> Encounter:
    """The azole stopped at 07:30, tacrolimus held at 08:30."""
    encounter = Encounter(case)
    encounter.stop("fluconazole")
    encounter.wait(1)
    encounter.hold("tacrolimus", encounter.clock_h + 24)
    return encounter


BOTH = [{"stop": "fluconazole"}, {"hold": "tacrolimus"}]


def test_any_of_several_is_met_by_the_first(acted: Encounter) -> None:
    assert when(acted, any=BOTH) == acted.case.opens_h


def test_all_of_several_are_met_by_the_last(acted: Encounter) -> None:
    assert when(acted, all=BOTH) == acted.case.opens_h + 1


def test_all_of_several_are_not_met_by_one(acted: Encounter) -> None:
    assert when(acted, all=[*BOTH, {"order": "phenytoin"}]) is None


def test_what_is_done_at_the_last_moment_comes_too_late_for_before_and_in_time_for_within(acted: Encounter) -> None:
    assert when(acted, hold="tacrolimus", before="day 15 08:30") is None
    assert when(acted, hold="tacrolimus", before="day 15 08:31") is not None
    assert when(acted, hold="tacrolimus", within="1 h") is not None
    assert when(acted, hold="tacrolimus", within="59 min") is None


def test_what_is_done_too_early_does_not_count(acted: Encounter) -> None:
    assert when(acted, stop="fluconazole", after="day 15 07:30") is not None
    assert when(acted, stop="fluconazole", after="day 15 07:31") is None


def test_time_closes_a_condition(acted: Encounter) -> None:
    assert not over(acted, order="labetalol", before="day 15 08:31")
    assert over(acted, order="labetalol", before="day 15 08:30")
    assert not over(acted, order="labetalol", within="1 h")
    assert over(acted, order="labetalol", within="59 min")


def test_any_is_closed_with_its_last_way_and_all_with_its_first(acted: Encounter) -> None:
    gone, to_come = {"order": "labetalol", "within": "59 min"}, {"order": "labetalol", "within": "3 h"}
    assert not over(acted, any=[gone, to_come])
    assert over(acted, any=[gone, gone])
    assert over(acted, all=[gone, to_come])
    assert not over(acted, all=[to_come, to_come])


def test_a_finding_is_closed_when_its_stage_has_gone_by(encounter: Encounter) -> None:
    assert not over(encounter, ask="vision")
    encounter.ask("airway")
    encounter.enter("mri")
    assert over(encounter, ask="vision")
    assert not over(encounter, ask="scanner")
