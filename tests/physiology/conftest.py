"""The main case, as its author charts it, and the charts it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace

import pytest

from pres_teach.patient import Chart, Order, Patient
from pres_teach.physiology import Course, Drivers, Illness, Traits, simulate, solve

EMPTY = Chart()


def day(number: float, hour: float = 0.0, minute: float = 0.0) -> float:
    return number * 24.0 + hour + minute / 60.0


def give(
    drug: str,
    at_h: float,
    dose: float,
    unit: str = "mg",
    route: str = "mouth",
    every_h: float | None = None,
    until_h: float | None = None,
) -> Order:
    return Order(drug, at_h, dose, unit, route, every_h, until_h, "author")


def charted(orders: Iterable[Order], chart: Chart = EMPTY) -> Chart:
    for order in orders:
        chart = chart.give(order)
    return chart


OPENS_H = day(15, 7, 30)
ACTS_H = day(15, 7, 45)

PATIENT = Patient(
    number=0,
    age_years=28,
    sex="male",
    weight_kg=68,
    organ="kidney",
    cyp3a5="*3/*3",
    haematocrit_percent=32,
    baseline_map_mmhg=88,
    creatinine_umol_l=128,
    magnesium_mmol_l=0.80,
)
AUTHOR = charted(
    [
        give("basiliximab", 6, 20, route="iv"),
        give("tacrolimus", 20, 3, every_h=12),
        give("mycophenolate", 20, 1000, every_h=12),
        give("prednisolone", 32, 20, every_h=24),
        give("basiliximab", day(4, 8), 20, route="iv"),
        give("fluconazole", day(12, 9), 200, every_h=24),
    ]
)
ILLNESS = Illness(
    onset_h=day(15, 6),
    untreated=(("seizure", day(19, 2)),),
    drivers=Drivers(0.6, 0.3, 0.1),
    pressure=((day(12), day(60), 12.0, "salt and water after the operation"),),
)
CARED_FOR = charted(
    [
        give("labetalol", ACTS_H, 20, route="iv"),
        give("micafungin", ACTS_H, 100, route="iv", every_h=24),
        give("amlodipine", ACTS_H + 1, 5, every_h=24),
    ],
    AUTHOR.hold("tacrolimus", ACTS_H, day(17, 8)).stop("fluconazole", ACTS_H),
)


@pytest.fixture(scope="session")
def main_case() -> SimpleNamespace:
    traits = solve(PATIENT, AUTHOR, ILLNESS, 6, day(31))

    def course(chart: Chart, traits: Traits = traits, until_h: float = day(43)) -> Course:
        return simulate(PATIENT, chart, ILLNESS, traits, until_h, opens_h=OPENS_H)

    run: Callable[..., Course] = course
    return SimpleNamespace(
        patient=PATIENT, author=AUTHOR, illness=ILLNESS, traits=traits, cared_for=CARED_FOR, opens_h=OPENS_H, course=run
    )


@pytest.fixture(scope="session")
def as_authored(main_case: SimpleNamespace) -> Course:
    course: Course = main_case.course(main_case.author)
    return course


@pytest.fixture(scope="session")
def cared_for(main_case: SimpleNamespace) -> Course:
    course: Course = main_case.course(main_case.cared_for)
    return course


@pytest.fixture(scope="session")
def charting() -> SimpleNamespace:
    return SimpleNamespace(day=day, give=give, charted=charted)
