"""The formulary: the drugs that a learner may meet, read from formulary.yaml and checked by a schema.

It warns, and refuses only what cannot be meant. It recommends no dose: `usual` says what is usually given, and on
what that rests.
"""

from __future__ import annotations

import difflib
import functools
import math
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator
from ruamel.yaml import YAML

from pres_teach.patient import Chart, Order, OrderError, Patient

__all__ = [
    "Acts",
    "Caution",
    "Condition",
    "Drug",
    "Formulary",
    "Interaction",
    "UnknownDrug",
    "UsualDose",
    "check_order",
    "check_stop",
    "formulary",
]

Words = Annotated[str, Field(min_length=1)]
Support = Literal["table", "abstract", "secondhand", "computed", "unverified", "illustrative"]
Route = Literal["mouth", "iv", "im"]
Share = Annotated[float, Field(ge=0, le=1)]
Unit = Literal["mg", "g", "microgram", "mmol", "mg/kg", "mg/h", "g/h", "mmol/h"]
Group = Literal[
    "calcineurin inhibitor",
    "mtor inhibitor",
    "biologic",
    "antimetabolite",
    "steroid",
    "azole",
    "echinocandin",
    "antihypertensive",
    "antiseizure",
    "benzodiazepine",
    "electrolyte",
    "other",
]

MG_PER = {"mg": 1.0, "g": 1000.0, "microgram": 0.001}
# 1 to 2 g of magnesium sulphate are 4 to 8 mmol (EVIDENCE 2.6).
MMOL_PER = {"mmol": 1.0, "g": 4.0}
LOUD, REFUSED = 10.0, 1000.0


class UnknownDrug(OrderError):
    """A drug that is not in the formulary."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class UsualDose(_Strict):
    """A dose as it is usually given, in words, with what it rests on."""

    text: Words
    support: Support
    source: Words
    range: str = ""
    reasoning: str = ""

    @model_validator(mode="after")
    def _reasoned(self) -> UsualDose:
        if self.support in ("unverified", "illustrative") and not self.reasoning:
            raise ValueError(f'"reasoning": an {self.support} dose needs one; received none; say where it comes from')
        return self


class Largest(_Strict):
    """Largest plausible single dose [base unit] and infusion rate [base unit/h]."""

    dose: PositiveFloat | None = None
    rate: PositiveFloat | None = None


class Condition(_Strict):
    """When a caution is shown: all that is given must hold."""

    organs: tuple[Words, ...] = ()
    days_below: float | None = None
    ebv: tuple[Words, ...] = ()
    creatinine_above: float | None = None
    age_below: float | None = None
    sex: Literal["female", "male"] | None = None
    asthma: bool | None = None
    dose_above: float | None = None
    with_drugs: tuple[Words, ...] = ()
    after_drugs: tuple[Words, ...] = ()
    within_h: float | None = None
    ran_for_h: float | None = None

    @model_validator(mode="after")
    def _both(self) -> Condition:
        if bool(self.after_drugs) != (self.within_h is not None):
            raise ValueError(
                '"within_h": goes together with "after_drugs"; received one of the two; give both or neither'
            )
        return self

    def _of_patient(self, patient: Patient, at_h: float) -> bool:
        return (
            (not self.organs or patient.organ in self.organs)
            and (self.days_below is None or at_h / 24.0 < self.days_below)
            and (not self.ebv or patient.ebv in self.ebv)
            and (self.creatinine_above is None or patient.creatinine_umol_l > self.creatinine_above)
            and (self.age_below is None or patient.age_years < self.age_below)
            and (self.sex is None or patient.sex == self.sex)
            and (self.asthma is None or patient.asthma == self.asthma)
        )

    def holds(self, drug: str, patient: Patient, chart: Chart, at_h: float, until_h: float, amount: float) -> bool:
        """Whether it holds for an amount [base unit] given from `at_h` until `until_h` [h]."""
        if not self._of_patient(patient, at_h) or (self.dose_above is not None and amount <= self.dose_above):
            return False
        if self.with_drugs and not any(
            order.drug in self.with_drugs and _overlaps(order, at_h, until_h) for order in chart.orders
        ):
            return False
        if self.after_drugs:
            times = [t for name in self.after_drugs for order in chart.of(name) for t in _given(order, at_h)]
            running = any(chart.running(name, at_h) for name in self.after_drugs)
            if running or not times or at_h - max(times) > (self.within_h or 0.0):
                return False
        if self.ran_for_h is not None:
            starts = [order.at_h for order in chart.of(drug)]
            return bool(starts) and at_h - min(starts) >= self.ran_for_h
        return True


def _overlaps(order: Order, at_h: float, until_h: float) -> bool:
    return not order.single and order.at_h <= until_h and order.ends_h > at_h


def _given(order: Order, at_h: float) -> tuple[float, ...]:
    """When it was last given before a time, as a tuple that may be empty [h]."""
    if order.infusion:
        return (min(order.ends_h, at_h),) if order.at_h < at_h else ()
    return order.times(at_h)[-1:]


class Caution(_Strict):
    """A sentence shown when a drug is ordered or stopped under a condition."""

    text: Words
    when: Condition = Condition()
    on: Literal["order", "stop"] = "order"
    # A hold that ends within this time needs no such sentence [h].
    back_within_h: float = 0.0


class Interaction(_Strict):
    """What a drug does to the bioavailability (gut) and the clearance of another, as factors at full strength."""

    on: Literal["tacrolimus", "ciclosporin"]
    support: Support
    source: Words
    n: int | None = None
    gut: PositiveFloat
    clearance: PositiveFloat
    clearance_reasoning: str = ""
    pairs: tuple[tuple[PositiveFloat, PositiveFloat], ...] = ()
    full_dose_per_day: PositiveFloat | None = None
    half_dose_strength: Share | None = None
    half_dose_reasoning: str = ""
    expresser_share: Share
    expresser_reasoning: str = ""
    onset_h: PositiveFloat
    onset_reasoning: str = ""
    half_life_h: PositiveFloat
    half_life_reasoning: Words
    renal: bool = False
    renal_reasoning: str = ""
    text: Words
    limit: Words

    @model_validator(mode="after")
    def _consistent(self) -> Interaction:
        if self.pairs and (self.gut, self.clearance) not in self.pairs:
            raise ValueError(
                f'"pairs": must hold the pair used ({self.gut:g}, {self.clearance:g}); '
                f"received {self.pairs}; add it to the band"
            )
        if (self.full_dose_per_day is None) != (self.half_dose_strength is None):
            raise ValueError(
                '"half_dose_strength": goes together with "full_dose_per_day"; received one of the two; '
                "give both or neither"
            )
        return self

    def strength(self, per_day: float) -> float:
        """Share of the full effect (on the log scale of the factors) for an amount a day [base unit]."""
        if self.full_dose_per_day is None or self.half_dose_strength is None:
            return 1.0
        if self.half_dose_strength <= 0.0 or per_day <= 0.0:
            return 0.0
        power = math.log(1.0 / self.half_dose_strength) / math.log(2.0)
        return float(min(1.0, (per_day / self.full_dose_per_day) ** power))


class PressureAct(_Strict):
    """Share of the pressure above the floor taken off by a usual dose; illustrative."""

    fraction: PositiveFloat
    per_dose: PositiveFloat | None = None
    per_rate: PositiveFloat | None = None
    per_mouth: PositiveFloat | None = None
    most: PositiveFloat
    onset_h: PositiveFloat
    offset_h: PositiveFloat
    mouth_onset_h: PositiveFloat | None = None
    mouth_offset_h: PositiveFloat | None = None
    reasoning: Words


class PressureRise(_Strict):
    """Rise of the mean pressure by a dose [mmHg]; illustrative."""

    mmhg: PositiveFloat
    per_dose: PositiveFloat
    onset_h: PositiveFloat
    offset_h: PositiveFloat
    reasoning: Words


class SeizureAct(_Strict):
    """Share of the seizure hazard taken away, and share of running seizures stopped; illustrative."""

    protection: Share
    per_dose: PositiveFloat
    onset_h: PositiveFloat
    offset_h: PositiveFloat
    stops_status: Share
    reasoning: Words


class CoverAct(_Strict):
    """Share of full graft cover; illustrative."""

    share: Share
    per_dose: PositiveFloat | None = None
    onset_h: PositiveFloat
    offset_h: PositiveFloat
    reasoning: Words


class MagnesiumAct(_Strict):
    """Rise of plasma magnesium by 8 mmol [mmol/L]; illustrative."""

    mmol_l_per_8_mmol: PositiveFloat
    onset_h: PositiveFloat
    offset_h: PositiveFloat
    reasoning: Words


class SedationAct(_Strict):
    """Drowsiness by a dose, 0 to 1; illustrative."""

    size: Share
    per_dose: PositiveFloat
    offset_h: PositiveFloat
    reasoning: Words


class Acts(_Strict):
    """What the teaching model lets a drug do. All of it is illustrative."""

    pressure: PressureAct | None = None
    pressure_rise: PressureRise | None = None
    seizure: SeizureAct | None = None
    cover: CoverAct | None = None
    magnesium: MagnesiumAct | None = None
    sedation: SedationAct | None = None

    @property
    def support(self) -> str:
        """Always "illustrative"."""
        return "illustrative"


class Drug(_Strict):
    """One drug of the formulary."""

    name: Words
    shown: Words
    group: Group
    routes: dict[Route, tuple[Unit, ...]]
    usual: tuple[UsualDose, ...]
    largest: dict[Route, Largest]
    largest_reasoning: str = ""
    interactions: tuple[Interaction, ...] = ()
    acts: Acts
    cautions: tuple[Caution, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Drug:
        if not self.routes or not all(self.routes.values()):
            raise ValueError('"routes": each route needs its units; received none; name at least one')
        for route, units in self.routes.items():
            largest = self.largest.get(route)
            needs_dose = any(not unit.endswith("/h") for unit in units)
            needs_rate = any(unit.endswith("/h") for unit in units)
            if largest is None or (needs_dose and largest.dose is None) or (needs_rate and largest.rate is None):
                raise ValueError(
                    f'"largest": must name a dose (and a rate for "/h") by {route}; received {largest}; add it'
                )
        return self

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that it may be ordered in."""
        return tuple(dict.fromkeys(unit for units in self.routes.values() for unit in units))

    @property
    def base_unit(self) -> str:
        """The unit in which amounts are computed: "mg" or "mmol"."""
        return "mmol" if any(unit.startswith("mmol") for unit in self.units) else "mg"

    def amount(self, order: Order, patient: Patient) -> float:
        """One dose of an order [base unit], or its rate [base unit/h]."""
        unit = order.unit.removesuffix("/h")
        factors = MMOL_PER if self.base_unit == "mmol" else MG_PER
        per_kg = unit.endswith("/kg")
        factor = factors[unit.removesuffix("/kg")] * (patient.weight_kg if per_kg else 1.0)
        return order.dose * factor

    def largest_for(self, order: Order) -> float:
        """Largest plausible dose by the route of an order [base unit], or rate [base unit/h]; infinite if not known."""
        known = {str(route): largest for route, largest in self.largest.items()}.get(order.route, Largest())
        most = known.rate if order.infusion else known.dose
        return math.inf if most is None else most

    def per_day(self, order: Order, patient: Patient) -> float:
        """Amount of an order in a day [base unit]; of a single dose, that dose."""
        amount = self.amount(order, patient)
        if order.infusion:
            return amount * 24.0
        return amount if order.every_h is None else amount * 24.0 / order.every_h


class Formulary(Mapping[str, Drug]):
    """The drugs by name."""

    def __init__(self, drugs: tuple[Drug, ...]) -> None:
        self.drugs = drugs
        self._by_name = {drug.name: drug for drug in drugs}
        if len(self._by_name) < len(drugs):
            raise ValueError('"name": must be used once; received the same twice; rename or remove one')
        for drug in drugs:
            for caution in drug.cautions:
                for name in (*caution.when.with_drugs, *caution.when.after_drugs):
                    if name not in self._by_name:
                        raise ValueError(
                            f'"with_drugs": must name drugs of the formulary; received {name!r} in {drug.name}; '
                            "correct it"
                        )

    def drug(self, name: str) -> Drug:
        """The drug of that name.

        Raises
        ------
        UnknownDrug
            If there is none; the message offers the nearest name.
        """
        found = self._by_name.get(name)
        if found is not None:
            return found
        near = difflib.get_close_matches(str(name).lower(), self._by_name, n=1, cutoff=0.5)
        remedy = f'did you mean "{near[0]}"?' if near else f"choose one of {', '.join(self._by_name)}"
        raise UnknownDrug(f'"drug": must be in the formulary; received "{name}"; {remedy}')

    def __getitem__(self, name: str) -> Drug:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self.drugs)


@functools.cache
def formulary() -> Formulary:
    """The formulary that ships with the package."""
    text = (resources.files(__package__) / "formulary.yaml").read_text(encoding="utf-8")
    read = YAML(typ="safe", pure=True).load(text)
    return Formulary(tuple(Drug.model_validate(entry) for entry in read["drugs"]))


def check_order(order: Order, patient: Patient, chart: Chart) -> list[str]:
    """Warnings about an order that is about to be given.

    Parameters
    ----------
    order
        The new order.
    patient, chart
        Who gets it, and what is ordered so far (without it).

    Returns
    -------
    list of str
        Markdown sentences with their sources, the gravest first; empty when there is nothing to say.

    Raises
    ------
    OrderError
        If it cannot be meant: no such drug, not by that route or in that unit, more than 1000 times the largest dose.
    """
    drug = formulary().drug(order.drug)
    if order.route not in drug.routes:
        raise OrderError(
            f'"route": {drug.name} is given by {", ".join(drug.routes)}; received {order.route}; choose one of these'
        )
    units: tuple[str, ...] = drug.routes[order.route]
    if order.unit not in units:
        raise OrderError(
            f'"unit": {drug.name} by {order.route} is ordered in {", ".join(units)}; received {order.unit}; '
            "choose one of these"
        )
    amount = drug.amount(order, patient)
    most = drug.largest_for(order)
    unit = drug.base_unit + ("/h" if order.infusion else "")
    said: list[str] = []
    if amount > most:
        times = amount / most
        if times > REFUSED:
            raise OrderError(
                f'"dose": {order.dose:g} {order.unit} of {drug.name} is more than a thousand times the largest '
                f"plausible dose ({most:g} {unit}); received {amount:g} {unit}; check the unit and the decimal point"
            )
        if times > LOUD:
            said.append(
                f"**STOP AND CHECK: {order.dose:g} {order.unit} of {drug.name} is {times:.0f} times the largest "
                f"plausible dose ({most:g} {unit}).** A wrong unit, or a decimal point in the wrong place?"
            )
        else:
            said.append(
                f"{order.dose:g} {order.unit} of {drug.name} is above the largest dose in usual use "
                f"({most:g} {unit}): is it meant?"
            )
    said += [
        caution.text
        for caution in drug.cautions
        if caution.on == "order"
        and caution.when.holds(drug.name, patient, chart, order.at_h, order.ends_h, 0.0 if order.infusion else amount)
    ]
    return said


def check_stop(drug: str, at_h: float, patient: Patient, chart: Chart, until_h: float | None = None) -> list[str]:
    """Warnings about stopping a drug, or holding it.

    Parameters
    ----------
    drug
        Its name.
    at_h
        When it is stopped or held [h].
    patient, chart
        Whose, and what is ordered so far (before the stop).
    until_h
        End of a hold; None for a stop [h].

    Returns
    -------
    list of str
        Markdown sentences with their sources.
    """
    found = formulary().drug(drug)
    end = math.inf if until_h is None else until_h
    return [
        caution.text
        for caution in found.cautions
        if caution.on == "stop"
        and end - at_h > caution.back_within_h
        and caution.when.holds(drug, patient, chart, at_h, end, 0.0)
    ]
