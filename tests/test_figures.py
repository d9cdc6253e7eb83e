from __future__ import annotations

import base64
import html.parser
import re
import struct
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pres_teach import figures
from pres_teach.evidence import UnknownKey, chance_of_gap, library
from pres_teach.figures.chance import drawn_again
from pres_teach.patient import Order

SURVIVAL = [f"hammerstrom2013-{name}" for name in ("not-held", "held-resumed", "switched", "survivors")]


def order(
    drug: str, at_h: float, dose: float, unit: str, every_h: float | None, until_h: float | None, by: str
) -> Order:
    return Order(drug=drug, at_h=at_h, dose=dose, unit=unit, route="mouth", every_h=every_h, until_h=until_h, by=by)


def made_up(treated: bool = True, limits: tuple[str, ...] = (), ciclosporin: Any = None) -> Any:
    """A course with the attributes of a simulated one, its numbers made up."""
    time = np.arange(0, 24 * 24 + 0.01, 0.25)
    azole = 1 / (1 + np.exp(-(time - 310) / 12))
    after = np.where(time > 372, 1 - np.exp(-(np.clip(time - 372, 0, None)) / 30), 0) if treated else 0 * time
    level = 5 + 12 * azole * (1 - 0.75 * after) + 1.5 * np.sin(time * 2 * np.pi / 12)
    pressure = 90 + 32 * azole * (1 - 0.7 * after)
    oedema = 60 / (1 + np.exp(-(time - 372) / 8)) * np.exp(-np.clip(time - 400, 0, None) / (90 if treated else 900))
    cover = 1.15 + 0.1 * azole - (0.35 if treated else 0.0) * after * np.exp(-np.clip(time - 430, 0, None) / 40)
    events = [SimpleNamespace(time_h=366.0, kind="onset", text="", ends_h=None)]
    orders = [
        order("tacrolimus", 20, 3, "mg", 12, 372.0 if treated else None, "author"),
        order("mycophenolate", 20, 1000, "mg", 12, None, "author"),
        order("prednisolone", 20, 20, "mg", 24, None, "author"),
        order("fluconazole", 297, 200, "mg", 24, 370.0 if treated else None, "author"),
    ]
    if treated:
        orders += [
            order("labetalol", 369, 20, "mg", None, None, "learner"),
            order("tacrolimus", 420, 1.5, "mg", 12, None, "learner"),
            order("micafungin", 371, 100, "mg", 24, None, "learner"),
            order("levetiracetam", 372, 1000, "mg", 12, None, "learner"),
        ]
        events.append(SimpleNamespace(time_h=520.0, kind="recovery", text="", ends_h=None))
    else:
        events += [
            SimpleNamespace(time_h=458.0, kind="seizure", text="", ends_h=458.05),
            SimpleNamespace(time_h=459.5, kind="status", text="", ends_h=460.0),
            SimpleNamespace(time_h=463.0, kind="deficit", text="", ends_h=None),
        ]
    return SimpleNamespace(
        time_h=time,
        level_ng_ml=level,
        level_low_ng_ml=0.7 * level,
        level_high_ng_ml=1.35 * level,
        ciclosporin_ng_ml=ciclosporin if ciclosporin is not None else 0.0 * time,
        sirolimus_ng_ml=0.0 * time,
        everolimus_ng_ml=0.0 * time,
        opens_h=None,
        map_mmhg=pressure,
        oedema_ml=oedema,
        restricted_ml=0.0 * oedema if treated else 0.15 * oedema,
        cover=cover,
        cover_needed=np.full_like(time, 0.95),
        patient=SimpleNamespace(baseline_map_mmhg=88.0),
        chart=SimpleNamespace(orders=tuple(orders)),
        events=tuple(events),
        limits=limits,
    )


TARGET = SimpleNamespace(low=4.0, high=11.0, unit="ng/mL", text="US label", source="prograf-label")
LIMIT = "Age 12 lies outside the 18 to 70 years of the adults with a kidney in whom the model was made."


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def test_a_picture_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match='"alt": a picture needs words'):
        figures.Picture(b"", " ", "caption")


def test_a_picture_carries_its_words_and_itself_in_html() -> None:
    page = figures.Picture(b"abc", 'a "quoted" <alt>', "a & b").html()
    assert 'alt="a &quot;quoted&quot; &lt;alt&gt;"' in page
    assert f"data:image/png;base64,{base64.b64encode(b'abc').decode()}" in page
    assert "<figcaption>a &amp; b</figcaption>" in page


def test_a_picture_in_html_is_well_formed() -> None:
    opened: list[str] = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag != "img":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Reader(convert_charrefs=True).feed(figures.forest(SURVIVAL, "Survival").html())
    assert opened == []


def test_the_repr_of_a_picture_is_short() -> None:
    assert repr(figures.Picture(b"a" * 9999, "alt", "caption")) == "Picture('caption')"


def contrast_with_white(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@pytest.mark.parametrize("name", sorted(figures.COLOURS))
def test_every_colour_reaches_three_to_one_on_white(name: str) -> None:
    assert contrast_with_white(figures.COLOURS[name]) >= 3.0


def test_an_interval_plot_tells_every_value_in_words() -> None:
    picture = figures.forest(SURVIVAL, "Survived to discharge")
    for key in SURVIVAL:
        assert library().claim(key).numbers in picture.alt


def test_an_interval_plot_has_a_table_that_says_in_whom_and_how_known() -> None:
    table = figures.forest(["datar2015-status", "hinduja2016-seizures"], "Seizures").table
    assert table is not None
    assert table.rows[0] == (
        "Status epilepticus, of those who seize",
        "13/84 = 15 % (9 to 25 %)",
        "patients with PRES and a seizure",
        "Datar 2015",
        "known from: the abstract",
    )
    assert "another work that quotes it" in table.rows[1][4]


def test_a_table_has_headers_for_rows_and_columns() -> None:
    page = figures.Table("Caption", ("a", "b"), (("1", "2"),)).html()
    assert '<caption>Caption</caption><thead><tr><th scope="col">a</th>' in page
    assert '<tr><th scope="row">1</th><td>2</td></tr>' in page


def test_an_interval_plot_tells_a_share_without_denominator_as_such() -> None:
    picture = figures.forest(["fugate2010-seizures", "cruz2012-seizures"], "Seizures")
    assert "88 %, denominator not known" in picture.alt
    assert "Hollow: no denominator is known" in picture.caption


def test_odds_ratios_are_plotted_with_their_printed_intervals() -> None:
    picture = figures.forest(["chen2018-haemorrhage", "chen2018-eclampsia"], "Poor outcome")
    assert "4.93 (3.94 to 6.17)" in picture.alt


def test_shares_and_ratios_do_not_stand_on_one_axis() -> None:
    with pytest.raises(ValueError, match="must stand on one axis; found the units %, times the odds"):
        figures.forest(["datar2015-status", "chen2018-haemorrhage"], "Mixed")


def test_an_interval_plot_of_words_alone_is_refused() -> None:
    with pytest.raises(ValueError, match='found none in "criteria-none"'):
        figures.forest(["criteria-none"], "Words")


def test_an_interval_plot_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one claim"):
        figures.forest([], "Nothing")


def test_an_interval_plot_of_an_unknown_claim_is_refused() -> None:
    with pytest.raises(UnknownKey, match="nobody2099"):
        figures.forest(["nobody2099"], "Unknown")


def test_an_interval_plot_is_the_same_every_time() -> None:
    assert figures.forest(SURVIVAL, "Survival").png == figures.forest(SURVIVAL, "Survival").png


def test_pictures_are_768_wide_at_one_and_a_half_dots_a_pixel() -> None:
    assert size(figures.forest(SURVIVAL, "Survival").png)[0] == 1152


def test_a_course_says_that_it_is_illustrative_in_words_caption_and_table() -> None:
    picture = figures.course_figure(made_up())
    assert picture.table is not None
    for words in (picture.alt, picture.caption, picture.table.caption):
        assert "Teaching model, illustrative" in words


def test_a_course_tells_its_events_and_orders_in_words() -> None:
    alt = figures.course_figure(made_up(treated=False)).alt
    assert "seizure day 19 02:00" in alt
    assert "fluconazole 200 mg every 24 h by mouth from day 12 09:00" in alt


def test_a_course_tells_the_limits_of_its_model() -> None:
    with_limit = figures.course_figure(made_up(limits=(LIMIT,)))
    assert LIMIT in with_limit.alt
    assert size(with_limit.png)[1] > size(figures.course_figure(made_up()).png)[1]


def test_a_course_tells_the_trough_range_and_when_the_learner_takes_over() -> None:
    alt = figures.course_figure(made_up(), target=TARGET, opens_h=367.5).alt  # type: ignore[arg-type]
    assert "Trough range 4 to 11 ng/mL." in alt
    assert "takes over on day 15 07:30" in alt


def test_the_table_of_a_course_has_a_row_for_each_event() -> None:
    table = figures.course_figure(made_up(treated=False)).table
    assert table is not None
    assert [row[-1] for row in table.rows if row[0] == "day 19 02:00"] == ["seizure"]


def test_the_table_of_a_course_gives_the_values_of_its_time() -> None:
    course = made_up()
    table = figures.course_figure(course).table
    assert table is not None
    row = next(row for row in table.rows if row[0] == "day 14 00:00")
    place = int(np.flatnonzero(course.time_h == 14 * 24)[0])
    assert row[1] == f"{course.level_ng_ml[place]:.1f} ng/mL"


def test_two_courses_are_told_apart_by_line_and_not_by_colour_alone() -> None:
    picture = figures.course_figure({"you": made_up(), "untreated twin": made_up(treated=False)})
    assert "Solid: you. Dashed: untreated twin." in picture.caption
    assert "untreated twin, what happened: onset day 15 06:00, seizure day 19 02:00" in picture.alt


def test_three_courses_are_refused() -> None:
    with pytest.raises(ValueError, match="one course or two"):
        figures.course_figure({"a": made_up(), "b": made_up(), "c": made_up()})


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(ValueError, match='"until_h": must be later'):
        figures.course_figure(made_up(), from_h=300, until_h=300)


def test_a_window_leaves_out_what_lies_outside() -> None:
    picture = figures.course_figure(made_up(treated=False), from_h=0, until_h=240)
    assert "nothing marked" in picture.alt
    assert "seizure" not in picture.alt


def test_a_course_never_mentions_survival() -> None:
    picture = figures.course_figure({"you": made_up(), "twin": made_up(treated=False)})
    assert re.search("surviv|death|died", picture.html(), re.IGNORECASE) is None


def test_a_course_is_drawn_the_same_every_time() -> None:
    assert figures.course_figure(made_up()).png == figures.course_figure(made_up()).png


def test_redraws_depend_on_the_seed_alone() -> None:
    groups = SURVIVAL[:3]
    assert figures.redraws(groups, seed=3).png == figures.redraws(groups, seed=3).png
    assert figures.redraws(groups, seed=3).alt != figures.redraws(groups, seed=4).alt


def test_redraws_say_how_often_chance_alone_differs_as_much() -> None:
    alt = figures.redraws(SURVIVAL[:3], seed=1).alt
    found = re.search(r"In (\d+) of 100 repetitions the groups differ by 10 points or more", alt)
    assert found is not None
    assert int(found[1]) > 80


def test_redraws_need_two_groups_with_counts() -> None:
    with pytest.raises(ValueError, match="at least two claims that count k of n; found 0 of 1"):
        figures.redraws(["cruz2012-seizures"])


def test_redraws_need_a_repetition() -> None:
    with pytest.raises(ValueError, match='"times": at least one'):
        figures.redraws(SURVIVAL[:3], times=0)


def test_slices_are_described_without_a_picture() -> None:
    from pres_teach.imaging import acquire

    lesion = SimpleNamespace(
        pattern="parieto-occipital",
        asymmetry=0.2,
        oedema_ml=40.0,
        peak_ml=40.0,
        since_onset_h=12.0,
        restricted_ml=0.0,
        microbleeds=0,
        sulcal_blood=False,
        haematoma_ml=0.0,
        seed=6,
    )
    scan = acquire(lesion, seed=6)
    picture = figures.panel(scan, ("FLAIR",), (16,))
    assert scan.describe("FLAIR", scan.index_of(16)) in picture.alt
    assert "SYNTHETIC" in picture.caption


def test_ciclosporin_has_its_own_curve_only_where_it_is_given() -> None:
    switched = made_up(ciclosporin=np.linspace(0.0, 180.0, 2305))
    assert "ciclosporin level" in figures.course_figure(switched).alt
    assert "ciclosporin level" not in figures.course_figure(made_up()).alt


def test_a_course_knows_itself_when_the_learner_took_over() -> None:
    course = made_up()
    course.opens_h = 367.5
    assert "takes over on day 15 07:30" in figures.course_figure(course).alt


def test_a_course_marks_the_troughs_not_the_peaks_against_the_range() -> None:
    course = made_up(treated=False)
    before_each_dose = [level for at, level in zip(course.time_h, course.level_ng_ml, strict=True) if at % 12 == 8]
    alt = figures.course_figure(course, from_h=240).alt
    assert f"last {before_each_dose[-1]:.1f}." in alt


def test_the_alternative_text_names_orders_that_were_already_running() -> None:
    alt = figures.course_figure(made_up(treated=False), from_h=240).alt
    assert "mycophenolate 1000 mg every 12 h by mouth from day 0 20:00" in alt


def test_groups_are_drawn_again_alike_and_more_of_them_begin_alike() -> None:
    groups = [(2, 5), (4, 10), (2, 4)]
    first = drawn_again(groups, seed=6, times=20)
    assert first.shape == (20, 3)
    assert (first == drawn_again(groups, seed=6, times=40)[:20]).all()
    assert (first != drawn_again(groups, seed=7, times=20)).any()
    assert (first <= [5, 10, 4]).all()


def test_draws_agree_with_the_exact_count() -> None:
    groups = [(2, 5), (4, 10), (2, 4)]
    shares = drawn_again(groups, seed=1, times=2000) / [5, 10, 4]
    far = (shares.max(axis=1) - shares.min(axis=1) >= 0.1 - 1e-9).mean()
    assert far == pytest.approx(chance_of_gap(groups), abs=0.01)
