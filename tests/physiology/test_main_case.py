"""The main case teaches what it is there to teach."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from pres_teach.physiology import Course, solve


def kinds(course: Course) -> set[str]:
    return {event.kind for event in course.events}


def test_pressure_is_plainly_risen_at_the_opening(as_authored: Course) -> None:
    assert 115 <= as_authored.at(367.5).map_mmhg <= 130


def test_oedema_is_seen_four_to_six_hours_after_onset(as_authored: Course) -> None:
    assert as_authored.lesion(370.0).oedema_ml >= 15
    assert as_authored.at(372.0).oedema_ml >= 15


def test_untreated_it_grows_for_days(as_authored: Course) -> None:
    assert 50 <= as_authored.at(17 * 24).oedema_ml <= 75
    assert as_authored.at(18 * 24).oedema_ml > as_authored.at(17 * 24).oedema_ml


def test_magnesium_is_a_little_low_and_creatinine_risen(as_authored: Course) -> None:
    moment = as_authored.at(367.5)
    assert 0.60 <= moment.magnesium_mmol_l <= 0.70
    assert moment.creatinine_umol_l > 1.15 * as_authored.patient.creatinine_umol_l


def test_he_is_confused_at_the_opening_and_not_before(as_authored: Course) -> None:
    assert as_authored.at(367.5).awareness == "confused"
    assert as_authored.at(350.0).awareness == "awake"


def test_with_sensible_care_there_is_no_seizure_in_most_seeds(main_case: SimpleNamespace) -> None:
    seized = 0
    for seed in range(20):
        traits = solve(main_case.patient, main_case.author, main_case.illness, seed, 31 * 24)
        seized += bool({"seizure", "status"} & kinds(main_case.course(main_case.cared_for, traits)))
    assert seized <= 4


def test_with_sensible_care_oedema_peaks_early_and_mostly_clears(cared_for: Course) -> None:
    peak_h = float(cared_for.time_h[cared_for.oedema_ml.argmax()])
    assert 15 * 24 < peak_h < 17 * 24
    peak = cared_for.oedema_ml.max()
    assert cared_for.at(29 * 24).oedema_ml < 0.6 * peak
    assert cared_for.at(43 * 24).oedema_ml < 0.25 * peak


def test_he_is_well_before_the_scan_is(cared_for: Course) -> None:
    recovered = next(event.time_h for event in cared_for.events if event.kind == "recovery")
    assert 17 * 24 < recovered < 26 * 24
    assert cared_for.at(recovered).oedema_ml > 2


def test_without_fluconazole_it_never_begins(main_case: SimpleNamespace) -> None:
    course = main_case.course(main_case.author.without("fluconazole"))
    assert not kinds(course)
    assert course.oedema_ml.max() == 0


def test_labetalol_in_an_ordinary_dose_takes_off_fifteen_percent(cared_for: Course) -> None:
    presenting = cared_for.at(367.5).map_mmhg
    lowest = cared_for.map_mmhg[(cared_for.time_h > 367.5) & (cared_for.time_h < 370)].min()
    assert 0.10 < 1 - lowest / presenting < 0.20
    assert "hypoperfusion" not in kinds(cared_for)


def test_too_much_labetalol_at_once_harms(
    main_case: SimpleNamespace, charting: SimpleNamespace, cared_for: Course
) -> None:
    much = main_case.cared_for.without("labetalol").give(charting.give("labetalol", 367.75, 200, route="iv"))
    course = main_case.course(much)
    assert "hypoperfusion" in kinds(course)
    assert course.deficit[-1] > cared_for.deficit[-1] + 0.05


def test_a_bare_stop_of_tacrolimus_for_two_weeks_risks_the_kidney(
    main_case: SimpleNamespace, cared_for: Course
) -> None:
    bare = main_case.course(main_case.author.stop("tacrolimus", 367.75).stop("fluconazole", 367.75))
    window = (bare.time_h >= 367.75) & (bare.time_h < 367.75 + 14 * 24)
    assert bare.rejection_hazard_per_h[window].sum() > 10 * cared_for.rejection_hazard_per_h[window].sum()


def test_every_series_is_finite_and_as_long_as_the_grid(as_authored: Course) -> None:
    frame = as_authored.frame()
    assert np.isfinite(frame.to_numpy()).all()
    assert len(frame) == len(as_authored.time_h)


def test_columns_of_the_table_carry_their_units(as_authored: Course) -> None:
    assert all(name.endswith("]") for name in as_authored.frame().columns)


def test_a_moment_is_the_last_grid_point_at_or_before_the_time(as_authored: Course) -> None:
    assert as_authored.at(367.6).time_h == 367.5
    assert as_authored.at(1e6).time_h == as_authored.time_h[-1]
    with pytest.raises(ValueError, match='"time_h": must be a time'):
        as_authored.at(float("nan"))


def test_the_lesion_before_onset_is_none(as_authored: Course) -> None:
    lesion = as_authored.lesion(300.0)
    assert (lesion.oedema_ml, lesion.since_onset_h, lesion.microbleeds, lesion.haematoma_ml) == (0.0, 0.0, 0, 0.0)


def test_the_limits_say_that_it_is_a_teaching_model(as_authored: Course) -> None:
    assert "teaching model" in as_authored.limits[-1]
