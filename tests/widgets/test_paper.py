"""The management algorithm in a notebook: picture, table, file, and the stamp on each."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from pres_teach.evidence.algorithm import Algorithm, algorithm
from pres_teach.evidence.review import STAMP
from pres_teach.figures.algorithm import AlgorithmPage
from pres_teach.record import Record
from pres_teach.widgets import Reading, lesson, reading
from pres_teach.widgets.paper import algorithm_panel

from .conftest import CASE, press


@pytest.fixture
def page(tmp_path: Path) -> Reading:
    return reading(Record(tmp_path / "record.sqlite"))


def approved() -> Algorithm:
    drafted = algorithm()
    signed = drafted.review.model_copy(update={"status": "approved", "by": "Dr A. Example"})
    return Algorithm(signed, drafted.steps, drafted.rows)


def test_picture_and_table_carry_the_stamp_and_the_review(page: Reading) -> None:
    body = page.algorithm().body
    assert f'<p class="pt-stamp">{STAMP}</p>' in body
    assert f'data-stamp="{STAMP}"' in body
    assert f"<caption>{STAMP}." in body
    assert f"Across the page: {STAMP}." in re.findall(r'<img alt="([^"]*)"', body)[0]
    assert "no clinician has reviewed or signed it off. For learning, not for care." in body


def test_an_approved_page_carries_no_stamp(page: Reading) -> None:
    body = algorithm_panel(page.desk, AlgorithmPage(approved())).body
    assert STAMP not in body
    assert "Approved by Dr A. Example" in body


def test_the_table_has_headers_for_steps_rows_and_columns_and_every_row_is_cited(page: Reading) -> None:
    body = page.algorithm().body
    assert body.count('scope="rowgroup"') == len(algorithm().steps)
    assert body.count('scope="row"') == len(algorithm().rows)
    assert body.count('scope="col"') == 4
    for row in re.findall(r'<tr role="row"><th role="rowheader" scope="row">.*?</tr>', body):
        assert 'class="pt-cite"' in row
        assert row.count('role="cell"') == 3


def test_what_is_shown_is_well_formed(page: Reading) -> None:
    opened: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in ("img", "br"):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader(convert_charrefs=True).feed(page.algorithm().body)
    assert opened == []


def test_a_button_saves_the_page_to_print(page: Reading) -> None:
    panel = page.algorithm()
    assert panel.file == b""
    press(panel, "open")
    assert panel.file.startswith(b"%PDF")
    assert STAMP.encode() in panel.file
    assert panel.file_name.endswith(".pdf")


def test_with_a_task_before_it_the_page_waits_behind_a_button(page: Reading) -> None:
    panel = page.algorithm("What does it **leave out**?")
    assert panel.body == ""
    assert "<strong>leave out</strong>" in panel.lead
    assert "Left out" not in panel.static_html()
    press(panel, "open")
    assert "Left out" in panel.body
    assert panel.file == b""
    press(panel, "open")
    assert panel.file.startswith(b"%PDF")


def test_the_table_follows_the_reader(page: Reading) -> None:
    panel = page.algorithm()
    before = panel.body
    press(page.reader(), "choose", name="who", value="pharmacist")
    assert panel.body != before


def test_every_lesson_has_it_at_hand(tmp_path: Path) -> None:
    opened = lesson(CASE, record=Record(tmp_path / "lesson.sqlite"))
    assert STAMP in opened.algorithm().body


def test_only_the_review_takes_the_stamp_off() -> None:
    with pytest.raises((AttributeError, TypeError)):
        AlgorithmPage(algorithm()).stamp = ""  # type: ignore[misc]
    assert AlgorithmPage(SimpleNamespace(review=SimpleNamespace(approved=False))).stamp == STAMP  # type: ignore[arg-type]
