"""What every test has: a record of its own, strict widgets, figures closed, and no hidden chance."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("MPLBACKEND", "Agg")

# derandomised: the same examples in every run; no deadline: a busy machine is no failure
settings.register_profile(
    "pres_teach", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("pres_teach")


@pytest.fixture(autouse=True)
def own_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the record of the person who runs the tests out of them, and let errors in handlers be raised."""
    monkeypatch.setenv("PRES_TEACH_RECORD", str(tmp_path / "record.sqlite"))
    monkeypatch.setenv("PRES_TEACH_STRICT", "1")


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    """Close what pyplot holds, where anything loaded it."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


@pytest.fixture(autouse=True)
def no_swallowed_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which ipywidgets swallowed the error of a handler and only logged it."""
    yield
    swallowed = [
        record
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING and "Exception in callback" in record.getMessage()
    ]
    assert not swallowed, "\n".join(logging.Formatter().format(record) for record in swallowed)
