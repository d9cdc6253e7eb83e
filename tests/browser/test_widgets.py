"""Widgets in a real JupyterLab: keys, screen readers, narrow pages, restarts, and the browser's own memory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, expect

START = 'import pres_teach; lesson = pres_teach.lesson("kidney-azole", "presentation")'
ALL = [
    START,
    "lesson.where()",
    "lesson.story()",
    'lesson.question("before-you-start")',
    'lesson.question("first-act")',
    'lesson.question("relative-rise")',
    "lesson.bedside()",
    "lesson.orders()",
    'lesson.scan("normal")',
    'lesson.course(reveal=True, twin="in range")',
    "lesson.results()",
    "lesson.letter()",
    "lesson.debrief()",
    "lesson.record()",
    "lesson.take_home()",
    'lesson.sources("datar2015", "song")',
]
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
CONTROLS = (
    "button, select, textarea, summary, input[type=text], input[type=range], .pt-option, .pt-pill, .pt-segment, "
    ".pt-way, .pt-checks label"
)
TOO_SMALL = f"""widgets => widgets.flatMap(widget => [...widget.querySelectorAll("{CONTROLS}")]
        .filter(node => node.checkVisibility() && !node.classList.contains("pt-hidden"))
        .map(node => [node.textContent.trim().slice(0, 30) || node.type, node.getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.5 || box.width < 43.5)
        .map(([name, box]) => `${{name}}: ${{Math.round(box.width)}} x ${{Math.round(box.height)}}`))"""
TOO_WIDE = """widgets => widgets.filter(widget => widget.scrollWidth > widget.clientWidth + 1)
    .map(widget => `${widget.dataset.widget}: ${widget.scrollWidth} in ${widget.clientWidth}`)"""


def answer_all(sheet) -> None:
    """Bring every widget into the state in which it says most."""
    page = sheet.page
    first_act = page.locator("[data-widget=question]").nth(1)
    first_act.get_by_label("Wait for the tacrolimus").check()
    first_act.get_by_role("button", name="Check my answer").click()
    first_act.get_by_text("Not right", exact=True).first.wait_for()
    press(sheet, "Blood pressure")
    press(sheet, "Tacrolimus level")
    page.get_by_role("button", name="Hold Tacrolimus").click()
    page.get_by_role("button", name="Hold it").click()
    page.get_by_text("held until", exact=False).first.wait_for()
    page.get_by_role("button", name="Show the debrief").click()
    page.get_by_role("button", name="Show the letter").click()
    page.get_by_role("button", name="Start this case again").click()
    page.wait_for_function("() => document.querySelector('[data-widget=scan] canvas').dataset.drawn")


def press(sheet, name: str) -> None:
    bedside = sheet.page.locator("[data-widget=bedside]").first
    button = bedside.locator("button", has_text=name).first
    menu = bedside.locator("details", has=sheet.page.locator("button", has_text=name))
    if menu.count() and menu.first.get_attribute("open") is None:
        menu.first.locator("summary").click()
    sheet.after("bedside", button.click)


def widget(sheet, name: str) -> Locator:
    return sheet.page.locator(f"[data-widget={name}]").first


def test_everything_can_be_used_by_everybody(open_notebook, screenshots: Path) -> None:
    sheet = open_notebook(ALL)
    answer_all(sheet)
    found = Axe().run(sheet.page, context={"include": [[".jp-OutputArea-output"]]}, options=AXE)
    assert not found.response["violations"], found.generate_report()
    assert sheet.page.evaluate(f"() => ({TOO_SMALL})([...document.querySelectorAll('.pt')])") == []
    sheet.page.set_viewport_size({"width": 1280, "height": 4000})
    sheet.page.screenshot(path=str(screenshots / "lesson-1280.png"))
    assert sheet.outside == []
    assert sheet.errors == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_is_wider_than_a_narrow_page(open_notebook, screenshots: Path, width: int) -> None:
    sheet = open_notebook(ALL, width=width)
    answer_all(sheet)
    assert sheet.page.evaluate(f"() => ({TOO_WIDE})([...document.querySelectorAll('.pt')])") == []
    assert sheet.page.evaluate(f"() => ({TOO_SMALL})([...document.querySelectorAll('.pt')])") == []
    found = Axe().run(sheet.page, context={"include": [[".jp-OutputArea-output"]]}, options=AXE)
    assert not found.response["violations"], found.generate_report()
    sheet.page.screenshot(path=str(screenshots / f"lesson-{width}.png"))


def test_a_question_is_answered_with_the_keyboard_and_lab_hears_nothing(open_notebook) -> None:
    sheet = open_notebook([START, 'lesson.question("first-act")'])
    page, question = sheet.page, widget(sheet, "question")
    cells = page.locator(".jp-Cell").count()
    question.get_by_label("Send him to MRI").focus()
    assert question.locator("input:checked").count() == 0
    for key in ("d", "d", "b", "a", "x", "Escape"):
        page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == cells
    right = question.get_by_label("Airway, breathing")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        if right.is_checked():
            break
    expect(right).to_be_checked()
    page.keyboard.press("Tab")
    sheet.after("question", lambda: page.keyboard.press("Enter"))
    expect(question.get_by_role("status").get_by_text("Right", exact=True)).to_be_visible()
    assert page.locator(".jp-Cell").count() == cells


def test_an_answer_that_is_missing_is_asked_for(open_notebook) -> None:
    sheet = open_notebook([START, 'lesson.question("relative-rise")'])
    question = widget(sheet, "question")
    question.get_by_role("button", name="Check my answer").click()
    expect(question.get_by_text("Please give a number and choose its unit.")).to_be_visible()
    assert sheet.handled("question") == 0


def test_feedback_that_is_about_an_earlier_answer_says_so(open_notebook) -> None:
    sheet = open_notebook([START, 'lesson.question("first-act")'])
    question = widget(sheet, "question")
    question.get_by_label("Send him to MRI").check()
    sheet.after("question", question.get_by_role("button", name="Check my answer").click)
    question.get_by_label("Airway, breathing").check()
    expect(question.get_by_text("What is shown below is about your earlier answer.")).to_be_visible()
    sheet.after("question", question.get_by_role("button", name="Check my new answer").click)
    expect(question.get_by_text("The first try counts: 0 of 1 point")).to_be_visible()


def test_a_citation_opens_its_card(open_notebook) -> None:
    sheet = open_notebook([START, 'lesson.question("first-act")'])
    question = widget(sheet, "question")
    question.get_by_label("Wait for the tacrolimus").check()
    sheet.after("question", question.get_by_role("button", name="Check my answer").click)
    question.get_by_role("link", name="Hammerstrom 2013").first.focus()
    card = sheet.page.locator("#pt-card-shown")
    expect(card).to_contain_text("Elevated tacrolimus levels were not observed")
    sheet.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    question.get_by_role("link", name="Hammerstrom 2013").first.hover()
    expect(card).to_contain_text("n = 19")


def test_two_views_of_one_widget_stay_in_step(open_notebook) -> None:
    sheet = open_notebook([START, "lesson.bedside()", "lesson.bedside()", "lesson.orders()"])
    press(sheet, "What is wrong with your sight?")
    found = sheet.page.locator("[data-widget=bedside] [role=log]")
    assert [found.nth(at).get_by_text("Words swim").count() for at in (0, 1)] == [1, 1]
    expect(sheet.page.get_by_text("The chart, day 15 07:32")).to_be_visible()


def test_the_last_state_is_drawn_after_the_kernel_has_restarted(open_notebook) -> None:
    sheet = open_notebook([START, 'lesson.question("first-act")', "lesson.bedside()"])
    question = widget(sheet, "question")
    question.get_by_label("Send him to MRI").check()
    sheet.after("question", question.get_by_role("button", name="Check my answer").click)
    press(sheet, "What is wrong with your sight?")
    sheet.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    sheet.run()
    widget(sheet, "bedside").get_by_role("log").get_by_text("Words swim").wait_for()
    expect(widget(sheet, "question").get_by_label("Send him to MRI")).to_be_checked()
    expect(widget(sheet, "question").get_by_text("Not right", exact=True).first).to_be_visible()


def test_an_order_ten_times_too_large_is_asked_back(open_notebook) -> None:
    sheet = open_notebook([START, "lesson.orders()"])
    orders = widget(sheet, "orders")
    orders.get_by_label("Drug", exact=True).select_option("labetalol")
    orders.get_by_label("Route").select_option("iv")
    orders.get_by_label("Dose", exact=True).fill("20000")
    orders.get_by_label("Unit").select_option("mg")
    orders.get_by_label("How often").select_option("once")
    sheet.after("orders", orders.get_by_role("button", name="Give", exact=True).click)
    asked = orders.get_by_role("alertdialog")
    expect(asked).to_be_visible()
    sheet.after("orders", asked.get_by_role("button", name="Go back").click)
    assert asked.count() == 0
    assert orders.get_by_label("Dose", exact=True).input_value() == "20000"
    expect(orders.get_by_text("Given and ended: 2")).to_be_visible()


def test_a_scan_is_read_with_the_keyboard(open_notebook) -> None:
    sheet = open_notebook([START, 'lesson.scan("normal")'])
    scan = widget(sheet, "scan")
    canvas = scan.locator("canvas")
    sheet.page.wait_for_function("() => document.querySelector('[data-widget=scan] canvas').dataset.drawn")
    canvas.focus()
    sheet.page.keyboard.press("Home")
    expect(scan.get_by_text("1 of 35", exact=True)).to_be_visible()
    sheet.page.keyboard.press("ArrowUp")
    sheet.page.keyboard.press("PageUp")
    expect(scan.get_by_text("6 of 35", exact=True)).to_be_visible()
    # whoever does not see the picture hears what is on it, slice by slice
    sheet.page.wait_for_function(
        "() => document.querySelector('[data-widget=scan] canvas').ariaLabel.includes('axial slice at z = -40 mm')"
    )
    sheet.after("scan", lambda: sheet.page.keyboard.press("Shift+ArrowLeft"))
    expect(scan.locator(".pt-place").filter(has_text="Crosshair:")).to_be_visible()
    scan.get_by_label("ADC").check()
    sheet.page.wait_for_function(
        "() => document.querySelector('[data-widget=scan] canvas').dataset.drawn.startsWith('ADC')"
    )


def test_the_course_reads_out_its_values(open_notebook) -> None:
    sheet = open_notebook([START, "lesson.course(reveal=True)"])
    course = widget(sheet, "course")
    slider = course.get_by_label("Read values at a time")
    before = slider.get_attribute("aria-valuetext")
    slider.focus()
    sheet.page.keyboard.press("Home")
    after = slider.get_attribute("aria-valuetext")
    assert before is not None
    assert after is not None
    assert before != after
    assert re.match(r"Day \d+ \d\d:\d\d: Tacrolimus \d+\.\d ng/mL", after)


def test_the_browser_remembers_what_the_server_forgot(open_notebook, lab) -> None:
    sheet = open_notebook([START, 'lesson.question("first-act")', "lesson.bedside()", "lesson.record()"])
    press(sheet, "What is wrong with your sight?")
    press(sheet, "Fundi")
    assert sheet.page.evaluate("() => JSON.parse(localStorage.getItem('pres_teach/kidney-azole')).events.length") == 2
    # the server loses everything, as Binder does after ten minutes
    sheet.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    for file in lab.record.parent.iterdir():
        file.unlink()
    sheet.run()
    sheet.page.get_by_text("This browser remembers 2 steps of this case.").wait_for()
    press(sheet, "What is the headache like?")
    # one step anew does not cost the two of before
    sheet.page.get_by_role("button", name="Bring them back").click()
    sheet.page.get_by_text("are back", exact=False).or_(sheet.page.get_by_text("brought back")).first.wait_for()
    widget(sheet, "bedside").get_by_role("log").get_by_text("Words swim").wait_for()


def test_work_is_saved_as_a_file_and_read_again(open_notebook, tmp_path: Path) -> None:
    sheet = open_notebook([START, "lesson.bedside()", "lesson.record()", "lesson.take_home()"])
    press(sheet, "What is wrong with your sight?")
    with sheet.page.expect_download() as download:
        sheet.page.get_by_role("button", name="Save my work to this computer").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.read_bytes().startswith(b"SQLite format 3")
    assert saved.suffix == ".sqlite"
    press(sheet, "Fundi")
    with sheet.page.expect_file_chooser() as chooser:
        sheet.page.get_by_role("button", name="Restore from a file").click()
    chooser.value.set_files(saved)
    sheet.page.get_by_text("nothing has changed").wait_for()
    with sheet.page.expect_download() as page:
        sheet.page.get_by_role("button", name="Save my page").click()
    assert page.value.suggested_filename.endswith(".html")


def test_a_plan_grows_as_it_is_chosen_and_fits_a_narrow_page(open_notebook) -> None:
    cells = ["import pres_teach; lesson = pres_teach.prevention()", "lesson.plan()", 'lesson.question("tell-patient")']
    sheet = open_notebook([*cells, "lesson.algorithm()"], width=320, height=700)
    plan = widget(sheet, "plan")
    plan.get_by_label("At the next visit").check()
    so_far = plan.get_by_role("region", name="Your plan so far")
    expect(so_far.get_by_role("definition")).to_have_text("At the next visit")
    plan.get_by_role("button", name="Check my plan").click()
    expect(plan.get_by_text("Leaves a gap", exact=True)).to_be_visible()
    plan.get_by_label("Against her own normal").check()
    expect(plan.get_by_text("Leaves a gap", exact=True)).to_be_hidden()  # it was about the other way
    expect(plan.get_by_text("You have changed your plan since it was checked.")).to_be_visible()
    told = widget(sheet, "question")
    told.get_by_role("textbox").fill("You had a swelling.")
    told.get_by_role("button", name="Compare with a model answer").click()
    told.get_by_label("Says that tacrolimus is not stopped without the team.").check()
    sheet.page.locator(".pt-twin > summary").click()
    widgets = sheet.page.locator("[data-widget]")
    assert widgets.evaluate_all(TOO_WIDE) == []
    assert widgets.evaluate_all(TOO_SMALL) == []


def test_the_algorithm_is_saved_as_a_page_to_print(open_notebook, tmp_path: Path) -> None:
    sheet = open_notebook(["import pres_teach; lesson = pres_teach.prevention()", "lesson.algorithm()"])
    with sheet.page.expect_download() as download:
        sheet.page.get_by_role("button", name="Save the page to print").click()
    assert download.value.suggested_filename == "pres-management-algorithm.pdf"
    download.value.save_as(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
