"""A thousand patients like this one, behind a button."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pres_teach import case as cases
from pres_teach.physiology import ConditionError
from pres_teach.record import Record
from pres_teach.widgets import Lesson, crowding, lesson

from .conftest import press


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowding, "PATIENTS", 40)


def test_nothing_is_drawn_before_it_is_asked_for(first: Lesson) -> None:
    panel = first.crowd()
    assert panel.body == ""
    assert panel.button == "Show a thousand"


def test_it_shows_the_learners_chart_beside_doing_nothing(first: Lesson) -> None:
    panel = first.crowd()
    press(panel, "open")
    found = re.search(r"Of 40 patients like yours, treated your way, (\d+) had a seizure", panel.body)
    assert found is not None
    assert "nobody does anything" in panel.body
    assert "illustrative" in panel.body
    assert 'alt="Shares of 40 virtual patients' in panel.body


def test_what_the_learner_orders_changes_it(first: Lesson) -> None:
    panel = first.crowd()
    press(panel, "open")
    before = panel.body
    assert panel.button == ""
    first.encounter.stop("fluconazole")
    first.encounter.order("labetalol", 20, "mg", "iv")
    assert panel.button == "Your chart has changed: draw them again"
    press(panel, "open")
    assert panel.body != before


def test_a_crowd_that_cannot_be_is_told_in_a_learners_words(first: Lesson, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConditionError('"onset": the injury must be higher; move the onset earlier')

    monkeypatch.setattr(crowding.cohort, "count", refuse)
    panel = first.crowd()
    press(panel, "open")
    assert "no crowd can be drawn of it" in panel.body
    assert "onset" not in panel.body


def test_another_illness_is_not_drawn(tmp_path: Path) -> None:
    other = next(name for name in cases.ids() if cases.read(name).illness.diagnosis != "PRES")
    panel = lesson(other, record=Record(tmp_path / "r.sqlite")).crowd()
    press(panel, "open")
    assert "drawn for PRES alone" in panel.body
