"""What is done to a chart: an event that JSON can carry, and the chart after it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pres_teach.encounter.words import Refusal
from pres_teach.patient import Chart, Order

__all__ = ["done", "number", "number_or_none", "order_of", "word"]


def number(event: Mapping[str, Any], key: str) -> float:
    value = event.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refusal(f'"{key}" must be a number; received {value!r}.')
    return float(value)


def number_or_none(event: Mapping[str, Any], key: str) -> float | None:
    return None if event.get(key) is None else number(event, key)


def word(event: Mapping[str, Any], key: str) -> str:
    value = event.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Refusal(f'"{key}" must be a word; received {value!r}.')
    return value


def order_of(event: Mapping[str, Any], at_h: float, by: str) -> Order:
    """The order that an event gives, from a time [h since transplantation].

    Raises
    ------
    OrderError
        If it makes no sense.
    """
    return Order(
        drug=word(event, "drug"),
        at_h=at_h,
        dose=number(event, "dose"),
        unit=word(event, "unit"),
        route=word(event, "route"),
        every_h=number_or_none(event, "every_h"),
        until_h=number_or_none(event, "until_h"),
        by=by,
    )


def done(chart: Chart, event: Mapping[str, Any], at_h: float, by: str) -> Chart:
    """The chart after an order, a change, a hold, its end, or a stop.

    Parameters
    ----------
    chart
        The chart before.
    event
        "do": "order", "change", "hold", "resume" or "stop"; "drug", and what that act needs.
    at_h
        When [h since transplantation].
    by
        Who: "learner" or "expert".

    Raises
    ------
    OrderError
        If it makes no sense there.
    """
    do, drug = event.get("do"), word(event, "drug")
    if do == "order":
        return chart.give(order_of(event, at_h, by))
    if do == "change":
        unit = None if event.get("unit") is None else word(event, "unit")
        every_h = number_or_none(event, "every_h")
        return chart.change(drug, at_h, dose=number(event, "dose"), unit=unit, every_h=every_h, by=by)
    if do == "hold":
        return chart.hold(drug, at_h, number(event, "until_h"), by)
    if do == "resume":
        return chart.resume(drug, at_h, by)
    return chart.stop(drug, at_h, by)
