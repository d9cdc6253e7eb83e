"""What every notebook has at hand: search, reader, dressed prose, the article."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import pres_teach
from pres_teach.evidence import Reader
from pres_teach.record import Record
from pres_teach.widgets import Lesson, Reading, lesson, reading

from .conftest import CASE, press


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record.sqlite")


@pytest.fixture
def page(record: Record) -> Reading:
    return reading(record)


def judged(page: Reading, name: str, chosen: int) -> Any:
    widget = page.judge(name)
    press(widget, "answer", response={"chosen": [chosen], "confidence": 80})
    return widget


# --- look it up ---------------------------------------------------------------------------------------------------


def test_a_search_shows_finds_with_citations_and_says_how_many(page: Reading) -> None:
    widget = page.look_up()
    press(widget, "find", text="magnesium")
    assert "hold every word of your question" in widget.said
    assert '<a class="pt-cite" href="#source-hammerstrom2013">' in widget.found


def test_a_search_for_nothing_known_says_so_and_shows_nothing(page: Reading) -> None:
    widget = page.look_up("zebra")
    assert widget.found == ""
    assert "Nothing in this package speaks of that." in widget.static_html()


def test_what_is_asked_is_shown_and_never_run(page: Reading) -> None:
    widget = page.look_up("<script>alert(1)</script> magnesium")
    assert "<script" not in widget.static_html()


def test_it_can_be_asked_without_a_lesson() -> None:
    assert pres_teach.look_up("trough").found


# --- who reads ----------------------------------------------------------------------------------------------------


def test_the_reader_is_kept_and_found_again(record: Record) -> None:
    first = reading(record)
    press(first.reader(), "choose", name="who", value="pharmacist")
    press(first.reader(), "choose", name="level", value="µg/L")
    assert reading(record).desk.reader == Reader("pharmacist", level="µg/L")


def test_what_a_reader_cannot_be_changes_nothing(page: Reading) -> None:
    press(page.reader(), "choose", name="who", value="surgeon")
    assert page.desk.reader == Reader()


def test_the_story_and_feedback_follow_the_reader(tmp_path: Path) -> None:
    opened = lesson(CASE, record=Record(tmp_path / "lesson.sqlite"))
    assert "pt-term" in opened.story().body
    question = opened.question("first-act")
    press(question, "answer", response={"chosen": [1]})
    plain = [one["html"] for one in question.mark["feedback"]]
    assert any("In plain words" in html for html in plain) or any("pt-card" in html for html in plain)
    press(opened.reader(), "choose", name="who", value="resident")
    assert "In plain words" not in "".join(one["html"] for one in question.mark["feedback"])


def test_measured_values_follow_the_units(tmp_path: Path) -> None:
    opened = lesson(CASE, record=Record(tmp_path / "lesson.sqlite"))
    press(opened.bedside(), "test", id="glucose")
    opened.encounter.wait(0.1)
    assert "6.2 mmol/L (112 mg/dL)" in opened.results().body
    press(opened.reader(), "choose", name="laboratory", value="mg/dL")
    assert "112 mg/dL (6.2 mmol/L)" in opened.results().body


# --- dressed prose ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("open_page", [lambda r: reading(r), lambda r: lesson(CASE, record=r)], ids=["article", "case"])
def test_the_first_piece_dresses_the_prose_of_its_notebook(record: Record, open_page: Any) -> None:
    opened: Lesson | Reading = open_page(record)
    panel = opened.where()
    assert panel.dresses
    press(panel, "dress", keys=["datar2015-status", "nobody2099"])
    assert set(panel.dress["cards"]) == {"datar2015-status"}
    card = panel.dress["cards"]["datar2015-status"]
    assert card["label"] == "Datar 2015"
    assert "13/84 = 15 % (9 to 25 %)." in card["html"]
    assert "trough" in {word for term in panel.dress["terms"] for word in term["words"]}
    press(opened.reader(), "choose", name="who", value="pharmacist")
    assert "trough" not in {word for term in panel.dress["terms"] for word in term["words"]}


def test_the_glossary_lists_every_term(page: Reading) -> None:
    assert page.glossary().body.count("<dt>") == len(pres_teach.evidence.glossary())


# --- the article --------------------------------------------------------------------------------------------------


def test_nothing_of_the_papers_is_told_before_it_is_judged(page: Reading) -> None:
    widget = page.judge("survival")
    state = str({name: value for name, value in widget.get_state().items() if name not in ("_esm", "_css")})
    assert "Hammerstrom" not in state + widget.static_html()
    assert "contradict it" not in state
    assert "Hammerstrom" not in page.missing().static_html() + page.chance("hammerstrom2013-not-held").static_html()


def test_a_judgement_shows_the_papers_with_their_intervals(page: Reading) -> None:
    widget = judged(page, "survival", 0)
    assert widget.mark["verdict"] == "not right"
    assert "The papers contradict it." in widget.mark["summary"]
    assert "2/5 = 40 % (12 to 77 %)" in widget.mark["explain"]
    assert 'alt="Interval plot.' in widget.mark["explain"]


def test_an_answer_that_can_be_defended_is_called_so(page: Reading) -> None:
    widget = judged(page, "sirolimus", 2)
    assert widget.mark["verdict"] == "partly right"
    assert "Yours can be defended too." in widget.mark["summary"]


def test_judgements_are_kept_and_the_first_one_counts(record: Record) -> None:
    page = reading(record)
    judged(page, "survival", 0)
    judged(page, "survival", 2)
    judged(page, "day-five", 2)
    again = reading(record)
    assert again.judge("survival").draft["chosen"] == [2]
    assert "2 of 28 statements are judged." in again.where().body
    assert "In 1 of 2 you and the papers agree" in again.tally().body


def test_no_choice_is_asked_for_and_keeps_nothing(page: Reading) -> None:
    widget = page.judge("survival")
    press(widget, "answer", response={"chosen": []})
    assert widget.notice["text"] == "Choose one of the three first."
    assert page.judgements("survival") == []


def test_chance_is_drawn_behind_a_button_with_words_for_it(page: Reading) -> None:
    panel = page.chance("hammerstrom2013-not-held", "hammerstrom2013-held-resumed", "hammerstrom2013-switched", seed=6)
    assert panel.body == ""
    press(panel, "open")
    assert "In 98 of 100 repetitions the groups differ by 10 points or more" in panel.body
    assert panel.button == ""


def test_what_is_missing_names_the_boxed_warnings(page: Reading) -> None:
    panel = page.missing()
    press(panel, "open")
    assert "The boxed warnings" in panel.body
    assert "bronchial anastomotic dehiscence" in panel.body


# --- review -------------------------------------------------------------------------------------------------------


def test_every_case_says_how_far_it_was_reviewed(tmp_path: Path) -> None:
    opened = lesson(CASE, record=Record(tmp_path / "lesson.sqlite"))
    assert "no clinician has reviewed or signed it off. For learning, not for care." in opened.where().body
