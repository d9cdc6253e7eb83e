"""An illness that cannot be is refused with the field, the rule, what was received and the remedy."""

from __future__ import annotations

from typing import Any

import pytest

from pres_teach.physiology import Drivers, Illness, IllnessError


def test_drivers_must_add_up_to_one() -> None:
    with pytest.raises(IllnessError, match=r'"drivers": the three weights must add up to 1; received .* = 0.9; change'):
        Drivers(0.6, 0.2, 0.1)


def test_no_driver_is_negative() -> None:
    with pytest.raises(IllnessError, match=r'"drivers.pressure": must be a number, zero or above; received -0.2'):
        Drivers(1.1, -0.2, 0.1)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("diagnosis", "stroke", '"diagnosis": must be one of PRES'),
        ("pattern", "frontal", '"pattern": must be one of'),
        ("asymmetry", 2.0, '"asymmetry": must be 0 to 1'),
        ("onset_h", -5.0, '"onset": must be a time after transplantation'),
        ("untreated", (("stroke", 400.0),), '"untreated": each must be one of seizure'),
        ("untreated", (("seizure", 400.0), ("seizure", 390.0)), "must stand in the order of time"),
        ("systemic", (("infection", 10.0, 5.0, 0.4),), '"systemic": infection must end after it begins'),
        ("pressure", ((10.0, 5.0, 12.0, "pain"),), '"pressure": a rise must end after it begins'),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any, said: str) -> None:
    with pytest.raises(IllnessError, match=said):
        Illness(**{field: value})


def test_another_illness_needs_an_onset() -> None:
    with pytest.raises(IllnessError, match="PML follows a curve from its onset"):
        Illness(diagnosis="PML")
