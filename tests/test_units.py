"""Quantities: the strict grammar, its refusals, and the conversions."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pres_teach import units
from pres_teach.units import (
    ANALYTES,
    UNITS,
    Pressure,
    Quantity,
    UnitError,
    both,
    convert,
    duration,
    pressure,
    quantity,
    show_duration,
    show_number,
    show_time,
    show_unit,
    time,
)

DOSE = ("mg", "mg/kg", "ug", "g")


# --- quantities ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("3 mg", 3.0, "mg"),
        ("0.1 mg/kg", 0.1, "mg/kg"),
        ("-2 mg", -2.0, "mg"),
        ("0 mg", 0.0, "mg"),
        ("12.50 mg", 12.5, "mg"),
        ("5 µg", 5.0, "ug"),
        ("5 μg", 5.0, "ug"),
        ("5\u00a0mg", 5.0, "mg"),
    ],
)
def test_a_quantity_is_a_number_a_space_and_a_unit(text: str, value: float, unit: str) -> None:
    assert quantity(text, DOSE) == Quantity(value, unit)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("12mg", 'put a space between number and unit: "12 mg"'),
        ("12", 'write the unit too: "12 mg"'),
        ("0,5 mg", 'write the decimal sign as a point: "0.5"'),
        (".5 mg", 'write the zero before the point: "0.5"'),
        ("05 mg", "write the number without leading zeros"),
        ("1e3 mg", "write a plain decimal number, for example 0.5 or 12"),
        (">5 mg", 'write the number alone, without "<", ">" or "~"'),
        ("5-10 mg", "write one number, not a range"),
        ("−5 mg", 'write the minus as "-"'),
        ("12 MG", 'write the unit as "mg"'),
        ("12 mcg", 'write the unit as "ug"'),
        ("12  mg", 'write it with single blanks: "12 mg"'),
        (" 12 mg", 'write it with single blanks: "12 mg"'),
        ("12 mg/kgg", 'did you mean "mg/kg"?'),
        ("12 mmHg", 'write it in "mg", "mg/kg", "ug" or "g"'),
        ("", 'for example "12 mg"'),
        ("nan mg", "write a plain decimal number, for example 0.5 or 12"),
        ("inf mg", "write a plain decimal number, for example 0.5 or 12"),
        ("9**9**9**9 mg", "write a plain decimal number, for example 0.5 or 12"),
        ("٣ mg", "write a plain decimal number, for example 0.5 or 12"),
    ],
)
def test_each_slip_has_its_remedy(text: str, remedy: str) -> None:
    with pytest.raises(UnitError) as caught:
        quantity(text, DOSE, "dose")
    assert caught.value.remedy == remedy
    assert caught.value.field == "dose"


def test_the_whole_message_names_field_rule_finding_and_remedy() -> None:
    with pytest.raises(UnitError) as caught:
        quantity("12", ["mg", "g"], "dose")
    assert str(caught.value) == ('"dose": a number, a space and "mg" or "g"; found "12"; write the unit too: "12 mg"')


@pytest.mark.parametrize(
    ("value", "found", "remedy"),
    [
        (12, "the bare number 12", 'write number and unit: "12 mg"'),
        (0.5, "the bare number 0.5", 'write number and unit: "0.5 mg"'),
        (True, "true", 'write number and unit: "12 mg"'),
        (None, "nothing", 'write number and unit: "12 mg"'),
        ([], "a list", 'write number and unit: "12 mg"'),
        (10**13, "a very large whole number", 'write number and unit: "12 mg"'),
    ],
)
def test_what_is_no_text_is_refused(value: object, found: str, remedy: str) -> None:
    with pytest.raises(UnitError) as caught:
        quantity(value, DOSE)
    assert (caught.value.found, caught.value.remedy) == (found, remedy)


def test_a_long_or_unprintable_text_is_shown_short_and_on_one_line() -> None:
    with pytest.raises(UnitError) as caught:
        quantity("1\n\x1b[31m" + "9" * 10_000, DOSE)
    assert len(str(caught.value)) < 300
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_unit_error_survives_pickling() -> None:
    error = UnitError("rule", "found", "remedy", "field")
    copy = pickle.loads(pickle.dumps(error))
    assert (str(copy), copy.field, copy.remedy) == (str(error), "field", "remedy")


@given(st.text(max_size=80), st.sampled_from([("mg",), ("mmol/L", "mg/dL"), tuple(UNITS)]))
def test_any_text_is_either_a_finite_quantity_or_refused_in_words(text: str, allowed: tuple[str, ...]) -> None:
    try:
        read = quantity(text, allowed, "field")
    except UnitError as refused:
        assert str(refused).startswith('"field": ')
    else:
        assert math.isfinite(read.value)
        assert read.unit in allowed


@given(st.decimals(-10_000, 10_000, places=3), st.sampled_from(sorted(UNITS)))
def test_what_is_shown_can_be_read_again(number: object, unit: str) -> None:
    value = float(str(number))
    # the shown form of three units has signs that an author need not type
    shown = str(Quantity(value, unit)).replace("°C", "C").replace("×10⁹", "10^9").replace("m²", "m2")
    assert quantity(shown, [unit]) == Quantity(value, unit)


def test_numbers_are_shown_plainly() -> None:
    assert show_number(1e-7) == "0.0000001"
    assert show_number(250000.0) == "250000"
    assert show_number(-0.0001, 2) == "0.00"
    with pytest.raises(UnitError, match="finite"):
        show_number(math.nan)


def test_units_are_shown_with_their_signs() -> None:
    assert [show_unit(u) for u in ("umol/L", "units", "mm2/s", "C", "10^9/L", "mg")] == [
        "µmol/L",
        "units",
        "mm²/s",
        "°C",
        "×10⁹/L",
        "mg",
    ]


# --- times and spans ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hours"), [("day 0", 0.0), ("day 15", 360.0), ("day 15 06:00", 366.0), ("day 2 23:45", 71.75)]
)
def test_a_time_counts_hours_from_transplantation(text: str, hours: float) -> None:
    assert time(text) == hours


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("15", 'write the word "day" too: "day 15"'),
        (15, 'write the word "day" too: "day 15"'),
        ("day -3", "a case begins on day 0 at the earliest"),
        ("day 15 6:00", "write the hour with two digits, for example 06:00"),
        ("day 15 24:00", "hours go from 00 to 23, minutes from 00 to 59"),
        ("day 15 06:60", "hours go from 00 to 23, minutes from 00 to 59"),
        ("Day 15", 'write it as "day 15" or "day 15 06:00", in small letters and with single blanks'),
        ("day  15", 'write it as "day 15" or "day 15 06:00", in small letters and with single blanks'),
        ("yesterday", 'for example "day 15 06:00"'),
        (None, 'for example "day 15 06:00"'),
    ],
)
def test_a_wrong_time_has_its_remedy(text: object, remedy: str) -> None:
    with pytest.raises(UnitError) as caught:
        time(text, "opens")
    assert caught.value.remedy == remedy
    assert caught.value.field == "opens"


@given(st.integers(0, 9999), st.integers(0, 23), st.integers(0, 59))
def test_a_time_shown_is_the_time_read(day: int, hour: int, minute: int) -> None:
    text = f"day {day} {hour:02d}:{minute:02d}"
    assert show_time(time(text)) == text


def test_a_time_is_shown_to_the_nearest_minute() -> None:
    assert show_time(366.0 - 1e-9) == "day 15 06:00"
    assert show_time(-18.0) == "day -1 06:00"
    with pytest.raises(UnitError, match="finite"):
        show_time(math.inf)


@pytest.mark.parametrize(
    ("text", "hours"),
    [("12 h", 12.0), ("3 min", 0.05), ("2 days", 48.0), ("1 day", 24.0), ("90 s", 0.025), ("1 week", 168.0)],
)
def test_a_span_is_read_in_hours(text: str, hours: float) -> None:
    assert duration(text) == hours


@pytest.mark.parametrize("text", ["-1 h", "12 hours", "12h", "1 h 30 min", "two days", "1 month"])
def test_a_wrong_span_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        duration(text)


@given(st.floats(0, 10_000))
def test_a_span_can_always_be_shown(hours: float) -> None:
    assert show_duration(hours)[0].isdigit()


def test_a_negative_span_shows_its_sign() -> None:
    assert show_duration(-0.5) == "-30 min"


# --- pressures ----------------------------------------------------------------------------------------------------


def test_a_pressure_has_a_systolic_a_diastolic_and_a_mean() -> None:
    read = pressure("178/106 mmHg")
    assert read == Pressure(178.0, 106.0)
    assert read.mean_mmhg == 130.0
    assert str(read) == "178/106 mmHg"


@pytest.mark.parametrize(
    "text", ["178/106", "178 / 106 mmHg", "106/178 mmHg", "120/120 mmHg", "178/0 mmHg", "1780/106 mmHg", 178, ""]
)
def test_a_wrong_pressure_is_refused(text: object) -> None:
    with pytest.raises(UnitError, match='"bp": '):
        pressure(text, "bp")


# --- conversions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [unit for unit, name in UNITS.items() if name is not None])
def test_every_unit_of_the_table_is_known_to_pint(unit: str) -> None:
    assert units._registry().Unit(UNITS[unit]).is_compatible_with(UNITS[unit])


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (0.1, "g", "mg", 100.0),
        (250, "ug", "mg", 0.25),
        (5, "ng/mL", "ug/L", 5.0),
        (90, "min", "h", 1.5),
        (1, "ug/kg/min", "mg/kg/h", 0.06),
        (40, "g/L", "g/dL", 4.0),
        (300, "ng h/mL", "ug h/L", 300.0),
        (100, "mmHg", "kPa", 13.3322),
    ],
)
def test_plain_factors(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-5)
    assert Quantity(value, unit).to(to) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("value", "unit", "to", "analyte", "expected"),
    [
        # pairs printed side by side in clinical references
        (1.6, "mg/dL", "mmol/L", "magnesium", 0.66),
        (2.4, "mg/dL", "mmol/L", "magnesium", 0.99),
        (2, "g", "mmol", "magnesium sulfate", 8.1),
        (1, "mg/dL", "umol/L", "creatinine", 88.4),
        (100, "mg/dL", "mmol/L", "glucose", 5.55),
        (28, "mg/dL", "mmol/L", "urea", 10.0),
        (1, "mg/dL", "umol/L", "bilirubin", 17.1),
        (10, "mg/dL", "mmol/L", "calcium", 2.495),
        (1.5, "mEq/L", "mmol/L", "magnesium", 0.75),
        (4.1, "mmol/L", "mEq/L", "potassium", 4.1),
        (1, "mEq/L", "mg/dL", "magnesium", 1.215),
        (10, "ng/mL", "nmol/L", "tacrolimus", 12.44),
    ],
)
def test_molar_conversions(value: float, unit: str, to: str, analyte: str, expected: float) -> None:
    assert convert(value, unit, to, analyte) == pytest.approx(expected, rel=5e-3)


@given(
    st.sampled_from([name for name, known in ANALYTES.items() if known.formula]),
    st.sampled_from(["mmol/L", "umol/L", "nmol/L", "mg/dL", "mg/L", "ng/mL"]),
    st.sampled_from(["mmol/L", "umol/L", "nmol/L", "mg/dL", "mg/L", "ng/mL"]),
    st.floats(0.001, 1000),
)
def test_there_and_back_again_is_the_same(analyte: str, unit: str, to: str, value: float) -> None:
    assert convert(convert(value, unit, to, analyte), to, unit, analyte) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "to", "analyte"),
    [
        ("mg", "mL", None),
        ("mg", "mmol", None),
        ("mg", "mmol/L", "magnesium"),
        ("mEq", "mEq/L", "magnesium"),
        ("mEq/L", "mmol/L", "glucose"),
        ("mEq/L", "mmol/L", None),
        ("g/L", "mmol/L", "albumin"),
        ("units", "mg", None),
        ("mg/dL", "mmol/L", "magnesum"),
        ("furlong", "mg", None),
        ("mg", "furlong", "magnesium"),
    ],
)
def test_without_a_factor_nothing_is_converted(unit: str, to: str, analyte: str | None) -> None:
    with pytest.raises(UnitError):
        convert(1.0, unit, to, analyte)


def test_an_unknown_analyte_gets_the_nearest_name() -> None:
    with pytest.raises(UnitError, match='did you mean "magnesium"\\?'):
        both(1.0, "mmol/L", "magnesum")


@pytest.mark.parametrize(
    ("value", "unit", "analyte", "shown"),
    [
        (0.72, "mmol/L", "magnesium", "0.72 mmol/L (1.75 mg/dL)"),
        (1.75, "mg/dL", "magnesium", "0.72 mmol/L (1.75 mg/dL)"),
        (130.4, "umol/L", "creatinine", "130 µmol/L (1.48 mg/dL)"),
        (6.1, "mmol/L", "glucose", "6.1 mmol/L (110 mg/dL)"),
        (4.1, "mmol/L", "potassium", "4.1 mmol/L (4.1 mEq/L)"),
        (22.31, "ng/mL", "tacrolimus", "22.3 ng/mL (22.3 µg/L)"),
        (100.0, "g/L", "haemoglobin", "100 g/L (10.0 g/dL)"),
    ],
)
def test_both_kinds_of_units_stand_side_by_side(value: float, unit: str, analyte: str, shown: str) -> None:
    assert both(value, unit, analyte) == shown


def test_reading_and_showing_never_import_pint() -> None:
    code = (
        "import sys; from pres_teach import units as u; u.quantity('3 mg', ['mg']); u.time('day 1'); "
        "u.duration('3 min'); u.pressure('120/80 mmHg'); u.convert(1.0, 'mg', 'mg'); sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
