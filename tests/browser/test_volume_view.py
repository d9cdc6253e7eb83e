"""The optional view in three planes in a real browser, where there is WebGL2."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(importlib.util.find_spec("ipyniivue") is None, reason="needs the extra viewer3d")

CELLS = ['import pres_teach; lesson = pres_teach.lesson("kidney-azole", "presentation")', 'lesson.scan_in_3d("normal")']
WEBGL2 = "() => document.createElement('canvas').getContext('webgl2') !== null"


def test_three_planes_are_drawn_offline_and_keep_their_keys(open_notebook, screenshots: Path) -> None:
    sheet = open_notebook(CELLS, run=False)
    page = sheet.page
    if not page.evaluate(WEBGL2):
        pytest.skip("this browser has no WebGL2")
    sheet.run()
    expect(page.locator("[data-widget=volume]")).to_contain_text("SYNTHETIC")
    canvas = page.get_by_role("img", name="The same head, normal, in three planes")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    # drawn once the volume has come: bright bone and grey brain on black, in the left of the picture the axial slice
    for _ in range(100):
        shown = np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("L"))
        axial = shown[:, : shown.shape[1] // 5]
        if (axial > 60).mean() > 0.1:
            break
    assert 0.1 < (axial > 60).mean() < 0.9
    page.screenshot(path=str(screenshots / "volume-view.png"))
    cells = page.locator(".jp-Cell").count()
    canvas.click(position={"x": 120, "y": 200})
    for key in "ddbax":
        page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == cells
    assert sheet.outside == []
    assert sheet.errors == []
