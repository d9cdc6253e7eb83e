"""Drug amounts in a transit chain and two compartments: exact, with parameters that change in steps.

A dose enters the first of `steps` compartments, each emptied into the next at the rate ktr, the last into the
central compartment, from which the drug is eliminated (CL) and exchanged with a peripheral one (Q). An infusion enters
the central compartment; without steps a dose does, too::

    dose -> 1 -ktr-> 2 ... n -ktr-> central <-Q-> peripheral
                        infusion ->    | CL

Under a constant infusion the state goes towards a steady one, and its distance from there decays as without infusion.

Between change points the system is linear with constant parameters, so its solution is a sum of two exponentials
(alpha, beta) and of an Erlang polynomial times exp(-ktr t). The whole state vector is carried over each change: adding
up single-dose curves across a change of clearance would be wrong.

`concentration` evaluates that sum directly; `amounts` gives every compartment from the propagator. Where ktr comes
close to alpha or beta the sum loses its digits and `concentration` takes the propagator, which has no such weakness.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["NO_INFUSION", "Infusion", "System", "amounts", "concentration"]

Floats = NDArray[np.float64]

# (ktr / (ktr - lambda))^steps above this costs the direct sum more than three of its sixteen digits.
LARGEST_GAIN = 1e3
CLOSEST = 1e-9
SERIES_TERMS = 18


@dataclass(frozen=True)
class System:
    """Parameters that are constant from each time in `from_h` to the next.

    Parameters
    ----------
    from_h
        Starts of the segments, rising, shape (S,) [h]. The first segment also holds for all time before it.
    steps
        Compartments passed before the central one (the depot included); 0 for doses into the blood.
    ktr_per_h
        Transit rate, shape (S, B) or a scalar, a column (S, 1), a row (1, B); one dimension of length S > 1 is a
        column. B runs over the members of a batch [1/h].
    cl_l_per_h
        Clearance, shape as above [L/h].
    vc_l, vp_l
        Central and peripheral volume, shape as above [L].
    q_l_per_h
        Exchange between the two, shape as above; 0 for a single compartment [L/h].
    """

    from_h: Floats
    steps: int
    ktr_per_h: Floats
    cl_l_per_h: Floats
    vc_l: Floats
    q_l_per_h: Floats
    vp_l: Floats

    def __post_init__(self) -> None:
        start = np.atleast_1d(np.asarray(self.from_h, dtype=float))
        if start.ndim != 1 or (np.diff(start) <= 0).any():
            raise ValueError(f'"from_h": must rise from segment to segment; received {start}; sort and merge them')
        if self.steps < 0:
            raise ValueError(f'"steps": must be zero or more; received {self.steps}; give the number of transit steps')
        names = ("ktr_per_h", "cl_l_per_h", "vc_l", "q_l_per_h", "vp_l")
        values = [np.atleast_1d(np.asarray(getattr(self, name), dtype=float)) for name in names]
        values = [v[:, None] if v.ndim == 1 and v.size == start.size and start.size > 1 else v for v in values]
        for name, value in zip(names, values, strict=True):
            least = 0.0 if name == "q_l_per_h" else np.nextafter(0.0, 1.0)
            if not (np.isfinite(value).all() and (value >= least).all()):
                rule = "zero or above" if name == "q_l_per_h" else "above zero"
                raise ValueError(f'"{name}": must be finite and {rule}; received {value}; check the covariates')
        batch = max(v.shape[-1] for v in values)
        object.__setattr__(self, "from_h", start)
        for name, value in zip(names, values, strict=True):
            object.__setattr__(self, name, np.broadcast_to(value, (start.size, batch)))

    @property
    def batch(self) -> int:
        """Number of members computed side by side."""
        return int(self.ktr_per_h.shape[1])

    def member(self, number: int) -> System:
        """One member alone."""
        names = ("ktr_per_h", "cl_l_per_h", "vc_l", "q_l_per_h", "vp_l")
        return replace(self, **{name: getattr(self, name)[:, number : number + 1] for name in names})

    def segment(self, time_h: Floats) -> NDArray[np.intp]:
        """Index of the segment that holds at each time [h]."""
        return np.maximum(np.searchsorted(self.from_h, time_h, side="right") - 1, 0)


@dataclass(frozen=True)
class Infusion:
    """Infusions into the central compartment; those that run at the same time add up.

    Parameters
    ----------
    from_h, until_h
        Start and end of each, shape (J,); the end may be infinite [h].
    mg_per_h
        Rate of each, shape (J,) or (J, B) [mg/h].
    """

    from_h: Floats = field(default_factory=lambda: np.empty(0))
    until_h: Floats = field(default_factory=lambda: np.empty(0))
    mg_per_h: Floats = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        for name in ("from_h", "until_h", "mg_per_h"):
            object.__setattr__(self, name, np.atleast_1d(np.asarray(getattr(self, name), dtype=float)))
        if not self.from_h.size == self.until_h.size == self.mg_per_h.shape[0]:
            sizes = f"{self.from_h.size}, {self.until_h.size}, {self.mg_per_h.shape[0]}"
            raise ValueError(f'"infusion": needs a start, an end and a rate each; received {sizes}; match them')
        if not (self.from_h < self.until_h).all():
            raise ValueError(
                f'"until_h": an infusion must end after its start; received {self.until_h} after {self.from_h}; '
                "correct the times"
            )
        if not (np.isfinite(self.mg_per_h).all() and (self.mg_per_h >= 0).all()):
            raise ValueError(
                f'"mg_per_h": must be finite and not below zero; received {self.mg_per_h}; correct the rate'
            )

    def rate(self, at_h: Floats, batch: int) -> Floats:
        """Sum of the rates that run from each time on, shape (E, B) [mg/h]."""
        rates = self.mg_per_h if self.mg_per_h.ndim == 2 else self.mg_per_h[:, None]
        running = (self.from_h <= at_h[:, None]) & (at_h[:, None] < self.until_h)
        total: Floats = running.astype(float) @ np.broadcast_to(rates, (self.from_h.size, batch))
        return total


NO_INFUSION = Infusion()


@dataclass(frozen=True)
class Rates:
    """Rate constants of a set of segments, each of shape (U, B) [1/h]."""

    k: Floats
    k10: Floats
    k12: Floats
    k21: Floats
    alpha: Floats
    beta: Floats

    @classmethod
    def of(cls, system: System, segment: NDArray[np.intp]) -> Rates:
        vc = system.vc_l[segment]
        k10 = system.cl_l_per_h[segment] / vc
        q = system.q_l_per_h[segment]
        k12 = q / vc
        k21 = q / system.vp_l[segment]
        total = k10 + k12 + k21
        alpha = 0.5 * (total + np.sqrt((k10 + k12 - k21) ** 2 + 4 * k12 * k21))
        return cls(system.ktr_per_h[segment], k10, k12, k21, alpha, k10 * k21 / alpha)

    def gain(self, rate: Floats) -> Floats:
        """ktr / (ktr - rate), kept finite: where the two are that close the propagator takes over anyway."""
        d = self.k - rate
        return self.k / np.where(np.abs(d) < CLOSEST * self.k, CLOSEST * self.k, d)

    def loses_digits(self, steps: int, most: float = LARGEST_GAIN) -> NDArray[np.bool_]:
        """Where the direct sum would lose too many digits, shape (U, B)."""
        largest = np.maximum(np.abs(self.gain(self.alpha)), np.abs(self.gain(self.beta)))
        lost: NDArray[np.bool_] = largest**steps > most
        return lost


def _erlang(steps: int, k: Floats, rate: Floats, t: Floats) -> list[Floats]:
    """Unit amount `m` = 1 ... steps transits away, seen through a decay exp(-rate t): the convolution, per m.

    Equal to (k / d)^m (exp(-rate t) - exp(-k t) sum_{j<m} (d t)^j / j!) with d = k - rate; as d t goes to zero
    the bracket vanishes like (d t)^m, so there its power series is summed instead.
    """
    d = k - rate
    x = d * t
    kt = k * t
    decay_k = np.exp(-kt)
    small = np.abs(x) < 1.0
    gain = k / np.where(small, 1.0, d)
    x_small = np.where(small, x, 0.0)
    series = np.full_like(x, 1.0 / factorial(steps + SERIES_TERMS))
    for j in range(SERIES_TERMS - 1, -1, -1):
        series = series * x_small + 1.0 / factorial(steps + j)
    tails = [series]
    for m in range(steps - 1, 0, -1):
        series = series * x_small + 1.0 / factorial(m)
        tails.append(series)
    tails.reverse()
    left = np.exp(-rate * t)
    term = decay_k.copy()
    out = []
    for m in range(1, steps + 1):
        left = left - term
        term = term * x / m
        out.append(np.where(small, kt**m * decay_k * tails[m - 1], gain**m * left))
    return out


def _propagator(steps: int, rates: Rates, t: Floats) -> Floats:
    """Matrix that carries the state over a time t, shape (U, B, steps + 2, steps + 2)."""
    k, k12, k21, alpha, beta = rates.k, rates.k12, rates.k21, rates.alpha, rates.beta
    t = np.broadcast_to(t, k.shape)
    n = steps
    matrix = np.zeros((*k.shape, n + 2, n + 2))
    poisson = np.exp(-k * t)
    for lag in range(n):
        for i in range(n - lag):
            matrix[..., i + lag, i] = poisson
        poisson = poisson * (k * t) / (lag + 1)
    spread = alpha - beta
    e_alpha, e_beta = np.exp(-alpha * t), np.exp(-beta * t)
    central = ((alpha - k21) / spread, (k21 - beta) / spread)
    exchange = (e_beta - e_alpha) / spread
    matrix[..., n, n] = central[0] * e_alpha + central[1] * e_beta
    matrix[..., n + 1, n] = k12 * exchange
    matrix[..., n, n + 1] = k21 * exchange
    matrix[..., n + 1, n + 1] = central[1] * e_alpha + central[0] * e_beta
    if not n:
        return matrix
    fast, slow = _erlang(n, k, alpha, t), _erlang(n, k, beta, t)
    for i in range(n):
        m = n - i
        matrix[..., n, i] = central[0] * fast[m - 1] + central[1] * slow[m - 1]
        matrix[..., n + 1, i] = k12 / spread * (slow[m - 1] - fast[m - 1])
    return matrix


@dataclass(frozen=True)
class Events:
    """Times at which something is given or changes, shape (E,); amounts given then and rates from then on, (E, B)."""

    time_h: Floats
    mg: Floats
    mg_per_h: Floats
    segment: NDArray[np.intp]

    @classmethod
    def of(cls, system: System, dose_h: ArrayLike, dose_mg: ArrayLike, infusion: Infusion, last_h: float) -> Events:
        times = np.atleast_1d(np.asarray(dose_h, dtype=float))
        mg = np.atleast_1d(np.asarray(dose_mg, dtype=float))
        if mg.ndim == 1:
            mg = mg[:, None]
        if mg.shape[0] != times.size:
            raise ValueError(
                f'"dose_mg": must hold one row a dose ({times.size}); received {mg.shape[0]}; match the two'
            )
        mg = np.broadcast_to(mg, (times.size, system.batch))
        wanted = times <= last_h
        times, mg = times[wanted], mg[wanted]
        turns = np.concatenate((infusion.from_h, infusion.until_h)) if infusion.from_h.size else infusion.from_h
        turns = turns[turns <= last_h]
        if not times.size + turns.size:
            none = np.empty((0, system.batch))
            return cls(np.empty(0), none, none, np.empty(0, dtype=np.intp))
        first = min(times.min(initial=np.inf), turns.min(initial=np.inf))
        changes = system.from_h[(system.from_h > first) & (system.from_h <= last_h)]
        event_h, where = np.unique(np.concatenate((times, turns, changes)), return_inverse=True)
        given = np.zeros((event_h.size, system.batch))
        np.add.at(given, where[: times.size], mg)
        rate = infusion.rate(event_h, system.batch) if turns.size else np.zeros_like(given)
        return cls(event_h, given, rate, system.segment(event_h))


def balance_of(system: System, events: Events, rates: Rates) -> Floats | None:
    """State at which the infusions after each event are in balance, shape (E, B, steps + 2) [mg]; None without any."""
    if not events.mg_per_h.any():
        return None
    state = np.zeros((*events.mg_per_h.shape, system.steps + 2))
    central = events.mg_per_h / rates.k10
    exchanging = rates.k21 > 0
    state[..., -2] = central
    state[..., -1] = np.where(exchanging, central * rates.k12 / np.where(exchanging, rates.k21, 1.0), 0.0)
    return state


def states_of(system: System, events: Events, balance: Floats | None) -> Floats:
    """State just after each event, shape (E, B, steps + 2) [mg]."""
    n = system.steps
    size = events.time_h.size
    states = np.zeros((size, system.batch, n + 2))
    states[0, :, 0] = events.mg[0]
    gaps, held = np.diff(events.time_h), events.segment[:-1]
    # Regular dosing repeats the same gap under the same parameters: each propagator is made once.
    pairs: dict[tuple[int, float], int] = {}
    which = [pairs.setdefault(pair, len(pairs)) for pair in zip(held.tolist(), gaps.tolist(), strict=True)]
    if not pairs:
        return states
    rates = Rates.of(system, np.array([pair[0] for pair in pairs], dtype=np.intp))
    matrices = _propagator(n, rates, np.array([[pair[1]] for pair in pairs]))
    for event, index in enumerate(which, start=1):
        away = states[event - 1] if balance is None else states[event - 1] - balance[event - 1]
        state = np.matmul(matrices[index], away[:, :, None])[:, :, 0]
        if balance is not None:
            state += balance[event - 1]
        state[:, 0] += events.mg[event]
        states[event] = state
    return states


def amounts(
    system: System, time_h: ArrayLike, dose_h: ArrayLike, dose_mg: ArrayLike, infusion: Infusion = NO_INFUSION
) -> Floats:
    """Amount in every compartment.

    Parameters
    ----------
    system
        Parameters.
    time_h
        Times wanted, in any order, shape (T,) [h].
    dose_h
        Times of the doses, shape (K,) [h].
    dose_mg
        Amounts that enter the chain (without steps, the blood), shape (K,) or (K, B) [mg].
    infusion
        What runs into the blood.

    Returns
    -------
    ndarray
        Shape (B, T, steps + 2): the chain from the depot on, central, peripheral; before a dose due at that time [mg].
    """
    times = np.atleast_1d(np.asarray(time_h, dtype=float))
    out = np.zeros((system.batch, times.size, system.steps + 2))
    events = Events.of(system, dose_h, dose_mg, infusion, times.max(initial=-np.inf))
    if not events.time_h.size:
        return out
    balance = balance_of(system, events, Rates.of(system, events.segment))
    states = states_of(system, events, balance)
    event = np.searchsorted(events.time_h, times, side="left") - 1
    after = event >= 0
    event = event[after]
    rates = Rates.of(system, events.segment[event])
    matrices = _propagator(system.steps, rates, (times[after] - events.time_h[event])[:, None])
    rest = 0.0 if balance is None else balance[event]
    out[:, after] = np.swapaxes(np.einsum("tbij,tbj->tbi", matrices, states[event] - rest) + rest, 0, 1)
    return out


@dataclass(frozen=True)
class Curves:
    """Concentration in the central compartment after each event, as a sum of a polynomial and two exponentials.

    The polynomial's terms, the two exponentials' weights and the constant part are each (E, B) [ng/mL].
    """

    rates: Rates
    polynomial: list[Floats]
    fast: Floats
    slow: Floats
    rest: Floats | None

    @classmethod
    def of(cls, system: System, events: Events, rates: Rates, states: Floats, balance: Floats | None) -> Curves:
        n = system.steps
        away = states if balance is None else states - balance
        central, peripheral = away[..., n], away[..., n + 1]
        scale = 1000.0 / system.vc_l[events.segment]
        spread = rates.alpha - rates.beta
        polynomial = [np.zeros_like(central) for _ in range(n)]
        tails = []
        for rate, weight, back in (
            (rates.alpha, (rates.alpha - rates.k21) / spread, -rates.k21 / spread),
            (rates.beta, (rates.k21 - rates.beta) / spread, rates.k21 / spread),
        ):
            gain = rates.gain(rate)
            through = np.zeros_like(central)
            power = np.ones_like(gain)
            partial: list[Floats] = []
            for m in range(1, n + 1):
                power = power * gain
                partial.append(states[..., n - m] * power)
                through = through + partial[-1]
            tails.append((weight * (central + through) + back * peripheral) * scale)
            beyond, factor = through, weight * scale
            for j in range(n):
                polynomial[j] = polynomial[j] - factor * beyond
                beyond = beyond - partial[j]
                factor = factor * (rates.k - rate) / (j + 1)
        return cls(rates, polynomial, tails[0], tails[1], None if balance is None else balance[..., n] * scale)

    def at(self, where: NDArray[np.intp], tau: Floats) -> Floats:
        """Concentration a time `tau` (T,) after the events `where` (T,), shape (B, T) [ng/mL]."""

        def taken(values: Floats) -> Floats:
            return np.take(np.ascontiguousarray(values.T), where, axis=1)

        total = np.zeros((self.fast.shape[1], tau.size))
        if self.polynomial:
            total = taken(self.polynomial[-1])
            for term in self.polynomial[-2::-1]:
                total = total * tau + taken(term)
            total *= np.exp(-taken(self.rates.k) * tau)
        if self.rest is not None:
            total += taken(self.rest)
        total += taken(self.fast) * np.exp(-taken(self.rates.alpha) * tau)
        total += taken(self.slow) * np.exp(-taken(self.rates.beta) * tau)
        # Just after a first dose the terms cancel down to rounding, on either side of zero.
        return np.maximum(total, 0.0, out=total)

    def one(self, event: int, tau: Floats) -> Floats:
        """Concentration of each member a time of its own after one event, (B,), or times (G, 1), (G, B) [ng/mL]."""
        total = np.zeros(np.broadcast_shapes(tau.shape, self.fast[event].shape))
        if self.polynomial:
            for term in self.polynomial[::-1]:
                total = total * tau + term[event]
            total *= np.exp(-self.rates.k[event] * tau)
        if self.rest is not None:
            total += self.rest[event]
        total += self.fast[event] * np.exp(-self.rates.alpha[event] * tau)
        total += self.slow[event] * np.exp(-self.rates.beta[event] * tau)
        return np.maximum(total, 0.0, out=total)

    def slopes(self, event: int, tau: Floats) -> tuple[Floats, Floats]:
        """First and second derivative after one event, (B,) [ng/mL/h], [ng/mL/h2]."""
        alpha, beta, k = self.rates.alpha[event], self.rates.beta[event], self.rates.k[event]
        fast, slow = self.fast[event] * np.exp(-alpha * tau), self.slow[event] * np.exp(-beta * tau)
        first, second = -alpha * fast - beta * slow, alpha * alpha * fast + beta * beta * slow
        value, slope, bend = np.zeros_like(tau), np.zeros_like(tau), np.zeros_like(tau)
        for term in self.polynomial[::-1]:
            bend = bend * tau + 2.0 * slope
            slope = slope * tau + value
            value = value * tau + term[event]
        decay = np.exp(-k * tau)
        first += (slope - k * value) * decay
        second += (bend - 2.0 * k * slope + k * k * value) * decay
        return first, second


def concentration(
    system: System, time_h: ArrayLike, dose_h: ArrayLike, dose_mg: ArrayLike, infusion: Infusion = NO_INFUSION
) -> Floats:
    """Concentration in the central compartment, 1000 central / Vc.

    Parameters
    ----------
    system
        Parameters.
    time_h
        Times wanted, in any order, shape (T,) [h].
    dose_h
        Times of the doses, shape (K,) [h].
    dose_mg
        Amounts that enter the chain (without steps, the blood), shape (K,) or (K, B) [mg].
    infusion
        What runs into the blood.

    Returns
    -------
    ndarray
        Shape (B, T); at the time of a dose, the trough before it [ng/mL].
    """
    times = np.atleast_1d(np.asarray(time_h, dtype=float))
    out = np.zeros((system.batch, times.size))
    events = Events.of(system, dose_h, dose_mg, infusion, times.max(initial=-np.inf))
    if not events.time_h.size:
        return out
    rates = Rates.of(system, events.segment)
    if rates.loses_digits(system.steps).any():
        central = amounts(system, times, dose_h, dose_mg, infusion)[:, :, system.steps]
        vc = system.vc_l[system.segment(times)].T
        return 1000.0 * central / vc
    balance = balance_of(system, events, rates)
    curves = Curves.of(system, events, rates, states_of(system, events, balance), balance)
    event = np.searchsorted(events.time_h, times, side="left") - 1
    after = event >= 0
    if after.all():
        return curves.at(event, times - events.time_h[event])
    out[:, after] = curves.at(event[after], times[after] - events.time_h[event[after]])
    return out
