"""The colours of the theme, computed; and that nothing asks the network for anything."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from pres_teach.widgets.foundation import script, style

WIDGETS = files("pres_teach.widgets")
THEME = (WIDGETS / "theme.css").read_text(encoding="utf-8")
TEXT_ON = {
    "ink": ("paper", "wash", "accent-wash", "right-wash", "part-wash", "wrong-wash"),
    "soft": ("paper", "wash", "accent-wash", "right-wash", "part-wash", "wrong-wash"),
    "accent": ("paper", "wash", "accent-wash", "right-wash", "part-wash", "wrong-wash"),
    "accent-deep": ("paper",),
    "on-accent": ("accent", "accent-deep"),
    "right": ("paper", "right-wash", "wash"),
    "part": ("paper", "part-wash", "wash"),
    "wrong": ("paper", "wrong-wash", "wash"),
    "paper": ("wrong",),
    "series-1": ("paper",),
    "series-2": ("paper",),
    "series-3": ("paper",),
    "series-4": ("paper",),
    "series-5": ("paper",),
}
LINES_ON = {"edge": ("paper", "wash")}


def colours(theme: str) -> dict[str, str]:
    light, dark = re.findall(r"\{([^{}]*--pt-paper: [^{}]*)\}", THEME)
    return dict(re.findall(r"--pt-([\w-]+): (#[0-9a-f]{6});", light if theme == "light" else light + dark))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [(text, ground) for text, on in TEXT_ON.items() for ground in on])
def test_text_has_a_contrast_of_four_and_a_half(theme: str, text: str, ground: str) -> None:
    known = colours(theme)
    assert contrast(known[text], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), [(line, ground) for line, on in LINES_ON.items() for ground in on])
def test_edges_of_controls_have_a_contrast_of_three(theme: str, line: str, ground: str) -> None:
    known = colours(theme)
    assert contrast(known[line], known[ground]) >= 3


def test_both_themes_name_the_same_colours() -> None:
    light, dark = re.findall(r"\{([^{}]*--pt-paper: [^{}]*)\}", THEME)
    named = [{name for name, _ in re.findall(r"--pt-([\w-]+): (#[0-9a-f]{6});", part)} for part in (light, dark)]
    assert named[0] == named[1]


def test_styles_take_their_colours_from_the_theme() -> None:
    for file in WIDGETS.iterdir():
        if file.name.endswith(".css") and file.name != "theme.css":
            found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", file.read_text(encoding="utf-8")))
            # a scan is black, and a picture to print stands on white
            assert found <= {"#000", "#fff"}, file.name


def test_motion_is_only_for_those_who_want_it() -> None:
    calm = THEME.split("@media (prefers-reduced-motion: no-preference)")[0]
    assert "animation" not in calm
    assert "transition" not in calm


def test_nothing_comes_from_the_network() -> None:
    for file in WIDGETS.iterdir():
        if file.name.endswith((".js", ".css")):
            text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://|@import|\bimport\(|\bfetch\(|XMLHttpRequest", text), file.name


def test_a_card_opens_by_focus_and_by_pointer_where_no_script_runs() -> None:
    theme = style()
    opened = theme[theme.index(".pt .pt-citing:focus-within > .pt-card, .pt .pt-citing:hover > .pt-card {") :]
    assert opened[: opened.index("}")].count("display: block") == 1
    # in place, so that it covers nothing; the script shows one that floats instead, and puts it away by Escape
    assert "position" not in opened[: opened.index("}")]
    assert ".pt-live .pt .pt-citing > .pt-card { display: none; }" in theme
    assert 'event.key === "Escape" && owner' in script("panel")
