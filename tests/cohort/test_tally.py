"""Any number of patients, counted."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from pres_teach.cohort import ClusterError, Share, Tally, count, simulate, tally
from pres_teach.evidence import wilson
from pres_teach.patient import Chart, Order, Patient
from pres_teach.physiology import Illness

PATIENT = Patient(0, 28, "male", 68, "kidney", "*3/*3", 32, 88, 128, 0.80)
CHART = Chart(
    (
        Order("tacrolimus", 20.0, 9.0, "mg", "mouth", 12.0, by="author"),
        Order("mycophenolate", 20.0, 1000.0, "mg", "mouth", 12.0, by="author"),
        Order("prednisolone", 32.0, 20.0, "mg", "mouth", 24.0, by="author"),
    )
)
USUAL = Chart(
    (
        Order("tacrolimus", 20.0, 3.0, "mg", "mouth", 12.0, by="author"),
        Order("mycophenolate", 20.0, 1000.0, "mg", "mouth", 12.0, by="author"),
        Order("fluconazole", 297.0, 200.0, "mg", "mouth", 24.0, by="author"),
    )
)
SICK = Illness(onset_h=366.0, pressure=((288.0, 1200.0, 12.0, "salt and water"),))
WELL = Illness()


class Immediate:
    """A client that works here and now, and notes how much it holds."""

    status = "running"

    def __init__(self) -> None:
        self.asked = 0

    def ncores(self) -> dict[str, int]:
        return {"here": 1}

    def submit(self, func: Any, *args: Any, pure: bool = True, **more: Any) -> Any:
        self.asked += 1
        return Ready(func(*args, **more))


class Ready:
    def __init__(self, value: Any) -> None:
        self.value = value

    def result(self) -> Any:
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


@pytest.fixture(scope="module")
def whole() -> Tally:
    return tally(simulate(1300, PATIENT, CHART, WELL, 5, until_h=500.0, step_h=1.0))


def counted(n: int = 1300, **more: Any) -> Tally:
    return count(n, PATIENT, CHART, WELL, 5, until_h=500.0, step_h=1.0, **more)


@pytest.mark.parametrize("block", [1, 500, 777, 5000])
def test_the_block_does_not_matter(whole: Tally, block: int) -> None:
    assert counted(block=block) == whole


def test_who_counts_does_not_matter(whole: Tally) -> None:
    client = Immediate()
    assert counted(block=500, client=client) == whole
    assert client.asked == 3


def test_parts_add_up_in_any_order() -> None:
    crowd = simulate(60, PATIENT, USUAL, SICK, 5, until_h=1200.0)
    parts = []
    for start in (0, 20, 40):
        numbers = range(start, start + 20)
        parts.append(tally(simulate(20, PATIENT, USUAL, SICK, 5, until_h=1200.0, numbers=numbers)))
    assert parts[0] + parts[1] + parts[2] == parts[2] + parts[0] + parts[1] == tally(crowd)


def test_it_counts_what_the_crowd_holds() -> None:
    crowd = simulate(60, PATIENT, USUAL, SICK, 5, until_h=1200.0)
    found = tally(crowd)
    assert found.of_all("pres") == crowd.pres()
    assert found.of_sick("seizure") == crowd.seizure()
    assert found.of_sick("haemorrhage") == crowd.haemorrhage()
    assert found.of_all("rejection") == crowd.rejected()
    assert found.of_all("hypoperfusion") == crowd.hypoperfused()
    assert found.of_all("complication") == crowd.complicated()
    assert Share(found.clear_by[2], found.followed[2]) == crowd.clear_by(28)
    assert sum(found.peak) == found.pres == 60
    assert found.peak[int(np.median(crowd.peak_ml) // 10)] > 0


def test_a_complication_is_counted() -> None:
    """Sirolimus early after a liver: the label warns of deaths, graft loss and a clotted artery of the graft."""
    liver = replace(PATIENT, organ="liver")
    sirolimus = CHART.give(Order("sirolimus", 40.0, 6.0, "mg", "mouth", 24.0))
    found = count(500, liver, sirolimus, WELL, 5, until_h=900.0, step_h=1.0)
    assert found.complication > 0
    assert count(500, liver, CHART, WELL, 5, until_h=900.0, step_h=1.0).complication == 0


def test_shares_come_with_their_intervals_and_no_survival() -> None:
    found = tally(simulate(60, PATIENT, USUAL, SICK, 5, until_h=1200.0))
    frame = found.frame()
    row = frame.loc["a seizure"]
    assert (row["k"], row["n"]) == (found.seizure, 60)
    low, high = wilson(found.seizure, 60)
    assert row[["from [%]", "to [%]"]].tolist() == pytest.approx([100 * low, 100 * high])
    told = f"{frame.to_string()} {[field.name for field in fields(Tally)]}".lower()
    assert not any(word in told for word in ("surviv", "death", "died", "mortal"))


def test_a_scan_is_told_clear_only_where_everybody_was_followed_that_long() -> None:
    found = tally(simulate(20, PATIENT, USUAL, SICK, 5, until_h=366.0 + 15 * 24))
    told = [what for what, _, _ in found.shares()]
    assert "a clear scan within 2 weeks" in told
    assert "a clear scan within 4 weeks" not in told


# --- bad input


@pytest.mark.parametrize("n", [0, -1, 2.5, True, "many"])
def test_nobody_is_refused_in_words(n: Any) -> None:
    with pytest.raises(ValueError, match=r'"n": must be a whole number of patients, 1 or more; received .*; give 1000'):
        counted(n)


def test_a_thousand_million_is_refused_in_words_by_one_process() -> None:
    with pytest.raises(ValueError, match='"n": at most 10000000 patients are counted by one process; received 10000'):
        counted(10**9)
    with pytest.raises(ValueError, match=r'"n": at most 1000000 patients are told one by one; .* cohort.count\(n'):
        simulate(10**9, PATIENT, CHART, WELL, 5)


def test_a_thousand_million_are_taken_on_by_a_cluster_a_few_blocks_at_a_time() -> None:
    class Counting(Immediate):
        def submit(self, func: Any, *args: Any, pure: bool = True, **more: Any) -> Any:
            self.asked += 1
            return Ready(MemoryError("enough seen"))

    client = Counting()
    with pytest.raises(ClusterError, match=r"lost again and again \(MemoryError\)"):
        counted(10**9, client=client)
    assert client.asked == 4


def test_what_is_no_client_is_refused_in_words() -> None:
    with pytest.raises(ClusterError, match='"client": a Dask client, which can submit; received str; give distrib'):
        counted(client="tcp://scheduler")


def test_a_closed_client_is_refused_in_words() -> None:
    client = Immediate()
    client.status = "closed"
    with pytest.raises(ClusterError, match='"client": must be connected; received a closed one; open it again'):
        counted(client=client)


def test_an_error_of_the_simulation_stays_what_it_is() -> None:
    class Failing(Immediate):
        def submit(self, func: Any, *args: Any, pure: bool = True, **more: Any) -> Any:
            return Ready(ValueError('"drug": unknown'))

    with pytest.raises(ValueError, match='"drug": unknown'):
        counted(client=Failing())


def test_tallies_of_different_length_do_not_add(whole: Tally) -> None:
    with pytest.raises(ValueError, match='"until_h": both must be followed as long'):
        whole + replace(whole, until_h=1.0)


def test_a_chart_from_before_birth_and_a_patient_without_a_baseline_are_refused_in_words() -> None:
    baby = replace(PATIENT, age_years=0.25)
    with pytest.raises(ValueError, match="before the patient was born"):
        count(10, baby, Chart((Order("tacrolimus", -8000.0, 3.0, "mg", "mouth", 12.0),)), WELL, 5)
    with pytest.raises(ValueError, match="baseline"):
        count(10, replace(PATIENT, baseline_map_mmhg=float("nan")), CHART, WELL, 5)
