"""Illnesses that are not PRES stay as they are, whatever is done against PRES."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from pres_teach.physiology import DIAGNOSES, simulate, solve


@pytest.mark.parametrize("diagnosis", [name for name in DIAGNOSES if name != "PRES"])
def test_treating_it_as_pres_changes_nothing(main_case: SimpleNamespace, diagnosis: str) -> None:
    illness = replace(main_case.illness, diagnosis=diagnosis, untreated=())
    traits = solve(main_case.patient, main_case.author, illness, 6, 900.0)
    left = simulate(main_case.patient, main_case.author, illness, traits, 700.0)
    treated = simulate(main_case.patient, main_case.cared_for, illness, traits, 700.0)
    assert left.oedema_ml.tolist() == treated.oedema_ml.tolist()
    assert left.oedema_ml.max() > 1
    assert [e.time_h for e in left.events if e.kind == "onset"] == [366.0]
    assert not [e for e in treated.events if e.kind == "recovery"]
