"""Who is treated and with what: `Patient`, `Order`, `Chart`, and the seeded streams of random numbers.

Times are hours since transplantation. Nothing here knows a drug: whether a drug exists, has that route
or that unit, is the formulary's business (`pres_teach.pharmacology.check_order`).
"""

from __future__ import annotations

import dataclasses
import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from numbers import Integral, Real

import numpy as np

from pres_teach.units import show_time

__all__ = [
    "CONDITIONING",
    "CYP3A5_GENOTYPES",
    "EBV_STATES",
    "ORGANS",
    "ROUTES",
    "Chart",
    "Order",
    "OrderError",
    "Patient",
    "PatientError",
    "stream",
]

ORGANS = ("kidney", "liver", "heart", "lung", "allo-hsct")
ROUTES = ("mouth", "iv", "im")
SEXES = ("female", "male")
CYP3A5_GENOTYPES = ("*3/*3", "*1/*3", "*1/*1")
EBV_STATES = ("positive", "negative", "unknown")
CONDITIONING = ("myeloablative", "reduced", "unknown")
ORDERED_BY = ("author", "learner", "expert")

# A year before and ten years after transplantation: beyond that a time is a slip of the pen.
EARLIEST_H, LATEST_H = -8760.0, 87600.0
SHORTEST_INTERVAL_H = 0.25
# Dosing times are sums of floats: two times closer than this (under a tenth of a second) are the same time.
SAME_TIME_H = 2e-5


class PatientError(ValueError):
    """A patient who cannot be: names the field, the rule, what was received and the remedy."""


class OrderError(ValueError):
    """An order that cannot be carried out, as one sentence for the learner."""


def _is_number(value: object) -> bool:
    # bool counts as a number in Python, and True is not a dose.
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


@dataclass(frozen=True)
class Patient:
    """One simulated transplant recipient, as known on the day of transplantation.

    Parameters
    ----------
    number
        Key of this patient in the seeded streams; not a name.
    age_years
        Age [years].
    sex
        "female" or "male".
    weight_kg
        Body weight [kg].
    organ
        One of `ORGANS`.
    cyp3a5
        One of `CYP3A5_GENOTYPES`; a carrier of *1 is an expresser.
    haematocrit_percent
        Haematocrit [%].
    baseline_map_mmhg
        The patient's own mean arterial pressure [mmHg].
    creatinine_umol_l
        Plasma creatinine [umol/L].
    magnesium_mmol_l
        Plasma magnesium before tacrolimus [mmol/L].
    asthma
        Whether the patient has asthma.
    ebv
        Epstein-Barr virus serology, one of `EBV_STATES`.
    conditioning
        Before stem cells, one of `CONDITIONING`.
    cystic_fibrosis
        Whether the patient has cystic fibrosis.
    cyp3a4_22
        Whether the patient carries CYP3A4*22.
    fat_free_mass_kg, lean_mass_kg
        Fat-free and lean body mass, None where not measured [kg].
    body_surface_m2
        Body surface, None where not measured [m2].
    albumin_g_l
        Plasma albumin, None where not measured [g/L].
    ast_u_l
        Aspartate aminotransferase, None where not measured [U/L].
    haematocrit_later
        Other haematocrits from a time on, as (time [h since transplantation], haematocrit [%]), in order.

    Raises
    ------
    PatientError
        If a field lies outside what a patient can have.
    """

    number: int
    age_years: float
    sex: str
    weight_kg: float
    organ: str
    cyp3a5: str
    haematocrit_percent: float
    baseline_map_mmhg: float
    creatinine_umol_l: float
    magnesium_mmol_l: float
    asthma: bool = False
    ebv: str = "unknown"
    conditioning: str = "unknown"
    cystic_fibrosis: bool = False
    cyp3a4_22: bool = False
    fat_free_mass_kg: float | None = None
    lean_mass_kg: float | None = None
    body_surface_m2: float | None = None
    albumin_g_l: float | None = None
    ast_u_l: float | None = None
    haematocrit_later: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.number, bool) or not isinstance(self.number, Integral) or self.number < 0:
            raise PatientError(
                f'"number": must be a whole number, zero or above; received {self.number!r}; number patients from 0'
            )
        for field, allowed in (
            ("sex", SEXES),
            ("organ", ORGANS),
            ("cyp3a5", CYP3A5_GENOTYPES),
            ("ebv", EBV_STATES),
            ("conditioning", CONDITIONING),
        ):
            value = getattr(self, field)
            if value not in allowed:
                raise PatientError(
                    f'"{field}": must be one of {", ".join(allowed)}; received {value!r}; choose one of these'
                )
        for field, low, high, unit, remedy in (
            ("age_years", 0.0, 110.0, "years", "give the age in years"),
            ("weight_kg", 1.0, 300.0, "kg", "give the weight in kilograms"),
            ("haematocrit_percent", 5.0, 70.0, "%", "give it in percent (32, not 0.32)"),
            ("baseline_map_mmhg", 30.0, 150.0, "mmHg", "give the patient's own mean arterial pressure"),
            ("creatinine_umol_l", 5.0, 2000.0, "umol/L", "give it in umol/L (1 mg/dL is 88.4 umol/L)"),
            ("magnesium_mmol_l", 0.1, 3.0, "mmol/L", "give it in mmol/L (2.43 mg/dL is 1 mmol/L)"),
        ):
            _check_range(field, getattr(self, field), low, high, unit, remedy)
            object.__setattr__(self, field, float(getattr(self, field)))
        for field, low, high, unit in (
            ("fat_free_mass_kg", 1.0, 150.0, "kg"),
            ("lean_mass_kg", 1.0, 150.0, "kg"),
            ("body_surface_m2", 0.1, 3.5, "m2"),
            ("albumin_g_l", 5.0, 70.0, "g/L"),
            ("ast_u_l", 1.0, 20000.0, "U/L"),
        ):
            if getattr(self, field) is not None:
                _check_range(field, getattr(self, field), low, high, unit, "leave it out where nobody measured it")
        last_h = -math.inf
        for at_h, percent in self.haematocrit_later:
            _check_range("haematocrit_later", percent, 5.0, 70.0, "%", "give it in percent (32, not 0.32)")
            if not _is_number(at_h) or not last_h < at_h <= LATEST_H or at_h < EARLIEST_H:
                raise PatientError(
                    f'"haematocrit_later": its times must rise and lie between a year before and ten years after '
                    f"transplantation; received {at_h!r} h; sort them"
                )
            last_h = at_h
        object.__setattr__(self, "number", int(self.number))

    def haematocrit_at(self, time_h: float) -> float:
        """Haematocrit at a time [h since transplantation] [%]."""
        return next(
            (percent for at_h, percent in reversed(self.haematocrit_later) if at_h <= time_h), self.haematocrit_percent
        )

    @property
    def expresser(self) -> bool:
        """Whether the patient makes CYP3A5 (carries a *1)."""
        return "*1" in self.cyp3a5

    @property
    def child(self) -> bool:
        """Whether the patient is under 18 years of age."""
        return self.age_years < 18


def _check_range(field: str, value: object, low: float, high: float, unit: str, remedy: str) -> None:
    if not _is_number(value) or not low <= float(value) <= high:  # type: ignore[arg-type]
        raise PatientError(f'"{field}": must be {low:g} to {high:g} {unit}; received {value!r}; {remedy}')


@dataclass(frozen=True)
class Order:
    """One treatment given from a time.

    Parameters
    ----------
    drug
        Its name in the formulary.
    at_h
        First dose, or start of the infusion [h since transplantation].
    dose
        Amount of one dose, or rate of an infusion [`unit`].
    unit
        "mg", "g", "mmol", "mg/kg" ...; a unit that ends in "/h" makes the order an infusion.
    route
        One of `ROUTES`.
    every_h
        Dosing interval; None for a single dose or an infusion [h].
    until_h
        From this time on nothing more is given; None for no end [h since transplantation].
    by
        Who ordered: "author", "learner" or "expert".
    indication
        Why, in a few words.

    Raises
    ------
    OrderError
        If the order has no possible shape (a dose below zero, a stop before the start ...).
    """

    drug: str
    at_h: float
    dose: float
    unit: str
    route: str
    every_h: float | None = None
    until_h: float | None = None
    by: str = "learner"
    indication: str = ""

    def __post_init__(self) -> None:
        for field in ("drug", "unit"):
            value = getattr(self, field)
            if not isinstance(value, str) or not value.strip():
                raise OrderError(f'"{field}": must be a word; received {value!r}; choose one from the formulary')
        if not _is_number(self.dose):
            raise OrderError(f'"dose": must be a number; received {self.dose!r}; give a dose such as 3 {self.unit}')
        if self.dose <= 0:
            raise OrderError(
                f'"dose": must be above zero; received {self.dose:g} {self.unit}; give a positive dose or use Stop'
            )
        if self.route not in ROUTES:
            raise OrderError(
                f'"route": must be one of {", ".join(ROUTES)}; received {self.route!r}; choose one of these'
            )
        if self.by not in ORDERED_BY:
            raise OrderError(f'"by": must be one of {", ".join(ORDERED_BY)}; received {self.by!r}; choose one of these')
        _check_time("at", self.at_h)
        object.__setattr__(self, "dose", float(self.dose))
        object.__setattr__(self, "at_h", float(self.at_h))
        if self.every_h is not None:
            if self.infusion:
                raise OrderError(
                    f'"every": an infusion ({self.unit}) has no interval; received {self.every_h!r} h; leave it out'
                )
            if not _is_number(self.every_h) or self.every_h < SHORTEST_INTERVAL_H:
                raise OrderError(
                    f'"every": must be {SHORTEST_INTERVAL_H:g} h or longer; received {self.every_h!r} h; '
                    "give a longer interval or an infusion"
                )
            object.__setattr__(self, "every_h", float(self.every_h))
        if self.until_h is not None:
            _check_time("until", self.until_h)
            if self.until_h <= self.at_h:
                raise OrderError(
                    f'"until": must be later than the start ({show_time(self.at_h)}); '
                    f"received {show_time(self.until_h)}; give a later time"
                )
            object.__setattr__(self, "until_h", float(self.until_h))

    @property
    def infusion(self) -> bool:
        """Whether it is given continuously."""
        return self.unit.endswith("/h")

    @property
    def single(self) -> bool:
        """Whether it is one dose and no more."""
        return self.every_h is None and not self.infusion

    @property
    def ends_h(self) -> float:
        """From when nothing more is given; infinite without an end, of a single dose its own time [h]."""
        if self.single:
            return self.at_h
        return math.inf if self.until_h is None else self.until_h

    def runs(self, at_h: float) -> bool:
        """Whether it is in force at a time [h]; a single dose is given and over, never in force."""
        return self.at_h <= at_h < self.ends_h

    def times(self, until_h: float) -> tuple[float, ...]:
        """Times of its doses before `until_h` (and before its own end); of an infusion, the start [h]."""
        end = until_h if self.until_h is None else min(until_h, self.until_h)
        if self.at_h >= end:
            return ()
        if self.every_h is None:
            return (self.at_h,)
        count = math.ceil((end - SAME_TIME_H - self.at_h) / self.every_h)
        return tuple(self.at_h + k * self.every_h for k in range(max(count, 1)))

    def next_time(self, at_h: float) -> float:
        """First scheduled dose at or after a time, whether or not the order still runs then [h]."""
        if self.every_h is None or at_h <= self.at_h:
            return max(self.at_h, at_h)
        return self.at_h + math.ceil((at_h - SAME_TIME_H - self.at_h) / self.every_h) * self.every_h

    def words(self) -> str:
        """The order in words: "tacrolimus 3 mg every 12 h by mouth"."""
        how = {"mouth": "by mouth", "iv": "into a vein", "im": "into a muscle"}[self.route]
        often = "" if self.infusion else " once" if self.every_h is None else f" every {self.every_h:g} h"
        return f"{self.drug} {self.dose:g} {self.unit}{often} {how}"


def _check_time(field: str, value: object) -> None:
    if not _is_number(value) or not EARLIEST_H <= float(value) <= LATEST_H:  # type: ignore[arg-type]
        raise OrderError(
            f'"{field}": must be a time between a year before and ten years after transplantation; '
            f"received {value!r} h; give a time such as day 15 08:00"
        )


def _sorted(orders: Iterable[Order]) -> tuple[Order, ...]:
    return tuple(sorted(orders, key=lambda order: (order.at_h, order.drug, order.route)))


@dataclass(frozen=True)
class Chart:
    """The orders so far, in the order of time. Never altered: each act gives a new chart.

    Per drug and route time only goes forward, so what was given in the past stays given.

    Parameters
    ----------
    orders
        In the order of time.
    formulary
        Where its drugs are looked up: a case's own, or None for the one that ships. It is nothing that was ordered, so
        two charts with the same orders are the same.
    """

    orders: tuple[Order, ...] = ()
    formulary: object | None = dataclasses.field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "orders", _sorted(self.orders))

    def give(self, order: Order) -> Chart:
        """Chart with one more order.

        Raises
        ------
        OrderError
            If the same drug by the same route already runs then, or is ordered from a later time.
        """
        same = [o for o in self.orders if o.drug == order.drug and o.route == order.route]
        for other in same:
            if other.at_h > order.at_h:
                raise OrderError(
                    f'"at": {order.drug} is already ordered from {show_time(other.at_h)} ({other.words()}); '
                    f"received {show_time(order.at_h)}; change it or stop it first"
                )
            if not order.single and other.runs(order.at_h):
                raise OrderError(
                    f'"drug": {order.drug} already runs ({other.words()}); '
                    f"received a second order, {order.words()}; change it or stop it first"
                )
        return self._of((*self.orders, order))

    def change(
        self,
        drug: str,
        at_h: float,
        *,
        dose: float,
        unit: str | None = None,
        every_h: float | None = None,
        by: str = "learner",
    ) -> Chart:
        """Chart with another dose or interval of a running drug.

        The new dose is given from the next dose that was due at or after `at_h` (an infusion changes at once), so a
        change never doubles a dose. During a hold it changes what will be given when the hold ends.

        Parameters
        ----------
        drug, by
            As in `Order`.
        at_h
            When it is decided [h].
        dose
            New dose [`unit`].
        unit
            None keeps the unit.
        every_h
            New interval; None keeps the interval [h].
        """
        self._running_or_pending(drug, at_h, "change")
        old, start = next(
            ((o, t) for o in self.of(drug) if not o.single and (t := o.next_time(at_h)) < o.ends_h), (None, 0.0)
        )
        if old is None:
            raise OrderError(
                f'"drug": {drug} has no dose left to change; received a change at {show_time(at_h)}; give it anew'
            )
        new = replace(old, at_h=start, dose=dose, unit=unit or old.unit, every_h=every_h or old.every_h, by=by)
        if new.infusion != old.infusion:
            raise OrderError(
                f'"unit": an infusion stays an infusion; received {new.unit} in place of {old.unit}; '
                "stop it and give the other"
            )
        return self._of((*self._without(old), *_ended(old, start), new))

    def hold(self, drug: str, at_h: float, until_h: float, by: str = "learner") -> Chart:
        """Chart in which the drug pauses: nothing from `at_h`, the same again from the first dose due at `until_h`.

        Parameters
        ----------
        drug, by
            As in `Order`.
        at_h, until_h
            From and to when [h].
        """
        _check_time("until", until_h)
        if until_h <= at_h:
            raise OrderError(
                f'"until": must be later than the hold itself ({show_time(at_h)}); received {show_time(until_h)}; '
                "give a later time"
            )
        self._running_or_pending(drug, at_h, "hold")
        orders: list[Order] = []
        for order in self.orders:
            if order.drug != drug or not (order.runs(at_h) or (order.at_h >= at_h and not order.single)):
                orders.append(order)
                continue
            orders.extend(_ended(order, at_h))
            start = order.next_time(until_h)
            if start < order.ends_h:
                orders.append(replace(order, at_h=start, by=by))
        return self._of(tuple(orders))

    def resume(self, drug: str, at_h: float, by: str = "learner") -> Chart:
        """Chart in which a hold ends early: it is given again from its first scheduled time at `at_h` or after."""
        pending = self.pending(drug, at_h)
        if pending is None:
            raise OrderError(
                f'"drug": {drug} is not on hold at {show_time(at_h)}; received a resumption; give it as a new order'
            )
        start = pending.at_h
        if pending.every_h is None:
            start = at_h
        else:
            start -= math.floor((start - at_h + SAME_TIME_H) / pending.every_h) * pending.every_h
        return self._of((*self._without(pending), replace(pending, at_h=start, by=by)))

    def stop(self, drug: str, at_h: float, by: str = "learner") -> Chart:
        """Chart in which the drug ends: nothing from `at_h` on, and nothing that waited for the end of a hold [h]."""
        del by  # who stopped is the encounter's log, not part of any order
        self._running_or_pending(drug, at_h, "stop")
        orders: list[Order] = []
        for order in self.orders:
            if order.drug != drug:
                orders.append(order)
            elif order.at_h < at_h:
                orders.extend(_ended(order, at_h) if order.runs(at_h) else (order,))
        return self._of(tuple(orders))

    def running(self, drug: str, at_h: float) -> Order | None:
        """The order of this drug in force at a time, or None [h]."""
        return next((o for o in self.orders if o.drug == drug and o.runs(at_h)), None)

    def pending(self, drug: str, at_h: float) -> Order | None:
        """The first repeated order of this drug that starts after a time while none is in force, or None [h]."""
        if self.running(drug, at_h) is not None:
            return None
        return next((o for o in self.orders if o.drug == drug and o.at_h > at_h and not o.single), None)

    def drugs(self, at_h: float) -> tuple[Order, ...]:
        """All orders in force at a time [h]."""
        return tuple(o for o in self.orders if o.runs(at_h))

    def of(self, drug: str) -> tuple[Order, ...]:
        """All orders of one drug, past and to come."""
        return tuple(o for o in self.orders if o.drug == drug)

    def without(self, *drugs: str) -> Chart:
        """Chart as if these drugs had never been ordered (for twins)."""
        return self._of(tuple(o for o in self.orders if o.drug not in drugs))

    def _of(self, orders: tuple[Order, ...]) -> Chart:
        return Chart(orders, self.formulary)

    def _without(self, order: Order) -> list[Order]:
        return [o for o in self.orders if o is not order]

    def _running_or_pending(self, drug: str, at_h: float, act: str) -> Order:
        _check_time("at", at_h)
        found = self.running(drug, at_h) or self.pending(drug, at_h)
        if found is None:
            now = ", ".join(dict.fromkeys(o.drug for o in self.drugs(at_h))) or "nothing"
            raise OrderError(
                f'"drug": {drug} is not running at {show_time(at_h)}; received: {act} it; running now: {now}'
            )
        return found


def _ended(order: Order, at_h: float) -> tuple[Order, ...]:
    """What is left of an order that ends: nothing, if it ends before its first dose."""
    return () if at_h <= order.at_h else (replace(order, until_h=at_h),)


def stream(seed: int, number: int, name: str) -> np.random.Generator:
    """Random numbers of one patient for one purpose: the same in every process and on every platform.

    Parameters
    ----------
    seed
        Seed of the case.
    number
        Number of the patient.
    name
        Purpose ("thresholds", "levels" ...): streams of different names are independent.

    Raises
    ------
    ValueError
        If seed or number is below zero.
    """
    return np.random.default_rng(np.random.SeedSequence([seed, number, zlib.crc32(name.encode())]))
