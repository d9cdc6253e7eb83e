"""A learner's moves in JupyterLab: by keyboard alone, or by finger.

`Learner` knows the lessons and reads the page; `Keyboard` and `Finger` are its two pairs of hands. What is awaited is
always a state of the page, never a time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Dialog, Locator, Page, Route, expect

__all__ = ["KERNEL_READY", "LESSONS", "Finger", "Keyboard", "Learner", "Watch", "minutes"]

LESSONS = (
    "00_start_here.ipynb",
    "01_presentation.ipynb",
    "02_mri_findings.ipynb",
    "03_immunosuppression_switching.ipynb",
    "04_outcomes.ipynb",
)

# The execution indicator says "idle" before a kernel is connected; the kernel itself is asked.
KERNEL_READY = """async name => {
    const front = () => jupyterapp.shell.currentWidget;
    while (!front()?.context?.path.endsWith(name)) await new Promise(requestAnimationFrame);
    await front().context.ready;
    await front().sessionContext.ready;
    const kernel = front().sessionContext.session.kernel;
    await kernel.info;
    while (!(kernel.status === "idle" && kernel.connectionStatus === "connected")) {
        await new Promise(requestAnimationFrame);
    }
}"""
# "all cells have run", or the error that kept one from it
ALL_RUN = """() => {
    const cells = jupyterapp.shell.currentWidget.content.widgets.filter(cell => cell.model.type === "code");
    const outputs = cells.flatMap(cell => cell.model.outputs.toJSON());
    const error = outputs.find(output => output.output_type === "error");
    if (error) return error.traceback.join("\\n") || error.evalue;
    return cells.every(cell => cell.model.executionCount !== null) ? "all cells have run" : false;
}"""
# where the focus is as seen from what is looked for, and in words for a test that failed
FOCUS = """nodes => {
    const at = document.activeElement;
    const here = nodes.findIndex(node => node === at);
    const first = nodes[0];
    const relation = first ? at.compareDocumentPosition(first) : 0;
    const inside = Boolean(relation & Node.DOCUMENT_POSITION_CONTAINED_BY);
    const widget = at.closest("[data-widget]")?.dataset.widget;
    const name = (at.getAttribute("aria-label") || at.labels?.[0]?.textContent || at.textContent || "").trim();
    return {
        found: nodes.length, here, behind: Boolean(relation & Node.DOCUMENT_POSITION_PRECEDING) && !inside,
        words: `${at.tagName.toLowerCase()} "${name.slice(0, 60)}"${widget ? ` in ${widget}` : ""}`,
    };
}"""
TAB_MOST = 300
# what JupyterLab itself calls an error when a kernel is restarted soon after its start
OF_JUPYTERLAB = ("Could not restore the debugger state",)


def minutes(words: str) -> int:
    """Minutes of "2 min", "20 min, result after 8 h" or "1 h 5 min"."""
    cost = re.match(r"(?:(\d+) h)?\s*(?:(\d+) min)?", words.strip())
    if cost is None or not cost[0]:
        raise ValueError(f"no duration in {words!r}")
    return 60 * int(cost[1] or 0) + int(cost[2] or 0)


class Watch:
    """Notes what a page should never do: ask for anything outside, fail, or open a browser dialog."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        self._url = url
        context.route("**/*", self._gate)
        context.on("page", self._follow)

    def _gate(self, route: Route) -> None:
        address = route.request.url
        if address.startswith((self._url, "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(address)
            route.abort()

    def _follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("websocket", lambda socket: self._socket(socket.url))
        page.on("dialog", self._refuse)

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith(OF_JUPYTERLAB):
            self.errors.append(text)

    def _socket(self, address: str) -> None:
        if not address.startswith(self._url.replace("http", "ws", 1)):
            self.outside.append(address)

    def _refuse(self, dialog: Dialog) -> None:
        # leaving a page with unsaved outputs is what a learner may do
        if dialog.type != "beforeunload":
            self.errors.append(f"a browser dialog: {dialog.message}")
        dialog.accept()


class Learner:
    """Somebody in front of JupyterLab.

    Parameters
    ----------
    page
        Playwright's page.
    screenshots
        Where pictures of the stations go.
    stem
        How their names begin.
    """

    def __init__(self, page: Page, screenshots: Path, stem: str) -> None:
        self.page = page
        self._screenshots = screenshots
        self._stem = stem
        self._stations = 0

    # --- hands: what a keyboard and a finger do differently ---------------------------------------------------------

    def press(self, target: Locator) -> None:
        """Press a button, open what folds, follow a link."""
        raise NotImplementedError

    def tick(self, target: Locator) -> None:
        """Choose a radio button, or tick a box."""
        raise NotImplementedError

    def pick(self, target: Locator, option: str) -> None:
        """Choose in a list, by the words of the option."""
        raise NotImplementedError

    def write(self, target: Locator, text: str) -> None:
        """Put a text into a field, in place of what is there."""
        raise NotImplementedError

    def run_all(self) -> None:
        """Ask JupyterLab to run all cells."""
        raise NotImplementedError

    # --- JupyterLab -------------------------------------------------------------------------------------------------

    @property
    def notebook(self) -> Locator:
        """The notebook in front."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def arrive(self, lesson: str) -> None:
        """Wait until a notebook is in front and its kernel is ready, then run all of it."""
        self.page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.context")
        self.page.evaluate(KERNEL_READY, lesson)
        self.run()

    def run(self) -> None:
        """Run all cells, and wait until each has run."""
        drawn = self.notebook.locator("[data-widget]")
        before = drawn.last.element_handle() if drawn.count() else None
        self.run_all()
        if before is not None:
            before.wait_for_element_state("hidden")
        said = self.page.wait_for_function(ALL_RUN).json_value()
        assert said == "all cells have run", said
        expect(self.widget("panel").first).to_be_visible()

    def go_to(self, lesson: str, link: str) -> None:
        """Follow a link to another notebook, and run it."""
        self.press(self.notebook.get_by_role("link", name=link).last)
        self.arrive(lesson)

    def picture(self, station: str) -> None:
        """Keep a picture of what is seen now."""
        self._stations += 1
        name = f"{self._stem}-{self._stations:02}-{station}.png"
        self.page.screenshot(path=str(self._screenshots / name), animations="disabled")

    # --- reading ----------------------------------------------------------------------------------------------------

    def widget(self, name: str) -> Locator:
        """The widgets of a kind in the notebook in front."""
        return self.notebook.locator(f"[data-widget={name}]")

    def panel(self, label: str) -> Locator:
        """The panel of that name."""
        return self.notebook.locator(f"[data-widget=panel][aria-label='{label}']")

    def question(self, words: str) -> Locator:
        """The question in which these words stand."""
        return self.widget("question").filter(has_text=words)

    @property
    def bedside(self) -> Locator:
        return self.widget("bedside").first

    @property
    def orders(self) -> Locator:
        return self.widget("orders").first

    def now(self) -> int:
        """The bedside's clock, in minutes since the transplantation."""
        said = " ".join(self.bedside.get_by_role("status").all_text_contents())
        found = re.search(r"Day (\d+), (\d\d):(\d\d)", said)
        assert found, f"no clock in {said!r}"
        day, hour, minute = map(int, found.groups())
        return (day * 24 + hour) * 60 + minute

    def found(self) -> Locator:
        """What was found out at the bedside."""
        return self.bedside.get_by_role("log")

    def chart(self) -> list[str]:
        """The chart, drug by drug, without its buttons."""
        rows = self.orders.locator("tbody tr").all()
        cells = [[cell.inner_text() for cell in row.locator("th, td").all()[:4]] for row in rows]
        return [" | ".join(" ".join(cell.split()) for cell in row) for row in cells]

    def verdict(self, question: Locator) -> str:
        """What a question said about the answer: the verdict first."""
        return " ".join(question.get_by_role("status").all_inner_texts()).strip()

    # --- moves ------------------------------------------------------------------------------------------------------

    def after(self, widget: Locator, act: Callable[[], object]) -> None:
        """Do something to a widget, and wait until Python has dealt with it."""
        before = widget.get_attribute("data-handled") or "0"
        act()
        expect(widget).not_to_have_attribute("data-handled", before)
        expect(widget).not_to_have_attribute("aria-busy", "true")

    def check(self, question: Locator) -> str:
        """Have an answer checked; what was said about it."""
        button = question.get_by_role("button", name=re.compile("^(Check my|Compare with)"))
        self.after(question, lambda: self.press(button))
        return self.verdict(question)

    def choose(self, question: Locator, *options: str) -> str:
        """Choose options by their first words and have them checked; what was said about it."""
        for option in options:
            self.tick(question.get_by_label(option))
        return self.check(question)

    def unfold(self, label: str) -> None:
        """Unfold the list in which something can be asked, examined or tested, if it is folded."""
        folded = self.bedside.locator("details:not([open])").filter(has=self.page.locator("button", has_text=label))
        if folded.count():
            self.press(folded.locator("summary").first)
            expect(self.bedside.get_by_role("button", name=label).first).to_be_visible()

    def do(self, label: str, cost: str = "") -> None:
        """Ask, examine or test; the clock must move by what it is said to cost.

        Parameters
        ----------
        label
            How its button begins.
        cost
            What it costs, "1 min", where the button says when it was done last instead.
        """
        self.unfold(label)
        button = self.bedside.get_by_role("button", name=label).first
        said = re.search(r"(?:\d+ h ?)?(?:\d+ min)", button.inner_text())
        cost = cost or (said[0] if said else "")
        assert cost, f"no cost in {button.inner_text()!r}"
        began = self.now()
        self.after(self.bedside, lambda: self.press(button))
        assert self.now() - began == minutes(cost), f"{label}: {cost}, but {self.now() - began} min passed"

    def let_pass(self, label: str) -> int:
        """Let time pass; the minutes that passed."""
        began = self.now()
        button = self.bedside.get_by_role("button", name=label).first
        self.after(self.bedside, lambda: self.press(button))
        return self.now() - began

    def fill_order(self, drug: str, route: str, dose: str, unit: str, every: str) -> None:
        """Fill in the form for a drug and send it."""
        form = self.orders.locator("form").filter(has_text="Give a drug")
        self.pick(form.get_by_label("Drug", exact=True), drug)
        for label, choice in (("Route", route), ("Unit", unit), ("How often", every)):
            field = form.get_by_label(label, exact=True)
            if choice and choice not in (field.locator("option:checked").text_content() or ""):
                self.pick(field, choice)
        self.write(form.get_by_label("Dose", exact=True), dose)
        self.send_order()

    def send_order(self) -> None:
        give = self.orders.get_by_role("button", name="Give", exact=True)
        self.after(self.orders, lambda: self.press(give))

    def hold(self, drug: str, until: str) -> None:
        """Hold a drug."""
        self.press(self.orders.get_by_role("button", name=f"Hold {drug}"))
        self.pick(self.orders.get_by_label("Until when?"), until)
        done = self.orders.get_by_role("button", name="Hold it")
        self.after(self.orders, lambda: self.press(done))

    def stop(self, drug: str) -> None:
        """Stop a drug, and mean it."""
        self.press(self.orders.get_by_role("button", name=f"Stop {drug}"))
        done = self.orders.get_by_role("button", name="Stop it")
        self.after(self.orders, lambda: self.press(done))

    def show(self, panel: Locator, button: str) -> None:
        """Press the button in front of what a panel tells."""
        self.after(panel, lambda: self.press(panel.get_by_role("button", name=button)))

    def said_to_order(self) -> str:
        """What came of the last order, in words."""
        return " ".join(self.orders.get_by_role("status").all_inner_texts())

    def drawn(self, scan: Locator, starts: str = "") -> None:
        """Wait until the pictures of a scan are drawn: of that sequence, or of "FLAIR:12", that slice."""
        scan.scroll_into_view_if_needed()  # pictures come when somebody comes near
        for canvas in scan.locator("canvas").all():
            expect(canvas).to_have_attribute("data-drawn", re.compile(f"^{starts}"))


class Keyboard(Learner):
    """A learner who has nothing but a keyboard. Only `page.keyboard` acts here."""

    def tab_to(self, target: Locator, most: int = TAB_MOST) -> None:
        """Press Tab, or Shift and Tab, until the focus is on one of `target`.

        Raises
        ------
        AssertionError
            If it isn't after `most` presses, with what had the focus on the way.
        """
        expect(target.first).to_be_attached()
        passed: list[str] = []
        for _ in range(most):
            focus: dict[str, Any] = target.evaluate_all(FOCUS)
            if focus["here"] >= 0:
                return
            passed.append(focus["words"])
            self.page.keyboard.press("Shift+Tab" if focus["behind"] else "Tab")
        way = "\n  ".join(passed[-40:])
        raise AssertionError(f"{target} was not reached in {most} presses of Tab. The focus went over\n  {way}")

    def press(self, target: Locator) -> None:
        self.tab_to(target)
        self.page.keyboard.press("Enter")

    def tick(self, target: Locator) -> None:
        expect(target).to_have_count(1)
        if target.get_attribute("type") == "radio":
            self._arrow_to(target)
        else:
            self.tab_to(target)
        if not target.is_checked():
            self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def tick_off(self, target: Locator) -> None:
        """Take a tick away."""
        self.tab_to(target)
        self.page.keyboard.press("Space")
        expect(target).not_to_be_checked()

    def _arrow_to(self, radio: Locator) -> None:
        """Tab goes to a group of radio buttons, arrows go about in it."""
        group = self.page.locator(f"input[name='{radio.get_attribute('name')}']")
        self.tab_to(group)
        for _ in range(group.count()):
            if radio.evaluate("node => node === document.activeElement"):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{radio} was not reached by arrow keys in its group of {group.count()}")

    def pick(self, target: Locator, option: str) -> None:
        self.tab_to(target)
        self.page.keyboard.press("Home")
        for _ in range(target.locator("option").count()):
            if option in (target.locator("option:checked").text_content() or ""):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f'there is no "{option}" in {target}: {target.locator("option").all_text_contents()}')

    def write(self, target: Locator, text: str) -> None:
        self.tab_to(target)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def leave_widget(self) -> None:
        """Press Tab until the focus is JupyterLab's: inside a widget its shortcuts are shut off."""
        for _ in range(TAB_MOST):
            if self.page.evaluate("() => document.activeElement.closest('[data-widget]') === null"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the focus stayed in widgets for {TAB_MOST} presses of Tab")

    def command(self, name: str) -> None:
        """Give JupyterLab a command by its palette."""
        self.leave_widget()
        self.page.keyboard.press("ControlOrMeta+Shift+C")
        field = self.page.locator(".lm-CommandPalette-input")
        expect(field).to_be_focused()
        self.page.keyboard.type(name)
        chosen = self.page.locator(".lm-CommandPalette-item.lm-mod-active")
        expect(chosen).to_contain_text(re.compile(f"^{re.escape(name)}", re.IGNORECASE))
        self.page.keyboard.press("Enter")
        expect(field).not_to_be_visible()

    def run_all(self) -> None:
        self.command("Run All Cells")

    def restart(self, lesson: str) -> None:
        """Restart the kernel, confirm it, and run all again."""
        self.command("Restart Kernel…")
        confirm = self.page.get_by_role("dialog").get_by_role("button", name="Confirm Kernel Restart")
        expect(confirm).to_be_focused()
        self.page.keyboard.press("Enter")
        expect(confirm).not_to_be_attached()
        self.arrive(lesson)


class Finger(Learner):
    """A learner who taps. What is tapped must be large enough for a finger, 44 px each way."""

    LARGE_ENOUGH = 43.5

    def tap(self, target: Locator) -> None:
        """Tap something of ours."""
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box, f"{target} is not to be seen"
        size = f"{box['width']:.0f} x {box['height']:.0f} px"
        assert min(box["width"], box["height"]) >= self.LARGE_ENOUGH, f"too small for a finger, {size}: {target}"
        target.tap()

    def press(self, target: Locator) -> None:
        if target.evaluate("node => node.tagName === 'A'"):
            target.tap()  # a link in running text may be as high as its line (WCAG 2.5.8)
        else:
            self.tap(target)

    def tick(self, target: Locator) -> None:
        self.tap(target.locator("xpath=ancestor::label"))
        expect(target).to_be_checked()

    def pick(self, target: Locator, option: str) -> None:
        # the list that unfolds belongs to the system, not to the page
        self.tap(target)
        values = {
            text: node.get_attribute("value")
            for node in target.locator("option").all()
            if (text := node.text_content())
        }
        self.page.keyboard.press("Escape")
        target.select_option(next(value for text, value in values.items() if option in text))

    def write(self, target: Locator, text: str) -> None:
        self.tap(target)
        expect(target).to_be_focused()
        target.fill(text)

    def run_all(self) -> None:
        self.notebook.get_by_role("button", name="Restart the kernel and run all cells").tap()
        self.page.get_by_role("dialog").get_by_role("button", name="Confirm Kernel Restart").tap()
