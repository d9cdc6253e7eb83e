"""The engine: the same answer as a matrix exponential and as an ODE solver, and what must hold for any parameters."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from pres_teach.pharmacology.propagation import NO_INFUSION, Infusion, System, amounts, concentration

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """One system with doses, as hypothesis draws it."""

    steps: int
    ktr: float
    cl: float
    vc: float
    q: float
    vp: float
    changes: tuple[tuple[float, float], ...]
    doses: tuple[tuple[float, float], ...]
    infusions: tuple[tuple[float, float, float], ...] = ()

    @property
    def system(self) -> System:
        starts = np.array([0.0, *(at for at, _ in self.changes)])
        factors = np.array([1.0, *(factor for _, factor in self.changes)])
        return System(
            from_h=starts,
            steps=self.steps,
            ktr_per_h=np.array(self.ktr),
            cl_l_per_h=self.cl * factors[:, None],
            vc_l=np.array(self.vc),
            q_l_per_h=np.array(self.q),
            vp_l=np.array(self.vp),
        )

    @property
    def dose_h(self) -> Floats:
        return np.array([at for at, _ in self.doses])

    @property
    def dose_mg(self) -> Floats:
        return np.array([mg for _, mg in self.doses])

    @property
    def infusion(self) -> Infusion:
        return Infusion(*np.array(self.infusions).T) if self.infusions else NO_INFUSION

    def generator(self, factor: float) -> Floats:
        n = self.steps
        k10, k12, k21 = self.cl * factor / self.vc, self.q / self.vc, self.q / self.vp
        matrix = np.zeros((n + 2, n + 2))
        for i in range(n):
            matrix[i, i] = -self.ktr
            matrix[i + 1, i] = self.ktr
        matrix[n, n], matrix[n, n + 1] = -k10 - k12, k21
        matrix[n + 1, n], matrix[n + 1, n + 1] = k12, -k21
        return matrix

    def pieces(self, until: float) -> list[tuple[float, float, float, float]]:
        """Start, length, clearance factor and dose at the start of each stretch without an event."""
        turns = [at for at, _ in (*self.changes, *self.doses)]
        turns += [at for start, end, _ in self.infusions for at in (start, end)]
        bounds = sorted({0.0, until, *(at for at in turns if at < until)})
        out = []
        for start, end in itertools.pairwise(bounds):
            factor = [1.0, *(f for at, f in self.changes if at <= start)][-1]
            out.append((start, end - start, factor, sum(mg for at, mg in self.doses if at == start)))
        return out

    def rate(self, at: float) -> float:
        return sum(rate for start, end, rate in self.infusions if start <= at < end)

    def by_exponential(self, until: float) -> Floats:
        state = np.zeros(self.steps + 2)
        for start, length, factor, mg in self.pieces(until):
            state[0] += mg
            # an infusion as a compartment that never empties
            wider = np.zeros((self.steps + 3, self.steps + 3))
            wider[:-1, :-1] = self.generator(factor)
            wider[self.steps, -1] = self.rate(start)
            state = (expm(wider * length) @ np.append(state, 1.0))[:-1]
        return state

    def by_solver(self, until: float) -> Floats:
        state = np.zeros(self.steps + 2)
        for start, length, factor, mg in self.pieces(until):
            state[0] += mg
            matrix, into = self.generator(factor), np.zeros(self.steps + 2)
            into[self.steps] = self.rate(start)
            found = solve_ivp(
                lambda _, y, m=matrix, r=into: m @ y + r, (0.0, length), state, method="LSODA", rtol=1e-10, atol=1e-10
            )
            state = found.y[:, -1]
        return state


def times_of(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda value: round(value, 3))


@st.composite
def settings_drawn(draw: st.DrawFn) -> Setting:
    change_h = sorted(draw(st.sets(times_of(0.5, 90.0), max_size=3)))
    dose_h = sorted(draw(st.sets(times_of(0.0, 90.0), min_size=1, max_size=5)))
    starts = sorted(draw(st.sets(times_of(0.0, 60.0), max_size=2)))
    return Setting(
        steps=draw(st.integers(0, 6)),
        ktr=draw(st.floats(0.2, 8.0)),
        cl=draw(st.floats(2.0, 60.0)),
        vc=draw(st.floats(20.0, 600.0)),
        q=draw(st.one_of(st.just(0.0), st.floats(5.0, 120.0))),
        vp=draw(st.floats(50.0, 3000.0)),
        changes=tuple((at, draw(st.floats(0.2, 3.0))) for at in change_h),
        doses=tuple((at, draw(st.floats(0.1, 20.0))) for at in dose_h),
        infusions=tuple((at, at + draw(times_of(1.0, 50.0)), draw(st.floats(0.01, 2.0))) for at in starts),
    )


# Woillard 2011, immediate release, an azole after two days.
PLAIN = Setting(3, 5.1102, 21.2, 140.94, 79.0, 271.0, ((48.0, 0.576),), tuple((12.0 * k, 3.0) for k in range(8)))
UNTIL = 96.0
TIMES = np.arange(0.0, UNTIL + 0.1, 0.25)


def curve(setting: Setting, times: Floats = TIMES) -> Floats:
    return np.asarray(concentration(setting.system, times, setting.dose_h, setting.dose_mg, setting.infusion)[0])


def compartments(setting: Setting, times: Any) -> Floats:
    return np.asarray(amounts(setting.system, times, setting.dose_h, setting.dose_mg, setting.infusion)[0])


def own_rates(setting: Setting) -> tuple[float, float]:
    k10, k12, k21 = setting.cl / setting.vc, setting.q / setting.vc, setting.q / setting.vp
    alpha = 0.5 * (k10 + k12 + k21 + np.sqrt((k10 + k12 + k21) ** 2 - 4 * k10 * k21))
    return float(alpha), float(k10 * k21 / alpha)


# -- three ways to the same answer


@settings(max_examples=60)
@example(PLAIN)
@given(settings_drawn())
def test_propagator_equals_the_matrix_exponential(setting: Setting) -> None:
    found = compartments(setting, UNTIL)[0]
    np.testing.assert_allclose(found, setting.by_exponential(UNTIL), rtol=1e-8, atol=1e-11)


@settings(max_examples=25)
@example(PLAIN)
@given(settings_drawn())
def test_propagator_equals_the_ode_solver(setting: Setting) -> None:
    found = compartments(setting, UNTIL)[0]
    np.testing.assert_allclose(found, setting.by_solver(UNTIL), rtol=1e-7, atol=2e-8)


@settings(max_examples=100)
@example(PLAIN)
@given(settings_drawn())
def test_concentration_equals_the_central_amount(setting: Setting) -> None:
    whole = compartments(setting, TIMES)[:, setting.steps]
    np.testing.assert_allclose(
        curve(setting), 1000.0 * whole / setting.vc, rtol=1e-9, atol=1e-9 * whole.max() / setting.vc
    )


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("off", [0.0, 1e-15, 1e-12, 1e-9, 1e-6, -1e-6, 1e-3, 0.02, -0.02, 0.2])
def test_a_transit_rate_that_meets_alpha_or_beta_does_no_harm(which: int, off: float) -> None:
    setting = replace(PLAIN, ktr=own_rates(PLAIN)[which] * (1.0 + off))
    found = curve(setting, np.array([1.0, 7.3, 47.9, UNTIL]))
    for time, value in zip((1.0, 7.3, 47.9, UNTIL), found, strict=True):
        assert value == pytest.approx(1000.0 * setting.by_exponential(time)[3] / setting.vc, rel=1e-9)


# -- what must hold for any parameters


@settings(max_examples=40)
@given(settings_drawn(), st.lists(times_of(0.0, UNTIL), min_size=1, max_size=8))
def test_a_value_does_not_depend_on_the_other_times_asked_for(setting: Setting, times: list[float]) -> None:
    together = curve(setting, np.array(times))
    alone = [curve(setting, np.array([time]))[0] for time in times]
    np.testing.assert_allclose(together, alone, rtol=1e-12, atol=1e-12)


@settings(max_examples=40)
@given(settings_drawn(), st.floats(0.01, 100.0))
def test_levels_are_proportional_to_the_doses(setting: Setting, factor: float) -> None:
    larger = replace(
        setting,
        doses=tuple((at, mg * factor) for at, mg in setting.doses),
        infusions=tuple((start, end, rate * factor) for start, end, rate in setting.infusions),
    )
    whole = curve(setting)
    np.testing.assert_allclose(curve(larger) / factor, whole, rtol=1e-9, atol=1e-11 * whole.max())


@settings(max_examples=40)
@given(settings_drawn())
def test_doses_under_the_same_parameters_add_up(setting: Setting) -> None:
    apart = sum(curve(replace(setting, doses=(dose,), infusions=())) for dose in setting.doses)
    apart = apart + sum(curve(replace(setting, doses=(), infusions=(one,))) for one in setting.infusions)
    np.testing.assert_allclose(curve(setting), apart, rtol=1e-8, atol=1e-11 * curve(setting).max())


@settings(max_examples=30)
@example(PLAIN)
@given(settings_drawn())
def test_what_was_given_is_still_there_or_was_cleared(setting: Setting) -> None:
    assume(setting.ktr < 6.0 and setting.steps > 0)
    nodes, weights = np.polynomial.legendre.leggauss(6)
    cleared = 0.0
    for start, length, factor, _ in setting.pieces(UNTIL):
        count = max(1, int(np.ceil(length / 0.25)))
        edges = np.linspace(start, start + length, count + 1)
        half = np.diff(edges)[:, None] / 2.0
        times = (edges[:-1, None] + half + half * nodes).ravel()
        area = float((curve(setting, times).reshape(count, -1) * weights * half).sum())
        cleared += setting.cl * factor * area / 1000.0
    left = compartments(setting, UNTIL)[0].sum()
    given_mg = sum(mg for at, mg in setting.doses if at < UNTIL)
    given_mg += sum(rate * (min(end, UNTIL) - start) for start, end, rate in setting.infusions)
    assert left + cleared == pytest.approx(given_mg, rel=1e-6)


@settings(max_examples=40)
@given(settings_drawn(), times_of(0.0, 90.0), st.floats(0.1, 20.0))
def test_a_level_does_not_know_later_doses_or_changes(setting: Setting, at: float, mg: float) -> None:
    later = replace(
        setting,
        doses=(*(d for d in setting.doses if d[0] < at), (at, mg)),
        changes=tuple(c for c in setting.changes if c[0] < at),
        infusions=tuple((start, min(end, at), rate) for start, end, rate in setting.infusions if start < at),
    )
    before = TIMES[at >= TIMES]
    np.testing.assert_allclose(curve(later, before), curve(setting, before), rtol=1e-12, atol=1e-12)


@settings(max_examples=40)
@given(settings_drawn())
def test_amounts_are_never_below_zero(setting: Setting) -> None:
    assert compartments(setting, TIMES).min() >= -1e-10


# -- change points


def test_adding_up_curves_across_a_change_of_clearance_is_wrong() -> None:
    after = TIMES > 48.0
    before_change = replace(PLAIN, changes=())
    after_change = replace(PLAIN, cl=PLAIN.cl * 0.576, changes=())
    added = np.zeros_like(TIMES)
    for at, mg in PLAIN.doses:
        added += curve(replace(before_change if at < 48.0 else after_change, doses=((at, mg),)))
    wrong = np.abs(added[after] / curve(PLAIN)[after] - 1.0)
    assert wrong.max() > 0.05


def test_nothing_jumps_at_a_change_of_clearance() -> None:
    just = np.array([48.0 - 1e-9, 48.0 + 1e-9])
    around = amounts(PLAIN.system, just, PLAIN.dose_h[:4], PLAIN.dose_mg[:4])[0]
    np.testing.assert_allclose(around[0], around[1], rtol=1e-7, atol=1e-12)


def test_a_change_that_changes_nothing_changes_nothing() -> None:
    same = replace(PLAIN, changes=((13.7, 1.0), (48.0, 0.576), (60.1, 0.576)))
    np.testing.assert_allclose(curve(same), curve(PLAIN), rtol=1e-12, atol=1e-12)


def test_the_level_at_the_time_of_a_dose_is_the_trough_before_it() -> None:
    without = replace(PLAIN, doses=PLAIN.doses[:2])
    assert curve(PLAIN, np.array([24.0]))[0] == pytest.approx(curve(without, np.array([24.0]))[0], rel=1e-12)


def test_before_the_first_dose_there_is_nothing() -> None:
    late = replace(PLAIN, doses=((24.0, 3.0),))
    assert not curve(late, np.array([-5.0, 0.0, 23.9, 24.0])).any()
    assert concentration(PLAIN.system, TIMES, [], []).shape == (1, TIMES.size)


def test_a_level_just_after_the_first_dose_is_not_below_zero() -> None:
    system = System(np.array([0.0]), 3, *map(np.array, (5.1, 21.2, 140.9, 79.0, 271.0)))
    found = concentration(system, np.geomspace(1e-7, 1.0, 2000), [0.0], [3.0])
    assert found.min() >= 0.0


def test_members_of_a_batch_are_computed_as_if_alone() -> None:
    clearances = np.array([[10.0, 21.2, 40.0]])
    both = System(
        from_h=np.array([0.0]),
        steps=3,
        ktr_per_h=np.array(5.11),
        cl_l_per_h=clearances,
        vc_l=np.array(140.94),
        q_l_per_h=np.array(79.0),
        vp_l=np.array(271.0),
    )
    together = concentration(both, TIMES, PLAIN.dose_h, PLAIN.dose_mg)
    for member, clearance in enumerate(clearances[0]):
        alone = curve(replace(PLAIN, ktr=5.11, cl=float(clearance), changes=()))
        np.testing.assert_allclose(together[member], alone, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"from_h": np.array([0.0, 0.0])}, '"from_h": must rise from segment to segment'),
        ({"steps": -1}, '"steps": must be zero or more; received -1'),
        ({"q_l_per_h": np.array([-1.0])}, '"q_l_per_h": must be finite and zero or above'),
        ({"vc_l": np.array([0.0])}, '"vc_l": must be finite and above zero'),
        ({"cl_l_per_h": np.array([np.nan])}, '"cl_l_per_h": must be finite and above zero'),
    ],
)
def test_parameters_that_cannot_be_are_refused_by_field(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(System(np.array([0.0]), 3, *(np.array([v]) for v in (5.0, 20.0, 140.0, 79.0, 271.0))), **change)


def test_amounts_must_match_the_times_of_the_doses() -> None:
    with pytest.raises(ValueError, match='"dose_mg": must hold one row a dose'):
        concentration(PLAIN.system, TIMES, [0.0, 12.0], [3.0, 3.0, 3.0])


# -- infusions


def test_an_infusion_without_end_comes_to_rate_over_clearance() -> None:
    drip = replace(PLAIN, steps=0, changes=(), doses=(), infusions=((0.0, np.inf, 0.3),))
    assert curve(drip, np.array([5000.0]))[0] == pytest.approx(1000 * 0.3 / PLAIN.cl, rel=1e-12)


def test_after_its_end_an_infusion_leaves_like_any_drug() -> None:
    drip = replace(PLAIN, changes=(), doses=(), infusions=((0.0, 24.0, 0.3),))
    after = curve(drip, np.array([24.0, 200.0, 212.0]))
    slow = own_rates(PLAIN)[1]
    assert after[2] / after[1] == pytest.approx(np.exp(-12.0 * slow), rel=1e-9)


def test_infusions_that_overlap_add_up() -> None:
    both = replace(PLAIN, infusions=((3.0, 50.0, 0.3), (40.0, 60.0, 0.2)))
    alone = [curve(replace(both, doses=(), infusions=(one,))) for one in both.infusions]
    np.testing.assert_allclose(curve(both), curve(PLAIN) + alone[0] + alone[1], rtol=1e-10, atol=1e-12)


def test_a_dose_without_steps_is_in_the_blood_at_once() -> None:
    bolus = replace(PLAIN, steps=0, changes=(), doses=((1.0, 2.0),))
    assert curve(bolus, np.array([1.0, 1.0 + 1e-9])) == pytest.approx([0.0, 1000 * 2.0 / PLAIN.vc], rel=1e-6)


@pytest.mark.parametrize(
    ("infusion", "said"),
    [
        (([0.0], [1.0, 2.0], [3.0]), '"infusion": needs a start, an end and a rate each; received 1, 2, 1'),
        (([5.0], [5.0], [3.0]), '"until_h": an infusion must end after its start'),
        (([0.0], [5.0], [-3.0]), '"mg_per_h": must be finite and not below zero'),
    ],
)
def test_an_infusion_that_cannot_be_is_refused(infusion: tuple[list[float], ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Infusion(*map(np.array, infusion))
