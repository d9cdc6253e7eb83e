"""What a good file becomes."""

from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from pydantic import ValidationError

from pres_teach.case import Case, CaseError, Review, check, ids, read, titles
from pres_teach.case import reading as reading_module
from pres_teach.quiz import mark

GOOD = Path(__file__).parent / "good.yaml"


@pytest.fixture(scope="module")
def case() -> Case:
    return read(GOOD)


def test_a_good_file_has_no_faults() -> None:
    assert check(GOOD) == []


def test_quantities_are_read_in_the_units_of_the_library(case: Case) -> None:
    patient = case.patient
    assert (patient.age_years, patient.weight_kg, patient.haematocrit_percent) == (28.0, 68.0, 32.0)
    assert (patient.baseline_map_mmhg, patient.creatinine_umol_l, patient.magnesium_mmol_l) == (88.0, 130.0, 0.78)
    assert (patient.organ, patient.cyp3a5, patient.sex) == ("kidney", "*3/*3", "male")


def test_times_are_hours_since_transplantation(case: Case) -> None:
    assert case.opens_h == 367.5
    assert case.illness.onset_h == 366.0
    assert case.illness.untreated == (("seizure", 458.0),)
    assert case.finding("vision").cost == pytest.approx(0.05)
    assert case.test("trough").after == 8.0


def test_conventional_units_are_converted(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    text = GOOD.read_text(encoding="utf-8")
    file.write_text(text.replace("creatinine: 130 umol/L", "creatinine: 1.5 mg/dL"), encoding="utf-8")
    assert read(file).patient.creatinine_umol_l == pytest.approx(132.6, abs=0.1)


def test_an_age_may_be_in_months(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(GOOD.read_text(encoding="utf-8").replace("age: 28 years", "age: 18 months"), encoding="utf-8")
    assert read(file).patient.age_years == 1.5


def test_the_chart_holds_the_authors_orders(case: Case) -> None:
    assert [(o.drug, o.at_h, o.dose, o.unit, o.route, o.every_h, o.by) for o in case.chart.orders] == [
        ("mycophenolate", 20.0, 1000.0, "mg", "mouth", 12.0, "author"),
        ("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0, "author"),
        ("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0, "author"),
    ]
    assert case.chart.of("fluconazole")[0].indication == "candida oesophagitis"


def test_stages_come_in_their_order_without_those_left_out(case: Case) -> None:
    assert list(case.stages) == ["presentation", "outcome"]
    assert case.stages["presentation"].closes == 369.5


def test_every_step_of_the_expert_knows_its_stage(case: Case) -> None:
    assert [step.stage for step in case.expert] == ["presentation"] * 8 + ["outcome"]


def test_a_response_of_the_expert_can_be_marked(case: Case) -> None:
    said = {step.answer: step.response for step in case.expert if step.answer}
    assert said["first-act"] is None
    number, words = said["mean"], said["doubt"]
    assert number is not None
    assert words is not None
    assert mark(case.question("mean"), number).verdict == "right"
    assert mark(case.question("doubt"), words).verdict == "not marked"


def test_the_experts_chart_holds_the_experts_deeds(case: Case) -> None:
    held, later = case.expert_chart.of("tacrolimus")[0], case.expert_chart.of("tacrolimus")[-1]
    assert held.until_h == pytest.approx(367 + 40 / 60)
    assert (later.at_h, later.dose, later.by) == (404.0, 2.0, "expert")
    assert case.expert_chart.running("fluconazole", 400.0) is None


def test_the_twin_that_stayed_in_range_lacks_the_azole(case: Case) -> None:
    assert case.in_range_chart is not None
    assert case.in_range_chart.of("fluconazole") == ()
    assert case.in_range_chart.of("tacrolimus") == case.chart.of("tacrolimus")


def test_conditions_of_checks_keep_their_times(case: Case) -> None:
    glucose, tacrolimus, too_fast = case.checks
    assert glucose.done is not None
    assert (glucose.done.test, glucose.done.within) == ("glucose", 0.5)
    assert tacrolimus.done is not None
    assert [(part.hold, part.stop) for part in tacrolimus.done.any] == [("tacrolimus", None), (None, "tacrolimus")]
    assert (tacrolimus.done.before, tacrolimus.scored) == (380.0, False)
    assert too_fast.harm is not None
    assert too_fast.harm.event == "hypoperfusion"
    assert case.critical == case.checks


def test_what_is_asked_for_by_a_wrong_name_names_those_there_are(case: Case) -> None:
    with pytest.raises(KeyError, match="there are: first-act, mean, doubt"):
        case.question("second-act")
    with pytest.raises(KeyError, match="there are: vision, fundi"):
        case.finding("ears")
    with pytest.raises(KeyError, match="there are: glucose, trough, mri"):
        case.test("ct")


def test_the_checksum_is_that_of_the_file(case: Case) -> None:
    assert case.checksum == hashlib.sha256(GOOD.read_bytes()).hexdigest()[:12]


def test_a_case_is_frozen(case: Case) -> None:
    with pytest.raises(FrozenInstanceError):
        case.seed = 7  # type: ignore[misc]
    with pytest.raises(TypeError):
        case.stages["mri"] = case.stages["outcome"]  # type: ignore[index]
    with pytest.raises(ValidationError):
        case.stages["outcome"].story = "Else."  # type: ignore[misc]


def test_onset_and_seizure_come_when_the_author_says(case: Case) -> None:
    events = {event.kind: event.time_h for event in reversed(case.course().events)}
    assert events["onset"] == pytest.approx(366.0, abs=0.26)
    assert events["seizure"] == pytest.approx(458.0, abs=0.26)


def test_the_same_file_gives_the_same_thresholds(case: Case) -> None:
    assert read(GOOD).traits == case.traits


def test_a_condition_that_cannot_be_met_shows_when_the_thresholds_are_needed() -> None:
    impossible = read(GOOD.parent / "wrong" / "onset-impossible.yaml")
    with pytest.raises(CaseError) as caught:
        _ = impossible.traits
    (fault,) = caught.value.faults
    assert (fault.field, fault.line) == ("illness.onset", 30)


def test_a_course_runs_as_far_as_asked(case: Case) -> None:
    assert case.course(until_h=400.0).time_h[-1] == pytest.approx(400.0)
    assert case.course().time_h[-1] == pytest.approx(case.horizon_h)


def test_cases_are_found_by_id_beside_the_package_or_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside, inside = tmp_path / "cases", tmp_path / "pres_teach" / "cases"
    for folder, name in ((beside, "one"), (inside, "two")):
        folder.mkdir(parents=True)
        text = GOOD.read_text(encoding="utf-8").replace("id: small-kidney", f"id: {name}")
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(reading_module, "FOLDERS", (beside, inside, tmp_path / "none"))
    assert ids() == ("one", "two")
    assert [read(name).id for name in ids()] == ["one", "two"]


def test_a_shipped_case_is_called_by_its_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.yaml").write_text(GOOD.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(reading_module, "FOLDERS", (tmp_path,))
    with pytest.raises(CaseError, match='the id is the name of the file; found "small-kidney"; write "id: other"'):
        read("other")


@pytest.mark.parametrize("name", ids())
def test_a_shipped_case_is_without_fault(name: str) -> None:
    assert check(name) == []


@pytest.mark.parametrize(
    ("review", "told"),
    [
        (
            {"status": "draft", "updated": "2026-11-22"},
            "Draft of 2026-11-22: no clinician has reviewed or signed it off.",
        ),
        (
            {"status": "under review", "updated": "2026-11-22", "reviewers": ["Dr A"]},
            "Under review by Dr A since 2026-11-22, not approved yet.",
        ),
        (
            {"status": "approved", "updated": "2026-11-22", "reviewers": ["Dr A", "Dr B"]},
            "Approved by Dr A and Dr B on 2026-11-22.",
        ),
    ],
)
def test_a_review_says_how_far_by_whom_and_when(review: dict[str, object], told: str) -> None:
    assert Review.model_validate(review).told == f"{told} For learning, not for care."


def test_titles_are_those_of_the_cases() -> None:
    assert titles() == {name: read(name).title for name in ids()}
