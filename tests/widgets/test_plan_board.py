"""The switch board in a lesson."""

from __future__ import annotations

from typing import Any

import pytest

from pres_teach.widgets import Lesson
from pres_teach.widgets.plan_board import SwitchBoard

from .conftest import press


@pytest.fixture
def board(first: Lesson) -> SwitchBoard:
    return first.switch_board()


def choose(board: SwitchBoard, **plan: Any) -> None:
    press(board.controls, "set", plan={**board.controls.plan, **plan})


def panel(board: SwitchBoard, title: str) -> dict[str, Any]:
    return next(one for one in board.plot.data["panels"] if one["title"].startswith(title))


def test_at_first_nothing_is_changed(board: SwitchBoard) -> None:
    assert board.controls.short == "Nothing is changed: the chart goes on as it stands."
    assert not board.controls.changed
    assert [line["label"] for line in panel(board, "Tacrolimus")["lines"]] == ["this plan"]


def test_a_plan_is_drawn_beside_the_chart_as_it_stands(board: SwitchBoard) -> None:
    choose(board, tacrolimus="stop")
    assert board.controls.short == "Tacrolimus is stopped."
    assert [line["label"] for line in panel(board, "Tacrolimus")["lines"]] == ["this plan", "as it stands"]
    assert panel(board, "Graft cover")["lines"][-1]["label"] == "needed"
    assert board.plot.data["stamp"].startswith("Teaching model, illustrative")


def test_oedema_is_a_band_and_never_a_line(board: SwitchBoard) -> None:
    choose(board, tacrolimus="less", cut="half")
    shown = panel(board, "Brain oedema")
    assert shown["lines"] == []
    assert [band["label"] for band in shown["bands"]] == ["as it stands", "this plan"]
    assert "as a band" in shown["alt"]


def test_a_second_drug_gets_its_own_panel_and_its_dose_says_not_checked(board: SwitchBoard) -> None:
    choose(board, tacrolimus="stop", agent="ciclosporin", gap_h=48.0)
    assert panel(board, "Ciclosporin")["lines"]
    assert "not checked: see local guidance" in board.controls.choices["doses"]["ciclosporin"]
    assert "ciclosporin begins 2 days after the last tacrolimus" in board.controls.short


def test_the_same_stands_in_a_table(board: SwitchBoard) -> None:
    choose(board, tacrolimus="stop")
    shown = board.plot.data["table"]
    assert shown["columns"][0] == "When"
    assert shown["columns"][-1] == "Brain oedema [mL]"
    assert len(shown["rows"]) == 14
    assert all(len(row) == len(shown["columns"]) for row in shown["rows"])


def test_nothing_is_done_to_the_patient_by_planning(first: Lesson, board: SwitchBoard) -> None:
    before = first.encounter.events
    choose(board, tacrolimus="stop", agent="everolimus")
    assert first.encounter.events == before


def test_a_plan_is_written_into_the_chart_and_what_comes_later_is_said(first: Lesson, board: SwitchBoard) -> None:
    choose(board, tacrolimus="stop", agent="ciclosporin", gap_h=48.0, bridge=True, away=["fluconazole"])
    press(board.controls, "take")
    acts = {(done.act, done.drug) for done in first.encounter.decisions}
    assert acts == {("stop", "tacrolimus"), ("stop", "fluconazole"), ("order", "basiliximab")}
    assert board.controls.told == "Written into the chart. Order ciclosporin yourself on day 16 20:00."
    assert not board.controls.changed


def test_a_hold_and_a_lower_dose_are_written(first: Lesson, board: SwitchBoard) -> None:
    choose(board, tacrolimus="hold", hold_h=24.0, cut="half")
    press(board.controls, "take")
    (done,) = first.encounter.decisions
    assert (done.act, done.drug) == ("hold", "tacrolimus")
    assert "When tacrolimus begins again, change its dose." in board.controls.told


def test_a_lower_dose_is_written(first: Lesson, board: SwitchBoard) -> None:
    choose(board, tacrolimus="less", cut="a third")
    press(board.controls, "take")
    (done,) = first.encounter.decisions
    assert done.words.startswith("tacrolimus 1 mg every 12 h")


def test_the_board_follows_the_chart(first: Lesson, board: SwitchBoard) -> None:
    assert ["fluconazole", "stop fluconazole"] in board.controls.choices["away"]
    first.encounter.stop("fluconazole")
    assert board.controls.choices["away"] == []


def test_an_order_that_cannot_be_is_refused_in_words(first: Lesson, board: SwitchBoard) -> None:
    press(board.controls, "set", plan={**board.controls.plan, "away": ["mycophenolate"]})
    first.encounter.stop("mycophenolate")
    press(board.controls, "take")
    assert board.controls.error == ""
    assert board.controls.told


def test_a_plan_is_written_whole_or_not_at_all(first: Lesson, board: SwitchBoard) -> None:
    first.encounter.stop("tacrolimus")
    before = first.encounter.chart
    choose(board, tacrolimus="stop", away=["fluconazole"])
    press(board.controls, "take")
    assert board.controls.told == "Not running now: tacrolimus. Nothing was written; change the plan."
    assert first.encounter.chart == before


def test_it_can_be_emptied(board: SwitchBoard) -> None:
    choose(board, tacrolimus="stop")
    press(board.controls, "back")
    assert not board.controls.changed
    assert board.controls.told == "The plan is empty again."


def test_it_stands_without_a_script_too(board: SwitchBoard) -> None:
    choose(board, tacrolimus="stop")
    data, _ = board._repr_mimebundle_()
    assert "Tacrolimus is stopped." in data["text/html"]
    assert "<table>" in data["text/html"]


def test_what_is_on_offer_warns_of_what_this_patient_must_not_have(first: Lesson) -> None:
    body = first.options().body
    assert "No way has been shown to be best" in body
    assert body.count("<h3") == 8
    assert "For him" in body  # his kidney, and his serology, which nobody knows yet
    assert "bronchial suture" not in body
    assert "illustrative" in body
