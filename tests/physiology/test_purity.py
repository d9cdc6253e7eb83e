"""The course is pure and causal: no order acts before its time, and the same arguments give the same bits."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pres_teach.patient import Chart, Order
from pres_teach.physiology import Course, Moment, simulate

ORDERS = st.sampled_from(
    [
        ("labetalol", 20.0, "mg", "iv", None),
        ("clevidipine", 4.0, "mg/h", "iv", None),
        ("levetiracetam", 1000.0, "mg", "iv", 12.0),
        ("magnesium sulphate", 8.0, "mmol", "iv", None),
        ("lorazepam", 4.0, "mg", "iv", None),
        ("ciclosporin", 200.0, "mg", "mouth", 12.0),
        ("amlodipine", 5.0, "mg", "mouth", 24.0),
        ("basiliximab", 20.0, "mg", "iv", None),
        ("methylprednisolone", 500.0, "mg", "iv", 24.0),
    ]
)
SERIES = [name for name in Moment._fields if name not in ("awareness", "headache", "visual")]


def before(course: Course, time_h: float) -> list[list[float]]:
    inside = course.time_h < time_h - 1e-6
    return [getattr(course, name)[inside].tolist() for name in SERIES]


@settings(max_examples=25)
@given(order=ORDERS, minutes=st.integers(-1440, 3000))
def test_an_order_changes_nothing_before_its_time(
    main_case: SimpleNamespace, as_authored: Course, order: tuple[str, float, str, str, float | None], minutes: int
) -> None:
    drug, dose, unit, route, every_h = order
    at_h = 367.5 + minutes / 60
    with_it = main_case.course(main_case.author.give(Order(drug, at_h, dose, unit, route, every_h, None, "learner")))
    assert before(with_it, at_h) == before(as_authored, at_h)
    told = [(e.time_h, e.kind, e.text) for e in with_it.events if e.time_h < at_h]
    assert told == [(e.time_h, e.kind, e.text) for e in as_authored.events if e.time_h < at_h]


@settings(max_examples=10)
@given(minutes=st.integers(1, 4000))
def test_a_stop_changes_nothing_before_its_time(main_case: SimpleNamespace, as_authored: Course, minutes: int) -> None:
    at_h = 367.5 + minutes / 60
    stopped = main_case.course(main_case.author.stop("tacrolimus", at_h))
    assert before(stopped, at_h) == before(as_authored, at_h)


def test_the_same_arguments_give_the_same_bits(main_case: SimpleNamespace, as_authored: Course) -> None:
    again = main_case.course(main_case.author)
    assert before(again, 1e9) == before(as_authored, 1e9)
    assert again.events == as_authored.events


def test_a_twin_shares_all_but_the_chart(main_case: SimpleNamespace, as_authored: Course, cared_for: Course) -> None:
    twin = as_authored.twin(main_case.cared_for)
    assert twin.oedema_ml.tolist() == cared_for.oedema_ml.tolist()
    assert twin.events == cared_for.events


def test_a_longer_course_begins_as_the_shorter_one(main_case: SimpleNamespace, as_authored: Course) -> None:
    longer = main_case.course(main_case.author, until_h=50 * 24)
    for name in SERIES:
        np.testing.assert_allclose(
            getattr(longer, name)[: len(as_authored.time_h)], getattr(as_authored, name), rtol=1e-9, atol=1e-9
        )


def test_levels_do_not_depend_on_the_step(main_case: SimpleNamespace, as_authored: Course) -> None:
    coarse = simulate(main_case.patient, main_case.author, main_case.illness, main_case.traits, 43 * 24, step_h=1.0)
    np.testing.assert_allclose(coarse.level_ng_ml, as_authored.level_ng_ml[::4], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("field", "value"), [("until_h", -1.0), ("until_h", float("nan")), ("step_h", 0.0)])
def test_a_span_or_step_that_cannot_be_is_refused_in_words(
    main_case: SimpleNamespace, field: str, value: float
) -> None:
    arguments = {"until_h": 100.0, "step_h": 0.25, field: value}
    with pytest.raises(ValueError, match=f'"{field}": must be'):
        simulate(main_case.patient, main_case.author, main_case.illness, main_case.traits, **arguments)


def test_an_unknown_drug_in_the_chart_is_named(main_case: SimpleNamespace) -> None:
    chart = Chart().give(Order("tacrolimuss", 0.0, 3, "mg", "mouth", 12.0, None, "author"))
    with pytest.raises(ValueError, match="tacrolimuss"):
        simulate(main_case.patient, chart, main_case.illness, main_case.traits, 100.0)


def test_an_empty_chart_is_a_course_in_which_nothing_happens(main_case: SimpleNamespace) -> None:
    course = simulate(main_case.patient, Chart(), main_case.illness, main_case.traits, 100.0)
    assert course.level_ng_ml.max() == 0
    assert course.oedema_ml.max() == 0
