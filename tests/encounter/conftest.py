"""A small real case, read once, and encounters with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pres_teach import case as cases
from pres_teach.case import Case
from pres_teach.encounter import Encounter


@pytest.fixture(scope="session")
def case() -> Case:
    return cases.read(Path(__file__).with_name("small.yaml"))


@pytest.fixture
def encounter(case: Case) -> Encounter:
    return Encounter(case)
