"""The parts of a case file, in the field's words. Every quantity is read by the grammar of `pres_teach.units`."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Field, InstanceOf, StrictBool, StrictInt, model_validator

from pres_teach import units
from pres_teach.case.faults import from_sentence
from pres_teach.evidence.review import Status, review_told
from pres_teach.patient import Chart, Order, Patient, PatientError
from pres_teach.pharmacology import SUBSTRATES, Drug
from pres_teach.physiology import DIAGNOSES, Drivers, Illness, patterns_of
from pres_teach.quiz import Checked, Problem, Question, Response
from pres_teach.quiz.problems import Identifier, Words, quoted

STAGES = ("presentation", "mri", "switching", "outcome")
DOSE_UNITS = (
    *("mg", "g", "ug", "ng", "mmol", "mEq", "mL", "units"),
    *("mg/kg", "ug/kg", "g/kg", "mL/kg", "units/kg", "mg/m2"),
    *("mg/h", "ug/h", "g/h", "mmol/h", "mL/h", "units/h", "mg/kg/h", "ug/kg/h"),
)
BY = {"mouth": "mouth", "vein": "iv", "muscle": "im"}

_BARE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")

# A person nothing is wrong with, for trying out one field at a time by the rules of `Patient`.
_ANYBODY: dict[str, Any] = {
    "number": 0,
    "age_years": 40.0,
    "sex": "female",
    "weight_kg": 70.0,
    "organ": "kidney",
    "cyp3a5": "*3/*3",
    "haematocrit_percent": 40.0,
    "baseline_map_mmhg": 90.0,
    "creatinine_umol_l": 100.0,
    "magnesium_mmol_l": 0.8,
}


def _of_patient(field: str, read: Callable[[object], float], *allowed: str) -> BeforeValidator:
    def value_of(text: object) -> float:
        value = read(text)
        Patient(**{**_ANYBODY, field: value})
        return value

    def possible(number: str) -> list[str]:
        """The number with each unit in which it can be true of a patient."""
        written = [f"{number} {unit}" for unit in allowed]
        if "%" in allowed and 0 < float(number) <= 1:
            written.append(f"{units.show_number(float(number) * 100)} %")
        made = []
        for text in written:
            try:
                value_of(text)
            except (PatientError, units.UnitError):
                continue
            made.append(f'"{text}"')
        return made

    def validate(text: object) -> float:
        try:
            return value_of(text)
        except PatientError as error:
            problem = from_sentence(error, ())
            raise units.UnitError(problem.rule, quoted(text), problem.remedy) from error
        except units.UnitError as error:
            number = "" if isinstance(text, bool) else str(text)
            meant = possible(number) if _BARE.fullmatch(number) else []
            if not meant:
                raise
            remedy = f"write number and unit: {' or '.join(meant)}"
            raise units.UnitError(error.rule, error.found, remedy) from error

    return BeforeValidator(validate)


def _age(text: object) -> float:
    age = units.quantity(text, ("years", "months"))
    return age.value / 12 if age.unit == "months" else age.value


def _measured(field: str, unit: str, *others: str, analyte: str | None = None) -> BeforeValidator:
    def read(text: object) -> float:
        amount = units.quantity(text, (unit, *others))
        return amount.value if amount.unit == unit else units.convert(amount.value, amount.unit, unit, analyte)

    return _of_patient(field, read, unit, *others)


def _dose(text: object) -> units.Quantity:
    return text if isinstance(text, units.Quantity) else units.quantity(text, DOSE_UNITS)


def _time(text: object) -> float:
    return units.time(text)


def _span(text: object) -> float:
    return units.duration(text)


def _at_most(hours: float) -> BeforeValidator:
    def validate(text: object) -> float:
        span = units.duration(text)
        if span > hours:
            raise units.UnitError(
                f"it takes at most {units.show_duration(hours)}", quoted(text), "write a shorter time"
            )
        return span

    return BeforeValidator(validate)


def _rise(text: object) -> float:
    rise = units.quantity(text, ("mmHg",)).value
    if abs(rise) > 100:
        raise units.UnitError("a rise is 100 mmHg at most", quoted(text), "write a smaller one")
    return rise


Time = Annotated[float, BeforeValidator(_time)]
"""A time, "day 15 06:00" [h since transplantation]."""
Span = Annotated[float, BeforeValidator(_span)]
"""A span of time, "3 min" [h]."""
Cost = Annotated[float, _at_most(24.0)]
Delay = Annotated[float, _at_most(60 * 24.0)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Name = Words
Prose = Words


class Review(Checked):
    """How far the case has been looked at by others."""

    status: Status
    updated: datetime.date
    reviewers: tuple[Words, ...] = ()

    @property
    def told(self) -> str:
        """The status in a sentence or two, as every case and notebook shows it."""
        return review_told(self.status, self.updated, self.reviewers)

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        if written.get("status") == "approved" and not written.get("reviewers"):
            yield Problem(
                ("reviewers",), "an approved case names who approved it", "nobody", 'add them, or write "status: draft"'
            )


class BasedOn(Checked):
    """What was published of this patient, and what was invented for teaching."""

    source: Identifier
    published: tuple[Words, ...] = ()
    invented: tuple[Words, ...] = ()

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        published = _words(written.get("published"))
        for index, word in enumerate(_words(written.get("invented"))):
            if word in published:
                yield Problem(
                    ("invented", index),
                    "what is published is not invented",
                    f"{quoted(word)} in both lists",
                    'keep it in "published" or in "invented"',
                )


class Transplant(Checked):
    """The graft."""

    organ: Literal["kidney", "liver", "heart", "lung", "allo-hsct"]
    donor: str = ""


class Baseline(Checked):
    """The patient's own values, before tacrolimus."""

    map: Annotated[float, _measured("baseline_map_mmhg", "mmHg")]
    creatinine: Annotated[float, _measured("creatinine_umol_l", "umol/L", "mg/dL", analyte="creatinine")]
    magnesium: Annotated[float, _measured("magnesium_mmol_l", "mmol/L", "mg/dL", analyte="magnesium")]


class Haematocrit(Checked):
    """Another haematocrit from a time on."""

    from_: Time = Field(alias="from")
    value: Annotated[float, _measured("haematocrit_percent", "%")]


class Person(Checked):
    """Who is treated."""

    age: Annotated[float, _of_patient("age_years", _age, "years")]
    sex: Literal["female", "male"]
    weight: Annotated[float, _measured("weight_kg", "kg")]
    transplant: Transplant
    cyp3a5: Literal["*3/*3", "*1/*3", "*1/*1"]
    haematocrit: Annotated[float, _measured("haematocrit_percent", "%")]
    baseline: Baseline
    regimen: str = ""
    asthma: StrictBool = False
    ebv: Literal["positive", "negative", "unknown"] = "unknown"
    haematocrit_later: tuple[Haematocrit, ...] = ()
    conditioning: Literal["myeloablative", "reduced", "unknown"] = "unknown"
    cystic_fibrosis: StrictBool = False
    fat_free_mass: Annotated[float, _measured("fat_free_mass_kg", "kg")] | None = None
    ast: Annotated[float, _measured("ast_u_l", "U/L")] | None = None

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterator[Problem]:
        last_h = -float("inf")
        later = written.get("haematocrit_later")
        for index, item in enumerate(later if isinstance(later, list) else ()):
            at_h = _hours(item.get("from")) if isinstance(item, Mapping) else None
            if at_h is not None and at_h <= last_h:
                yield Problem(
                    ("haematocrit_later", index, "from"),
                    "each haematocrit holds from a later time than the one before",
                    quoted(item["from"]),
                    "sort them by time",
                )
            last_h = last_h if at_h is None else at_h

    def patient(self, number: int = 0) -> Patient:
        """The patient as the lower floors know them."""
        return Patient(
            number=number,
            age_years=self.age,
            sex=self.sex,
            weight_kg=self.weight,
            organ=self.transplant.organ,
            cyp3a5=self.cyp3a5,
            haematocrit_percent=self.haematocrit,
            baseline_map_mmhg=self.baseline.map,
            creatinine_umol_l=self.baseline.creatinine,
            magnesium_mmol_l=self.baseline.magnesium,
            asthma=self.asthma,
            ebv=self.ebv,
            conditioning=self.conditioning,
            cystic_fibrosis=self.cystic_fibrosis,
            fat_free_mass_kg=self.fat_free_mass,
            ast_u_l=self.ast,
            haematocrit_later=tuple((one.from_, one.value) for one in self.haematocrit_later),
        )


ACTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    # act: what it needs, what it may have
    "give": (frozenset({"dose", "by"}), frozenset({"every", "until", "for"})),
    "change": (frozenset({"dose"}), frozenset({"every"})),
    "hold": (frozenset({"until"}), frozenset()),
    "stop": (frozenset(), frozenset()),
}
_DETAILS = ("dose", "by", "every", "until", "for")


class Act(Checked):
    """Something done to the chart: one of give, change, hold, stop."""

    give: Name | None = None
    change: Name | None = None
    hold: Name | None = None
    stop: Name | None = None
    dose: Annotated[InstanceOf[units.Quantity], BeforeValidator(_dose)] | None = None
    every: Span | None = None
    by: Literal["mouth", "vein", "muscle"] | None = None
    until: Time | None = None
    for_: Words | None = Field(default=None, alias="for")
    why: Prose | None = None

    @property
    def drug(self) -> str | None:
        """The drug that is meant, or None where the chart is left alone."""
        return self.give or self.change or self.hold or self.stop

    def applied(self, chart: Chart, at_h: float, by: str) -> Chart:
        """The chart after this.

        Parameters
        ----------
        chart : Chart
            The chart before.
        at_h : float
            When [h since transplantation].
        by : str
            Who: "author" or "expert".

        Raises
        ------
        OrderError
            If it makes no sense there.
        """
        if self.give is not None:
            return chart.give(self.order(at_h, by))
        if self.change is not None and self.dose is not None:
            return chart.change(self.change, at_h, dose=self.dose.value, unit=self.dose.unit, every_h=self.every, by=by)
        if self.hold is not None and self.until is not None:
            return chart.hold(self.hold, at_h, self.until, by)
        if self.stop is not None:
            return chart.stop(self.stop, at_h, by)
        return chart

    def order(self, at_h: float, by: str) -> Order:
        """The order that "give" stands for, from a time [h since transplantation]."""
        dose = self.dose or units.Quantity(0.0, "mg")
        return Order(
            drug=self.give or "",
            at_h=at_h,
            dose=dose.value,
            unit=dose.unit.replace("ug", "microgram"),
            route=BY[self.by or "mouth"],
            every_h=self.every,
            until_h=self.until,
            by=by,
            indication=self.for_ or "",
        )

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterator[Problem]:
        acts = [act for act in ACTS if written.get(act) is not None]
        if len(acts) > 1:
            yield Problem(
                (), "one line does one thing", " and ".join(f'"{act}"' for act in acts), "write a line for each"
            )
            return
        if not acts:
            return
        needed, allowed = ACTS[acts[0]]
        for name in _DETAILS:
            given = written.get(name) is not None
            if given and name not in needed | allowed:
                yield Problem((name,), f'"{acts[0]}" has no "{name}"', quoted(written[name]), f'take "{name}" out')
            elif not given and name in needed:
                yield Problem((name,), f'"{acts[0]}" needs "{name}"', "none", f'add "{name}: {EXAMPLES[name]}"')


class ChartEntry(Act):
    """One line of the author's chart."""

    at: Time

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterator[Problem]:
        yield from super().problems(written)
        if not any(written.get(act) is not None for act in ACTS):
            yield Problem(
                (),
                "a line of the chart gives, changes, holds or stops a drug",
                "none of these",
                'add "give: tacrolimus", or another of "change", "hold", "stop"',
            )


_STEPS = ("ask", "test", "answer", *ACTS)


class ExpertStep(Act):
    """One step of the expert's path."""

    at: Time | None = None
    stage: Literal["presentation", "mri", "switching", "outcome"] | None = None
    ask: Identifier | None = None
    test: Identifier | None = None
    answer: Identifier | None = None
    response: Response | None = None

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterator[Problem]:
        yield from super().problems(written)
        steps = [step for step in _STEPS if written.get(step) is not None]
        if len(steps) > 1 and not all(step in ACTS for step in steps):
            yield Problem((), "one line does one thing", " and ".join(f'"{s}"' for s in steps), "write a line for each")
        if not steps:
            yield Problem(
                (),
                "a step does something",
                "none of " + ", ".join(f'"{s}"' for s in _STEPS),
                'add one, such as "ask: ..."',
            )
        elif written.get("at") is None and written.get("answer") is None:
            yield Problem(("at",), "a step has its time", "none", f'add "at: {EXAMPLES["at"]}"')
        if written.get("response") is not None and written.get("answer") is None:
            yield Problem(
                ("response",), 'a response belongs to "answer"', quoted(written["response"]), 'take "response" out'
            )

    @model_validator(mode="before")
    @classmethod
    def _response_in_short(cls, data: Any) -> Any:
        """A list of places is what was ticked, a text what was typed."""
        if not isinstance(data, Mapping) or "response" not in data:
            return data
        response = data["response"]
        if isinstance(response, list):
            return {**data, "response": {"chosen": response}}
        if isinstance(response, str | int | float) and not isinstance(response, bool):
            return {**data, "response": {"value": str(response)}}
        return data


class DriverWeights(Checked):
    """How strongly each driver acts in this patient."""

    exposure: Share
    pressure: Share
    systemic: Share

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        shares = [written.get(name) for name in ("exposure", "pressure", "systemic")]
        numbers = [share for share in shares if isinstance(share, int | float) and not isinstance(share, bool)]
        if len(numbers) == 3 and abs(sum(numbers) - 1) > 1e-6:
            yield Problem(
                (),
                "the three weights add up to 1",
                f"{sum(numbers):g}",
                "change them until they do, such as 0.6, 0.3 and 0.1",
            )


class Lesions(Checked):
    """Where the oedema shows."""

    pattern: (
        Literal[
            "parieto-occipital",
            "superior frontal sulcus",
            "holohemispheric watershed",
            "asymmetric",
            "cerebellar",
            "central and brainstem",
            "posterior cerebral artery infarct",
            "progressive multifocal leukoencephalopathy",
            "venous infarct",
            "HSV encephalitis",
            "HHV-6 encephalitis",
            "osmotic demyelination",
            "convexity bleeding",
            "metastases",
            "abscess",
            "small-vessel change",
        ]
        | None
    ) = None
    sites: (
        tuple[
            Literal[
                "parieto-occipital",
                "frontal",
                "temporal",
                "cerebellum",
                "basal ganglia",
                "brainstem",
                "deep white matter",
                "splenium",
            ],
            ...,
        ]
        | None
    ) = None
    asymmetry: Share = 0.2


class ExtraRise(Checked):
    """A rise of the mean pressure that the author gives."""

    from_: Time = Field(alias="from")
    until: Time | None = None
    rise: Annotated[float, BeforeValidator(_rise)]
    why: Words

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        yield from _ends_after(written)


class Systemic(Checked):
    """An infection, a rejection: what inflames from elsewhere."""

    kind: Words
    from_: Time = Field(alias="from")
    until: Time
    size: Annotated[float, Field(strict=True, gt=0, le=10, allow_inf_nan=False)]

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        yield from _ends_after(written)


class Untreated(Checked):
    """What would happen under the author's chart alone: one event and its time."""

    seizure: Time | None = None
    status: Time | None = None
    haemorrhage: Time | None = None

    @property
    def condition(self) -> tuple[str, float]:
        """Its kind and its time [h since transplantation]."""
        for kind in ("seizure", "status", "haemorrhage"):
            time_h = getattr(self, kind)
            if time_h is not None:
                return kind, float(time_h)
        raise ValueError("an empty condition")

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        if sum(written.get(kind) is not None for kind in cls.model_fields) != 1:
            yield Problem(
                (),
                "each line names one event and its time",
                f"{len(written)} of them",
                'write "- seizure: day 19 02:00"',
            )


class IllnessPart(Checked):
    """What is truly going on."""

    diagnosis: Literal[
        "PRES",
        "infarct",
        "PML",
        "venous infarct",
        "RCVS",
        "encephalitis",
        "osmotic demyelination",
        "metastases",
        "abscess",
        "small-vessel change",
        "neurotoxicity",
    ] = "PRES"
    onset: Time | None = None
    untreated: tuple[Untreated, ...] = ()
    drivers: DriverWeights | None = None
    lesions: Lesions = Lesions()
    pressure: tuple[ExtraRise, ...] = ()
    systemic: tuple[Systemic, ...] = ()

    def illness(self, last_h: float) -> Illness:
        """The illness as the lower floors know it; what has no end lasts until `last_h` [h]."""
        weights = self.drivers
        return Illness(
            diagnosis=self.diagnosis,
            onset_h=self.onset,
            untreated=tuple(item.condition for item in self.untreated),
            drivers=None if weights is None else Drivers(weights.exposure, weights.pressure, weights.systemic),
            pattern=self.lesions.pattern or patterns_of(self.diagnosis)[0],
            asymmetry=self.lesions.asymmetry,
            sites=self.lesions.sites,
            systemic=tuple((item.kind, item.from_, item.until, item.size) for item in self.systemic),
            pressure=tuple(
                (item.from_, last_h if item.until is None else item.until, item.rise, item.why)
                for item in self.pressure
            ),
        )

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterator[Problem]:
        if written.get("diagnosis", "PRES") != "PRES" and written.get("onset") is None:
            yield Problem(
                ("onset",),
                "an illness other than PRES runs from its onset",
                "none",
                f'add "onset: {EXAMPLES["onset"]}"',
            )
        lesions, diagnosis = written.get("lesions"), written.get("diagnosis", "PRES")
        pattern = lesions.get("pattern") if isinstance(lesions, Mapping) else getattr(lesions, "pattern", None)
        if diagnosis in DIAGNOSES and pattern in {name for one in DIAGNOSES for name in patterns_of(one)}:
            allowed = patterns_of(diagnosis)
            if pattern not in allowed:
                yield Problem(
                    ("lesions", "pattern"),
                    f"{diagnosis} shows itself as one of " + ", ".join(f'"{name}"' for name in allowed),
                    f'"{pattern}"',
                    f'leave it out, or write "{allowed[0]}"',
                )
        onset = _hours(written.get("onset"))
        if onset == 0:
            yield Problem(("onset",), "an illness begins after the transplantation", '"day 0"', "write a later time")
        before = onset
        untreated = written.get("untreated")
        for index, item in enumerate(untreated if isinstance(untreated, list) else ()):
            for kind, text in item.items() if isinstance(item, Mapping) else ():
                time_h = _hours(text)
                if kind == "haemorrhage" or time_h is None:
                    continue
                if before is not None and time_h <= before:
                    yield Problem(
                        ("untreated", index, kind),
                        "what happens untreated comes after the onset, the earlier first",
                        f"{quoted(text)}, not after {units.show_time(before)}",
                        "write a later time",
                    )
                before = time_h


class Finding(Checked):
    """What is found only when it is asked or examined."""

    id: Identifier
    ask: Words | None = None
    examine: Words | None = None
    finds: Prose
    recovered: str = ""
    cost: Cost
    key: StrictBool = False

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        if (written.get("ask") is None) == (written.get("examine") is None):
            found = "both" if written.get("ask") is not None else "neither"
            yield Problem((), "a finding is asked or examined", found, 'write "ask: ..." or "examine: ..."')


class Test(Checked):
    """An investigation and its result: typed, measured on the simulated patient, or a scan."""

    # pytest would take the name for a class of tests
    __test__ = False

    id: Identifier
    test: Words
    result: Prose | None = None
    measures: (
        Literal["tacrolimus", "ciclosporin", "sirolimus", "everolimus", "magnesium", "creatinine", "map"] | None
    ) = None
    drawn_from: Literal["vein", "line"] = "vein"
    scan: StrictBool = False
    cost: Cost
    after: Delay
    key: StrictBool = False

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        ways = [name for name in ("result", "measures", "scan") if written.get(name) not in (None, False)]
        if len(ways) != 1:
            yield Problem(
                (),
                'a test has one of "result", "measures", "scan"',
                " and ".join(f'"{way}"' for way in ways) or "none of them",
                'write the result, or "measures: tacrolimus", or "scan: true"',
            )
        if written.get("drawn_from") == "line" and written.get("measures") not in SUBSTRATES:
            yield Problem(
                ("drawn_from",),
                "where it is drawn from matters for the level of a drug",
                quoted(written["drawn_from"]),
                'take it out, or add "measures: tacrolimus"',
            )


class Stage(Checked):
    """One part of the case."""

    story: Prose
    findings: tuple[Finding, ...] = ()
    tests: tuple[Test, ...] = ()
    questions: tuple[Question, ...] = ()
    closes: Time | None = None


EVENTS = Literal[
    "onset",
    "seizure",
    "status",
    "haemorrhage",
    "hypoperfusion",
    "arrhythmia",
    "complication",
    "rejection",
    "deficit",
    "recovery",
]
"""What can happen to a patient, as the physiology names it."""
_DEEDS = ("ask", "test", "order", "hold", "stop", "change", "together", "event", "question")


class Condition(Checked):
    """What a check looks for: one deed or event, or any or all of several."""

    ask: Identifier | None = None
    test: Identifier | None = None
    order: Name | None = None
    hold: Name | None = None
    stop: Name | None = None
    change: Name | None = None
    together: Annotated[tuple[Name, ...], Field(max_length=2)] = ()
    apart: Span | None = None
    event: EVENTS | None = None
    question: Identifier | None = None
    any: tuple[Condition, ...] = ()
    all: tuple[Condition, ...] = ()
    within: Span | None = None
    before: Time | None = None
    after: Time | None = None

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterator[Problem]:
        deeds = [name for name in (*_DEEDS, "any", "all") if written.get(name) not in (None, [], ())]
        if len(deeds) != 1:
            yield Problem(
                (),
                "a condition looks for one thing",
                " and ".join(f'"{deed}"' for deed in deeds) or "nothing",
                f'write one of {", ".join(_DEEDS)}, or put several under "any" or "all"',
            )
        drugs, apart = written.get("together"), written.get("apart")
        if bool(drugs) != (apart is not None):
            yield Problem(
                ("together",) if drugs else ("apart",),
                '"together" and "apart" belong together: two drugs, and how long their doses must lie apart',
                f'only "{"together" if drugs else "apart"}"',
                'write both: "together: [tacrolimus, ciclosporin], apart: 24 h"',
            )
        elif isinstance(drugs, list) and (len(drugs) != 2 or drugs[0] == drugs[-1]):
            yield Problem(
                ("together",),
                "two different drugs",
                quoted(drugs),
                'name two: "together: [tacrolimus, ciclosporin]"',
            )
        before, after = _hours(written.get("before")), _hours(written.get("after"))
        if before is not None and after is not None and before <= after:
            yield Problem(
                ("before",),
                '"before" comes later than "after"',
                quoted(written["before"]),
                "correct one of the two times",
            )


class Check(Checked):
    """A point of process that the debrief looks for."""

    id: Identifier
    done: Condition | None = None
    harm: Condition | None = None
    text: Prose
    why: Prose
    scored: StrictBool = True

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        if (written.get("done") is None) == (written.get("harm") is None):
            found = "both" if written.get("done") is not None else "neither"
            yield Problem((), 'a check has "done" or "harm"', found, 'write "done: {...}" or "harm: {...}"')


def _in(*allowed: str) -> BeforeValidator:
    return BeforeValidator(lambda text: units.quantity(text, allowed).value)


class Consequence(Checked):
    """What comes of a critical error and does not come on the expert's path; all that is written has to show."""

    event: EVENTS | None = None
    missing: EVENTS | None = None
    harm: Identifier | None = None
    oedema: Annotated[float, _in("mL")] | None = None
    level_above: Annotated[float, _in("ng/mL")] | None = None
    level_below: Annotated[float, _in("ng/mL")] | None = None
    pressure_above: Annotated[float, _in("mmHg")] | None = None
    pressure_below: Annotated[float, _in("mmHg")] | None = None
    cover_below: Annotated[float, _in("%")] | None = None

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        if not any(written.get(name) is not None for name in cls.model_fields):
            yield Problem((), "an error has a consequence", "none", 'write one, such as "event: rejection"')


class CriticalError(Checked):
    """A known error: what somebody does, or leaves out, where the expert does otherwise, and what comes of it."""

    id: Identifier
    text: Prose
    leave_out: tuple[Name, ...] = ()
    do: tuple[ChartEntry, ...] = ()
    shows: Consequence
    why: Prose

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        if not written.get("do") and not written.get("leave_out"):
            yield Problem(
                (),
                "an error does something, or leaves something out",
                "neither",
                'add "do: [{at: day 15 09:00, stop: tacrolimus}]", or "leave_out: [labetalol]"',
            )


class InRangeTwin(Checked):
    """Which of the author's orders the twin is spared, so that its level stays in range."""

    without: Annotated[tuple[Name, ...], Field(min_length=1)]


class CaseFile(Checked):
    """A whole file."""

    id: Identifier
    title: Words
    level: Literal["intro", "core", "advanced"]
    minutes: Annotated[StrictInt, Field(ge=1, le=600)]
    seed: Annotated[StrictInt, Field(ge=0, lt=2**32)]
    review: Review
    based_on: BasedOn
    patient: Person
    chart: Annotated[tuple[ChartEntry, ...], Field(min_length=1)]
    illness: IllnessPart
    opens: Time
    presentation: Stage
    mri: Stage | None = None
    switching: Stage | None = None
    outcome: Stage | None = None
    drugs: tuple[Name, ...] = ()
    formulary: tuple[Drug, ...] = ()
    expert: tuple[ExpertStep, ...] = ()
    checks: tuple[Check, ...] = ()
    errors: tuple[CriticalError, ...] = ()
    debrief: str = ""
    in_range_twin: InRangeTwin | None = None

    def stages(self) -> dict[str, Stage]:
        """The parts that are there, in their order."""
        found = {name: getattr(self, name) for name in STAGES}
        return {name: stage for name, stage in found.items() if stage is not None}


def parts(model: type[BaseModel] = CaseFile) -> dict[str, type[BaseModel]]:
    """All parts of a file, by the name of the field that holds them; the page itself has an empty name.

    What a drug of the case's own holds is told elsewhere, with the formulary.
    """
    found: dict[str, type[BaseModel]] = {"": model} if model is CaseFile else {}
    for name, field in model.model_fields.items():
        inner = part_in(field.annotation)
        if inner is not None and inner is not Drug and not (model is Condition and inner is Condition):
            found[field.alias or name] = inner
            found |= {key: part for key, part in parts(inner).items() if key not in found}
    return found


def part_in(annotation: object) -> type[BaseModel] | None:
    """The part of a file that a field holds, or holds a list of; None for a plain value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((part for inner in get_args(annotation) if (part := part_in(inner)) is not None), None)


@lru_cache(1)
def field_names() -> frozenset[str]:
    """Every name that may stand before a colon."""
    return frozenset(field.alias or name for part in parts().values() for name, field in part.model_fields.items())


EXAMPLES: dict[str, str] = {
    "id": "kidney-azole",
    "title": "A headache two weeks after a kidney",
    "level": "core",
    "minutes": "20",
    "seed": "6",
    "review": "{status: draft, updated: 2026-11-22}",
    "status": "draft",
    "updated": "2026-11-22",
    "based_on": "{source: common-knowledge, invented: [everything]}",
    "source": "common-knowledge",
    "patient": "and below it age, sex, weight, transplant, cyp3a5, haematocrit, baseline",
    "age": "28 years",
    "sex": "male",
    "weight": "68 kg",
    "transplant": "{organ: kidney}",
    "organ": "kidney",
    "cyp3a5": '"*3/*3"',
    "haematocrit": "32 %",
    "haematocrit_later.entry": "{from: day 5, value: 27 %}",
    "baseline": "{map: 88 mmHg, creatinine: 130 umol/L, magnesium: 0.78 mmol/L}",
    "map": "88 mmHg",
    "creatinine": "130 umol/L",
    "magnesium": "0.78 mmol/L",
    "chart": "and below it lines such as - {at: day 0 20:00, give: tacrolimus, dose: 3 mg, every: 12 h, by: mouth}",
    "at": "day 15 07:30",
    "give": "tacrolimus",
    "dose": "3 mg",
    "every": "12 h",
    "by": "mouth",
    "until": "day 17 08:00",
    "for": "oesophageal candidiasis",
    "illness": "{diagnosis: PRES, onset: day 15 06:00}",
    "onset": "day 15 06:00",
    "pattern": "parieto-occipital",
    "exposure": "0.6",
    "pressure": "0.3",
    "systemic": "0.1",
    "from": "day 12",
    "rise": "14 mmHg",
    "size": "0.4",
    "kind": "single",
    "opens": "day 15 07:30",
    "presentation": "and below it story, findings, tests, questions, closes",
    "story": "...",
    "ask": "How is your sight?",
    "finds": "Both lower fields are blurred.",
    "cost": "3 min",
    "after": "1 h",
    "test": "Bedside glucose",
    "text": "...",
    "feedback": "why this is right or not",
    "why": "...",
    "value": "97 mmHg",
    "tolerance": "5 mmHg",
    "answer": "{value: 97 mmHg, tolerance: 5 mmHg}",
    "formulary": "and below it drugs, each beginning with - name: (docs/formulary.md)",
    "drivers": "{exposure: 0.6, pressure: 0.3, systemic: 0.1}",
    "lesions": "{pattern: parieto-occipital, asymmetry: 0.2}",
    "asymmetry": "0.2",
    "seizure": "day 19 02:00",
    "done": "{test: glucose, within: 30 min}",
    "harm": "{event: hypoperfusion}",
    "without": "[fluconazole]",
    "shows": "{event: rejection}",
    "model_answer": "what you would have written",
    # where one name stands for two things: as it is written in that part
    "findings.id": "vision",
    "tests.id": "glucose",
    "questions.id": "first-act",
    "checks.id": "glucose-seen",
    "errors.id": "stopped-and-left",
    "questions.ask": "What comes first?",
    "harm.order": "phenytoin",
    # one line of a list
    "chart.entry": "{at: day 0 20:00, give: tacrolimus, dose: 3 mg, every: 12 h, by: mouth}",
    "findings.entry": "{id: vision, ask: How is your sight?, finds: Both lower fields are blurred., cost: 3 min}",
    "tests.entry": "{id: glucose, test: Bedside glucose, result: 6.2 mmol/L, cost: 1 min, after: 1 min}",
    "options.entry": "{text: A glucose, right: true, feedback: why this is right or not}",
    "untreated.entry": "{seizure: day 19 02:00}",
    "pressure.entry": "{from: day 12, until: day 14, rise: 14 mmHg, why: a litre of saline}",
    "systemic.entry": "{kind: infection, from: day 12, until: day 16, size: 0.4}",
    "misconceptions.entry": '{value: 88 mmHg, feedback: "why that is wrong"}',
    "expert.entry": "{at: day 15 07:30, test: glucose}",
    "do.entry": "{at: day 15 09:00, stop: tacrolimus}",
    "errors.entry": "{id: stopped-and-left, text: It was stopped, do: [...], shows: {event: rejection}, why: ...}",
    "checks.entry": "{id: glucose-seen, done: {test: glucose}, text: Glucose was measured, why: A mimic that is cured}",
}
"""What to write where something is missing, by field, by part and field, or by list for a line of it."""


def _words(value: object) -> list[str]:
    return [str(word).strip().casefold() for word in value] if isinstance(value, list | tuple) else []


def _hours(text: object) -> float | None:
    """A time as hours, None where it is no time; that is told elsewhere."""
    try:
        return units.time(text)
    except units.UnitError:
        return None


def _ends_after(written: Mapping[str, Any]) -> Iterator[Problem]:
    begins, ends = _hours(written.get("from")), _hours(written.get("until"))
    if begins is not None and ends is not None and ends <= begins:
        yield Problem(
            ("until",),
            "it ends after it begins",
            f"{quoted(written['until'])}, not after {quoted(written['from'])}",
            "write a later time",
        )
