"""pydantic's errors in the words of a case file: rule, what was found, remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from pres_teach.case.faults import field_of, from_sentence, nearest
from pres_teach.case.schema import EXAMPLES, CaseFile, part_in
from pres_teach.quiz import Problem
from pres_teach.quiz.problems import quoted

_WHOLE = {"int_type", "int_parsing", "int_from_float", "int_parsing_size"}
_NUMBER = {"float_type", "float_parsing", "finite_number"}
_TEXT = {"string_type", "string_sub_type"}
# what a clinician writes for a word of the file
_WORDS = {
    "woman": "female",
    "f": "female",
    "man": "male",
    "m": "male",
    "oral": "mouth",
    "po": "mouth",
    "p.o.": "mouth",
    "iv": "vein",
    "i.v.": "vein",
    "intravenous": "vein",
    "im": "muscle",
    "i.m.": "muscle",
    "intramuscular": "muscle",
    "bone marrow": "allo-hsct",
    "stem cells": "allo-hsct",
    "single choice": "single",
    "multiple choice": "multiple",
    "number": "numeric",
    "free text": "reflection",
}
_FIELDS = {"model_type", "model_attributes_type", "dict_type", "dataclass_type", "mapping_type"}
_LIST = {"tuple_type", "list_type"}
_BOUND = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def told(error: ValidationError) -> Iterator[Problem]:
    """Each of pydantic's errors as a problem of the file, each field once."""
    items = error.errors(include_url=False)
    problems = {(problem.at, problem.rule): (item["type"], problem) for item in items for problem in [_one(item)]}
    # a slip of the pen in a name is one fault, not a field too many and a field too few
    meant = {
        (*problem.at[:-1], offered[1])
        for kind, problem in problems.values()
        if kind == "extra_forbidden" and (offered := re.fullmatch(r'did you mean "(.*)"\?', problem.remedy))
    }
    for kind, problem in problems.values():
        if kind != "missing" or problem.at not in meant:
            yield problem


def _one(item: ErrorDetails) -> Problem:
    at, kind, value = item["loc"], item["type"], item["input"]
    context: Mapping[str, Any] = item.get("ctx", {})
    name = next((str(part) for part in reversed(at) if isinstance(part, str)), "")
    if kind == "rule":
        return Problem(at, str(context["rule"]), str(context["found"]), str(context["remedy"]))
    if kind == "missing":
        return _missing(at)
    if kind == "extra_forbidden":
        return Problem(at, "a field that is known here", quoted(at[-1]), _known(at))
    if value is None:
        return Problem(
            at, "something is written here", "nothing", f'write "{name}: {example(at, "...")}", or take it out'
        )
    if kind in _TEXT:
        return Problem(at, "a text is wanted here", quoted(value), _as_text(value))
    if kind in _FIELDS:
        start = "- " if isinstance(at[-1], int) else f"{name}: "
        return Problem(at, "fields are wanted here", quoted(value), f'write "{start}{example(at, "{...}")}"')
    if kind in _LIST:
        return Problem(
            at, "a list is wanted here", quoted(value), 'begin each of its lines with "- ", or write [one, two]'
        )
    if kind == "bool_type":
        return Problem(
            at, '"true" or "false" is wanted here', quoted(value), f'write "{name}: true" or "{name}: false"'
        )
    if kind in _WHOLE:
        return Problem(
            at, "a whole number is wanted here", quoted(value), f"write a number, such as {example(at, '6')}"
        )
    if kind in _NUMBER:
        return _number(at, name, value)
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        named = ", ".join(f'"{word}"' for word in allowed)
        meant = _WORDS.get(str(value).strip().casefold())
        straight = str(value).strip("“”„‘’«» ")
        if straight != value and straight in allowed:
            return Problem(
                at, "the quotes of a file are straight", quoted(value), f'write "{straight}" with straight quotes'
            )
        remedy = f'write "{meant}"' if meant in allowed else nearest(value, allowed, "choose one of them")
        return Problem(at, f"one of {named}", quoted(value), remedy)
    if kind == "string_pattern_mismatch":
        slug = re.sub(r"[^a-z0-9]+", "-", str(value).casefold()).strip("-")
        return Problem(
            at,
            "an id has small letters, digits and single hyphens",
            quoted(value),
            f'write "{slug}"' if slug else "write one",
        )
    if kind == "string_too_short":
        return Problem(at, "a text says something", "an empty one", "write it")
    if kind == "string_too_long":
        return Problem(at, f"at most {context.get('max_length')} characters", quoted(value), "shorten it")
    if kind == "too_short":
        return Problem(
            at, f"at least {context.get('min_length')} of them", str(context.get("actual_length")), "add one"
        )
    if kind in _BOUND:
        words, key = _BOUND[kind]
        share = kind == "less_than_equal" and context[key] == 1 and isinstance(value, int | float) and value <= 100
        remedy = f"write {value / 100:g} for {value:g} %" if share else "correct the number"
        return Problem(at, f"{words} {context[key]:g}", quoted(value), remedy)
    if kind.startswith("date"):
        return Problem(at, "a date is year-month-day", quoted(value), "write it as 2026-11-22")
    if kind == "value_error":
        return _from_error(at, value, context["error"])
    return Problem(at, item["msg"][:1].lower() + item["msg"][1:], quoted(value), "correct it")


def _from_error(at: tuple[str | int, ...], value: object, error: object) -> Problem:
    rule, found, remedy = (getattr(error, name, None) for name in ("rule", "found", "remedy"))
    if rule is None or found is None or remedy is None:
        told_of = field_of(ValueError(str(error)))
        inside = isinstance(value, Mapping) and re.fullmatch(r"[a-z_]+", told_of)
        return from_sentence(ValueError(str(error)), (*at, told_of) if inside else at)
    if isinstance(value, Mapping) and len(value) == 1:
        # "dose: {3: mg}" or a stray colon: the mapping is what has to go
        return Problem(at, rule, quoted(value), _as_text(value))
    return Problem(at, rule, found, remedy)


def example(at: tuple[str | int, ...], otherwise: str) -> str:
    """What to write for a field: as it is written in its own part of the file, or anywhere."""
    names = [str(part) for part in at if isinstance(part, str)]
    if at and isinstance(at[-1], int):
        return EXAMPLES.get(f"{names[-1]}.entry", otherwise) if names else otherwise
    return EXAMPLES.get(".".join(names[-2:])) or EXAMPLES.get(names[-1] if names else "", otherwise)


def _number(at: tuple[str | int, ...], name: str, value: object) -> Problem:
    percent = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]+)?) ?%", str(value))
    if name in ("value", "tolerance") and len(at) > 1:
        rule = "a number and its unit" if name == "value" else 'a tolerance has the unit of its value, or "%"'
        return Problem(at, rule, quoted(value), 'write both alike, such as "value: 97 mmHg, tolerance: 5 mmHg"')
    remedy = f"write {float(percent[1]) / 100:g}" if percent else "write it with a decimal point, such as 0.5"
    return Problem(at, "a plain number is wanted here", quoted(value), remedy)


def _missing(at: tuple[str | int, ...]) -> Problem:
    name = str(at[-1])
    shown = example(at, "...")
    if shown.startswith("and below it"):
        return Problem(at, "every case has it", "none", f'add "{name}:" {shown}')
    return Problem(at, "it has to be there", "none", f'add "{name}: {shown}"')


def _as_text(value: object) -> str:
    if isinstance(value, Mapping) and len(value) == 1:
        ((key, inner),) = value.items()
        return f"write {json.dumps(f'{key}: {inner}', ensure_ascii=False)} with its quotes"
    if isinstance(value, bool):
        return f'write "{str(value).lower()}" with its quotes'
    if isinstance(value, int | float):
        return f'write "{value}" with its quotes'
    return "write a text; one with a colon in it stands in quotes"


def _known(at: tuple[str | int, ...]) -> str:
    name = str(at[-1])
    model = _model_at(at[:-1])
    if model is None:
        return "take it out"
    known = _names(model)
    otherwise = f"take it out (known here: {', '.join(known)})"
    found = nearest(name, known, otherwise)
    if found == otherwise or len(at) == 1:
        for part, field in CaseFile.model_fields.items():
            inner = part_in(field.annotation)
            if inner is not None and inner is not model and name in _names(inner):
                return f'it belongs under "{part}"'
    return found


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(at: tuple[str | int, ...]) -> type[BaseModel] | None:
    model: type[BaseModel] | None = CaseFile
    for part in at:
        if isinstance(part, int):
            continue
        if model is None:
            return None
        field = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
        model = part_in(field.annotation) if field is not None else None
    return model
