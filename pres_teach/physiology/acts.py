"""What the drugs of a chart do in the teaching model: the formulary's `acts`, turned into time courses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from pres_teach.patient import Chart, Order, Patient
from pres_teach.pharmacology import formulary_of
from pres_teach.physiology.filters import Series, active_dose, daily_dose, relax
from pres_teach.physiology.parameters import parameters

__all__ = ["Act", "acting_doses", "acts", "amount", "per_day"]

# The formulary names the time until 95 % of an effect is there, or 5 % left: three time constants.
_TIME_CONSTANTS = 3.0


@dataclass(frozen=True)
class Act:
    """One effect of one drug: its numbers as in the formulary."""

    drug: str
    group: str
    numbers: Mapping[str, float]

    def get(self, name: str, default: float) -> float:
        """One number, or the default where the formulary gives none."""
        return float(self.numbers.get(name, default))


def acts(chart: Chart, kind: str) -> Iterator[Act]:
    """Effects of one kind ("pressure", "cover", "seizure" ...) of the drugs that a chart ever orders."""
    known = formulary_of(chart)
    for name in dict.fromkeys(order.drug for order in chart.orders):
        drug = known.drug(name)
        effect = getattr(drug.acts, kind)
        if effect is not None:
            yield Act(name, drug.group, effect.model_dump(exclude={"reasoning"}, exclude_none=True))


def amount(order: Order, patient: Patient, chart: Chart) -> float:
    """One dose of an order of a chart, or its rate per hour [mg; mmol of electrolytes]."""
    return formulary_of(chart).drug(order.drug).amount(order, patient)


def _weight(patient: Patient) -> float:
    """Doses act by weight; those of the formulary are an adult's."""
    return parameters().group("pressure").weight_kg / patient.weight_kg


def _running(order: Order, time_h: Series) -> Series:
    """1 while an infusion runs, else 0, (T,)."""
    return ((time_h >= order.at_h - 1e-9) & (time_h < order.ends_h)).astype(float)


def acting_doses(patient: Patient, chart: Chart, act: Act, time_h: Series, any_dose: bool = False) -> Series:
    """How many reference doses of a drug act at each time, (T,).

    Doses come on and wear off with the formulary's times; an infusion at the reference rate comes to one.

    Parameters
    ----------
    time_h
        Uniform grid (T,) [h].
    any_dose
        Whether every dose counts as one, whatever its size.
    """
    step, end = float(time_h[1] - time_h[0]), float(time_h[-1]) + 1e-9
    onset, offset = act.get("onset_h", 1.0) / _TIME_CONSTANTS, act.get("offset_h", 24.0) / _TIME_CONSTANTS
    times: dict[bool, list[float]] = {True: [], False: []}
    amounts: dict[bool, list[float]] = {True: [], False: []}
    total = np.zeros(len(time_h))
    for order in chart.of(act.drug):
        if order.infusion:
            rate = amount(order, patient, chart) * _weight(patient) * _running(order, time_h)
            if "per_rate" in act.numbers:  # titrated: it is there as fast as it comes on, and goes as it wears off
                reached = relax(rate / act.numbers["per_rate"], 1.0 / onset, step, start=0.0)
                total = total + np.maximum(reached, relax(reached, 1.0 / offset, step, start=0.0))
            else:  # accumulates like many small doses
                reached = relax(rate * offset / act.get("per_dose", 1.0), 1.0 / onset, step, start=0.0)
                total = total + relax(reached, 1.0 / offset, step, start=0.0)
            continue
        mouth = order.route == "mouth" and "per_mouth" in act.numbers
        reference = act.get("per_mouth", 1.0) if mouth else act.get("per_dose", act.get("per_mouth", 1.0))
        size = 1.0 if any_dose else amount(order, patient, chart) * _weight(patient) / reference
        given = order.times(end)
        times[mouth].extend(given)
        amounts[mouth].extend([size] * len(given))
    for mouth, given_h in times.items():
        if given_h:
            on = act.get("mouth_onset_h", onset * _TIME_CONSTANTS) / _TIME_CONSTANTS if mouth else onset
            off = act.get("mouth_offset_h", offset * _TIME_CONSTANTS) / _TIME_CONSTANTS if mouth else offset
            total = total + active_dose(given_h, amounts[mouth], time_h, on, off)
    return total


def per_day(patient: Patient, chart: Chart, drug: str, time_h: Series) -> Series:
    """Dose per day of a drug, each dose counted for its interval, (T,) [mg/day]."""
    end = float(time_h[-1]) + 1e-9
    times: list[float] = []
    mg: list[float] = []
    every: list[float] = []
    total = np.zeros(len(time_h))
    for order in chart.of(drug):
        dose = amount(order, patient, chart)
        if order.infusion:
            total = total + 24.0 * dose * _running(order, time_h)
            continue
        given = order.times(end)
        times.extend(given)
        mg.extend([dose] * len(given))
        every.extend([order.every_h or 24.0] * len(given))
    return total + daily_dose(times, mg, every, time_h) if times else total
