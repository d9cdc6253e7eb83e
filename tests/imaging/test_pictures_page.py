"""The page about pictures says what the package does: its code runs, its names are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pres_teach.imaging import SEQUENCES, tissue

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "pictures.md").read_text(encoding="utf-8")


def test_the_code_of_the_page_runs_from_top_to_bottom(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(block, names)  # noqa: S102  it is our own page
    said = capsys.readouterr().out
    assert "Coarse: put together" in said
    assert "'TI_ms': 2372" in said
    assert "SYNTHETIC" in said
    assert names["fluid"][0] < 0 < names["fluid"][-1]


def test_every_sequence_stands_on_the_page() -> None:
    assert len(SEQUENCES) <= 10
    listed = next(line for line in PAGE.splitlines() if line.startswith("| FLAIR"))
    for name in SEQUENCES:
        word = {"DWI": "b1000", "DWI b0": "b0", "T1+C": "T1 with contrast"}.get(name, name)
        assert word in listed
    assert set(tissue.SHOWN) == set(tissue.SLICED)
