"""The same seed gives the same picture, with whatever NumPy is installed here: compared with what is pinned.

``pinned.json`` is written by ``tools/pin_pictures.py``; ``--check`` there says how far another environment is from it.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).resolve()
TOOL = HERE.parents[2] / "tools" / "pin_pictures.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pin_pictures", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def held() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((HERE.parent / "pinned.json").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def made(tool: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = tool.pinned()
    return found


def test_random_numbers_are_the_pinned_ones(held: dict[str, Any], made: dict[str, Any]) -> None:
    assert made["draws"] == held["draws"]


def test_pictures_are_the_pinned_ones(held: dict[str, Any], made: dict[str, Any]) -> None:
    assert set(made["pictures"]) == set(held["pictures"])
    for name, picture in held["pictures"].items():
        np.testing.assert_allclose(made["pictures"][name], picture, atol=0.2, err_msg=name)
    assert made["lesion_ml"] == pytest.approx(held["lesion_ml"], abs=0.02)


def test_another_seed_would_be_noticed(tool: ModuleType, held: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from pres_teach.imaging import Lesion, acquire

    monkeypatch.setattr(tool, "scan", lambda: acquire(Lesion(oedema_ml=40, peak_ml=55, seed=11), seed=13))
    assert tool.farthest(held, tool.pinned()) > 5
