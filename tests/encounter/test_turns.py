"""The decisions that mattered most: each changed alone."""

from __future__ import annotations

from typing import get_args

import pytest
from players import follow

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.case.schema import EVENTS
from pres_teach.encounter import ATTENTION, Encounter, Turn


@pytest.fixture(scope="module")
def real() -> Case:
    return cases.read("kidney-azole")


def at_the_end(encounter: Encounter) -> Encounter:
    encounter.enter("outcome")
    while encounter.clock_h < encounter.case.ends_h:
        encounter.wait_until(encounter.case.ends_h)
    return encounter


def of(turns: tuple[Turn, ...], words: str) -> Turn:
    return next(turn for turn in turns if words in turn.words)


def test_who_did_nothing_is_told_what_the_colleague_would_have_changed(real: Case) -> None:
    encounter = Encounter(real)
    for stage in ("presentation", "mri", "switching", "outcome"):
        encounter.enter(stage)
        encounter.wait(0.1)
    found = at_the_end(encounter).turns()
    assert of(found, "with fluconazole as an experienced colleague handled it").better
    assert any("seizure" in one.words for one in of(found, "with fluconazole").differences)


def test_a_harmful_act_is_found_by_leaving_it_out(real: Case) -> None:
    encounter = Encounter(real)
    encounter.ask("vision")
    encounter.order("labetalol", 300, "mg", "iv", confirmed=True)
    encounter.wait(3)
    turn = of(encounter.turns(), "without this decision of")
    assert "labetalol" in turn.words
    assert any("that the pressure fell too fast or too far" in one.words and one.better for one in turn.differences)


def test_a_good_act_left_out_does_worse(real: Case) -> None:
    encounter = Encounter(real)
    encounter.ask("vision")
    encounter.stop("fluconazole")
    encounter.enter("mri")
    at_the_end(encounter)
    turn = of(encounter.turns(), "fluconazole stopped")
    assert turn.better is False


def test_a_plan_for_the_graft_is_told_by_level_and_cover_alone(real: Case) -> None:
    encounter = Encounter(real)
    encounter.ask("vision")
    encounter.stop("tacrolimus")
    encounter.stop("mycophenolate")
    at_the_end(encounter)
    turn = of(encounter.turns(), "tacrolimus stopped")
    assert {one.what for one in turn.differences} <= {"level", "cover", "risk", "rejection"}
    assert next(one for one in turn.differences if one.what == "cover").better


def test_all_else_stays_as_it_was(real: Case) -> None:
    encounter = Encounter(real)
    encounter.ask("vision")
    encounter.order("labetalol", 20, "mg", "iv")
    encounter.stop("fluconazole")
    at_the_end(encounter)
    turn = of(encounter.turns(), "without this decision of day 15 07:32: fluconazole stopped")
    assert turn.chart.of("labetalol") == encounter.chart.of("labetalol")
    assert turn.chart.of("fluconazole") == real.chart.of("fluconazole")


def test_who_did_all_that_the_expert_did_is_told_of_nothing_to_do_better(real: Case) -> None:
    encounter = Encounter(real)
    follow(encounter)
    assert all(turn.words.startswith("without this decision") for turn in encounter.turns())


def test_what_matters_most_comes_first_and_not_too_many_are_told(real: Case) -> None:
    encounter = Encounter(real)
    encounter.ask("vision")
    for drug in ("fluconazole", "mycophenolate", "tacrolimus", "prednisolone"):
        encounter.stop(drug)
    at_the_end(encounter)
    weights = [turn.weight for turn in encounter.turns()]
    assert weights == sorted(weights, reverse=True)
    assert 1 <= len(weights) <= 6


def test_on_the_experts_path_there_is_no_decision_of_the_learner(real: Case) -> None:
    encounter = Encounter(real)
    encounter.enter("outcome")
    assert encounter.turns() == ()


def test_a_complication_of_the_treatment_stops_the_clock_and_is_told() -> None:
    """Belatacept without immunity to Epstein-Barr virus, sirolimus early after a liver: what a warning is for."""
    case = cases.read("kidney-azole")
    known = {"arrhythmia", "complication"}
    assert known <= ATTENTION
    assert known <= set(get_args(EVENTS))
    encounter = Encounter(case)
    encounter.ask("vision")
    encounter.order("ciclosporin", 150, "mg", "mouth", 12)
    encounter.wait_until(case.opens_h + 20 * 24)
    happened = [event for event in encounter.state.happened if event.kind == "complication"]
    assert happened
    assert encounter.clock_h == pytest.approx(encounter.state.happened[-1].time_h, abs=1e-6)
