"""A lent computer forgets everything; the browser and the saved file don't."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect
from server import Server
from walk import LESSONS, Keyboard, Watch


def someone(context: BrowserContext, server: Server, screenshots: Path, lesson: str, stem: str) -> Keyboard:
    """A learner who opens a lesson in this browser profile and runs it."""
    learner = Keyboard(context.new_page(), screenshots, stem)
    learner.page.goto(server.address(lesson))
    learner.arrive(lesson)
    return learner


def work(learner: Keyboard) -> None:
    """Answer, look and order in the first hour."""
    learner.choose(learner.question("What comes first?"), "Send him to MRI now")
    learner.do("Blood pressure")
    learner.stop("Fluconazole")
    assert not any("Fluconazole" in row for row in learner.chart())


def is_as_left(learner: Keyboard) -> None:
    """The first hour shows what was done."""
    question = learner.question("What comes first?")
    expect(question.get_by_label("Send him to MRI now")).to_be_checked()
    assert learner.verdict(question).startswith("Not right")
    assert learner.now() == (15 * 24 + 7) * 60 + 31
    assert not any("Fluconazole" in row for row in learner.chart())


def test_work_comes_back_from_the_browser_and_from_the_file(
    server: Server, browser: Browser, screenshots: Path, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    watch = Watch(context, server.url)
    learner = someone(context, server, screenshots, LESSONS[1], "before")
    work(learner)
    learner.go_to(LESSONS[0], "Start here")
    record = learner.widget("record")
    with learner.page.expect_download() as download:
        learner.press(record.get_by_role("button", name="Save my work"))
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    learner.page.close()

    server.stop()
    server.forget()
    server.start()

    # the same browser
    learner = someone(context, server, screenshots, LESSONS[0], "back")
    record = learner.widget("record")
    expect(record).to_contain_text("No step of this case is taken yet")
    expect(record).to_contain_text("This browser remembers 3 steps of this case")
    expect(learner.panel("Where you are")).to_contain_text("day 15 07:30")
    learner.picture("offer")
    learner.after(record, lambda: learner.press(record.get_by_role("button", name="Bring them back")))
    expect(record).to_contain_text("3 steps are back")
    expect(record).to_contain_text("3 steps of this case are kept")
    expect(learner.panel("Where you are")).to_contain_text("day 15 07:31")
    learner.picture("brought-back")
    learner.go_to(LESSONS[1], "The first hour")
    is_as_left(learner)
    assert watch.outside == []
    assert watch.errors == []
    context.close()

    # another browser, with the file
    server.stop()
    server.forget()
    server.start()
    fresh = browser.new_context(viewport={"width": 1280, "height": 900})
    learner = someone(fresh, server, screenshots, LESSONS[0], "elsewhere")
    record = learner.widget("record")
    expect(record).to_contain_text("No step of this case is taken yet")
    expect(record.get_by_role("button", name="Bring them back")).to_have_count(0)
    with learner.page.expect_file_chooser() as chooser:
        learner.press(record.get_by_role("button", name="Restore from a file"))
    learner.after(record, lambda: chooser.value.set_files(file))
    expect(record).to_contain_text("3 steps of this case are kept")
    learner.picture("restored")
    learner.go_to(LESSONS[1], "The first hour")
    is_as_left(learner)
    fresh.close()
