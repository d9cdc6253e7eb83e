"""Traits: drawn from seed and number alone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from pres_teach.physiology import Drivers, Illness, draw


def test_the_same_seed_and_number_give_the_same_traits(main_case: SimpleNamespace) -> None:
    assert draw(main_case.patient, Illness(), 3) == draw(main_case.patient, Illness(), 3)


def test_another_number_or_seed_gives_other_traits(main_case: SimpleNamespace) -> None:
    first = draw(main_case.patient, Illness(), 3)
    assert draw(replace(main_case.patient, number=1), Illness(), 3).threshold != first.threshold
    assert draw(main_case.patient, Illness(), 4).threshold != first.threshold


def test_weights_add_up_and_given_drivers_replace_them(main_case: SimpleNamespace) -> None:
    drawn = draw(main_case.patient, Illness(), 3)
    assert drawn.exposure + drawn.pressure + drawn.systemic == pytest.approx(1.0)
    told = draw(main_case.patient, Illness(drivers=Drivers(0.2, 0.3, 0.5)), 3)
    assert (told.exposure, told.pressure, told.systemic) == (0.2, 0.3, 0.5)
    assert told.threshold == drawn.threshold


def test_the_organ_moves_only_what_depends_on_it(main_case: SimpleNamespace) -> None:
    kidney = draw(main_case.patient, Illness(), 3)
    marrow = draw(replace(main_case.patient, organ="allo-hsct"), Illness(), 3)
    assert (marrow.threshold, marrow.seizures, marrow.rejection) == (
        kidney.threshold,
        kidney.seizures,
        kidney.rejection,
    )
