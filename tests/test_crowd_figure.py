"""Many patients like one, in a picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pres_teach.cohort import Tally
from pres_teach.figures import crowd_figure

MINE = Tally(
    n=1000,
    until_h=1800.0,
    pres=1000,
    seizure=500,
    status=60,
    haemorrhage=120,
    deficit=100,
    seen=20,
    hypoperfusion=0,
    rejection=30,
    complication=0,
    clear_by=(4, 230, 840, 960),
    followed=(1000, 1000, 1000, 900),
    peak=(0,) * 30,
)
LEFT = replace(MINE, seizure=990, deficit=410)
WAYS = [("treated your way", MINE), ("nobody does anything", LEFT)]


def test_every_share_stands_in_the_alternative_text_and_the_table() -> None:
    picture = crowd_figure(WAYS, "A thousand patients like him")
    assert "a seizure: treated your way 50 % (47 to 53), nobody does anything 99 % (98 to 99)" in picture.alt
    assert picture.table is not None
    rows = {row[0]: row[1:] for row in picture.table.rows}
    assert rows["a seizure"][0].startswith("500 of 1000 (50.0 %, 95 % interval 46.9 to 53.1 %)")
    assert "Illustrative" in picture.caption


def test_what_nobody_had_and_what_all_have_by_design_is_left_out() -> None:
    picture = crowd_figure(WAYS, "A thousand")
    assert picture.table is not None
    named = {row[0] for row in picture.table.rows}
    assert "PRES" not in named
    assert "another complication of the treatment" not in named


def test_a_scan_after_eight_weeks_is_left_out_where_not_all_were_followed_so_long() -> None:
    picture = crowd_figure(WAYS, "A thousand")
    assert "within 4 weeks" in picture.alt
    assert "within 8 weeks" not in picture.alt


def test_nothing_is_said_of_survival() -> None:
    picture = crowd_figure(WAYS, "A thousand")
    text = f"{picture.alt} {picture.caption}".lower()
    assert not any(word in text for word in ("surviv", "death", "died", "mortal"))


def test_the_same_crowd_gives_the_same_picture() -> None:
    assert crowd_figure(WAYS, "A thousand").png == crowd_figure(WAYS, "A thousand").png


@pytest.mark.parametrize("ways", [[], WAYS * 2])
def test_one_to_three_charts_are_drawn(ways: list[tuple[str, Tally]]) -> None:
    with pytest.raises(ValueError, match='"ways": one to 3 charts are drawn'):
        crowd_figure(ways, "A thousand")


def test_crowds_of_different_size_are_refused() -> None:
    with pytest.raises(ValueError, match='"ways": crowds of one size'):
        crowd_figure([WAYS[0], ("a few", replace(MINE, n=10))], "A thousand")
