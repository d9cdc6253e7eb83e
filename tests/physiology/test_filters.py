"""First-order filters: exact, causal, alike for one and for many."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.physiology.filters import (
    active_dose,
    daily_dose,
    on_and_off,
    recurrence,
    relax,
    running_hours,
    window_minimum,
)

TIME_H = np.linspace(0.0, 48.0, 193)


def test_relax_follows_the_closed_form_of_a_step() -> None:
    found = relax(np.ones(193), 1 / 8, 0.25, start=0.0)
    np.testing.assert_allclose(found, 1 - np.exp(-TIME_H / 8), rtol=1e-12, atol=1e-15)


def test_relax_starts_at_rest_on_its_first_target() -> None:
    assert relax(np.full(5, 3.0), 0.1, 0.25).tolist() == [3.0] * 5


@given(st.lists(st.floats(0, 10), min_size=3, max_size=40), st.integers(1, 38))
def test_relax_knows_nothing_of_what_follows(targets: list[float], cut: int) -> None:
    k = min(cut, len(targets) - 1)
    whole = np.array(targets)
    changed = whole.copy()
    changed[k:] += 1.0
    before = relax(whole, 0.1, 0.25, start=0.0)[: k + 1]
    assert before.tolist() == relax(changed, 0.1, 0.25, start=0.0)[: k + 1].tolist()


def test_one_column_of_many_is_the_same_to_the_bit() -> None:
    rng = np.random.default_rng(1)
    target, rate = rng.random((50, 4)), rng.random((50, 4))
    many = relax(target, rate, 0.25, start=0.0)
    for i in range(4):
        one = relax(np.ascontiguousarray(target[:, i]), np.ascontiguousarray(rate[:, i]), 0.25, start=0.0)
        np.testing.assert_allclose(one, many[:, i], rtol=1e-14)


def test_a_dose_between_grid_points_acts_as_in_the_closed_form() -> None:
    on, off, at_h = 0.5, 5.0, 7.1
    found = active_dose([at_h], [20.0], TIME_H, on, off)
    lag = TIME_H - at_h
    expected = 20.0 * (1 / on) / (1 / on - 1 / off) * (np.exp(-lag / off) - np.exp(-lag / on))
    np.testing.assert_allclose(found, np.where(lag >= 0, expected, 0.0), atol=1e-12)


def test_equal_onset_and_offset_are_no_trap() -> None:
    found = active_dose([0.0], [1.0], TIME_H, 4.0, 4.0)
    np.testing.assert_allclose(found, TIME_H / 4 * np.exp(-TIME_H / 4), rtol=1e-3, atol=1e-6)


def test_doses_add_up() -> None:
    both = active_dose([1.0, 9.0], [2.0, 3.0], TIME_H, 1.0, 6.0)
    each = active_dose([1.0], [2.0], TIME_H, 1.0, 6.0) + active_dose([9.0], [3.0], TIME_H, 1.0, 6.0)
    np.testing.assert_allclose(both, each, rtol=1e-12, atol=1e-15)


def test_daily_dose_is_that_of_the_running_order() -> None:
    found = daily_dose([0.0, 12.0], [3.0, 3.0], [12.0, 12.0], TIME_H)
    assert found[TIME_H < 24].tolist() == [6.0] * 96
    assert not found[TIME_H >= 24].any()


def test_on_and_off_keep_their_own_pace() -> None:
    part = np.where(TIME_H < 24, 1.0, 0.0)
    found = on_and_off(part, 6.0, 24.0, 0.25)
    assert found[TIME_H == 6.0][0] == pytest.approx(0.95, abs=0.005)
    assert found[TIME_H == 48.0][0] == pytest.approx(0.05, abs=0.01)


def test_running_hours_count_anew_after_a_break() -> None:
    condition = np.array([False, True, True, False, True])
    assert running_hours(condition, 0.5).tolist() == [0.0, 0.5, 1.0, 0.0, 0.5]


def test_window_minimum_looks_back_only() -> None:
    assert window_minimum(np.array([3.0, 1.0, 2.0, 5.0, 4.0]), 1.0, 0.5).tolist() == [3.0, 1.0, 1.0, 1.0, 2.0]


def test_decay_is_that_of_the_rate() -> None:
    assert relax(np.array([0.0, 0.0]), 1.0, 0.25, start=1.0)[1] == pytest.approx(math.exp(-0.25))


@pytest.mark.parametrize("decay", [0.81, 0.95, 0.9995])
@pytest.mark.parametrize("size", [65, 128, 1001])
def test_a_slow_decay_in_blocks_is_the_recurrence_step_by_step(decay: float, size: int) -> None:
    gain = np.random.default_rng(1).random(size)
    found = recurrence(decay, gain, 3.0)
    np.testing.assert_allclose(found, recurrence(np.full(size, decay), gain, 3.0), rtol=1e-12)
    np.testing.assert_array_equal(found[:60], recurrence(decay, np.append(gain[:60], np.zeros(size)), 3.0)[:60])
