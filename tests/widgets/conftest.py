"""A lesson of the shipped case, with a record of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pres_teach.record import Record
from pres_teach.widgets import Lesson, PresWidget, lesson

CASE = "kidney-azole"


def press(widget: PresWidget, do: str, **what: Any) -> None:
    """What a click in the browser does: one more request at the end of the list."""
    n = max([widget.handled, *(request["n"] for request in widget.requests)]) + 1
    widget.requests = [*widget.requests, {"n": n, "do": do, **what}]


@pytest.fixture
def open_lesson(tmp_path: Path) -> Callable[..., Lesson]:
    """`open_lesson("mri")` opens a part of the case, each time as a fresh kernel would, on one record."""

    def opener(stage: str = "presentation") -> Lesson:
        return lesson(CASE, stage, record=Record(tmp_path / "lesson.sqlite"))

    return opener


@pytest.fixture
def first(open_lesson: Callable[..., Lesson]) -> Lesson:
    """The first part."""
    return open_lesson()
