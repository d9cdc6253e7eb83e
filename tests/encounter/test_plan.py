"""A plan on paper: the orders that come of it, and what the model makes of them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from pres_teach import case as cases
from pres_teach.encounter import Encounter, Outlook, Plan, Standing, outlook, standing
from pres_teach.encounter.plan import AGENTS, BRIDGE, doses, interacting

NOW_H = 367.5


@cache
def now() -> Standing:
    """As the case opens: the azole runs, tacrolimus was given at day 14 20:00."""
    case = cases.read("kidney-azole")
    return standing(case, case.chart, NOW_H)


def made(**plan: object) -> Outlook:
    return outlook(now(), Plan(**plan))  # type: ignore[arg-type]


def said(found: Outlook) -> str:
    return " ".join(found.said)


def test_an_empty_plan_is_the_chart_as_it_stands() -> None:
    found = made()
    assert found.chart == now().chart
    np.testing.assert_array_equal(found.at.level, now().at.level)


def test_stopping_with_nothing_in_its_place_leaves_the_graft_bare_for_days() -> None:
    found = made(tacrolimus="stop", away=("fluconazole",))
    assert not [t for o in found.chart.of("tacrolimus") for t in o.times(900) if t > NOW_H]
    assert "The graft has less cover than it needs for" in said(found)
    assert "[@short-hold-safe]" in said(found)


def test_a_bridge_and_another_agent_cover_again() -> None:
    bare = made(tacrolimus="stop")
    bridged = made(tacrolimus="stop", agent="everolimus", gap_h=12.0, bridge=True)
    assert bridged.chart.of(BRIDGE)[-1].at_h == NOW_H
    later = bare.at.time_h > NOW_H + 96
    assert (bridged.at.cover[later] > bare.at.cover[later]).all()


@pytest.mark.parametrize("gap_h", [24.0, 48.0, 72.0])
def test_the_gap_is_counted_from_the_last_dose_given(gap_h: float) -> None:
    found = made(tacrolimus="stop", agent="ciclosporin", gap_h=gap_h)
    (order,) = found.chart.of("ciclosporin")
    assert order.at_h == 14 * 24 + 20 + gap_h
    assert "no less than the label asks" in said(found)
    assert "less than 24 h ago" not in said(found)


def test_two_inhibitors_at_once_are_named() -> None:
    found = made(tacrolimus="go on", agent="ciclosporin", gap_h=24.0)
    assert "**Tacrolimus and ciclosporin overlap.** They are never given together" in said(found)
    close = made(tacrolimus="stop", agent="ciclosporin", gap_h=0.0)
    assert "11 h 30 min apart" in said(close)


def test_a_longer_gap_costs_cover() -> None:
    lowest = [
        float((one.at.cover / one.at.cover_needed)[one.at.time_h > NOW_H].min())
        for one in (made(tacrolimus="stop", agent="ciclosporin", gap_h=gap) for gap in (24.0, 72.0, 336.0))
    ]
    assert lowest[0] >= lowest[1] - 0.01
    assert lowest[1] > lowest[2] + 0.05


def test_a_hold_ends_and_goes_on_at_the_dose_asked_for() -> None:
    found = made(tacrolimus="hold", hold_h=36.0, cut="half")
    last = found.chart.of("tacrolimus")[-1]
    assert last.at_h >= NOW_H + 36
    assert last.dose == now().chart.of("tacrolimus")[-1].dose / 2
    whole = made(tacrolimus="hold", hold_h=36.0, cut="whole").chart.of("tacrolimus")[-1]
    assert whole.dose == now().chart.of("tacrolimus")[-1].dose


def test_what_waits_for_the_end_of_a_hold_is_planned_too() -> None:
    encounter = Encounter(now().case)
    encounter.ask("vision")
    encounter.hold("tacrolimus", 400.0)
    held = standing(encounter.case, encounter.chart, encounter.clock_h)
    stopped = outlook(held, Plan("stop"))
    assert not [t for o in stopped.chart.of("tacrolimus") for t in o.times(900) if t > NOW_H]


def test_taking_the_azole_away_brings_the_trough_down() -> None:
    assert "fluconazole" in interacting(now().chart, NOW_H)
    assert "stays above its range" in said(made())
    assert "is below the top of its range after" in said(made(away=("fluconazole",), tacrolimus="less"))


def test_the_brain_is_a_band_over_mixtures() -> None:
    found = made(away=("fluconazole",))
    assert found.oedema_ml is not None
    low, high = found.oedema_ml
    assert (low <= high).all()
    assert (high - low).max() > 1
    after = found.at.time_h > NOW_H + 24
    assert now().oedema_ml is not None
    assert high[after].max() < now().oedema_ml[1][after].max()


def test_where_the_illness_is_another_there_is_no_band() -> None:
    name = next(name for name in cases.ids() if cases.read(name).illness.diagnosis != "PRES")
    case = cases.read(name)
    found = standing(case, case.chart, case.opens_h)
    assert found.oedema_ml is None
    assert outlook(found, Plan("stop")).said


def test_nothing_is_said_of_survival_or_of_a_best_plan() -> None:
    for agent in ("", *AGENTS):
        text = said(made(tacrolimus="stop", agent=agent, gap_h=24.0)).lower()
        assert not any(word in text for word in ("surviv", "best plan", "recommend"))


@pytest.mark.parametrize("drug", [*AGENTS, BRIDGE])
def test_every_dose_of_the_board_says_why_and_how_far_it_may_be_off(drug: str) -> None:
    tried = doses()[drug]
    assert tried.range
    assert tried.reasoning


@pytest.mark.parametrize(
    ("field", "value"),
    [("tacrolimus", "double"), ("agent", "moonshine"), ("cut", "all"), ("gap_h", -1), ("hold_h", 999)],
)
def test_what_is_no_plan_is_refused_in_words(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=f'"{field}": .*; received .*; choose'):
        Plan(**{field: value})  # type: ignore[arg-type]
