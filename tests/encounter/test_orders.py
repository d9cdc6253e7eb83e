"""Orders: what the pharmacy and the chart let through, and that the past stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

from pres_teach.encounter import Encounter, Refusal, Unconfirmed


def test_an_order_acts_from_the_clock_on(encounter: Encounter) -> None:
    encounter.order("labetalol", 20, "mg", "iv")
    order = encounter.chart.of("labetalol")[-1]
    assert (order.at_h, order.by) == (encounter.clock_h, "learner")


def test_the_past_of_the_course_does_not_change_with_an_order(encounter: Encounter) -> None:
    before = encounter.course
    encounter.order("labetalol", 20, "mg", "iv")
    encounter.hold("tacrolimus", encounter.clock_h + 24)
    encounter.stop("fluconazole")
    after = encounter.course
    for series in ("level_ng_ml", "map_mmhg", "oedema_ml", "injury"):
        np.testing.assert_array_equal(getattr(before, series)[:-1], getattr(after, series)[:-1])


def test_an_order_changes_what_follows(encounter: Encounter) -> None:
    other = Encounter(encounter.case)
    encounter.order("labetalol", 20, "mg", "iv")
    encounter.wait(1)
    other.wait(1)
    assert encounter.vitals().map_mmhg < other.vitals().map_mmhg


@pytest.mark.parametrize(
    ("drug", "dose", "unit", "route"),
    [
        ("labetalol", -20, "mg", "iv"),
        ("labetalol", float("nan"), "mg", "iv"),
        ("labetalol", 20, "litres", "iv"),
        ("labetalol", 20, "mg", "ear"),
        ("labetalol", 1e9, "mg", "iv"),
        ("labetallol", 20, "mg", "iv"),
        ("", 20, "mg", "iv"),
        (None, "much", None, None),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    encounter: Encounter, drug: str, dose: float, unit: str, route: str
) -> None:
    before = encounter.state
    with pytest.raises(Refusal):
        encounter.order(drug, dose, unit, route)
    assert encounter.state is before
    assert encounter.events == ()


def test_a_drug_that_runs_is_not_ordered_twice(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="change it or stop it first"):
        encounter.order("tacrolimus", 3, "mg", "mouth", 12)


def test_a_drug_off_the_list_of_the_case_is_refused(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="cannot be ordered in this case"):
        encounter.order("sirolimus", 2, "mg", "mouth", 24)


def test_ten_times_the_usual_needs_a_second_word(encounter: Encounter) -> None:
    with pytest.raises(Unconfirmed, match="confirm"):
        encounter.order("ciclosporin", 20_000, "mg", "mouth", 12)
    assert encounter.chart.of("ciclosporin") == ()
    encounter.order("ciclosporin", 20_000, "mg", "mouth", 12, confirmed=True)
    assert encounter.chart.of("ciclosporin")[-1].dose == 20_000


def test_the_pharmacy_warns_of_an_interaction_and_the_warning_is_kept(encounter: Encounter) -> None:
    warnings = encounter.order("phenytoin", 300, "mg", "mouth", 24)
    assert any("tacrolimus" in warning.lower() for warning in warnings)
    assert encounter.decisions[-1].warnings == tuple(warnings)


def test_a_hold_needs_an_end_in_the_future(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="later"):
        encounter.hold("tacrolimus", encounter.clock_h - 1)


def test_what_does_not_run_cannot_be_stopped(encounter: Encounter) -> None:
    with pytest.raises(Refusal, match="not running"):
        encounter.stop("labetalol")


def test_change_hold_resume_and_stop_are_decisions_with_their_time(encounter: Encounter) -> None:
    encounter.change("tacrolimus", 1.5)
    encounter.hold("mycophenolate", encounter.clock_h + 24)
    encounter.resume("mycophenolate")
    encounter.stop("fluconazole")
    assert [d.act for d in encounter.decisions] == ["change", "hold", "resume", "stop"]
    assert {d.time_h for d in encounter.decisions} == {encounter.clock_h}
    running = encounter.chart.running("tacrolimus", encounter.clock_h + 12)
    assert running is not None
    assert running.dose == 1.5
