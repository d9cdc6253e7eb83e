"""How a click reaches Python, and what is left where no script runs."""

from __future__ import annotations

import logging

import pytest

from pres_teach.widgets import Html, PanelWidget, PresWidget, QuestionWidget

from .conftest import press


@pytest.fixture
def panel() -> PanelWidget:
    return PanelWidget(label="A panel", button="Press", lead="<p>Before.</p>")


def test_a_request_is_dealt_with_once(panel: PanelWidget) -> None:
    heard: list[int] = []
    panel.on("open", lambda request: heard.append(request["n"]))
    press(panel, "open")
    panel.requests = [*panel.requests]
    assert heard == [1]
    assert panel.handled == 1


def test_two_clicks_that_travel_as_one_change_are_both_heard(panel: PanelWidget) -> None:
    heard: list[str] = []
    panel.on("open", lambda request: heard.append(request["what"]))
    panel.requests = [{"n": 1, "do": "open", "what": "a"}, {"n": 2, "do": "open", "what": "b"}]
    assert heard == ["a", "b"]


def test_requests_left_out_at_the_front_are_not_heard_again(panel: PanelWidget) -> None:
    heard: list[int] = []
    panel.on("open", lambda request: heard.append(request["n"]))
    panel.requests = [{"n": 1, "do": "open"}, {"n": 2, "do": "open"}]
    panel.requests = [{"n": 2, "do": "open"}, {"n": 3, "do": "open"}]
    assert heard == [1, 2, 3]


def test_what_nobody_knows_changes_nothing(panel: PanelWidget) -> None:
    press(panel, "fly")
    assert panel.handled == 1
    assert panel.error == ""


def _broken(request: object) -> None:
    raise RuntimeError("a secret of the machine")


def test_an_error_is_shown_and_raised_again_in_strict_mode(panel: PanelWidget) -> None:
    panel.on("open", _broken)
    with pytest.raises(RuntimeError, match="a secret of the machine"):
        press(panel, "open")
    assert panel.error.startswith("Something went wrong here (RuntimeError).")
    assert "secret" not in panel.error
    assert panel.handled == 1


def test_an_error_is_shown_and_written_to_the_log_otherwise(
    panel: PanelWidget, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PRES_TEACH_STRICT", "0")
    panel.on("open", _broken)
    with caplog.at_level(logging.ERROR, logger="pres_teach.widgets"):
        press(panel, "open")
    assert panel.error
    assert "a secret of the machine" in caplog.text


def test_an_error_goes_when_the_next_click_works(panel: PanelWidget) -> None:
    panel.on("open", _broken)
    with pytest.raises(RuntimeError):
        press(panel, "open")
    panel.on("open", lambda request: None)
    press(panel, "open")
    assert panel.error == ""


def test_the_bundle_has_a_view_a_text_and_a_twin_without_script(panel: PanelWidget) -> None:
    data, _ = panel._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == "A panel"
    assert "<p>Before.</p>" in data["text/html"]
    assert "<script" not in data["text/html"]


def test_a_still_piece_is_html_with_a_short_text() -> None:
    piece = Html("<p>Story</p>", "Story: one")
    assert repr(piece) == "Story: one"
    assert "<p>Story</p>" in piece._repr_html_()
    assert "<style>" in piece._repr_html_()


def test_a_widget_of_its_own_has_a_short_repr() -> None:
    assert repr(PresWidget()) == "PresWidget"


def test_a_question_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="\"kind\": one of single, multiple, numeric, reflection; found 'essay'"):
        QuestionWidget({"id": "x", "kind": "essay", "ask": "?"}, dict)
