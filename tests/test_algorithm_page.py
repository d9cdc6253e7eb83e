"""The management algorithm on one page: what every print of it carries."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

import pres_teach
from pres_teach.evidence.algorithm import Algorithm, algorithm, fingerprint, read_algorithm
from pres_teach.evidence.reading import read_entries
from pres_teach.evidence.review import STAMP
from pres_teach.figures.algorithm import SIGNS, SMALLEST, AlgorithmPage, bare, draw

WHOLE = Path(str(pres_teach.__file__)).parent.joinpath("evidence", "algorithm.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def page() -> AlgorithmPage:
    return AlgorithmPage(algorithm())


def draft(status: str = "draft") -> Algorithm:
    return read_algorithm(WHOLE.replace("    status: draft\n", f'    status: "{status}"\n'))


def signed() -> Algorithm:
    text = fingerprint(read_entries(WHOLE)[0])
    lines = f'status: approved\n    by: "Dr A. Example"\n    text: "{text}"'
    return read_algorithm(WHOLE.replace("    status: draft\n", f"    {lines}\n"))


def words(page: Algorithm) -> list[str]:
    return [text.get_text() for axes in draw(page).axes for text in axes.texts]


# --- the stamp ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "under review"])
def test_what_is_not_approved_is_stamped_across_the_page(status: str) -> None:
    (axes,) = draw(draft(status)).axes
    (stamp,) = [text for text in axes.texts if text.get_text() == STAMP]
    assert STAMP == "DRAFT, not reviewed by a clinician"
    assert 45 < stamp.get_rotation() < 60  # from corner to corner
    assert stamp.get_alpha() == pytest.approx(0.17)
    box = stamp.get_window_extent()
    wide, high = axes.figure.bbox.size
    assert box.height > 0.75 * high
    assert box.width > 0.75 * wide


def test_an_approval_takes_the_stamp_off_and_says_by_whom() -> None:
    assert STAMP not in words(signed())
    assert "Approved by Dr A. Example on 2026-11-26. For learning, not for care." in words(signed())
    page = AlgorithmPage(signed())
    assert STAMP not in page.alt + page.table.caption


def test_no_way_of_printing_a_draft_leaves_the_stamp_away(tmp_path: Path) -> None:
    drafted, clean = AlgorithmPage(draft()), AlgorithmPage(signed())
    for name in ("page.pdf", "page.png"):
        assert drafted.save(tmp_path / name).read_bytes() != clean.save(tmp_path / f"clean-{name}").read_bytes()
    # in what the file says of itself, too: it is read out where the picture is not
    assert STAMP.encode() in drafted.save(tmp_path / "page.pdf").read_bytes()
    assert STAMP in drafted.alt
    assert STAMP in drafted.table.caption
    assert STAMP in drafted._repr_html_()


# --- the page -------------------------------------------------------------------------------------------------------


def test_one_page_of_a4(page: AlgorithmPage, tmp_path: Path) -> None:
    figure = draw(page.algorithm)
    assert figure.get_size_inches() * 25.4 == pytest.approx([210, 297], abs=0.1)
    pdf = page.save(tmp_path / "page.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1
    png = page.save(tmp_path / "page.png").read_bytes()
    wide, high = struct.unpack(">II", png[16:24])
    assert high / wide == pytest.approx(297 / 210, abs=0.01)


def test_nothing_is_smaller_than_seven_points(page: AlgorithmPage) -> None:
    assert SMALLEST == 7.0
    assert min(text.get_fontsize() for axes in draw(page.algorithm).axes for text in axes.texts) >= SMALLEST


def test_all_words_lie_on_the_page(page: AlgorithmPage) -> None:
    figure = draw(page.algorithm)
    wide, high = figure.bbox.size
    for axes in figure.axes:
        for text in axes.texts:
            if text.get_text() != STAMP:
                box = text.get_window_extent()
                assert 0.03 * wide < box.x0 < box.x1 < 0.99 * wide, text.get_text()
                assert 0.015 * high < box.y0 < box.y1 < 0.985 * high, text.get_text()


def test_no_words_run_into_others(page: AlgorithmPage) -> None:
    figure = draw(page.algorithm)
    boxes = [
        (text.get_text(), text.get_window_extent())
        for axes in figure.axes
        for text in axes.texts
        if text.get_text() != STAMP and text.get_text() not in SIGNS.values()
    ]
    for place, (one, box) in enumerate(boxes):
        for other, beside in boxes[place + 1 :]:
            across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            down = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert across < 1 or down < 2.2, (one, other)


def test_a_page_that_is_too_full_is_refused() -> None:
    full = WHOLE.replace("Airway, breathing,", "Airway, breathing, " + "and much more besides, " * 60)
    with pytest.raises(ValueError, match='"algorithm": has to fit on one page A4; found [0-9]+ pt too much'):
        draw(read_algorithm(full))


def test_every_step_and_row_is_in_its_words_and_in_its_table(page: AlgorithmPage) -> None:
    table = page.table
    assert len(table.rows) == len(algorithm().rows)
    for step in algorithm().steps.values():
        assert step.title in page.alt
    for row, shown in zip(algorithm().rows.values(), table.rows, strict=True):
        assert bare(row.instead).rstrip(".") in page.alt
        assert bare(row.instead) in shown
        assert row.verdict in shown
        assert shown[-1]  # who says so


def test_no_citation_mark_stays_in_print(page: AlgorithmPage) -> None:
    assert not [word for word in words(page.algorithm) if "[@" in word or "()" in word]


def test_what_was_not_checked_has_its_mark(page: AlgorithmPage) -> None:
    found = words(page.algorithm)
    assert "9, 10 †" in " ".join(found)
    assert any(word.startswith("† Not checked against a source: see local guidance.") for word in found)


def test_a_verdict_is_told_by_sign_and_word(page: AlgorithmPage) -> None:
    found = words(page.algorithm)
    for verdict, sign in SIGNS.items():
        assert sign in found
        assert any(word.startswith(verdict.capitalize()) for word in found)


def test_another_ending_is_refused(page: AlgorithmPage, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r'"path": ends in .pdf or .png; found "page.docx"'):
        page.save(tmp_path / "page.docx")


def test_the_same_page_has_the_same_bytes() -> None:
    assert AlgorithmPage(draft()).pdf == AlgorithmPage(draft()).pdf


def test_it_can_be_had_by_its_public_name(tmp_path: Path) -> None:
    assert pres_teach.algorithm().save(tmp_path / "page.pdf").is_file()
    assert repr(pres_teach.algorithm()) == "The management algorithm, draft"
