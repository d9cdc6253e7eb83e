"""Each file in wrong/ has one slip. Its first lines tell what has to be said of it; "..." stands for words of a lower
floor."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach.case import CaseError, check, read

HERE = Path(__file__).parent
GOOD = (HERE / "good.yaml").read_text(encoding="utf-8")
WRONG = sorted((HERE / "wrong").glob("*.yaml"))


def said(file: Path) -> list[str]:
    return [str(fault).removeprefix(f"{file}:").removeprefix(f"{file}").strip() for fault in check(file)]


def test_there_are_wrong_files() -> None:
    assert len(WRONG) > 80


@pytest.mark.parametrize("file", WRONG, ids=[file.stem for file in WRONG])
def test_a_wrong_file_is_told_with_line_field_rule_and_remedy(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    expected = [line.removeprefix("#: ") for line in lines if line.startswith("#: ")]
    assert expected
    found = [
        text[: len(wanted) - 3] + "..." if wanted.endswith("...") else text
        for text, wanted in zip(said(file), expected, strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize("file", WRONG, ids=[file.stem for file in WRONG])
def test_every_fault_has_its_four_parts(file: Path) -> None:
    for fault in check(file):
        assert fault.file == str(file)
        assert fault.line >= 1
        assert fault.rule
        assert fault.found
        assert fault.remedy
        assert "\n" not in str(fault)


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    text = GOOD
    for right, wrong in (
        ("weight: 68 kg", "weight: 0 kg"),  # a number that cannot be
        ('cyp3a5: "*3/*3"', "cyp3a5: *3/*3"),  # a trap of YAML
        ("level: core", "level: core\nlevl: core"),  # an unknown field
        ("give: fluconazole", "give: fluconazol"),  # an unknown drug
        ("[@common-knowledge].\n", "[@nobody-knows].\n"),  # an unknown source
        ("{test: glucose, within", "{test: sugar, within"),  # a name that points nowhere
        ("ask: What first?", "ask: What: first?"),  # a syntax error
        ("text: Glucose, right: true", "text: Glucose"),  # a question without a right answer
        ("closes: day 20 09:00", "closes: day 2 09:00"),  # times out of order
    ):
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    file.write_text(text, encoding="utf-8")
    faults = check(file)
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    assert {fault.field for fault in faults} == {
        "levl",
        "patient.weight",
        "patient.cyp3a5",
        "chart.3.give",
        "presentation.story",
        "presentation.questions.first-act.ask",
        "presentation.questions.first-act.options",
        "outcome.closes",
        "checks.glucose.done.test",
    }


def test_reading_a_wrong_file_raises_all_its_faults() -> None:
    file = HERE / "wrong" / "age-impossible.yaml"
    with pytest.raises(CaseError) as caught:
        read(file)
    assert list(caught.value.faults) == check(file)
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))


# files that are none


def one(file: Path) -> str:
    (text,) = said(file)
    return text


def test_a_file_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "kidney.yaml").write_text(GOOD, encoding="utf-8")
    assert one(tmp_path / "kidny.yaml").endswith(
        'a file that is there; found none of that name; did you mean "kidney.yaml"?'
    )


def test_an_unknown_id_names_those_there_are() -> None:
    with pytest.raises(CaseError, match='the id of a case, or the path of a file; found "kidnee"'):
        read("kidnee")


def test_an_id_cannot_lead_out_of_the_folder() -> None:
    with pytest.raises(CaseError, match=r"a file that is there|a case is"):
        read("../pyproject")


def test_a_folder_is_no_case(tmp_path: Path) -> None:
    assert "a case is one file; found a folder" in one(tmp_path)


def test_a_device_is_no_case() -> None:
    assert "a case is a plain file" in one(Path(os.devnull))


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.touch()
    assert one(file).startswith("1: a case file holds a case; found an empty file")


def test_a_file_of_comments_alone_is_empty(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("# later\n\n# more\n", encoding="utf-8")
    assert "found an empty file" in one(file)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0", b"id: a\0b\n", bytes(range(256))])
def test_a_binary_file_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "case.yaml"
    file.write_bytes(content)
    assert "a binary file; save it as a text file in UTF-8" in one(file)


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14\0", b"PK\x03\x04\xff\xfe", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_document_of_a_word_processor_is_told_how_to_become_text(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "case.yaml"
    file.write_bytes(content)
    assert 'such as Word makes; open it there and save it as "plain text", in UTF-8' in one(file)


def test_rich_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("{\\rtf1\\ansi id: a}", encoding="utf-8")
    assert "found rich text; make it plain text, and save it in UTF-8" in one(file)


@pytest.mark.parametrize(
    ("encoding", "remedy"),
    [("utf-16", 'save it again and choose "UTF-8"'), ("latin-1", "save it as a text file in UTF-8")],
)
def test_another_encoding_is_told(tmp_path: Path, encoding: str, remedy: str) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(GOOD.replace("Words swim.", "Wörter schwimmen."), encoding=encoding)
    assert remedy in one(file)


def test_a_stray_control_character_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(GOOD.replace("level: core", "level: c\x07ore"), encoding="utf-8")
    assert one(file).startswith("4: a case file is plain text; found the character U+0007")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("# " + "x" * 1_000_000, encoding="utf-8")
    assert "a case file has 1 MB at most; found 1.0 MB" in one(file)


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    file.write_text("\n".join(lines), encoding="utf-8")
    told = said(file)
    assert any('begins with "*"' in text for text in told)
    assert any('begins with "&"' in text for text in told)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{a: " * 5_000, "- " * 5_000 + "x", "a:\n" + "".join(" " * i + "b:\n" for i in range(1, 99))],
)
def test_deep_nesting_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(text, encoding="utf-8")
    assert "fields are nested at most" in one(file)


def test_a_mark_of_byte_order_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert check(file) == []


def test_a_file_without_permission_or_with_an_impossible_name_is_told() -> None:
    assert "a file that" in one(Path("x" * 5_000 + ".yaml"))


@given(st.data())
def test_whatever_is_done_to_a_good_file_is_told_in_sentences(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    lines = GOOD.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        act = data.draw(st.sampled_from(("drop", "twice", "insert", "cut", "indent", "swap")))
        at = data.draw(st.integers(0, len(line)))
        if act == "drop":
            lines[place] = ""
        elif act == "twice":
            lines.insert(place, line)
        elif act == "insert":
            lines[place] = (
                line[:at] + data.draw(st.sampled_from(list("{}[]:,#&*!|>'\"%@`-?\t\\ 5é~") + ["day", ": "])) + line[at:]
            )
        elif act == "cut":
            lines[place] = line[:at]
        elif act == "indent":
            lines[place] = "  " + line
        else:
            lines[place - 1], lines[place] = lines[place], lines[place - 1]
    file = tmp_path_factory.mktemp("case") / "case.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    for fault in check(file):
        assert 1 <= fault.line <= len(lines)
        assert fault.rule
        assert fault.remedy


@given(st.text(max_size=300))
def test_any_text_at_all_is_told_in_sentences(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("case") / "case.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert check(file)
