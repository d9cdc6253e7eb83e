"""What somebody who writes a first case does, one slip at a time, and what has to be said of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pres_teach.case import check

GOOD = (Path(__file__).parent / "good.yaml").read_text(encoding="utf-8")


def told(folder: Path, *changes: tuple[str, str]) -> list[str]:
    text = GOOD
    for right, wrong in changes:
        assert right in text
        text = text.replace(right, wrong, 1)
    file = folder / "case.yaml"
    file.write_text(text, encoding="utf-8")
    return [str(fault).removeprefix(f"{file}:") for fault in check(file)]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        # a number without its unit: the unit with which it can be true
        ("haematocrit: 32 %", "haematocrit: 0.32", '; write number and unit: "32 %"'),
        ("haematocrit: 32 %", "haematocrit: 32", '; write number and unit: "32 %"'),
        ("creatinine: 130 umol/L", "creatinine: 0.9", '; write number and unit: "0.9 mg/dL"'),
        ("creatinine: 130 umol/L", "creatinine: 130", '; write number and unit: "130 umol/L"'),
        ("magnesium: 0.78 mmol/L", 'magnesium: "0.8"', '; write number and unit: "0.8 mmol/L" or "0.8 mg/dL"'),
        ("age: 28 years", "age: 28", '; write number and unit: "28 years"'),
        (
            "map: 88 mmHg",
            "map: 118/73 mmHg",
            'write the mean alone, diastolic + (systolic - diastolic) / 3: "88',
        ),
        ("cost: 3 min", "cost: 3", '; write number and unit: "3 min", "3 h" or "3 days"'),
        ("cost: 3 min", "cost: three minutes", '; write a number in figures, and its unit: for example "12 h"'),
        (
            "dose: 3 mg",
            "dose: 3 tablets",
            '"mmol", "mEq", "mL", "units"; found "3 tablets"; write it in one of them',
        ),
        ("exposure: 0.6", "exposure: 60 %", "; write 0.6"),
        ("exposure: 0.6", "exposure: 60", "; write 0.6 for 60 %"),
        # words of the ward
        ("sex: male", "sex: woman", '; write "female"'),
        ("by: mouth", "by: PO", '; write "mouth"'),
        ("by: vein", "by: i.v.", '; write "vein"'),
        ("diagnosis: PRES", "diagnosis: pres", '; did you mean "PRES"?'),
        (
            '"*3/*3"',
            "“*3/*3”",
            'quotes of a file are straight; found "“*3/*3”"; write "*3/*3" with',
        ),
        # one drug is not another
        ("give: fluconazole", "give: isavuconazole", 'found "isavuconazole"; the model knows these: tacrolimus, '),
        ("give: fluconazole", "give: Fluconazol", '; did you mean "fluconazole"?'),
        # a field too many, a field too few
        ("  sex: male", "  sex: male\n  allergies: none", "; take it out (known here: age, sex, weight, "),
        ("{id: fundi, examine", "{examine", '; add "id: vision"'),
        ("ask: What is the mean pressure?", "confidence: true", '; add "ask: What comes first?"'),
        ("{value: 130 mmHg, tolerance: 2 mmHg}", "[130]", '; write "answer: {value: 97 mmHg, tolerance: 5 mmHg}"'),
        ("{text: Nothing, feedback: That loses time.}", "Nothing", '; write "- {text: A glucose, right: true, '),
        # numbers to be marked
        ("tolerance: 2 mmHg", "tolerance: 2 ng/mL", 'a tolerance has the unit of its value, or "%"; found "2 ng'),
        ("value: 130 mmHg, tolerance", "value: 130, tolerance", 'such as "value: 97 mmHg, tolerance: 5 mmHg"'),
        (
            ", tolerance: 2 mmHg",
            "",
            'answer.tolerance": a number is right within a tolerance, which is',
        ),
        # plausible?
        ("dose: 3 mg", "dose: 3000 mg", 'chart.1.dose": a dose is plausible, or says why it is not; found "3000'),
        # in a text
        ("debrief: What", "debrief: Bed #4", 'YAML drops what follows; found "#4 this case can teach." dropped; put'),
        ("[@common-knowledge].\n", "[@no-such].\n", '; write "[@common-knowledge]" if you checked none, or add it to '),
    ],
)
def test_a_slip_is_told_with_the_remedy_that_helps(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    found = told(tmp_path, (right, wrong))
    assert any(said in text for text in found), found


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (
            "  sex: male",
            "  sex:\tmale",
            "between a field and its value stand spaces, never a tab; found a tab; ",
        ),
        ("  sex: male", "\u00a0 sex: male", "lines are indented with plain spaces; found a hard space"),
        ("    - id: first-act", "    -id: first-act", 'a blank stands behind a dash; found "-id: first-act"; write'),
        ("ask: What first?", "ask What first?", 'a colon stands behind the name of a field; found "ask What first?"; '),
        ("      ask: What first?", "     ask: What first?", '6 as "kind" above; found 5 before "ask: What first?"; '),
        ("      ask: What first?", "        ask: What first?", '6 as "kind" above; found 8 before "ask: What'),
        ("    He woke", "  He woke", 'the text below "story: |" is further in than "story"; found "He woke with a'),
        ("finds: Discs flat.", 'finds: "Discs flat.', "a quotation mark that is opened is closed"),
        (
            "finds: Discs flat.",
            "finds: Discs #4 flat.",
            'YAML drops what follows; found "#4 flat., cost: 4',
        ),
        ("text: The dose was", 'text: "The dose was', "a quotation mark that is opened is closed; found "),
    ],
)
def test_a_slip_of_layout_is_told_at_its_line(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    line = GOOD[: GOOD.index(right)].count("\n") + 1
    found = told(tmp_path, (right, wrong))
    assert len(found) == 1
    assert found[0].startswith(f"{line}:")
    assert said in found[0]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("  sex: male", "  sex:\tmale"),
        ("    - id: first-act", "    -id: first-act"),
        ("ask: What first?", "ask What first?"),
        ("      ask: What first?", "        ask: What first?"),
        ("    He woke", "  He woke"),
        ("text: The dose was", 'text: "The dose was'),
    ],
)
def test_a_slip_of_layout_hides_no_other_fault(tmp_path: Path, right: str, wrong: str) -> None:
    found = told(tmp_path, (right, wrong), ("text: Too fast a fall, ", ""))
    assert len(found) == 2
    assert '"checks.too-fast.text": it has to be there' in found[1]


def test_a_dose_that_is_meant_says_why(tmp_path: Path) -> None:
    right, huge = "dose: 3 mg, every: 12 h, by: mouth", "dose: 300 mg, every: 12 h, by: mouth"
    assert any("a dose is plausible" in text for text in told(tmp_path, (right, huge)))
    meant = (right, f"{huge}, why: A slip of the pen that the learner has to find")
    assert not any("a dose is plausible" in text for text in told(tmp_path, meant))


def test_an_onset_after_the_end_of_the_case_is_told(tmp_path: Path) -> None:
    never = ("untreated: [{seizure: day 19 02:00}]", "untreated: []")
    found = told(tmp_path, ("onset: day 15 06:00", "onset: day 21"), never)
    assert found == [
        '30: "illness.onset": the illness begins before the case ends; found "day 21", not before day 20 09:00; '
        "write an earlier time, or let the last stage close later"
    ]


def test_an_onset_after_the_worst_is_given_the_time_at_which_it_was_worst(tmp_path: Path) -> None:
    over = (
        ("dose: 200 mg, every: 24 h", "dose: 200 mg, every: 24 h, until: day 13"),
        ("  - {at: day 15 08:00, stop: fluconazole, why: The driver.}\n", ""),
        ("{from: day 13, rise", "{from: day 13, until: day 14, rise"),
        ("until: day 20, size", "until: day 14, size"),
        ("untreated: [{seizure: day 19 02:00}]", "untreated: []"),
    )
    (found,) = told(tmp_path, *over)
    offered = re.search(r'; write "(onset: day [0-9]+ [0-9]{2}:[0-9]{2})", when it was worst, or add a cause', found)
    assert offered is not None, found
    assert told(tmp_path, *over, ("onset: day 15 06:00", offered[1])) == []


def test_a_wrong_drug_hides_no_fault_of_another(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        ("give: mycophenolate", "give: isavuconazole"),
        ("{at: day 12 09:00, give: fluconazole, dose: 200 mg", "{at: day 12 09:00, give: fluconazole, dose: 200 mL"),
    )
    assert any('"chart.3.dose"' in text for text in found), found


def test_a_comment_behind_a_value_is_no_fault(tmp_path: Path) -> None:
    assert told(tmp_path, ("weight: 68 kg", "weight: 68 kg  # before the operation")) == []
