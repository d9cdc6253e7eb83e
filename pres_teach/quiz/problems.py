"""Telling an author everything that is wrong with a part of a file, each at its own field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that has to say something."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A name that other lines refer to: small letters, digits and single hyphens."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    at : tuple of str and int
        Where, counted from the part that was looked at; empty for the part itself.
    rule : str
        What holds for this field.
    found : str
        What was there.
    remedy : str
        What to write instead.
    """

    at: tuple[str | int, ...]
    rule: str
    found: str
    remedy: str

    def details(self, value: object) -> InitErrorDetails:
        """The problem as pydantic carries it."""
        error = PydanticCustomError(
            "rule",
            "{rule}; found {found}; {remedy}",
            {"rule": self.rule, "found": self.found, "remedy": self.remedy},
        )
        return InitErrorDetails(type=error, loc=self.at, input=value)


def _again(error: ValidationError) -> Iterator[InitErrorDetails]:
    for item in error.errors(include_url=False):
        context = item.get("ctx", {})
        kind = item["type"]
        if kind == "rule":
            problem = Problem(item["loc"], str(context["rule"]), str(context["found"]), str(context["remedy"]))
            yield problem.details(item["input"])
        else:
            yield InitErrorDetails(type=kind, loc=item["loc"], input=item["input"], ctx=context)


class Checked(BaseModel):
    """A frozen part of a file that reports all its problems at once.

    pydantic skips a model's own checks when one of its fields is wrong, so an author would meet them one after the
    other. Here the checks run on what was written, beside pydantic's, and both are reported together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def problems(cls, written: Mapping[str, Any]) -> Iterable[Problem]:
        """What is wrong beyond single fields; has to bear anything in `written`."""
        return ()

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        own = list(cls.problems(data)) if isinstance(data, Mapping) else []
        try:
            made = handler(data)
        except ValidationError as error:
            if not own:
                raise
            details = [*_again(error), *(problem.details(data) for problem in own)]
            raise ValidationError.from_exception_data(cls.__name__, details) from error
        if own:
            raise ValidationError.from_exception_data(cls.__name__, [problem.details(data) for problem in own])
        return made


def quoted(value: object, limit: int = 60) -> str:
    """What was found, in quotes and cut to a readable length."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping (" + ", ".join(str(key) for key in list(value)[:4]) + ")"
    if isinstance(value, list | tuple):
        if not value or len(value) > 4 or any(isinstance(item, list | tuple | Mapping) for item in value):
            return f"a list of {len(value)}"
        value = f"[{', '.join(map(str, value))}]"
    text = " ".join(str(value).split())
    if len(text) > limit:
        text = text[: limit - 3] + "..."
    return f'"{text}"'
