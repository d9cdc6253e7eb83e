"""A case tried out before a learner meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pres_teach import case as cases
from pres_teach.encounter import commit, rehearse
from pres_teach.encounter.courses import Courses

CASE = (Path(__file__).parents[1] / "case" / "good.yaml").read_text(encoding="utf-8")


def with_error(tmp_path: Path, shows: str, acts: str = "leave_out: [fluconazole, tacrolimus]") -> cases.Case:
    file = tmp_path / "tried.yaml"
    file.write_text(
        f"{CASE.rstrip()}\nerrors:\n  - id: left\n    text: It was left.\n    {acts}\n    shows: {shows}\n"
        "    why: It drives [@common-knowledge].\n",
        encoding="utf-8",
    )
    return cases.read(file)


def said(case: cases.Case) -> list[str]:
    return [str(fault).partition(".yaml:")[2] for fault in rehearse(case)]


def test_a_good_case_is_fine() -> None:
    assert rehearse(cases.read(Path(__file__).with_name("small.yaml"))) == []


@pytest.mark.parametrize(
    ("acts", "shows"),
    [
        ("leave_out: [fluconazole, tacrolimus]", "{level_above: 25 ng/mL}"),
        ("leave_out: [fluconazole, tacrolimus]", "{oedema: 10 mL}"),
        ("leave_out: [labetalol]", "{oedema: 1 mL}"),
        ("do: [{at: day 15 09:00, stop: tacrolimus}, {at: day 15 09:00, stop: mycophenolate}]", "{cover_below: 20 %}"),
        ("do: [{at: day 15 07:50, give: labetalol, dose: 300 mg, by: vein}]", "{harm: too-fast, event: hypoperfusion}"),
        ("do: [{at: day 15 07:50, give: labetalol, dose: 300 mg, by: vein}]", "{pressure_below: 80 mmHg}"),
        ("do: [{at: day 15 09:00, stop: tacrolimus}]", "{level_below: 0.5 ng/mL}"),
    ],
)
def test_an_error_shows_its_consequence(tmp_path: Path, acts: str, shows: str) -> None:
    case = with_error(tmp_path, shows, acts)
    assert said(case) == []
    committed = commit(Courses(case), case.errors[0])
    assert committed.absent == ()
    assert len(committed.shown) == shows.count(":")


@pytest.mark.parametrize(
    ("shows", "found"),
    [
        ("{level_above: 300 ng/mL}", '"errors.left.shows.level_above": what an error shows comes of it'),
        ("{event: haemorrhage}", "found it does not come; change what is done or left out, or what it shows"),
        ("{missing: rejection}", "found it does not come on the expert's path either;"),
        ("{harm: too-fast}", "found nobody is harmed;"),
        ("{oedema: 900 mL}", '"errors.left.shows.oedema"'),
        ("{pressure_above: 200 mmHg}", '"errors.left.shows.pressure_above"'),
        ("{cover_below: 1 %}", '"errors.left.shows.cover_below"'),
    ],
)
def test_a_consequence_that_does_not_come_is_told(tmp_path: Path, shows: str, found: str) -> None:
    (one,) = said(with_error(tmp_path, shows))
    assert found in one


def test_a_consequence_that_comes_on_the_experts_path_too_is_none(tmp_path: Path) -> None:
    (one,) = said(with_error(tmp_path, "{level_above: 1 ng/mL}"))
    assert "and not on the expert's path" in one


def test_an_act_that_cannot_be_done_is_told(tmp_path: Path) -> None:
    acts = "do: [{at: day 15 09:00, stop: levetiracetam}]"
    found = said(with_error(tmp_path, "{level_above: 1 ng/mL}", acts))
    assert any('"errors.left.do"' in one and "levetiracetam" in one for one in found)


def test_a_scored_check_that_the_expert_misses_is_told(tmp_path: Path) -> None:
    file = tmp_path / "missed.yaml"
    file.write_text(CASE.replace("    scored: false\n", "").replace("before: day 15 20:00}", "before: day 15 07:31}"))
    (one,) = said(cases.read(file))
    assert '"checks.tacrolimus.done": the expert\'s path meets every scored check; found the expert misses it' in one


def test_a_harm_that_the_expert_does_is_told(tmp_path: Path) -> None:
    file = tmp_path / "harm.yaml"
    file.write_text(CASE.replace("harm: {event: hypoperfusion}", "harm: {hold: tacrolimus}"))
    (one,) = said(cases.read(file))
    assert '"checks.too-fast.harm": the expert does no harm' in one


def test_a_step_that_cannot_be_done_in_time_is_told(tmp_path: Path) -> None:
    file = tmp_path / "step.yaml"
    slow = CASE.replace("cost: 3 min", "cost: 30 min").replace("until: day 16 20:00", "until: day 15 07:55")
    file.write_text(slow)
    assert cases.check(file) == []
    assert any("a step can be done when its time comes; found" in one for one in said(cases.read(file)))
