"""The graft's cover, magnesium and creatinine."""

from __future__ import annotations

from types import SimpleNamespace

from pres_teach.physiology import Course


def risk(course: Course, from_h: float, until_h: float) -> float:
    window = (course.time_h >= from_h) & (course.time_h < until_h)
    return float(course.rejection_hazard_per_h[window].sum() * course.step_h)


def test_three_drugs_cover(as_authored: Course) -> None:
    settled = as_authored.time_h > 96
    assert (as_authored.cover[settled] > as_authored.cover_needed[settled]).all()


def test_one_or_two_doses_held_at_a_high_level_cost_nothing(main_case: SimpleNamespace, as_authored: Course) -> None:
    base = main_case.author.stop("fluconazole", 367.75)
    held = main_case.course(base.hold("tacrolimus", 367.75, 392.0))
    given = main_case.course(base)
    assert risk(held, 367, 900) <= 1.01 * risk(given, 367, 900)


def test_days_without_cover_raise_the_hazard_more_and_more(main_case: SimpleNamespace) -> None:
    base = main_case.author.stop("fluconazole", 367.75)
    risks = [
        risk(main_case.course(base.hold("tacrolimus", 367.75, 367.75 + 24 * days)), 367, 1000) for days in (2, 7, 14)
    ]
    assert risks[0] < 1.2 * risks[0] < risks[1] < 0.6 * risks[2]


def test_a_basiliximab_bridge_covers_better_than_nothing(main_case: SimpleNamespace, charting: SimpleNamespace) -> None:
    bare = main_case.author.without("basiliximab").stop("fluconazole", 367.75).stop("tacrolimus", 367.75)
    bridged = charting.charted(
        [charting.give("basiliximab", 380.0, 20, route="iv"), charting.give("basiliximab", 476.0, 20, route="iv")], bare
    )
    assert risk(main_case.course(bridged), 367, 367 + 336) < 0.7 * risk(main_case.course(bare), 367, 367 + 336)


def test_ciclosporin_covers_and_counts_as_exposure(main_case: SimpleNamespace, charting: SimpleNamespace) -> None:
    switched = main_case.course(
        main_case.author.stop("fluconazole", 367.75)
        .stop("tacrolimus", 367.75)
        .give(charting.give("ciclosporin", 396.0, 200, every_h=12))
    )
    later = switched.time_h > 500
    assert (switched.cover[later] > switched.cover_needed[later]).all()
    assert switched.exposure[later].mean() > 0.5
    assert switched.level_ng_ml[-1] < 0.1 < switched.ciclosporin_ng_ml[-1]


def test_two_calcineurin_inhibitors_cover_no_better_than_one(
    main_case: SimpleNamespace, charting: SimpleNamespace
) -> None:
    both = main_case.course(main_case.author.give(charting.give("ciclosporin", 200.0, 200, every_h=12)))
    one = main_case.course(main_case.author)
    later = one.time_h > 300
    assert (both.cover[later] <= 1.02 * one.cover[later]).all()
    assert both.exposure[-1] > one.exposure[-1]


def test_magnesium_sulphate_raises_magnesium_for_about_a_day(
    main_case: SimpleNamespace, charting: SimpleNamespace, cared_for: Course
) -> None:
    given = main_case.course(
        main_case.cared_for.give(charting.give("magnesium sulphate", 372.0, 8, unit="mmol", route="iv"))
    )
    gain = given.magnesium_mmol_l - cared_for.magnesium_mmol_l
    at = {hours: float(gain[cared_for.time_h == 372.0 + hours][0]) for hours in (2, 24, 72)}
    assert at[2] > 0.15
    assert at[2] > 2 * at[24] > 4 * at[72]


def test_magnesium_changes_no_oedema(main_case: SimpleNamespace, charting: SimpleNamespace, cared_for: Course) -> None:
    given = main_case.course(
        main_case.cared_for.give(
            charting.give("magnesium sulphate", 372.0, 1, unit="mmol/h", route="iv", until_h=480.0)
        )
    )
    assert given.oedema_ml.tolist() == cared_for.oedema_ml.tolist()
    assert given.seizure_hazard_per_h.tolist() == cared_for.seizure_hazard_per_h.tolist()
    assert given.magnesium_mmol_l.max() > cared_for.magnesium_mmol_l.max()


def test_severe_deficiency_of_magnesium_is_a_hazard_of_its_own(main_case: SimpleNamespace) -> None:
    from dataclasses import replace

    from pres_teach.physiology import Illness, draw, simulate

    low = replace(main_case.patient, magnesium_mmol_l=0.5)
    traits = replace(draw(low, Illness(), 1), threshold=99.0)
    course = simulate(low, main_case.author, Illness(), traits, 600.0)
    assert course.oedema_ml.max() == 0
    assert course.seizure_hazard_per_h.max() > 0


def test_creatinine_comes_down_when_exposure_does(as_authored: Course, cared_for: Course) -> None:
    assert cared_for.at(25 * 24).creatinine_umol_l < 0.85 * as_authored.at(25 * 24).creatinine_umol_l
