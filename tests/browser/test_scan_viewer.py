"""The scan viewer in a real JupyterLab: by keyboard, by mouse, by finger, on a phone's width, and what it announces."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import CDPSession, Locator, expect
from walk import KERNEL_READY

NORMAL = ['import pres_teach; lesson = pres_teach.lesson("kidney-azole", "presentation")', 'lesson.scan("normal")']
TWO_SCANS = """\
import pres_teach
lesson = pres_teach.lesson("kidney-azole", "outcome")
encounter = lesson.encounter
test = next(test.id for stage in encounter.case.stages.values() for test in stage.tests if test.scan)
while len(encounter.scans) < 2:
    encounter.wait(48)
    encounter.test(test)
    for due in encounter.results_due():
        encounter.wait_until(due.due_h)
"""
# pictures that need no patient: three slices of 30 x 40 mm, a projection from the side, and a door before the sheets
DRAWN = """\
import io, os
import numpy as np
from PIL import Image
from pres_teach.widgets import ScanViewer
def png(values):
    out = io.BytesIO(); Image.fromarray(values.astype("uint8")).save(out, "PNG"); return out.getvalue()
class Drawn:
    heads = [{"label": "Scan", "when": "day 1"}]
    names = ["FLAIR", "venogram"]
    def frame(self):
        return {"positions": [0.0, 4.0, 8.0], "affine": {"x0": 15.0, "dx": -1.0, "y0": 20.0, "dy": -1.0}}
    def face(self, sequence, slices):
        scale = {"window": [127.5, 255], "low": 0.0, "high": 2.55, "unit": "× white matter"}
        if sequence == "venogram":
            affine = {"x0": 20.0, "dx": -1.0, "y0": 10.0, "dy": -1.0}
            frame = {"positions": [0.0], "affine": affine, "axes": "yzx", "projection": True}
            size = {"columns": 1, "tile_w": 40, "tile_h": 20}
            return {**scale, **size, "png": png(np.full((20, 40), 200)), "frame": frame}
        tiles = np.concatenate([np.full((40, 30), 50 * (n + 1)) for n in range(slices)], axis=1)
        return {**scale, "png": png(tiles), "columns": slices, "tile_w": 30, "tile_h": 40}
    def first(self, which, sequence, index):
        return self.face(sequence, 1)
    def sheet(self, which, sequence):
        if os.path.exists("door"): open("door").read()
        return self.face(sequence, 3)
    def describe(self, which, sequence):
        return [f"{sequence} in words, {n}" for n in range(3)]
    def place(self, x, y, z): return "somewhere"
    def reading(self, x, y, z, shown): return "Read."
    def report(self, which): return "All of it."
"""
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
CONTROLS = "button, select, summary, input[type=text], input[type=number], input[type=range], .pt-segment"
TOO_SMALL = f"""root => [...root.querySelectorAll("{CONTROLS}")].filter(node => node.checkVisibility())
    .map(node => [node.textContent.trim().slice(0, 30) || node.type, node.getBoundingClientRect()])
    .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
    .map(([name, box]) => `${{name}}: ${{Math.round(box.width)}} x ${{Math.round(box.height)}}`)"""
# all that the live region ever said
HEAR = """status => {
    window.heard = [];
    new MutationObserver(() => window.heard.push(status.textContent)).observe(status, {childList: true});
}"""
MIDDLE_GREY = """canvas => {
    const [x, y] = [Math.round(canvas.width * 0.35), Math.round(canvas.height * 0.35)];
    return canvas.getContext("2d").getImageData(x, y, 1, 1).data[0];
}"""


def opened(sheet, panes: int = 1) -> Locator:
    """The viewer, once whole sequences are drawn in its panes."""
    scan = sheet.page.locator("[data-widget=scan]").first
    expect(scan.locator("canvas")).to_have_count(panes)
    for canvas in scan.locator("canvas").all():
        expect(canvas).to_have_attribute("data-whole", re.compile(".+"))
    scan.get_by_role("status").evaluate(HEAR)
    return scan


def says(scan: Locator, words: str) -> None:
    """Wait until a screen reader has been told something that matches, and forget what it was told until then."""
    scan.page.wait_for_function(
        """pattern => {
            const at = (window.heard || []).findIndex(text => new RegExp(pattern).test(text));
            if (at >= 0) window.heard.splice(0, at + 1);
            return at >= 0;
        }""",
        arg=words,
    )


def keys(sheet, *names: str) -> None:
    for name in names:
        sheet.page.keyboard.press(name)


def middle_of(canvas: Locator) -> tuple[float, float, float]:
    """Its middle and its width, on the screen."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"]


def touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    """Fingers on the screen; `session` stays open as long as one touches."""
    fingers = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def test_everything_is_done_by_keyboard_and_said(open_notebook) -> None:
    sheet = open_notebook(NORMAL)
    page, scan = sheet.page, opened(sheet)
    canvas = scan.locator("canvas")
    cells = page.locator(".jp-Cell").count()
    canvas.focus()
    keys(sheet, "ArrowUp")
    says(scan, "^FLAIR, slice 22 of 35$")
    keys(sheet, "d")
    says(scan, "axial slice at z = 24 mm")
    sheet.after("scan", lambda: keys(sheet, *["Shift+ArrowLeft"] * 5))
    says(scan, r"Crosshair: on the patient's right, 20 mm .* ADC there: \d\.\d\d")
    keys(sheet, "v")
    says(scan, r"At the crosshair: ADC \d\.\d\d × 10⁻³ mm²/s · FLAIR \d\.\d\d × white matter")
    keys(sheet, "m", *["Shift+ArrowDown"] * 5, "m")
    says(scan, "Distance 20 mm")
    keys(sheet, "g", "Shift+ArrowDown")
    says(scan, "40 mm behind")
    sheet.after("scan", lambda: keys(sheet, "p"))
    says(scan, "^Mark 1: Right")
    keys(sheet, "+", "+")
    says(scan, "Zoom 156 %")
    keys(sheet, "l")
    says(scan, "Picture moved.")
    keys(sheet, "f")
    says(scan, "Whole picture")
    keys(sheet, "b")
    says(scan, r"Level 1\.\d+, width 1\.\d+")
    keys(sheet, "h")
    says(scan, "List of keys opened")
    expect(scan.get_by_role("table", name="Keys on a picture")).to_be_visible()
    keys(sheet, ".")
    expect(scan.get_by_role("radio", name="T2")).to_be_checked()
    keys(sheet, "d", "d", "x", "a", "Escape", "Delete")
    assert page.locator(".jp-Cell").count() == cells
    expect(canvas).to_be_focused()


def test_slices_turn_without_python_and_no_picture_goes_over_twice(open_notebook) -> None:
    sheet = open_notebook(NORMAL)
    scan = opened(sheet)
    canvas = scan.locator("canvas")
    canvas.focus()
    before = sheet.handled("scan")
    keys(sheet, "Home")
    for index in range(1, 35):
        keys(sheet, "ArrowUp")
        expect(canvas).to_have_attribute("data-drawn", f"FLAIR:{index}")
    assert sheet.handled("scan") == before


def test_quick_keys_are_not_undone_by_what_was_sent_before(open_notebook) -> None:
    sheet = open_notebook(NORMAL)
    scan = opened(sheet)
    canvas, slider = scan.locator("canvas"), scan.get_by_label("Slice", exact=True)
    slider.focus()
    keys(sheet, "Home")
    expect(canvas).to_have_attribute("data-drawn", "FLAIR:0")
    # as slowly as a hand does it, and as a machine does it
    sheet.page.keyboard.press("ArrowRight")
    for index in range(2, 20):
        sheet.page.keyboard.press("ArrowRight", delay=40)
        expect(slider).to_have_value(str(index))
    keys(sheet, *["ArrowRight"] * 10)
    expect(canvas).to_have_attribute("data-drawn", "FLAIR:29")


def test_the_first_slice_is_seen_while_the_others_are_still_made(open_notebook, lab) -> None:
    # a pipe: who reads it waits until somebody has opened it for writing and closed it again
    door = lab.folder / "door"
    os.mkfifo(door)
    sheet = open_notebook([DRAWN, "ScanViewer(Drawn(), index=1)"], run=False)
    sheet.page.evaluate(KERNEL_READY, ".ipynb")
    sheet.page.evaluate("() => { jupyterapp.commands.execute('notebook:run-all-cells'); }")
    canvas = sheet.page.locator("[data-widget=scan] canvas")
    try:
        expect(canvas).to_have_attribute("data-drawn", "FLAIR:1")
        expect(canvas).to_have_attribute("data-whole", "")
    finally:
        held = os.open(door, os.O_RDWR)
        door.unlink()
        os.close(held)
    expect(canvas).to_have_attribute("data-whole", "0:FLAIR")


def test_a_sequence_of_another_geometry_stands_beside_the_slices(open_notebook) -> None:
    panes = '[{"sequence": "FLAIR"}, {"sequence": "venogram"}]'
    sheet = open_notebook([DRAWN, f"ScanViewer(Drawn(), index=1, panes={panes})"])
    scan = opened(sheet, panes=2)
    slices, projection = scan.locator("canvas").all()
    expect(projection).to_have_attribute("aria-label", re.compile("venogram, a projection"))
    assert slices.evaluate(MIDDLE_GREY) == 50 * 1 + 50
    assert projection.evaluate(MIDDLE_GREY) == 200
    slices.focus()
    keys(sheet, "ArrowUp")
    expect(slices).to_have_attribute("data-drawn", "FLAIR:2")
    assert slices.evaluate(MIDDLE_GREY) == 150
    expect(projection).to_have_attribute("data-drawn", "venogram:0")
    x, y, _ = middle_of(projection)
    sheet.page.mouse.click(x, y)
    says(scan, "A projection has no depth")


def test_two_sequences_and_two_times_move_together(open_notebook, screenshots: Path) -> None:
    sheet = open_notebook([TWO_SCANS, "lesson.scan()"])
    scan = opened(sheet)
    scan.get_by_role("radio", name="DWI", exact=True).check()
    scan.get_by_role("radio", name="Two sequences").check()
    opened(sheet, panes=2)
    assert [canvas.get_attribute("data-whole") for canvas in scan.locator("canvas").all()] == ["1:DWI", "1:ADC"]
    scan.get_by_label("Beside it").select_option("T2")
    expect(scan.locator("canvas").nth(1)).to_have_attribute("data-whole", "1:T2")
    scan.get_by_role("radio", name="Two times").check()
    for n, canvas in enumerate(scan.locator("canvas").all()):
        expect(canvas).to_have_attribute("data-whole", f"{n}:DWI")
    scan.locator("canvas").nth(1).focus()
    keys(sheet, "End", "+", "+", "+")
    for canvas in scan.locator("canvas").all():
        expect(canvas).to_have_attribute("data-drawn", "DWI:34")
        expect(canvas).to_have_attribute("data-bar", re.compile("^20 mm"))
    keys(sheet, "f", *["PageDown"] * 4, "Shift+ArrowLeft")
    says(scan, r"ADC there: \d\.\d\d and \d\.\d\d .*\(first scan, latest scan\)")
    expect(scan.locator(".pt-values")).to_contain_text(re.compile(r"\(first scan\), \d\.\d\d \(latest scan\)"))
    expect(scan.locator(".pt-stage-title").first).to_contain_text("after the first symptom")
    sheet.page.set_viewport_size({"width": 1280, "height": 1700})
    scan.screenshot(path=str(screenshots / "viewer-two-times.png"))


def test_a_mouse_windows_measures_and_reads_values(open_notebook) -> None:
    sheet = open_notebook(NORMAL)
    page, scan = sheet.page, opened(sheet)
    canvas = scan.locator("canvas")
    x, y, wide = middle_of(canvas)
    page.mouse.move(x + wide * 0.1, y)
    expect(scan.locator(".pt-values")).to_contain_text(re.compile(r"Under the pointer: ADC \d\.\d\d"))
    scan.get_by_text("Brightness and contrast", exact=True).click()
    level, width = scan.get_by_label("Level, as a number"), scan.get_by_label("Width, as a number")
    before = float(level.input_value()), float(width.input_value())
    scan.get_by_role("radio", name="Brightness").check()
    x, y, wide = middle_of(canvas)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 60)
    page.mouse.up()
    expect(level).not_to_have_value(f"{before[0]:.2f}")
    assert float(level.input_value()) > before[0]
    assert float(width.input_value()) > before[1]
    level.fill("0.80")
    level.press("Enter")
    expect(level).to_have_value("0.80")
    scan.get_by_role("radio", name="Measure").check()
    x, y, wide = middle_of(canvas)
    bar = re.fullmatch(r"(\d+) mm, (\d+) px", canvas.get_attribute("data-bar") or "")
    assert bar
    page.mouse.move(x - 50, y)
    page.mouse.down()
    page.mouse.move(x + 50, y)
    page.mouse.up()
    said = scan.get_by_role("button", name=re.compile(r"^Distance 1: \d+ mm$")).inner_text()
    assert int(said.split()[2]) == pytest.approx(100 * int(bar[1]) / int(bar[2]), abs=1.5)
    scan.get_by_role("button", name="Remove Distance 1").click()
    says(scan, "removed")
    expect(scan.get_by_role("button", name=re.compile("^Distance"))).to_have_count(0)
    expect(scan.get_by_role("button", name="Mark this place")).to_be_focused()


def test_fingers_swipe_pinch_and_tap(open_notebook, screenshots: Path) -> None:
    sheet = open_notebook(NORMAL, width=390, height=844, has_touch=True)
    session = sheet.page.context.new_cdp_session(sheet.page)
    scan = opened(sheet)
    canvas = scan.locator("canvas")
    x, y, wide = middle_of(canvas)
    touch(session, "touchStart", (x, y))
    for moved in range(6, 31, 6):
        touch(session, "touchMove", (x + moved, y))
    touch(session, "touchEnd")
    expect(canvas).to_have_attribute("data-drawn", "FLAIR:22")
    touch(session, "touchStart", (x - 20, y), (x + 20, y))
    for moved in (5, 10, 15, 20):
        touch(session, "touchMove", (x - 20 - moved, y), (x + 20 + moved, y))
    touch(session, "touchEnd")
    expect(scan.get_by_text("200 %")).to_be_visible()
    assert sheet.page.evaluate("() => window.visualViewport.scale") == 1
    x, y, wide = middle_of(canvas)
    touch(session, "touchStart", (x + wide * 0.2, y))
    touch(session, "touchEnd")
    says(scan, "Crosshair: on the patient's left")
    sheet.page.set_viewport_size({"width": 390, "height": 2200})
    scan.screenshot(path=str(screenshots / "viewer-390.png"))


def test_the_report_is_read_only_after_a_warning(open_notebook) -> None:
    sheet = open_notebook(NORMAL)
    scan = opened(sheet)
    conclusion = scan.get_by_text("Conclusion.")
    expect(conclusion).to_have_count(0)
    scan.get_by_role("button", name="Read the report").click()
    expect(scan.get_by_text("The report tells all:")).to_be_visible()
    expect(conclusion).to_have_count(0)
    scan.get_by_role("button", name="Not yet").click()
    scan.get_by_role("button", name="Read the report").click()
    sheet.after("scan", scan.get_by_role("button", name="Show the report").click)
    expect(conclusion).to_be_visible()
    says(scan, "The report is shown below.")


def test_marks_are_there_again_after_a_restart(open_notebook) -> None:
    sheet = open_notebook([*NORMAL, 'lesson.scan("normal")'])
    scan = opened(sheet)
    scan.locator("canvas").focus()
    keys(sheet, *["Shift+ArrowLeft"] * 5)
    sheet.after("scan", scan.get_by_role("button", name="Mark this place").click)
    marked = sheet.page.get_by_role("button", name=re.compile("^Mark 1: Right"))
    expect(marked).to_have_count(2)
    sheet.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    sheet.run()
    expect(marked).to_have_count(2)
    sheet.page.get_by_role("button", name=re.compile("^Remove Mark 1")).first.click()
    expect(marked).to_have_count(0)


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_it_is_for_everybody_with_all_of_it_open(open_notebook, screenshots: Path, width: int) -> None:
    sheet = open_notebook([TWO_SCANS, 'lesson.scan("compare")'], width=width, height=900)
    scan = opened(sheet, panes=2)
    scan.locator("canvas").first.focus()
    keys(sheet, "Shift+ArrowLeft", "m", "Shift+ArrowDown", "m")
    sheet.after("scan", lambda: keys(sheet, "p"))
    for summary in scan.locator("summary").all():
        summary.click()
    scan.get_by_role("button", name="Read the report").click()
    scan.get_by_role("button", name="Show the report").click()
    expect(scan.get_by_text("Conclusion.")).to_have_count(2)
    found = Axe().run(sheet.page, context={"include": [["[data-widget=scan]"]]}, options=AXE)
    assert not found.response["violations"], found.generate_report()
    assert scan.evaluate(TOO_SMALL) == []
    assert scan.evaluate("root => root.scrollWidth <= root.clientWidth + 1")
    sheet.page.set_viewport_size({"width": width, "height": {320: 11_000, 768: 5400, 1280: 3600}[width]})
    scan.screenshot(path=str(screenshots / f"viewer-all-{width}.png"))
    assert sheet.errors == []
    assert sheet.outside == []
