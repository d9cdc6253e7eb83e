"""What the formulary knows of one drug: doses, levels, interactions, cautions, and its part in the teaching model."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator

from pres_teach.patient import SAME_TIME_H, Chart, Order, OrderError, Patient

__all__ = [
    "SUBSTRATES",
    "Acts",
    "Bioavailability",
    "Caution",
    "Condition",
    "Drug",
    "Interaction",
    "UsualDose",
]

Words = Annotated[str, Field(min_length=1)]
Support = Literal["table", "abstract", "secondhand", "computed", "unverified", "illustrative"]
Route = Literal["mouth", "iv", "im"]
Share = Annotated[float, Field(ge=0, le=1)]
Unit = Literal["mg", "g", "microgram", "mmol", "mg/kg", "mg/h", "g/h", "mmol/h", "microgram/kg/h"]
Substrate = Literal["tacrolimus", "ciclosporin", "sirolimus", "everolimus"]
SUBSTRATES: tuple[Substrate, ...] = ("tacrolimus", "ciclosporin", "sirolimus", "everolimus")
Group = Literal[
    "calcineurin inhibitor",
    "mtor inhibitor",
    "biologic",
    "antimetabolite",
    "steroid",
    "azole",
    "echinocandin",
    "antibiotic",
    "antihypertensive",
    "antiseizure",
    "benzodiazepine",
    "electrolyte",
    "other",
]

MG_PER = {"mg": 1.0, "g": 1000.0, "microgram": 0.001}
# 1 to 2 g of magnesium sulphate are 4 to 8 mmol (EVIDENCE 2.6).
MMOL_PER = {"mmol": 1.0, "g": 4.0}


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
        if self.support in ("unverified", "illustrative"):
            for name in ("range", "reasoning"):
                if not getattr(self, name):
                    raise ValueError(
                        f'"{name}": an {self.support} dose needs one; received none; say what is plausible, and why'
                    )
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
    age_above: float | None = None
    age_below: float | None = None
    sex: Literal["female", "male"] | None = None
    asthma: bool | None = None
    routes: tuple[Route, ...] = ()
    dose_above: float | None = None
    magnesium_below: float | None = None
    with_drugs: tuple[Words, ...] = ()
    with_groups: tuple[Group, ...] = ()
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
            and (self.age_above is None or patient.age_years > self.age_above)
            and (self.age_below is None or patient.age_years < self.age_below)
            and (self.sex is None or patient.sex == self.sex)
            and (self.asthma is None or patient.asthma == self.asthma)
            and (self.magnesium_below is None or patient.magnesium_mmol_l < self.magnesium_below)
        )

    def holds(
        self,
        drug: str,
        patient: Patient,
        chart: Chart,
        at_h: float,
        until_h: float,
        amount: float,
        members: Mapping[str, tuple[str, ...]],
        given_by: Collection[str],
    ) -> bool:
        """Whether it holds for an amount [base unit] given from `at_h` until `until_h` [h], by the routes `given_by`.

        `members` names the drugs of each group.
        """
        if self.routes and not set(self.routes) & set(given_by):
            return False
        if not self._of_patient(patient, at_h) or (self.dose_above is not None and amount <= self.dose_above):
            return False
        with_drugs = {*self.with_drugs, *(name for group in self.with_groups for name in members.get(group, ()))}
        if (self.with_drugs or self.with_groups) and not any(
            order.drug in with_drugs and order.drug != drug and overlaps(order, at_h, until_h) for order in chart.orders
        ):
            return False
        if self.after_drugs:
            times = [t for name in self.after_drugs for order in chart.of(name) for t in _given(order, at_h)]
            running = any(chart.running(name, at_h) for name in self.after_drugs)
            if running or not times or at_h - max(times) >= (self.within_h or 0.0) - SAME_TIME_H:
                return False
        if self.ran_for_h is not None:
            starts = [order.at_h for order in chart.of(drug)]
            return bool(starts) and at_h - min(starts) >= self.ran_for_h
        return True


def overlaps(order: Order, at_h: float, until_h: float) -> bool:
    """Whether an order that is not a single dose is in force at some time of a stretch [h]."""
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
    """What a drug does to the bioavailability (gut) and the clearance of another, as factors at full strength.

    The two factors hold for a patient without CYP3A5. Where no size was published, `size` is "unknown": the direction
    is known, the factors are a guess with a wide band of `pairs`, and every text says so.
    """

    on: Substrate
    # Models in whose own patients this size was found; it takes the place of the general one under them.
    under: tuple[Words, ...] = ()
    size: Literal["published", "unknown"] = "published"
    support: Support
    source: Words
    n: int | None = None
    gut: PositiveFloat
    gut_reasoning: str = ""
    clearance: PositiveFloat
    clearance_reasoning: str = ""
    # Other (gut, clearance) that are as defensible; together they make the band.
    pairs: tuple[tuple[PositiveFloat, PositiveFloat], ...] = ()
    pairs_reasoning: str = ""
    full_dose_per_day: PositiveFloat | None = None
    half_dose_strength: Share | None = None
    half_dose_reasoning: str = ""
    expresser_share: Share = 1.0
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
        if self.size == "unknown":
            if len(self.pairs) < 2:
                raise ValueError(
                    f'"pairs": a size that is unknown needs a band; received {len(self.pairs)} pairs; '
                    "add the smallest and the largest that are plausible"
                )
            if self.support not in ("unverified", "illustrative"):
                raise ValueError(
                    f'"support": a size that is unknown is unverified or illustrative; received {self.support}; '
                    'change it, or write "size: published"'
                )
            if "unknown" not in self.text:
                raise ValueError(
                    f'"text": must say that the size is unknown; received {self.text!r}; add "size unknown"'
                )
        if self.gut == 1.0 and self.clearance == 1.0:
            raise ValueError(
                '"gut", "clearance": one of them must differ from 1; received 1 and 1; leave the entry out'
            )
        return self

    @property
    def raises(self) -> bool:
        """Whether the other drug's level rises; otherwise it falls."""
        return self.gut / self.clearance > 1.0

    def strength(self, per_day: float) -> float:
        """Share of the full effect (on the log scale of the factors) for an amount a day [base unit]."""
        if self.full_dose_per_day is None or self.half_dose_strength is None:
            return 1.0
        if self.half_dose_strength <= 0.0 or per_day <= 0.0:
            return 0.0
        power = math.log(1.0 / self.half_dose_strength) / math.log(2.0)
        return float(min(1.0, (per_day / self.full_dose_per_day) ** power))


class Bioavailability(_Strict):
    """Share of a dose by mouth that reaches the blood when nothing interacts: no inhibitor can raise it above 1."""

    share: Annotated[float, Field(gt=0, le=1)]
    expresser_factor: PositiveFloat = 1.0
    support: Support
    source: Words
    reasoning: str = ""


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
    # Published models of its level, by route, the one used for most patients first.
    models: dict[Route, tuple[Words, ...]] = {}
    bioavailability: Bioavailability | None = None
    interactions: tuple[Interaction, ...] = ()
    acts: Acts = Acts()
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
        for route in self.models:
            if route not in self.routes:
                raise ValueError(
                    f'"models": must name routes of the drug ({", ".join(self.routes)}); received {route}; correct it'
                )
        for caution in self.cautions:
            for route in caution.when.routes:
                if route not in self.routes:
                    raise ValueError(
                        f'"cautions": routes must be routes of the drug ({", ".join(self.routes)}); received {route}; '
                        "correct it"
                    )
        seen = set()
        for one in self.interactions:
            for model in one.under or ("",):
                if (one.on, model) in seen:
                    raise ValueError(
                        f'"interactions": one entry for {one.on}{f" under {model}" if model else ""}; received two; '
                        "merge them"
                    )
                seen.add((one.on, model))
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
        """One dose of an order [base unit], or its rate [base unit/h].

        Raises
        ------
        OrderError
            If its unit does not convert; names the order.
        """
        unit = order.unit.removesuffix("/h")
        factors = MMOL_PER if self.base_unit == "mmol" else MG_PER
        per_kg = unit.endswith("/kg")
        factor = factors.get(unit.removesuffix("/kg"))
        if factor is None:
            raise OrderError(
                f'"unit": must convert to {self.base_unit} of {self.name}; received {order.words()}; '
                f"order it in {', '.join(self.units)}"
            )
        return order.dose * factor * (patient.weight_kg if per_kg else 1.0)

    def largest_for(self, order: Order) -> float:
        """Largest plausible dose by the route of an order [base unit], or rate [base unit/h]; infinite if not known."""
        known = {str(route): largest for route, largest in self.largest.items()}.get(order.route, Largest())
        most = known.rate if order.infusion else known.dose
        return math.inf if most is None else most

    def interaction(self, on: str, model: str = "") -> Interaction | None:
        """What it does to another drug, under a model of that drug's level; None where no interaction is known."""
        own = [one for one in self.interactions if one.on == on]
        return next((one for one in own if model in one.under), next((one for one in own if not one.under), None))

    def per_day(self, order: Order, patient: Patient) -> float:
        """Amount of an order in a day [base unit]; of a single dose, that dose."""
        amount = self.amount(order, patient)
        if order.infusion:
            return amount * 24.0
        return amount if order.every_h is None else amount * 24.0 / order.every_h
