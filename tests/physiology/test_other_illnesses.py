"""Illnesses that are not PRES stay as they are, whatever is done against PRES."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from pres_teach.imaging import acquire
from pres_teach.imaging.findings import measure
from pres_teach.imaging.suspicion import suspected
from pres_teach.physiology import DIAGNOSES, MIMICS, Illness, IllnessError, simulate, solve


@pytest.mark.parametrize("diagnosis", [name for name in DIAGNOSES if name not in ("PRES", "neurotoxicity")])
def test_treating_it_as_pres_changes_nothing(main_case: SimpleNamespace, diagnosis: str) -> None:
    illness = replace(main_case.illness, diagnosis=diagnosis, untreated=())
    traits = solve(main_case.patient, main_case.author, illness, 6, 900.0)
    left = simulate(main_case.patient, main_case.author, illness, traits, 700.0)
    treated = simulate(main_case.patient, main_case.cared_for, illness, traits, 700.0)
    assert left.oedema_ml.tolist() == treated.oedema_ml.tolist()
    assert left.oedema_ml.max() > 1
    assert [e.time_h for e in left.events if e.kind == "onset"] == [366.0]
    assert not [e for e in treated.events if e.kind == "recovery"]


@pytest.mark.parametrize("diagnosis", [name for name, pictures in MIMICS.items() if pictures])
def test_a_scan_shows_the_pictures_of_its_diagnosis(main_case: SimpleNamespace, diagnosis: str) -> None:
    illness = replace(main_case.illness, diagnosis=diagnosis, untreated=())
    traits = solve(main_case.patient, main_case.author, illness, 6, 900.0)
    lesion = simulate(main_case.patient, main_case.author, illness, traits, 700.0).lesion(600.0)
    assert lesion.pattern == MIMICS[diagnosis][0]
    scan = acquire(lesion, seed=6, age_years=main_case.patient.age_years)
    assert scan.remark is None
    assert suspected(measure(scan)) == (lesion.pattern,)


def test_a_scan_before_the_course_begins_is_refused(main_case: SimpleNamespace) -> None:
    traits = solve(main_case.patient, main_case.author, main_case.illness, 6, 900.0)
    course = simulate(main_case.patient, main_case.author, main_case.illness, traits, 700.0)
    assert course.lesion(0.0).oedema_ml == 0
    with pytest.raises(ValueError, match='"time_h": a scan must not lie before the course begins, 0 h; found -5'):
        course.lesion(-5.0)


def test_an_author_may_choose_among_the_pictures_of_a_diagnosis() -> None:
    assert Illness("encephalitis", onset_h=300, pattern="HHV-6 encephalitis").drawn_pattern == "HHV-6 encephalitis"
    assert Illness("encephalitis", onset_h=300).drawn_pattern == "HSV encephalitis"
    assert Illness(pattern="central and brainstem").drawn_pattern == "central and brainstem"


def test_an_unknown_site_is_refused_in_words() -> None:
    with pytest.raises(IllnessError, match="\"sites\": must be one of parieto-occipital, .*; received 'skull'"):
        Illness(sites=("skull",))


def test_sites_reach_the_scan(main_case: SimpleNamespace) -> None:
    illness = replace(main_case.illness, sites=("cerebellum",), untreated=())
    traits = solve(main_case.patient, main_case.author, illness, 6, 900.0)
    lesion = simulate(main_case.patient, main_case.author, illness, traits, 700.0).lesion(420.0)
    assert acquire(lesion, seed=6).drawn.sites == ("parieto-occipital", "cerebellum")
