"""Invariant 7: what a field takes as a number is exactly that number, and its text is the shortest."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.fields import Day, Identifier, Instant, PeriodText, Text, decimal_text, exact

LARGEST = Decimal("999999999999999999.999999")
in_range = st.decimals(-LARGEST, LARGEST, places=6, allow_nan=False, allow_infinity=False)


def code_of(field: Any, value: Any) -> str | None:
    """The code of the fault that the field finds; None where it takes the value."""
    try:
        field.deserialize(value)
    except ValidationError as error:
        (message,) = error.messages
        return str(message)
    return None


@given(in_range)
def test_a_number_is_taken_exactly_however_it_is_sent(number: Decimal) -> None:
    """Invariant 7: as JSON number read from its text, or as text."""
    assert exact(number) == number
    assert exact(f"{number:f}") == number
    assert exact(json.loads(f"{number:f}", parse_float=Decimal)) == number


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_decimal_is_taken_where_it_fits_and_refused_where_not(number: Decimal) -> None:
    """Invariant 7: at most 18 digits before and 6 after the point; compared with Decimal's own arithmetic."""
    fits = number.is_finite() and abs(number) < 10**18 and number == round(number, 6)
    try:
        assert exact(number) == number
        assert fits
    except ValidationError:
        assert not fits


@given(st.integers(-(10**30), 10**30))
def test_a_whole_number_is_taken_below_a_trillion_millions(number: int) -> None:
    """Invariant 7: 18 digits before the point."""
    try:
        assert exact(number) == number
        assert abs(number) < 10**18
    except ValidationError:
        assert abs(number) >= 10**18


@given(in_range)
def test_the_text_of_a_number_is_the_shortest_plain_one(number: Decimal) -> None:
    """Invariant 7: 5 for 5.00, never an exponent."""
    text = decimal_text(number)
    assert Decimal(text) == number
    assert set(text) <= set("-.0123456789")
    assert "." not in text or not text.endswith(("0", "."))


@pytest.mark.parametrize(("number", "text"), [(Decimal("5.00"), "5"), (Decimal("5e3"), "5000"), (100, "100"), (0, "0")])
def test_some_texts_of_numbers(number: Any, text: str) -> None:
    assert decimal_text(number) == text


@pytest.mark.parametrize("zero", [0, Decimal("-0"), Decimal("0e9"), "-0", "0.000", "-0.0"])
def test_zero_has_no_sign(zero: Any) -> None:
    assert decimal_text(exact(zero)) == "0"
    assert decimal_text(Decimal(zero)) == "0"


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        None,
        1.5,
        [],
        {},
        "",
        "x",
        "1e3",
        "+1",
        " 1",
        "1 ",
        "1.",
        ".5",
        "--1",
        "NaN",
        "１",
        "1,5",
        "1\n",
        "1_0",
    ],
    ids=repr,
)
def test_what_is_no_decimal_is_no_number(value: Any) -> None:
    """Invariant 7: a float never, a text only where it is plain."""
    with pytest.raises(ValidationError) as refused:
        exact(value)
    assert refused.value.messages == ["number.expected"]


@given(st.text(max_size=12))
def test_a_text_that_is_taken_is_the_number_that_decimal_reads(text: str) -> None:
    """Invariant 7: any text at all, compared with Decimal."""
    try:
        number = exact(text)
    except ValidationError:
        return
    assert number == Decimal(text)
    assert text.isascii()


@given(st.datetimes(), st.integers(-14 * 60 + 1, 14 * 60 - 1))
def test_an_instant_is_taken_to_the_microsecond_in_any_offset(moment: datetime, minutes: int) -> None:
    assume(1 < moment.year < 9999)
    said = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = Instant().deserialize(said.isoformat())
    assert found == said
    assert found.utcoffset() == timedelta(0)
    assert found.tzinfo is UTC


@given(st.text(max_size=30))
def test_any_text_for_an_instant_is_taken_or_refused(text: str) -> None:
    assert code_of(Instant(), text) in (None, "time.malformed", "time.naive")


@given(st.dates(date(1, 1, 1)))
def test_a_day_is_taken(day: date) -> None:
    assert Day().deserialize(day.isoformat()) == day


@pytest.mark.parametrize("value", ["2025-02-29", "2025-2-1", "20250201", "2025-W01-1", "2025-02-01T00:00:00", 20250201])
def test_another_text_is_no_day(value: Any) -> None:
    assert code_of(Day(), value) == "day.malformed"


@pytest.mark.parametrize("value", ["2025", "2025-12", "2025-Q4", "2025-H2"])
def test_a_period_is_taken(value: str) -> None:
    assert PeriodText().deserialize(value) == value


@pytest.mark.parametrize("value", ["a", "A9", "w.1_2:3-4", "x" * 64, "33010219900101123", "3301021990010112345"])
def test_an_identifier_is_taken(value: str) -> None:
    assert Identifier().deserialize(value) == value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "text.length"),
        ("x" * 65, "id.malformed"),
        ("-a", "id.malformed"),
        ("a-", "id.malformed"),
        ("a b", "id.malformed"),
        ("a/b", "id.malformed"),
        ("a\n", "id.malformed"),
        ("张三", "id.malformed"),
        ("330102199001011234", "id.personal"),
        ("33010219900101123X", "id.personal"),
        ("33010219900101123x", "id.personal"),
        (5, "text.expected"),
        (None, "field.null"),
    ],
)
def test_another_identifier_is_refused(value: Any, code: str) -> None:
    assert code_of(Identifier(), value) == code


@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=20))
def test_a_text_is_taken_where_the_database_can_store_it(text: str) -> None:
    try:
        storable = b"\x00" not in text.encode()
    except UnicodeEncodeError:
        storable = False
    assert (code_of(Text(), text) is None) == storable
