"""Comparing a course with its twin, in words, and never survival."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from pres_teach.physiology import Course, compare, draw


def test_rows_say_what_here_there_and_the_difference(as_authored: Course, cared_for: Course) -> None:
    rows = {row.what: row for row in compare(as_authored, cared_for).rows}
    assert rows["Oedema at its peak"].in_words.endswith("mL more here.")
    assert rows["Seizures"].there == "never"
    assert rows["Haemorrhage"].in_words in ("The same.", "More often here.", "Less often here.")


def test_a_course_is_the_same_as_itself(cared_for: Course) -> None:
    assert {row.in_words for row in compare(cared_for, cared_for).rows} == {"The same."}


def test_nowhere_is_there_a_word_of_survival(
    as_authored: Course, cared_for: Course, main_case: SimpleNamespace
) -> None:
    plans = compare(cared_for, cared_for.twin(main_case.cared_for.stop("tacrolimus", 410.0)))
    for comparison in (compare(as_authored, cared_for), plans):
        text = comparison.note + " ".join(f"{r.what} {r.here} {r.there} {r.in_words}" for r in comparison.rows)
        assert not re.search(r"surviv|death|\bdie|dead|mortal", text, re.IGNORECASE)


def test_charts_that_differ_in_immunosuppression_alone_show_a_spread(
    main_case: SimpleNamespace, cared_for: Course
) -> None:
    halved = main_case.course(
        main_case.cared_for.without("tacrolimus")
        .give(next(iter(main_case.author.of("tacrolimus"))))
        .change("tacrolimus", 367.75, dose=1.5)
    )
    comparison = compare(halved, cared_for)
    assert comparison.spread
    assert "no strategy is known to be better" in comparison.note
    rows = {row.what: row for row in comparison.rows}
    assert re.fullmatch(r"\d+ to \d+ mL", rows["Oedema at its peak"].here)
    assert "mixtures of the drivers" in rows["Oedema at its peak"].in_words
    assert "Seizures" not in rows


def test_charts_that_differ_in_pressure_treatment_show_the_patient(
    main_case: SimpleNamespace, cared_for: Course
) -> None:
    assert not compare(main_case.course(main_case.cared_for.without("labetalol")), cared_for).spread


def test_another_patient_is_no_twin(main_case: SimpleNamespace, cared_for: Course) -> None:
    other = main_case.course(main_case.cared_for, draw(main_case.patient, main_case.illness, 99))
    with pytest.raises(ValueError, match='"twin": must be the same patient'):
        compare(other, cared_for)
