"""Through all five lessons with the keyboard alone, from the first story to the debrief, and on after a restart."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, expect
from server import Server
from walk import LESSONS, Keyboard, Watch

from pres_teach import case as cases

# what this learner does well, by the ids of the case's checks
DONE = (
    *("pressure-seen", "glucose-seen", "airway-seen", "precipitant-found", "dose-decided", "called", "level-drawn"),
    *("azole-stopped", "antifungal", "pressure-treated", "blood-looked-for", "follow-up-scan"),
)
# the grey values of each canvas of a scan, without the writing at its edges
GREY = """canvases => canvases.map(canvas => {
    const [w, h] = [canvas.width, canvas.height];
    const box = [Math.round(w * 0.2), Math.round(h * 0.2), Math.round(w * 0.6), Math.round(h * 0.6)];
    return Array.from(canvas.getContext("2d").getImageData(...box).data).filter((_, at) => at % 4 === 0);
})"""


def test_through_all_lessons_by_keyboard(server: Server, browser: Browser, screenshots: Path, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    watch = Watch(context, server.url)
    learner = Keyboard(context.new_page(), screenshots, "walk")
    learner.page.goto(server.address(LESSONS[0]))

    learner.arrive(LESSONS[0])
    begin(learner)
    learner.go_to(LESSONS[1], "The first hour")
    answer_wrongly_then_rightly(learner)
    look_at_him(learner)
    answer_with_a_number(learner)
    answer_with_several(learner)
    order(learner)
    learner.go_to(LESSONS[2], "What the scan says")
    read_the_scan(learner)
    learner.go_to(LESSONS[3], "The next dose")
    wait_for_the_level(learner)
    learner.go_to(LESSONS[4], "The days after")
    follow_up(learner)
    close_the_case(learner)
    save(learner, tmp_path)
    go_on_after_a_restart(learner)

    assert watch.outside == []
    assert watch.errors == []
    context.close()


def begin(learner: Keyboard) -> None:
    expect(learner.panel("Where you are")).to_contain_text("It is day 15 07:30")
    learner.picture("start")
    question = learner.question("requires immediate discontinuation")
    learner.write(question.get_by_role("textbox"), "Not far. A plan for the graft, and the drivers, come first.")
    said = learner.check(question)
    assert "Not marked" in said
    assert "A model answer" in said
    assert "stated too strongly" in said
    expect(learner.widget("record")).to_contain_text("1 step of this case is kept")


def answer_wrongly_then_rightly(learner: Keyboard) -> None:
    expect(learner.notebook.get_by_text("Day 15, 07:30, the transplant ward.")).to_be_visible()
    learner.picture("story")
    question = learner.question("What comes first?")
    assert question.locator("input:checked").count() == 0
    learner.tick(question.get_by_label("70 %"))
    said = learner.choose(question, "Send him to MRI now")
    assert "Not right" in said
    assert "0 of 1 point" in said
    expect(question).to_contain_text("A scanner is a bad place for a first seizure")
    learner.picture("not-right")
    said = learner.choose(question, "Airway, breathing, circulation")
    assert said.startswith("Right")
    assert "The first try counts: 0 of 1 point" in said
    learner.picture("right")


def look_at_him(learner: Keyboard) -> None:
    assert learner.now() == (15 * 24 + 7) * 60 + 30
    expect(learner.bedside).to_contain_text("not measured yet")
    for label in ("Airway", "Blood pressure", "Bedside glucose"):
        learner.do(label)
    expect(learner.found()).to_contain_text("He talks in full sentences", use_inner_text=True)
    expect(learner.found()).to_contain_text("6.2 mmol/L", use_inner_text=True)
    expect(learner.bedside).to_contain_text(re.compile(r"\d{3}/\d{2,3} mmHg"))
    learner.do("Has any medicine been started")
    expect(learner.found()).to_contain_text("fluconazole 200 mg once a day from day 12", use_inner_text=True)
    learner.do("Tacrolimus level")
    assert learner.now() == (15 * 24 + 7) * 60 + 38
    expect(learner.bedside).to_contain_text("due day 15 15:36")
    expect(learner.bedside.get_by_role("button", name="Tacrolimus level")).to_be_disabled()
    learner.picture("bedside")


def answer_with_a_number(learner: Keyboard) -> None:
    question = learner.question("By how many percent")
    said = " ".join(learner.bedside.get_by_role("status").all_text_contents())
    mean = re.search(r"Mean pressure (\d+) mmHg", said)
    assert mean, said
    learner.write(question.get_by_label("Number"), f"{100 * (int(mean[1]) - 88) / 88:.0f}")
    learner.press(question.get_by_role("button", name="Check my answer"))
    expect(question).to_contain_text("Please give a number and choose its unit.")
    learner.pick(question.get_by_label("Unit"), "%")
    said = learner.check(question)
    assert said.startswith("Right")
    assert "1 of 1 point" in said
    learner.picture("number")


def answer_with_several(learner: Keyboard) -> None:
    question = learner.question("A differential is worth one test each")
    right = ("Hypoglycaemia", "Stroke in the posterior", "Venous sinus", "Infection of the brain", "Thrombotic micro")
    said = learner.choose(question, *right[:3], "PRES, excluded by")
    assert said.startswith("Partly right")
    learner.tick_off(question.get_by_label("PRES, excluded by"))
    said = learner.choose(question, *right[3:])
    assert said.startswith("Right")
    learner.picture("several")
    call = learner.question("transplant physician on the phone")
    said = learner.choose(call, "S: Man of 28", "B: Tacrolimus", "A: I am worried", "R: I would like to hold")
    assert said.startswith("Right")


def order(learner: Keyboard) -> None:
    before = learner.chart()
    assert any(re.match(r"Tacrolimus.*\| 3 mg .*running", row) for row in before), before
    learner.fill_order("Micafungin", "into a vein", "-100", "mg", "every 24 h")
    assert "Not ordered" in learner.said_to_order()
    assert "A dose is a number" in learner.said_to_order()
    assert learner.chart() == before
    expect(learner.orders.get_by_label("Dose", exact=True)).to_have_value("-100")
    expect(learner.orders.get_by_label("Drug", exact=True)).to_have_value("micafungin")
    learner.picture("refused")
    learner.write(learner.orders.get_by_label("Dose", exact=True), "100")
    learner.send_order()
    assert "Micafungin 100 mg every 24 h into a vein: ordered" in learner.said_to_order()
    learner.hold("Tacrolimus", "two doses")
    assert "held until day 16 08:00" in learner.said_to_order()
    learner.stop("Fluconazole")
    assert "Fluconazole: stopped" in learner.said_to_order()
    learner.fill_order("Labetalol", "into a vein", "20", "mg", "once")
    assert "Labetalol 20 mg once into a vein: ordered" in learner.said_to_order()
    chart = learner.chart()
    assert any("Micafungin | 100 mg" in row for row in chart), chart
    assert any(row.startswith("Tacrolimus") and "on hold, again from day 16 08:00" in row for row in chart), chart
    assert not any("Fluconazole" in row for row in chart), chart
    learner.picture("orders")
    marks = learner.widget("course").get_by_role("listitem")
    for drug in ("tacrolimus", "fluconazole", "micafungin", "labetalol"):
        expect(marks.filter(has_text=re.compile(drug, re.IGNORECASE)).first).to_be_visible()
    learner.tab_to(learner.widget("course").get_by_label("Read values at a time"))
    learner.picture("course")
    learner.do("CT of the head")
    expect(learner.found()).to_contain_text("No blood, no mass, no shift", use_inner_text=True)


def read_the_scan(learner: Keyboard) -> None:
    assert learner.now() >= (15 * 24 + 9) * 60 + 30
    expect(learner.panel("Where you are")).to_contain_text("as you left him")
    learner.choose(learner.question("Why CT first"), "CT shows blood, mass and shift")
    learner.do("MRI of the head")
    scan = learner.widget("scan").nth(1)
    learner.drawn(scan)
    canvas = scan.locator("canvas")
    learner.tick(scan.get_by_role("radio", name="FLAIR"))
    learner.tab_to(canvas)
    learner.page.keyboard.press("Home")
    learner.drawn(scan, "FLAIR:0$")
    slices = int((scan.get_by_text(re.compile(r"^1 of \d+$")).inner_text()).rpartition(" ")[2])
    learner.page.keyboard.press("PageUp")
    learner.drawn(scan, "FLAIR:4$")
    learner.tab_to(scan.get_by_label("Slice"))
    for _ in range(slices // 2 - 4):
        learner.page.keyboard.press("ArrowRight")
    learner.drawn(scan, f"FLAIR:{slices // 2}$")
    learner.picture("flair")
    learner.tick(scan.get_by_role("radio", name="ADC"))
    learner.drawn(scan, f"ADC:{slices // 2}$")
    learner.tab_to(canvas)
    learner.after(scan, lambda: learner.page.keyboard.press("Shift+ArrowLeft"))
    place = scan.get_by_role("status").filter(has_text="Crosshair:")
    expect(place).to_contain_text(re.compile(r"MNI [+−]?\d+"))
    expect(place).to_contain_text(re.compile(r"ADC there: \d\.\d\d"))
    learner.picture("adc")
    question = learner.question("Where is the signal too bright?")
    said = learner.choose(question, "Right occipital", "Left occipital", "Right parietal", "Left parietal")
    assert said.startswith("Right")


def wait_for_the_level(learner: Keyboard) -> None:
    level = learner.found().get_by_role("article").filter(has_text="Tacrolimus level")
    while level.count() == 0:
        learner.let_pass("Until the next result")
    assert learner.now() == (15 * 24 + 15) * 60 + 36
    expect(level.first).to_contain_text(re.compile(r"\d+(\.\d+)? ng/mL"))
    learner.picture("level")
    expect(learner.panel("What made the level")).to_contain_text("luconazole")
    question = learner.question("what will the level be tomorrow")
    learner.write(question.get_by_label("Number"), "9")
    learner.pick(question.get_by_label("Unit"), "ng/mL")
    assert "Close to the model" in learner.check(question)
    learner.let_pass("12 h")
    learner.do("Blood pressure", cost="1 min")
    learner.choose(learner.question("Survival is 40 %"), "Nothing. It is 2 of 5")
    learner.picture("next-dose")


def follow_up(learner: Keyboard) -> None:
    assert learner.now() >= (21 * 24 + 8) * 60
    compare = learner.widget("scan").first
    expect(compare).to_contain_text("One scan so far")
    learner.let_pass("1 week")
    learner.do("MRI of the head", cost="40 min")
    learner.drawn(compare)
    expect(compare.locator("canvas")).to_have_count(2)
    learner.tick(compare.get_by_role("radio", name="FLAIR"))
    learner.drawn(compare, "FLAIR:")
    then, since = compare.locator("canvas").evaluate_all(GREY)
    fallen = sum(a - b > 25 for a, b in zip(then, since, strict=True)) / len(then)
    assert fallen > 0.005, f"the follow-up scan is darker in {fallen:.2%} of its pixels"
    learner.tab_to(compare.locator("canvas").first)
    learner.picture("then-and-now")
    said = learner.choose(learner.question("When do you repeat the MRI"), "About two to six weeks")
    assert said.startswith("Right")


def close_the_case(learner: Keyboard) -> None:
    letter = learner.panel("The letter")
    learner.show(letter, "Show the letter")
    expect(letter).to_contain_text("Dear colleague")
    expect(letter).to_contain_text(re.compile("micafungin", re.IGNORECASE))
    learner.picture("letter")
    debrief = learner.panel("Debrief")
    learner.show(debrief, "Show the debrief")
    points = debrief.get_by_role("listitem")
    for check in cases.read("kidney-azole").checks:
        if check.id in DONE:
            expect(points.filter(has_text=check.text)).to_contain_text("Done")
    expect(debrief).to_contain_text("Was it you, or was it luck?")
    learner.picture("debrief")


def save(learner: Keyboard, folder: Path) -> None:
    record = learner.widget("record")
    with learner.page.expect_download() as download:
        learner.press(record.get_by_role("button", name="Save my work"))
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    expect(record).to_contain_text(f"Saved as {file.name}")
    with closing(sqlite3.connect(file)) as kept:
        events = [json.loads(body) for (body,) in kept.execute("SELECT body FROM event ORDER BY number")]
    done = {(event["do"], event.get("drug") or event.get("test") or event.get("finding")) for event in events}
    expected = {("ask", "new-medicines"), ("test", "level"), ("hold", "tacrolimus"), ("stop", "fluconazole")}
    assert expected | {("order", "micafungin"), ("order", "labetalol"), ("test", "mri")} <= done
    expect(record).to_contain_text(f"{len(events)} steps of this case are kept")
    learner.picture("record")


def go_on_after_a_restart(learner: Keyboard) -> None:
    clock, chart = learner.now(), learner.chart()
    learner.restart(LESSONS[4])
    assert learner.now() == clock
    assert learner.chart() == chart
    question = learner.question("When do you repeat the MRI")
    expect(question.get_by_label("About two to six weeks")).to_be_checked()
    assert "1 of 1 point" in learner.verdict(question)
    expect(learner.found()).to_contain_text("He talks in full sentences", use_inner_text=True)
    learner.do("Blood pressure", cost="1 min")
    assert learner.now() == clock + 1
    learner.picture("restarted")
