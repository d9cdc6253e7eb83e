"""What no single field can tell: names that point nowhere, orders that make no sense, times out of order.

The checks look at what was written, not at the finished case, so that they also run on a file with other faults.
Each takes the raw data and yields problems; what has the wrong shape is passed over, because the schema tells it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from pres_teach import text, units
from pres_teach.case import own_drugs
from pres_teach.case.faults import field_of, from_sentence, near, nearest
from pres_teach.case.schema import ACTS, STAGES, Act, ChartEntry, ExpertStep, Person
from pres_teach.evidence import library, uncited
from pres_teach.patient import Chart, OrderError, Patient
from pres_teach.pharmacology import REGIMENS, check_order
from pres_teach.quiz import Problem, Question, ResponseError, mark
from pres_teach.quiz.problems import quoted

Loc = tuple[str | int, ...]
_KINDS = {"findings": "finding", "tests": "test", "questions": "question"}
# what an order calls a field, and what a case file calls it
_FIELDS_OF_ORDER = {"at": "at", "dose": "dose", "unit": "dose", "route": "by", "every": "every", "until": "until"}
_MARKDOWN = frozenset("[<!")
# the fields in which a case tells about medicine, not about its patient, and the parts that have them
_TOLD = frozenset({"feedback", "feedback_right", "feedback_wrong", "explain", "model_answer", "why", "debrief"})
_TELLING = frozenset({*STAGES, "checks", "debrief", "errors", "expert"})
_ADD_SOURCE = 'write "[@common-knowledge]" if you checked none, or add it to pres_teach/evidence/library.yaml'
# Drugs of one class have names alike: voriconazole is no slip of the pen for fluconazole (0.70), felodipine none for
# amlodipine (0.80), but cyclosporine is one for ciclosporin (0.87).
_SAME_DRUG = 0.86


def problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong across the fields of a file."""
    yield from _ids(data)
    yield from _regimen(data)
    yield from own_drugs.problems(data)
    yield from _drugs(data)
    yield from _sources(data)
    yield from _numbers_without_source(data)
    yield from _times(data)
    yield from _references(data)
    yield from _errors(data)
    yield from _responses(data)
    yield from _charts(data)
    yield from _tolerances(data)


def slow_problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What only an author's check looks for: factors between the units of each question."""
    for at, written in _questions(data):
        try:
            question = Question.model_validate(written)
        except ValidationError:
            continue
        for problem in question.conversions():
            yield Problem((*at, *problem.at), problem.rule, problem.found, problem.remedy)


# what is where


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> list[tuple[int, Mapping[str, Any]]]:
    return [(i, item) for i, item in enumerate(value) if isinstance(item, Mapping)] if isinstance(value, list) else []


def _stages(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for stage in STAGES:
        if isinstance(data.get(stage), Mapping):
            yield stage, data[stage]


def _questions(data: Mapping[str, Any]) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    for stage, part in _stages(data):
        for index, item in _items(part.get("questions")):
            yield (stage, "questions", index), item


def _named(data: Mapping[str, Any], kind: str) -> dict[str, str]:
    """The ids of all findings, tests or questions, with their stage."""
    found: dict[str, str] = {}
    for stage, part in _stages(data):
        for _, item in _items(part.get(kind)):
            if isinstance(item.get("id"), str):
                found.setdefault(item["id"], stage)
    return found


def _hours(value: object) -> float | None:
    try:
        return units.time(value)
    except units.UnitError:
        return None


# the checks


def _ids(data: Mapping[str, Any]) -> Iterator[Problem]:
    for kind, word in _KINDS.items():
        seen: dict[str, str] = {}
        for stage, part in _stages(data):
            for index, item in _items(part.get(kind)):
                name = item.get("id")
                if not isinstance(name, str):
                    continue
                if name in seen:
                    yield Problem(
                        (stage, kind, index, "id"),
                        f"an id stands for one {word} in the whole case",
                        f"{quoted(name)}, which is in {seen[name]} already",
                        "give one of them another id",
                    )
                seen.setdefault(name, f'"{stage}"')
    for listed, word in (("checks", "check"), ("errors", "error")):
        known: set[str] = set()
        for index, item in _items(data.get(listed)):
            name = item.get("id")
            if isinstance(name, str) and name in known:
                yield Problem((listed, index, "id"), f"an id stands for one {word}", quoted(name), "give it another id")
            elif isinstance(name, str):
                known.add(name)


def _regimen(data: Mapping[str, Any]) -> Iterator[Problem]:
    person = _mapping(data.get("patient"))
    regimen = person.get("regimen")
    kidney = _mapping(person.get("transplant")).get("organ") == "kidney"
    if kidney and isinstance(regimen, str) and regimen not in ("", *REGIMENS):
        yield Problem(
            ("patient", "regimen"),
            "after a kidney, a regimen that the label tells apart",
            quoted(regimen),
            nearest(regimen, REGIMENS),
        )


def _drugs(data: Mapping[str, Any]) -> Iterator[Problem]:
    known = list(own_drugs.formulary_with(data))
    open_to_learner = data.get("drugs")
    allowed = [drug for drug in open_to_learner if isinstance(drug, str)] if isinstance(open_to_learner, list) else []
    for at, drug in _drugs_named(data):
        if drug not in known:
            yield Problem(at, "a drug of the formulary", quoted(drug), _drug_meant(drug, known))
        elif at[0] == "expert" and at[-1] == "give" and allowed and drug not in allowed:
            yield Problem(
                at,
                "the expert orders what the learner may order",
                quoted(drug),
                f'add {drug} to "drugs", or choose another',
            )
    given = {_meant(item["give"], known) for _, item in _items(data.get("chart")) if isinstance(item.get("give"), str)}
    without = _mapping(data.get("in_range_twin")).get("without")
    for index, drug in enumerate(without if isinstance(without, list) else ()):
        if isinstance(drug, str) and drug in known and drug not in given:
            yield Problem(
                ("in_range_twin", "without", index),
                "the twin is spared a drug of the chart",
                quoted(drug),
                nearest(drug, given, "name one that the chart gives"),
            )


def _meant(drug: str, known: Iterable[str]) -> str:
    """The drug that a slip of the pen stands for, so that it is told once and not with all that follows from it."""
    return near(drug, known, _SAME_DRUG) or drug


def _drug_meant(drug: str, known: Iterable[str]) -> str:
    meant = near(drug, known, _SAME_DRUG)
    if meant is not None:
        return f'did you mean "{meant}"?'
    return f"the model knows these: {', '.join(known)}"


def _drugs_named(data: Mapping[str, Any]) -> Iterator[tuple[Loc, str]]:
    for part in ("chart", "expert"):
        for index, item in _items(data.get(part)):
            for act in ACTS:
                if isinstance(item.get(act), str):
                    yield (part, index, act), item[act]
    for index, error in _items(data.get("errors")):
        for place, deed in _items(error.get("do")):
            yield from (
                (("errors", index, "do", place, verb), deed[verb]) for verb in ACTS if isinstance(deed.get(verb), str)
            )
        left = error.get("leave_out")
        for place, name in enumerate(left if isinstance(left, list) else ()):
            if isinstance(name, str):
                yield ("errors", index, "leave_out", place), name
    for owner, field in ((data, "drugs"), (_mapping(data.get("in_range_twin")), "without")):
        names = owner.get(field)
        for index, drug in enumerate(names if isinstance(names, list) else ()):
            if isinstance(drug, str):
                yield (("drugs", index) if field == "drugs" else ("in_range_twin", "without", index)), drug
    for at, condition in _conditions(data):
        for act in ("order", "hold", "stop", "change"):
            if isinstance(condition.get(act), str):
                yield (*at, act), condition[act]
        both = condition.get("together")
        for index, drug in enumerate(both if isinstance(both, list) else ()):
            if isinstance(drug, str):
                yield (*at, "together", index), drug


def _conditions(data: Mapping[str, Any]) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    for index, item in _items(data.get("checks")):
        for side in ("done", "harm"):
            if isinstance(item.get(side), Mapping):
                yield from _parts(("checks", index, side), item[side])


def _parts(at: Loc, condition: Mapping[str, Any]) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    yield at, condition
    for several in ("any", "all"):
        for index, item in _items(condition.get(several)):
            yield from _parts((*at, several, index), item)


def _sources(data: Mapping[str, Any]) -> Iterator[Problem]:
    sources = library()
    source = _mapping(data.get("based_on")).get("source")
    if isinstance(source, str) and source not in sources.sources:
        yield Problem(
            ("based_on", "source"),
            "a source of the evidence library",
            quoted(source),
            nearest(source, sources.sources, "see pres_teach/evidence/library.yaml"),
        )
    for at, words in _prose(data, ()):
        if not _MARKDOWN.intersection(words):
            continue
        try:
            keys = text.citations(words)
        except text.TextError as error:
            yield Problem(at, error.rule, error.found, error.remedy)
            continue
        for key in keys:
            if sources.cite(key) is None:
                yield Problem(
                    at,
                    "a citation names a source or a claim of the evidence library",
                    quoted(f"[@{key}]"),
                    nearest(key, [*sources.sources, *sources.claims], _ADD_SOURCE),
                )


def _prose(value: object, at: Loc) -> Iterator[tuple[Loc, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _prose(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _prose(inner, (*at, index))


def _numbers_without_source(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What is told of medicine; stories, findings, results and options are about this patient, or are to be judged."""
    for at, words in _prose(data, ()):
        if at[-1] not in _TOLD or at[0] not in _TELLING:
            continue
        for one in uncited(words)[:1]:
            yield Problem(
                at,
                f"{one.kind} in what a learner is told has its source in the same paragraph",
                quoted(one.found),
                'cite the claim, "[@datar2015-status]" say; "[@this-case]" for what is so in this case only',
            )


def _times(data: Mapping[str, Any]) -> Iterator[Problem]:
    opens = _hours(data.get("opens"))
    for index, item in _items(data.get("chart")):
        at_h = _hours(item.get("at"))
        if opens is not None and at_h is not None and at_h > opens:
            yield Problem(
                ("chart", index, "at"),
                "the author's orders come before the case opens",
                f"{quoted(item['at'])}, after {units.show_time(opens)}",
                'write an earlier time, or put it into "expert"',
            )
    before, named = opens, "opens"
    closes: dict[str, float] = {}
    for stage, part in _stages(data):
        closes_h = _hours(part.get("closes"))
        if closes_h is None:
            continue
        if before is not None and closes_h < before:
            yield Problem(
                (stage, "closes"),
                f'it is not before "{named}"',
                f"{quoted(part['closes'])}, before {units.show_time(before)}",
                "write a later time",
            )
            continue
        before, named = closes_h, f"{stage}.closes"
        closes[stage] = closes_h
    onset = _mapping(data.get("illness")).get("onset")
    onset_h, ends_h = _hours(onset), closes.get([stage for stage, _ in _stages(data)][-1]) if closes else None
    if onset_h is not None and ends_h is not None and onset_h >= ends_h:
        yield Problem(
            ("illness", "onset"),
            "the illness begins before the case ends",
            f"{quoted(onset)}, not before {units.show_time(ends_h)}",
            "write an earlier time, or let the last stage close later",
        )
    yield from _step_times(data, opens, closes)


def _step_times(data: Mapping[str, Any], opens: float | None, closes: Mapping[str, float]) -> Iterator[Problem]:
    stage, last = "presentation", opens
    for index, item in _items(data.get("expert")):
        entered = item.get("stage")
        if entered in STAGES and entered != stage:
            if STAGES.index(entered) < STAGES.index(stage):
                yield Problem(
                    ("expert", index, "stage"),
                    "the expert goes forward through the stages",
                    f"{quoted(entered)} after {quoted(stage)}",
                    "put the steps of a stage together",
                )
            elif stage in closes:
                last = closes[stage] if last is None else max(last, closes[stage])
            stage = entered
        at_h = _hours(item.get("at"))
        if at_h is None:
            continue
        if last is not None and at_h < last:
            yield Problem(
                ("expert", index, "at"),
                "a step comes after the one before it, and after the stage before it has closed",
                f"{quoted(item['at'])}, before {units.show_time(last)}",
                "write a later time, or put the step further up",
            )
        elif stage in closes and at_h > closes[stage]:
            yield Problem(
                ("expert", index, "at"),
                "a step comes before its stage closes",
                f'{quoted(item["at"])}, after {units.show_time(closes[stage])}, when "{stage}" closes',
                'write an earlier time, or name the next stage with "stage"',
            )
        last = at_h if last is None else max(last, at_h)


def _references(data: Mapping[str, Any]) -> Iterator[Problem]:
    known = {kind: _named(data, kind) for kind in _KINDS}
    there = [stage for stage, _ in _stages(data)]
    stage = "presentation"
    for index, item in _items(data.get("expert")):
        if item.get("stage") in STAGES:
            stage = item["stage"]
            if stage not in there:
                yield Problem(("expert", index, "stage"), "a stage of this case", quoted(stage), nearest(stage, there))
        for verb, kind in (("ask", "findings"), ("test", "tests"), ("answer", "questions")):
            name = item.get(verb)
            if not isinstance(name, str):
                continue
            yield from _exists(("expert", index, verb), name, kind, known[kind])
            owner = known[kind].get(name, stage)
            if stage in STAGES and STAGES.index(owner) > STAGES.index(stage):
                yield Problem(
                    ("expert", index, verb),
                    "a step does what its stage, or one before, offers",
                    f'{quoted(name)}, which is in "{owner}"',
                    f'write "stage: {owner}" there, or put the step further down',
                )
    for at, condition in _conditions(data):
        for verb, kind in (("ask", "findings"), ("test", "tests"), ("question", "questions")):
            name = condition.get(verb)
            if isinstance(name, str):
                yield from _exists((*at, verb), name, kind, known[kind])


def _errors(data: Mapping[str, Any]) -> Iterator[Problem]:
    known = list(own_drugs.formulary_with(data))
    harms = [item.get("id") for _, item in _items(data.get("checks")) if item.get("harm") is not None]
    ordered = {drug for at, drug in _drugs_named({"expert": data.get("expert")}) if at[0] == "expert"}
    opens = _hours(data.get("opens"))
    for index, item in _items(data.get("errors")):
        harm = _mapping(item.get("shows")).get("harm")
        if isinstance(harm, str) and harm not in harms:
            names = [name for name in harms if isinstance(name, str)]
            yield Problem(
                ("errors", index, "shows", "harm"),
                'the id of a check with "harm"',
                quoted(harm),
                nearest(harm, names, "add such a check"),
            )
        left = item.get("leave_out")
        for place, drug in enumerate(left if isinstance(left, list) else ()):
            if isinstance(drug, str) and drug in known and drug not in ordered:
                yield Problem(
                    ("errors", index, "leave_out", place),
                    "what is left out is a drug that the expert orders, changes, holds or stops",
                    quoted(drug),
                    nearest(drug, ordered, "take it out"),
                )
        for place, act in _items(item.get("do")):
            at_h = _hours(act.get("at"))
            if opens is not None and at_h is not None and at_h < opens:
                yield Problem(
                    ("errors", index, "do", place, "at"),
                    "an error is made after the case has opened",
                    f"{quoted(act['at'])}, before {units.show_time(opens)}",
                    "write a later time",
                )


def _exists(at: Loc, name: str, kind: str, known: Iterable[str]) -> Iterator[Problem]:
    names = list(known)
    if name not in names:
        yield Problem(at, f"the id of a {_KINDS[kind]} of this case", quoted(name), nearest(name, names))


def _tolerances(data: Mapping[str, Any]) -> Iterator[Problem]:
    for at, item in _questions(data):
        answer = item.get("answer")
        if item.get("kind") != "numeric" or not isinstance(answer, Mapping | str):
            continue
        if not isinstance(answer, Mapping) or answer.get("tolerance") is None:
            value = answer.get("value") if isinstance(answer, Mapping) else answer
            unit = next((word for word in str(value).split()[1:2] if word in units.UNITS), "")
            yield Problem(
                (*at, "answer", "tolerance"),
                "a number is right within a tolerance, which is written",
                "none",
                f'add "tolerance: {" ".join(("5", unit or "%"))}", or "tolerance: {" ".join(("0", unit)).strip()}" '
                "where nothing else is right",
            )


def _responses(data: Mapping[str, Any]) -> Iterator[Problem]:
    asked = {item["id"]: item for _, item in _questions(data) if isinstance(item.get("id"), str)}
    for index, item in _items(data.get("expert")):
        written = asked.get(str(item.get("answer")))
        if written is None or item.get("response") is None:
            continue
        try:
            question = Question.model_validate(written)
            response = ExpertStep.model_validate(item).response
        except ValidationError:
            continue
        if response is None or question.kind == "reflection":
            continue
        try:
            mark(question, response)
        except ResponseError as error:
            yield Problem(
                ("expert", index, "response"),
                "a response that can be marked",
                quoted(item["response"]),
                str(error).rstrip("."),
            )


def _charts(data: Mapping[str, Any]) -> Iterator[Problem]:
    try:
        patient: Patient | None = Person.model_validate(data.get("patient")).patient()
    except ValidationError:
        patient = None
    known = own_drugs.formulary_with(data)
    chart = Chart(formulary=known)
    doubtful: set[str] = set()
    for part, model, by in (("chart", ChartEntry, "author"), ("expert", ExpertStep, "expert")):
        acts: list[tuple[float, int, Act]] = []
        for index, item in _items(data.get(part)):
            try:
                act: ChartEntry | ExpertStep = model.model_validate(item)
            except ValidationError:
                doubtful |= {_meant(item[verb], known) for verb in ACTS if isinstance(item.get(verb), str)}
                continue
            if act.at is None or act.drug is None:
                continue
            if act.drug in known:
                acts.append((act.at, index, act))
            else:
                doubtful.add(_meant(act.drug, known))
        for at_h, index, deed in sorted(acts, key=lambda entry: entry[:2]):
            drug = str(deed.drug)
            verb = next(verb for verb in ACTS if getattr(deed, verb) is not None)
            try:
                if patient is not None and deed.give is not None:
                    said = check_order(deed.order(at_h, by), patient, chart)
                    huge = [text for text in said if text.startswith("**STOP AND CHECK")]
                    if huge and deed.why is None:
                        yield _huge((part, index, "dose"), str(deed.dose), huge[0])
                if drug in doubtful:
                    continue
                after = deed.applied(chart, at_h, by)
            except OrderError as error:
                doubtful.add(drug)
                field = _FIELDS_OF_ORDER.get(field_of(error), "") or verb
                yield from_sentence(error, (part, index, field))
            else:
                chart = after


def _huge(at: Loc, dose: str, said: str) -> Problem:
    times = re.search(r"is ([0-9]+ times the largest plausible dose \([^)]*\))", said)
    return Problem(
        at,
        "a dose is plausible, or says why it is not",
        f"{quoted(dose)}, {times[1]}" if times else quoted(dose),
        'correct the dose, or add "why: ..." where it is meant',
    )
