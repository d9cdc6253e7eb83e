"""A lesson: widgets wired to one encounter, in step with each other and with the record."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pres_teach import text
from pres_teach.evidence import library
from pres_teach.record import Record
from pres_teach.widgets import Lesson, lesson
from pres_teach.widgets.foundation import PresWidget

from .conftest import CASE, press

PARTS = ("where", "bedside", "orders", "scan", "course", "results", "letter", "debrief", "record", "take_home")


def pieces(opened: Lesson) -> Iterator[PresWidget]:
    for part in PARTS:
        yield getattr(opened, part)()
    for stage in opened.encounter.case.stages.values():
        for question in stage.questions:
            yield opened.question(question.id)


def told(widget: PresWidget) -> str:
    """All that leaves Python for a widget: its state, and its bundle, as plain words."""
    state = {name: value for name, value in widget.get_state().items() if name not in ("_esm", "_css")}
    bundle, _ = widget._repr_mimebundle_()
    raw = json.dumps(state, default=str) + bundle["text/html"] + bundle["text/plain"]
    return plainly(raw.encode().decode("unicode_escape", errors="ignore") + raw)


def plainly(words: str) -> str:
    return re.sub(r"\W+", " ", html.unescape(re.sub(r"<[^>]+>", " ", words))).casefold()


def test_nothing_is_told_before_it_is_revealed(first: Lesson) -> None:
    case = first.encounter.case
    secrets: list[str] = [case.debrief]
    for stage in case.stages.values():
        secrets += [finding.finds for finding in stage.findings]
        secrets += [test.result for test in stage.tests if test.result]
        for question in stage.questions:
            secrets += [question.explain, question.model_answer, question.feedback_right, question.feedback_wrong]
            secrets += [option.feedback for option in question.options]
    secrets += [check.why for check in case.checks]
    found = " ".join(told(widget) for widget in pieces(first))
    for secret in filter(None, secrets):
        sentence = max(text.plain(secret, library().cite).splitlines(), key=len)
        words = plainly(sentence)[:60]
        if len(words) > 25:
            assert words not in found, sentence


def test_no_trait_of_a_question_says_which_option_is_right(first: Lesson) -> None:
    for stage in first.encounter.case.stages.values():
        for question in stage.questions:
            state = json.dumps(first.question(question.id).get_state(), default=str)
            assert '"right"' not in state.replace('"_', "")
            assert '"key"' not in state


def test_the_bedside_tells_what_is_asked_and_its_time_passes(first: Lesson) -> None:
    widget = first.bedside()
    assert widget.clock["text"] == "Day 15, 07:30"
    press(widget, "ask", id="vision")
    assert widget.clock["text"] == "Day 15, 07:32"
    assert "Words swim" in widget.log[-1]["html"]
    asked = next(item for group in widget.groups for item in group["items"] if item["id"] == "vision")
    assert asked["done"] == "day 15 07:30"
    assert asked["entry"] == widget.log[-1]["n"]


def test_entries_of_the_log_are_told_apart_by_what_they_are(first: Lesson) -> None:
    press(first.bedside(), "ask", id="headache")
    before = first.bedside().log[0]["n"]
    press(first.record(), "again")
    press(first.bedside(), "ask", id="vision")
    assert first.bedside().log[0]["n"] != before


def test_the_monitor_shows_no_pressure_before_it_is_measured(first: Lesson) -> None:
    widget = first.bedside()
    assert widget.monitor[0] == {"label": "Blood pressure", "value": "not measured yet"}
    press(widget, "test", id="pressure")
    assert re.fullmatch(r"\d{2,3}/\d{2,3}", widget.monitor[0]["value"])


def test_the_nurse_asks_about_the_dose_until_somebody_decides(first: Lesson) -> None:
    bedside, orders = first.bedside(), first.orders()
    assert not bedside.alarm
    assert {"label": "Next tacrolimus", "value": "08:00", "note": "3 mg"} in bedside.monitor
    press(bedside, "wait", hours=0.35)
    assert bedside.alarm["title"] == "The tacrolimus is due"
    press(orders, "hold", drug="tacrolimus", until=orders.running[0]["holds"][0]["value"])
    assert bedside.alarm == {}


def test_a_dose_that_nobody_decided_about_is_given_and_said(first: Lesson) -> None:
    bedside = first.bedside()
    press(bedside, "wait", hours=1)
    assert bedside.alarm["title"] == "The tacrolimus was given"
    assert "Nobody had decided otherwise" in bedside.alarm["text"]


def test_a_result_is_pending_until_it_is_due(first: Lesson) -> None:
    widget = first.bedside()
    press(widget, "test", id="level")
    assert [one["label"] for one in widget.pending] == ["Tacrolimus level"]
    assert "ng/mL" not in json.dumps(widget.log)
    press(widget, "wait", until="result")
    assert widget.pending == []
    assert "ng/mL" in widget.log[-1]["html"]


def test_waiting_for_a_result_when_there_is_none_is_refused_in_words(first: Lesson) -> None:
    widget = first.bedside()
    press(widget, "wait", until="result")
    assert widget.notice == "No result is under way."


def test_an_event_stops_the_wait_and_raises_the_alarm(first: Lesson) -> None:
    widget = first.bedside()
    press(widget, "wait", hours=24 * 14.0)
    assert widget.alarm["text"]
    assert widget.alarm["time"] == f"{widget.clock['day'].lower()} {widget.clock['time']}"
    assert first.encounter.clock_h < first.encounter.case.opens_h + 24 * 14


def test_the_bedside_can_offer_a_part(first: Lesson) -> None:
    assert [group["title"] for group in first.bedside("test").groups] == ["Test"]
    with pytest.raises(ValueError, match='"kinds": of ask, examine, test; found "smell"'):
        first.bedside(["smell"])


def test_an_order_is_given_and_shown(first: Lesson) -> None:
    widget = first.orders()
    press(widget, "give", drug="labetalol", dose="20", unit="mg", route="iv", every="once")
    assert widget.notice["text"][0] == "Labetalol 20 mg once into a vein: ordered."
    assert any(row["drug"] == "labetalol" and row["state"] == "given" for row in widget.running)
    assert widget.form == {}


@pytest.mark.parametrize("dose", ["", "twenty", "-3", "1e9", "0x10", "nan", "20 mg"])
def test_a_dose_that_is_no_number_is_refused_and_the_form_kept(first: Lesson, dose: str) -> None:
    widget = first.orders()
    press(widget, "give", drug="labetalol", dose=dose, unit="mg", route="iv", every="once")
    assert widget.notice["kind"] == "refused"
    assert widget.form["drug"] == "labetalol"
    assert widget.form["dose"] == dose
    assert first.encounter.decisions == ()


def test_what_the_learner_typed_is_shown_as_text(first: Lesson) -> None:
    widget = first.orders()
    press(widget, "give", drug="labetalol", dose="<img src=x>", unit="mg", route="iv", every="once")
    assert "<img" not in widget.notice["text"][0]


def test_ten_times_the_usual_is_asked_back(first: Lesson) -> None:
    widget = first.orders()
    press(widget, "give", drug="labetalol", dose="20000", unit="mg", route="iv", every="once")
    assert "times the largest" in widget.confirm["text"][0]
    assert first.encounter.decisions == ()
    press(widget, "back")
    assert widget.confirm == {}
    assert first.encounter.decisions == ()
    assert widget.form["dose"] == "20000"


def test_ten_times_the_usual_is_given_when_it_is_meant(first: Lesson) -> None:
    widget = first.orders()
    press(widget, "give", drug="labetalol", dose="20000", unit="mg", route="iv", every="once")
    press(widget, "anyway")
    assert widget.confirm == {}
    assert first.encounter.decisions[-1].drug == "labetalol"


def test_an_order_that_makes_no_sense_is_refused_in_a_sentence(first: Lesson) -> None:
    widget = first.orders()
    press(widget, "give", drug="tacrolimus", dose="3", unit="mg", route="mouth", every="12")
    assert widget.notice["kind"] == "refused"
    assert "already runs" in widget.notice["text"][0]


def test_one_dose_is_held_and_given_again_earlier(first: Lesson) -> None:
    widget = first.orders()
    row = next(row for row in widget.running if row["drug"] == "tacrolimus")
    assert row["acts"] == ["change", "hold", "stop"]
    assert row["holds"][0]["label"] == "one dose, until day 15 20:00"
    press(widget, "hold", drug="tacrolimus", until=row["holds"][0]["value"])
    held = next(row for row in widget.running if row["drug"] == "tacrolimus" and row["running"])
    assert held["state"] == "on hold, again from day 15 20:00"
    press(widget, "resume", drug="tacrolimus")
    again = next(row for row in widget.running if row["drug"] == "tacrolimus" and row["running"])
    assert again["since"] == "day 15 08:00"


def test_a_drug_is_stopped_and_changed(first: Lesson) -> None:
    widget = first.orders()
    press(widget, "stop", drug="fluconazole")
    assert not any(row["drug"] == "fluconazole" and row["running"] for row in widget.running)
    press(widget, "change", drug="tacrolimus", dose="1.5", unit="mg", every="12")
    assert any(row["drug"] == "tacrolimus" and row["dose"] == "1.5" for row in widget.running)


def test_doses_that_nobody_checked_say_so(first: Lesson) -> None:
    notes = [drug["note"] for group in first.orders().menu for drug in group["drugs"]]
    assert any("not checked: see local guidance" in note for note in notes)


def test_what_one_widget_does_the_others_show(first: Lesson) -> None:
    bedside, orders, where = first.bedside(), first.orders(), first.where()
    press(bedside, "wait", hours=1)
    assert orders.title == "The chart, day 15 08:30"
    assert "day 15 08:30" in where.body


def test_the_same_piece_is_the_same_widget(first: Lesson) -> None:
    for part in PARTS:
        assert getattr(first, part)() is getattr(first, part)()
    assert first.course(reveal=["level"]) is first.course(reveal=["level"])
    assert first.course(reveal=True) is not first.course()


def test_a_new_kernel_takes_the_encounter_up(open_lesson: Callable[..., Lesson]) -> None:
    press(open_lesson().bedside(), "ask", id="vision")
    again = open_lesson().bedside()
    assert again.clock["text"] == "Day 15, 07:32"
    assert len(again.log) == 1


def test_two_notebooks_on_one_record_stay_in_step(open_lesson: Callable[..., Lesson]) -> None:
    one, other = open_lesson(), open_lesson()
    other.bedside()
    press(one.bedside(), "ask", id="vision")
    press(other.bedside(), "ask", id="fits")
    assert other.bedside().log[0]["title"] == "What is wrong with your sight?"
    assert len(other.bedside().log) == 2


def test_a_later_part_says_that_the_expert_took_the_steps_before(open_lesson: Callable[..., Lesson]) -> None:
    body = open_lesson("mri").where().body
    assert "done on the expert's path, not by you: Presentation" in plain(body)


def test_a_part_played_before_is_not_called_the_expert_s(open_lesson: Callable[..., Lesson]) -> None:
    press(open_lesson().bedside(), "ask", id="vision")
    assert "expert's path, not by you" not in plain(open_lesson("mri").where().body)


def plain(body: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", body))


def test_looking_at_a_later_part_does_no_harm(open_lesson: Callable[..., Lesson]) -> None:
    assert open_lesson("outcome").encounter.clock_h > open_lesson().encounter.case.opens_h + 24
    again = open_lesson("presentation")
    assert again.encounter.clock_h == again.encounter.case.opens_h
    assert again.encounter.asked == ()


def test_what_the_learner_did_is_kept_when_an_earlier_part_is_opened(open_lesson: Callable[..., Lesson]) -> None:
    later = open_lesson("mri")
    later.encounter.ask("vision")
    earlier = open_lesson("presentation")
    assert earlier.encounter.stage == "mri"
    assert earlier.encounter.clock_h == later.encounter.clock_h


def test_what_made_the_level_is_told_for_the_highest_one_drawn(open_lesson: Callable[..., Lesson]) -> None:
    opened = open_lesson("outcome")
    assert "highest level drawn so far, day 15 07:45" in opened.factors().body
    assert "fluconazole" in opened.factors().body


def test_the_page_lands_at_its_first_piece_only(first: Lesson) -> None:
    assert first.where().landing
    assert not first.results().landing


def test_later_parts_offer_what_earlier_ones_did(open_lesson: Callable[..., Lesson]) -> None:
    ids = [item["id"] for group in open_lesson("outcome").bedside().groups for item in group["items"]]
    assert "vision" in ids
    assert "mri" in ids
    assert len(ids) == len(set(ids))


def test_the_debrief_waits_behind_its_button(first: Lesson) -> None:
    widget = first.debrief()
    assert widget.body == ""
    press(widget, "open")
    assert "What you did" in widget.body
    assert widget.button == ""


def test_an_open_debrief_follows_what_happens(first: Lesson) -> None:
    widget = first.debrief()
    press(widget, "open")
    press(first.bedside(), "test", id="glucose")
    assert "until day 15 07:31" in plain(widget.body)


def test_the_letter_says_what_was_done_and_what_is_open(first: Lesson) -> None:
    press(first.orders(), "stop", drug="fluconazole")
    widget = first.letter()
    press(widget, "open")
    assert "fluconazole stopped" in plain(widget.body)
    assert "No scan has been made." in plain(widget.body)


def test_no_scan_is_shown_before_it_was_made(first: Lesson) -> None:
    widget = first.scan()
    assert repr(widget) == "Scan: none yet"
    assert widget.message.startswith("No scan has been made yet.")
    press(first.bedside(), "test", id="mri")
    assert [head["label"] for head in widget.heads] == ["The scan"]
    assert repr(widget) == "Scan: FLAIR, T2, DWI, ADC, SWI, T1, T1+C, DWI b0"


def test_a_sequence_goes_over_with_pictures_and_words(first: Lesson) -> None:
    widget = first.scan("normal")
    assert widget.sheet(0, "FLAIR") == {}
    press(widget, "load", wanted=[{"which": 0, "sequence": "FLAIR", "index": 20}])
    sheet = widget.sheet(0, "FLAIR")
    assert sheet["png"].startswith(b"\x89PNG")
    assert "Synthetic FLAIR" in sheet["caption"]
    assert len(widget.words_0_0) == len(widget.frame["positions"])
    assert widget.sheet(0, "T2") == {}
    press(widget, "look", x=20.0, y=-80.0, z=20.0)
    assert "ADC there" in widget.reading
    press(widget, "look", x=90.0, y=80.0, z=20.0)
    assert widget.reading == "Outside the brain."
    assert 'alt="FLAIR, the patient&#x27;s right on the left.' in widget._repr_mimebundle_()[0]["text/html"]


def test_two_scans_are_compared_once_there_are_two(open_lesson: Callable[..., Lesson]) -> None:
    opened = open_lesson("outcome")
    widget = opened.scan("compare")
    press(opened.bedside(), "test", id="mri")
    assert len(widget.heads) == 2
    assert repr(widget).endswith(", two compared")


def test_an_unknown_scan_is_refused(first: Lesson) -> None:
    with pytest.raises(ValueError, match='"which": one of latest, normal, compare; found "best"'):
        first.scan("best")


def test_the_course_shows_only_what_was_measured(first: Lesson) -> None:
    widget = first.course()
    assert all(panel["lines"] == [] for panel in widget.data["panels"])
    assert "points" not in widget.data["panels"][0]
    press(first.bedside(), "test", id="level")
    press(first.bedside(), "wait", until="result")
    level = widget.data["panels"][0]["points"]
    assert len(level) == 1
    reported = first.bedside().log[-1]["html"]
    assert f"{level[0]['value']:.1f} ng/mL" in reported


def test_a_revealed_course_goes_no_further_than_now(first: Lesson) -> None:
    widget = first.course(reveal=True)
    now = first.encounter.clock_h
    assert [panel["title"] for panel in widget.data["panels"]][2:] == ["Brain oedema", "Graft cover"]
    assert all(line["time"][-1] <= now for panel in widget.data["panels"] for line in panel["lines"])
    assert "illustrative" in widget.data["stamp"]
    assert widget.data["limits"]


def test_the_level_alone_can_be_revealed(first: Lesson) -> None:
    data = first.course(reveal=["level"]).data
    assert [panel["title"] for panel in data["panels"]] == ["Tacrolimus"]
    assert data["panels"][0]["bands"]


def test_a_twin_waits_for_the_debrief(first: Lesson) -> None:
    twin = first.course(reveal=True, twin="in range")
    assert twin.data["panels"] == []
    press(first.debrief(), "open")
    assert twin.data["panels"]


def test_a_wait_that_was_cut_short_says_so(first: Lesson) -> None:
    bedside = first.bedside()
    press(bedside, "wait", hours=168)
    assert bedside.notice.startswith("You asked to wait until day 22 07:30. The clock stopped at day 1")
    press(bedside, "wait", hours=0.25)
    assert bedside.notice == ""


def test_a_view_that_is_behind_waits_from_where_the_patient_is(open_lesson: Callable[..., Lesson]) -> None:
    old = open_lesson()
    press(old.bedside(), "wait", hours=6)
    press(open_lesson().record(), "again")
    press(old.bedside(), "wait", hours=0.25)
    assert old.encounter.clock_h == pytest.approx(old.encounter.case.opens_h + 0.25)


def test_a_drug_on_hold_can_be_changed(first: Lesson) -> None:
    orders = first.orders()
    tacrolimus = next(row for row in orders.running if row["drug"] == "tacrolimus")
    press(orders, "hold", drug="tacrolimus", until=tacrolimus["holds"][-1]["value"])
    held = next(row for row in orders.running if row["drug"] == "tacrolimus" and row["running"])
    assert held["acts"] == ["change", "resume", "stop"]
    press(orders, "change", drug="tacrolimus", dose="1", unit="mg", every="12")
    assert any(row["drug"] == "tacrolimus" and row["dose"] == "1" for row in orders.running)


def test_a_dose_above_the_usual_is_asked_about_before_it_is_given(first: Lesson) -> None:
    orders = first.orders()
    press(orders, "give", drug="labetalol", dose="200", unit="mg", route="iv", every="once")
    assert "above the largest plausible dose" in " ".join(orders.confirm["text"])
    assert not any(row["drug"] == "labetalol" for row in orders.running)


def test_time_that_went_by_between_two_parts_is_said(open_lesson: Callable[..., Lesson]) -> None:
    open_lesson().encounter.ask("vision")
    open_lesson("mri").encounter.ask("vision")
    open_lesson("switching").encounter.ask("vision")
    assert "This part begins on day 21 08:00" in open_lesson("outcome").where().body


def test_a_twin_is_dashed(first: Lesson) -> None:
    press(first.debrief(), "open")
    lines = first.course(reveal=True, twin="in range").data["panels"][0]["lines"]
    assert [line["dash"] for line in lines] == [False, True]


def test_every_panel_has_words_for_those_who_do_not_see_it(first: Lesson) -> None:
    for widget in (first.course(), first.course(reveal=True, twin="expert")):
        assert all(panel["alt"].startswith(panel["title"]) for panel in widget.data["panels"])
    assert first.course(reveal=True).data["table"]["rows"]


@pytest.mark.parametrize("wrong", [{"reveal": ["soul"]}, {"twin": "evil"}])
def test_an_unknown_part_of_the_course_is_refused(first: Lesson, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="found"):
        first.course(**wrong)


def test_acting_keeps_the_journal_for_the_browser(first: Lesson) -> None:
    widget = first.bedside()
    press(widget, "ask", id="vision")
    assert widget.journal_key == CASE
    assert json.loads(widget.journal) == json.loads(first.record().journal)
    assert first.record().steps == 1


def test_work_is_saved_and_restored(first: Lesson, tmp_path: Any) -> None:
    press(first.bedside(), "ask", id="vision")
    press(first.record(), "save")
    saved = first.record().file
    other = lesson(CASE, record=Record(tmp_path / "elsewhere.sqlite"))
    keeper = other.record()
    keeper.given = memoryview(saved)
    press(keeper, "restore", name="x.sqlite")
    assert keeper.notice["kind"] == "done"
    assert other.bedside().clock["text"] == "Day 15, 07:32"


def test_a_file_that_is_no_record_is_refused_in_words(first: Lesson) -> None:
    keeper = first.record()
    keeper.given = b"not a record"
    press(keeper, "restore", name="x.txt")
    assert keeper.notice["kind"] == "refused"
    assert first.encounter.events == ()


def test_the_browser_s_memory_is_brought_back(first: Lesson, tmp_path: Any) -> None:
    press(first.bedside(), "ask", id="vision")
    other = lesson(CASE, record=Record(tmp_path / "elsewhere.sqlite"))
    keeper = other.record()
    keeper.offered = first.bedside().journal
    press(keeper, "bring")
    assert keeper.notice["text"] == "1 step is back."
    assert len(other.bedside().log) == 1


@pytest.mark.parametrize("offered", ["", "{", "[]", '{"application":"other"}', "null"])
def test_a_foreign_memory_is_refused(first: Lesson, offered: str) -> None:
    keeper = first.record()
    keeper.offered = offered
    press(keeper, "bring")
    assert keeper.notice["kind"] == "refused"
    assert first.encounter.events == ()


def test_the_case_can_begin_again(first: Lesson) -> None:
    press(first.bedside(), "ask", id="vision")
    press(first.record(), "again")
    assert first.bedside().clock["text"] == "Day 15, 07:30"
    assert first.bedside().log == []


def test_the_page_to_take_home_is_whole(first: Lesson) -> None:
    widget = first.take_home()
    press(widget, "open")
    assert widget.file.startswith(b"<!DOCTYPE html>")


def test_troughs_before_the_case_opens_are_text_and_stay_the_same(first: Lesson) -> None:
    before = first.troughs_before()
    press(first.orders(), "stop", drug="tacrolimus")
    assert first.troughs_before() == before
    assert before.splitlines()[-1].strip().startswith("day 14 08:00")


def test_sources_have_anchors_for_citations(first: Lesson) -> None:
    assert 'id="source-datar2015"' in first.sources("datar2015", "song")._repr_html_()


def test_a_forest_of_claims_has_alternative_text(first: Lesson) -> None:
    drawn = first.forest("hefzy2009-all", "mckinney2012-swi", title="Bleeding")._repr_html_()
    assert re.search(r'<img alt="[^"]{20,}"', drawn)


def test_an_unknown_part_of_a_case_is_refused(tmp_path: Any) -> None:
    with pytest.raises(ValueError, match='This case has no part "epilogue"'):
        lesson(CASE, "epilogue", record=Record(tmp_path / "x.sqlite"))


def test_twins_without_script_hold_no_script(first: Lesson) -> None:
    for widget in pieces(first):
        assert "<script" not in widget._repr_mimebundle_()[0]["text/html"].casefold()


def test_all_reprs_are_short(first: Lesson) -> None:
    assert all(len(repr(widget)) <= 110 for widget in pieces(first))
    assert repr(first) == "Lesson kidney-azole, presentation"
