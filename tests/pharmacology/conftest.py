"""The kidney patient that these tests share."""

from __future__ import annotations

import pytest

from pres_teach.patient import Chart, Order, Patient


@pytest.fixture
def patient() -> Patient:
    return Patient(1, 28, "male", 68, "kidney", "*3/*3", 32, 88, 130, 0.78)


@pytest.fixture
def plain() -> Chart:
    """Tacrolimus alone."""
    return Chart().give(Order("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0, by="author"))


@pytest.fixture
def azole(plain: Chart) -> Chart:
    """Fluconazole from day 12."""
    return plain.give(Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0, by="author"))
