"""What a question is, as an author writes it, and what a learner says to it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from pres_teach import units as unit_table
from pres_teach.quiz.problems import Checked, Identifier, Problem, Words, quoted

Kind = Literal["single", "multiple", "numeric", "reflection"]
KINDS: tuple[Kind, ...] = ("single", "multiple", "numeric", "reflection")

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Tolerance = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]

_NUMBER = r"[+-]?(?:[0-9]{1,12}(?:\.[0-9]{1,12})?|\.[0-9]{1,12})"
NUMBER_AND_UNIT = re.compile(rf"\s*({_NUMBER})\s*(.*?)\s*", re.DOTALL)

_ONLY_FOR: dict[str, tuple[Kind, ...]] = {
    "options": ("single", "multiple"),
    "answer": ("numeric",),
    "units": ("numeric",),
    "analyte": ("numeric",),
    "misconceptions": ("numeric",),
    "feedback_right": ("single", "multiple", "numeric"),
    "feedback_wrong": ("single", "multiple", "numeric"),
    "model_answer": ("reflection",),
    "cues": ("reflection",),
    "checks": ("reflection",),
}


class Option(Checked):
    """One thing to choose.

    Parameters
    ----------
    text : str
        What the learner reads (one line of Markdown).
    feedback : str
        Why it is right or not; shown after the answer, for right options too.
    right : bool
        Whether it belongs to the answer.
    """

    text: Words
    feedback: Words
    right: StrictBool = False


class Answer(Checked):
    """The number asked for.

    Parameters
    ----------
    value : float
        The right value [unit]. A file may write ``value: 97 mmHg`` instead of value and unit apart.
    unit : str
        Its unit; empty for a plain count.
    tolerance : float
        How far off is still right [unit, or % of the value when `relative`].
    relative : bool
        Whether the tolerance is a share of the value. A file writes ``tolerance: 5 %``.
    """

    value: Number
    unit: str = ""
    tolerance: Tolerance = 0.0
    relative: bool = False

    @model_validator(mode="before")
    @classmethod
    def _with_units(cls, data: Any) -> Any:
        return _written_with_units(data)

    @property
    def margin(self) -> float:
        """How far off is still right [unit]."""
        return abs(self.value) * self.tolerance / 100 if self.relative else self.tolerance

    def accepts(self, value: float) -> bool:
        """Whether `value` [unit] is within the tolerance, its ends included."""
        return _near(value, self.value, self.margin)


class Misconception(Checked):
    """A wrong number that has a known reason.

    Parameters
    ----------
    value : float
        The number it leads to [unit of the answer].
    feedback : str
        What went wrong, in a sentence or two.
    unit : str
        The answer's own unit, or left out.
    tolerance : float, optional
        How near counts as this one [unit of the answer, or % when `relative`]; as the answer when left out.
    relative : bool
        As in `Answer`.
    """

    value: Number
    feedback: Words
    unit: str = ""
    tolerance: Tolerance | None = None
    relative: bool = False

    @model_validator(mode="before")
    @classmethod
    def _with_units(cls, data: Any) -> Any:
        return _written_with_units(data)

    def explains(self, value: float, answer: Answer) -> bool:
        """Whether `value` [unit of the answer] is what this misconception leads to."""
        if self.tolerance is None:
            margin = answer.margin
        else:
            margin = abs(self.value) * self.tolerance / 100 if self.relative else self.tolerance
        return _near(value, self.value, margin)


class Question(Checked):
    """A question as it stands in a case file.

    Parameters
    ----------
    id : str
        Its name: small letters, digits and hyphens.
    kind : {"single", "multiple", "numeric", "reflection"}
        One choice, several choices, a number with its unit, or free text that is never marked.
    ask : str
        The question (Markdown).
    options : tuple of Option
        For "single" and "multiple", in the author's order.
    answer : Answer
        For "numeric".
    units : tuple of str
        The units a learner may answer in; the answer's own when left out.
    analyte : str, optional
        What is measured, where units convert by its molar mass.
    misconceptions : tuple of Misconception
        Known wrong numbers with their own feedback.
    feedback_right, feedback_wrong : str
        A sentence after a right or a not wholly right answer.
    explain : str
        Why, with sources (Markdown), shown after any answer.
    scored : bool
        Whether it counts. A choice among defensible plans does not.
    model_answer : str
        For "reflection": shown after the learner's own words.
    confidence : bool
        Whether the learner is asked how sure they are.
    cues : tuple of str
        For "reflection": prompts such as "What speaks for it?".
    checks : tuple of str
        For "reflection": points to tick beside the model answer, each found or missing in the learner's own words.

    Raises
    ------
    pydantic.ValidationError
        All that is wrong, each at its field: no right option, an option without feedback, only right options, ...
    """

    id: Identifier
    kind: Kind
    ask: Words
    options: tuple[Option, ...] = ()
    answer: Answer | None = None
    units: tuple[str, ...] = ()
    analyte: str | None = None
    misconceptions: tuple[Misconception, ...] = ()
    feedback_right: str = ""
    feedback_wrong: str = ""
    explain: str = ""
    scored: StrictBool = True
    confidence: StrictBool = False
    model_answer: str = ""
    cues: tuple[Words, ...] = ()
    checks: tuple[Words, ...] = ()

    @property
    def possible(self) -> float:
        """The points at stake: 1, or 0 where nothing is scored."""
        return 1.0 if self.scored and self.kind != "reflection" else 0.0

    @property
    def accepted_units(self) -> tuple[str, ...]:
        """The units a number may be given in; one empty unit for a plain count."""
        if self.units:
            return self.units
        return (self.answer.unit,) if self.answer is not None else ()

    @property
    def key(self) -> tuple[int, ...]:
        """The positions of the right options."""
        return tuple(index for index, option in enumerate(self.options) if option.right)

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        kind = written.get("kind")
        if kind not in KINDS:
            return
        for field, kinds in _ONLY_FOR.items():
            if kind not in kinds and written.get(field) not in (None, "", [], ()):
                yield Problem(
                    (field,),
                    f"only for a question of kind {_or(kinds)}",
                    f'it in a question of kind "{kind}"',
                    f'take "{field}" out, or change "kind"',
                )
        if kind in ("single", "multiple"):
            yield from _choice_problems(kind, written)
        elif kind == "numeric":
            yield from _number_problems(written)
        elif not written.get("model_answer"):
            yield Problem(
                ("model_answer",),
                "a reflection shows a model answer once the learner has written",
                "none",
                'add "model_answer: ..."',
            )

    def conversions(self) -> Iterator[Problem]:
        """What is wrong with the units, tried out one by one.

        Apart from reading, because the factors are slow to load and an author's check is the place for it.
        """
        if self.answer is None:
            return
        for index, unit in enumerate(self.accepted_units):
            at: tuple[str | int, ...] = ("units", index) if self.units else ("answer", "unit")
            if not unit and not self.answer.unit:
                continue
            if unit not in unit_table.UNITS:
                near = difflib.get_close_matches(unit, unit_table.UNITS, n=1)
                remedy = f'did you mean "{near[0]}"?' if near else 'write a unit such as "mmHg" or "mmol/L"'
                yield Problem(at, "a unit that the package knows", quoted(unit), remedy)
                continue
            try:
                unit_table.convert(1.0, unit, self.answer.unit, self.analyte)
            except unit_table.UnitError as error:
                yield Problem(at, error.rule, error.found, error.remedy)


class Response(BaseModel):
    """What a learner said: one of the three, and how sure.

    Parameters
    ----------
    chosen : tuple of int
        Positions of the options ticked, in any order.
    text : str
        Free text.
    value : str
        A number with its unit, as typed.
    confidence : int, optional
        How sure, 50 to 100 [%]. Kept for calibration, never for points.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    chosen: tuple[StrictInt, ...] = Field(default=(), max_length=50)
    text: str = Field(default="", max_length=20_000)
    value: str = Field(default="", max_length=200)
    confidence: Annotated[StrictInt, Field(ge=50, le=100)] | None = None


def _near(value: float, wanted: float, margin: float) -> bool:
    # The slack covers what a conversion of units loses in binary, nothing a learner could type.
    return abs(value - wanted) <= margin + 1e-9 * max(1.0, abs(wanted))


def _written_with_units(data: Any) -> Any:
    """Value and tolerance as numbers, where they were written with their unit."""
    if isinstance(data, str):
        data = {"value": data}
    if not isinstance(data, Mapping):
        return data
    made = dict(data)
    value = _split(made.get("value"))
    if value is not None and (not made.get("unit") or made["unit"] == value[1]):
        made["value"], made["unit"] = value
    tolerance = _split(made.get("tolerance"))
    if tolerance is not None:
        number, unit = tolerance
        if unit == "%" and made.get("unit") != "%":
            made["tolerance"], made["relative"] = number, True
        elif unit in ("", made.get("unit")):
            made["tolerance"] = number
    return made


def _split(written: object) -> tuple[float, str] | None:
    """Number and unit of "97 mmHg", None when `written` is anything else."""
    if not isinstance(written, str):
        return None
    found = NUMBER_AND_UNIT.fullmatch(written)
    return (float(found[1]), found[2]) if found else None


def _or(words: Iterable[str]) -> str:
    named = [f'"{word}"' for word in words]
    return named[0] if len(named) == 1 else ", ".join(named[:-1]) + " or " + named[-1]


def _choice_problems(kind: str, written: Mapping[str, Any]) -> Iterator[Problem]:
    options = written.get("options")
    if not isinstance(options, list | tuple) or len(options) < 2:
        found = len(options) if isinstance(options, list | tuple) else 0
        yield Problem(
            ("options",),
            "a choice has at least two options",
            str(found),
            'add "- {text: ..., right: ..., feedback: ...}"',
        )
        return
    texts: dict[str, int] = {}
    right = 0
    for index, option in enumerate(options):
        text: object
        if isinstance(option, Option):
            text, is_right = option.text, option.right
        elif isinstance(option, Mapping):
            text, is_right = option.get("text"), option.get("right") is True
        else:
            return
        right += is_right
        if isinstance(text, str) and text.strip() in texts:
            yield Problem(
                ("options", index, "text"),
                "every option differs from the others",
                quoted(text),
                f"reword it: option {texts[text.strip()] + 1} says the same",
            )
        elif isinstance(text, str):
            texts[text.strip()] = index
    if written.get("scored", True) is False:
        return
    if right == 0:
        yield Problem(
            ("options",),
            "a scored question has a right option",
            f"{len(options)} options, none of them right",
            'write "right: true" at the right one, or "scored: false" where several answers can be defended',
        )
    elif right == len(options):
        yield Problem(
            ("options",),
            "a scored question has an option that is not right, or ticking everything would be the answer",
            f"{len(options)} options, all of them right",
            "add one that does not belong",
        )
    elif kind == "single" and right > 1:
        yield Problem(
            ("options",),
            'a scored question of kind "single" has one right option',
            f"{right} right options",
            'keep one "right: true", or write "kind: multiple"',
        )


def _number_problems(written: Mapping[str, Any]) -> Iterator[Problem]:
    answer = written.get("answer")
    if answer is None:
        yield Problem(
            ("answer",),
            "a numeric question has a right answer",
            "none",
            'add "answer: {value: 97, unit: mmHg, tolerance: 2}"',
        )
        return
    if isinstance(answer, Answer):
        parsed = answer
    else:
        try:
            parsed = Answer.model_validate(answer)
        except ValueError:
            return  # its own fields are reported where they stand
    allowed = written.get("units")
    if isinstance(allowed, list | tuple) and allowed and parsed.unit not in allowed:
        yield Problem(
            ("units",),
            "the unit of the answer is one of the units",
            ", ".join(map(str, allowed)),
            f'add "{parsed.unit}"',
        )
    misconceptions = written.get("misconceptions")
    for index, item in enumerate(misconceptions if isinstance(misconceptions, list | tuple) else ()):
        try:
            wrong = item if isinstance(item, Misconception) else Misconception.model_validate(item)
        except ValueError:
            continue
        if wrong.unit not in ("", parsed.unit):
            yield Problem(
                ("misconceptions", index, "value"),
                "a misconception is given in the unit of the answer",
                quoted(wrong.unit),
                f'write it in "{parsed.unit}"' if parsed.unit else "leave the unit out",
            )
        elif parsed.accepts(wrong.value):
            yield Problem(
                ("misconceptions", index, "value"),
                "a misconception lies outside the tolerance of the answer",
                f"{wrong.value:g}, where {parsed.value:g} within {parsed.margin:g} is right",
                "correct the value, or narrow the tolerance",
            )
