from __future__ import annotations

import pytest

from pres_teach.imaging import Lesion, Scan, acquire

SEED = 4


@pytest.fixture(scope="session")
def normal() -> Scan:
    return acquire(Lesion(seed=SEED), seed=SEED)


@pytest.fixture(scope="session")
def peak() -> Scan:
    return acquire(Lesion(oedema_ml=60, peak_ml=60, restricted_ml=1.5, microbleeds=3, seed=SEED), seed=SEED)


@pytest.fixture(scope="session")
def recovering() -> Scan:
    return acquire(Lesion(oedema_ml=15, peak_ml=60, microbleeds=3, seed=SEED), seed=SEED)
