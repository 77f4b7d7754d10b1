"""Invariants 2 and 7: content has one canonical form and one digest; a body is read exactly, or not at all."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import canonical
from service.errors import Problem

numbers = st.decimals(-(10**12), 10**12, places=6, allow_nan=False, allow_infinity=False)
words = st.text("ab{}[],:\\\"' é", max_size=4)
scalars = st.none() | st.booleans() | numbers | st.integers(-(10**17), 10**17) | st.text(max_size=8)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)
texts = st.text(st.characters(exclude_categories=[]), max_size=6)  # halves of surrogate pairs, too
stored = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)
few = st.sampled_from([0, 1, Decimal("1.50"), True, False, None]) | words
plain = st.recursive(
    few, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=4
)

tokens = st.sampled_from(
    ['"a"', '"b:"', '"\\u003a"', '":"', '"{"', '"街道"', "-0", "0.10", "1E5", "2" * 30, "NaN", "01", "null", "\x01"]
)
bodies = st.recursive(
    tokens,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda said: f"[{', '.join(said)}]")
        | st.lists(st.tuples(tokens, st.sampled_from([":", " : ", ""]), inner).map("".join), max_size=3).map(
            lambda said: f"{{{','.join(said)}}}"
        )
    ),
    max_leaves=8,
)


def reversed_keys(value: Any) -> Any:
    """The same value, every object's keys in the other order."""
    if isinstance(value, dict):
        return {key: reversed_keys(inner) for key, inner in reversed(value.items())}
    return [reversed_keys(inner) for inner in value] if isinstance(value, list) else value


@given(stored)
def test_what_is_exact_is_the_same_bytes_as_json_writes(value: Any) -> None:
    """Invariant 15: entries that were digested by the other encoder verify. Fractions are texts by then."""
    plainly = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical.exact(value) == plainly.encode("utf-8", "surrogatepass")


@given(documents)
def test_the_order_of_keys_is_not_content(value: Any) -> None:
    """Invariant 2: keys are sorted."""
    assert canonical.digest(value) == canonical.digest(reversed_keys(value))


@given(numbers)
def test_a_number_and_its_text_are_the_same_content(number: Decimal) -> None:
    """Invariant 2: with or without trailing zeros, as a number or as text."""
    text = f"{number:.6f}"
    shortest = text.rstrip("0").rstrip(".")
    forms = [number, Decimal(text), text, shortest, f"{shortest}.0" if "." not in shortest else shortest]
    assert len({canonical.digest({"n": form}) for form in forms}) == 1


@given(st.integers(-(10**17), 10**17), st.integers(0, 30))
def test_an_exponent_is_not_content(number: int, exponent: int) -> None:
    """Invariant 2: 5, 50e-1 and 0.5e1 are one number."""
    written = Decimal(f"{number * 10**exponent}e-{exponent}")
    assert canonical.digest(written) == canonical.digest(number)


@given(st.integers(0, 10**6))
def test_zero_is_zero_however_it_is_written(exponent: int) -> None:
    """Invariant 2: 0e50 and -0.0 are the number 0."""
    zeros = [Decimal(f"0e{exponent}"), Decimal(f"0e-{exponent}"), Decimal("-0.0"), 0, "0", "-0.00"]
    assert {canonical.digest(zero) for zero in zeros} == {canonical.digest(0)}


@given(plain, plain)
def test_other_content_has_another_digest(one: Any, other: Any) -> None:
    """Invariant 2: by an independent comparison of values."""
    assert (canonical.digest(one) == canonical.digest(other)) == (comparable(one) == comparable(other))


def comparable(value: Any) -> Any:
    """A value that compares as content does: numbers by value, and a boolean is no number."""
    if isinstance(value, dict):
        return {key: comparable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    return ("boolean", value) if isinstance(value, bool) else value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": None}),
        ([1, 2], [2, 1]),
        ([1, [2]], [[1], 2]),
        ("", None),
        ("true", True),
        (1, True),
        (0, False),
        ("a", "a "),
        ("1.0", "1.0 "),
        ("é", "e\u0301"),
        (10**17, 10**17 + 1),
        (Decimal("0.000001"), 0),
        (Decimal("1e39"), Decimal("1e40")),
        (Decimal("1e400"), Decimal("1e401")),
    ],
    ids=str,
)
def test_what_looks_alike_is_told_apart(one: Any, other: Any) -> None:
    """Invariant 2: other content is a conflict."""
    assert canonical.digest(one) != canonical.digest(other)


def test_the_canonical_form_is_pinned() -> None:
    """Invariant 5: stored digests are compared for ever, so the form must never change."""
    time = datetime(2025, 3, 10, 1, tzinfo=UTC)
    said = canonical.content_digest("visit.done", "worker/w1", time, None, {"n": Decimal("5.50"), "household": "东街"})
    text = '["visit.done","worker/w1","2025-03-10T01:00:00.000000+00:00",null,{"household":"东街","n":"5.5"}]'
    assert said == sha256(text.encode()).digest()


def test_every_attribute_of_the_content_counts() -> None:
    """Invariant 2: type, subject, time, period and data."""
    time = datetime(2025, 3, 10, 1, tzinfo=UTC)
    contents = [
        ("t", "worker/w1", time, None, {}),
        ("u", "worker/w1", time, None, {}),
        ("t", "worker/w2", time, None, {}),
        ("t", "worker/w1", time.replace(microsecond=1), None, {}),
        ("t", "worker/w1", time, "2025", {}),
        ("t", "worker/w1", time, None, {"a": 1}),
    ]
    assert len({canonical.content_digest(*content) for content in contents}) == len(contents)


@given(st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6), st.text(min_size=1, max_size=6))
def test_the_identity_tells_source_and_id_apart(source: str, middle: str, identifier: str) -> None:
    """Invariant 2: identity is (source, id), byte by byte."""
    assert canonical.event_id(source + middle, identifier) != canonical.event_id(source, middle + identifier)
    assert isinstance(canonical.event_id(source, identifier), UUID)


@given(documents)
def test_a_body_is_read_exactly(value: Any) -> None:
    """Invariant 7: every number as a decimal, never through a float."""
    assert canonical.digest(canonical.parse(written(value).encode(), 100)) == canonical.digest(value)


@given(documents)
def test_what_was_read_is_written_again_as_it_was(value: Any) -> None:
    """Invariant 7: a number to its last digit, and never a text in its place."""
    assert repr(canonical.parse(canonical.as_sent(value), 100)) == repr(value)


@given(bodies)
def test_a_body_is_read_as_a_strict_reader_reads_it(body: str) -> None:
    """Invariant 7: to the digit, and not at all where a key stands twice, whichever way the reader went."""
    try:
        strictly = json.loads(body, parse_float=Decimal, parse_constant=refused, object_pairs_hook=each_once)
    except ValueError:
        with pytest.raises(Problem, match=r"request\.malformed"):
            canonical.parse(body.encode(), 100)
    else:
        assert repr(canonical.parse(body.encode(), 100)) == repr(strictly)


def refused(constant: str) -> None:
    raise ValueError(constant)


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def written(value: Any) -> str:
    """The value as a sender of exact numbers writes it."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(inner) for inner in value) + "]"
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value)


@pytest.mark.parametrize("text", ["0.1", "0.30000000000000004", "123456789012345678.123456", "1e-400"])
def test_a_number_keeps_its_digits(text: str) -> None:
    """Invariant 7: no digit of the text is lost."""
    assert canonical.parse(text.encode(), 4) == Decimal(text)


@pytest.mark.parametrize(
    ("body", "code"), [(b"[[[[1]]]]", "request.too_deep"), (b'{"a":1,"a":1}', "request.malformed")]
)
def test_a_body_that_cannot_be_read_is_a_problem(body: bytes, code: str) -> None:
    with pytest.raises(Problem) as refused:
        canonical.parse(body, 3)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["a\ud800", "\udfff"], ids=ascii)
def test_a_text_that_cannot_be_stored_has_a_digest_all_the_same(text: str) -> None:
    """A digest is asked for before anything is checked, so it must not fail."""
    assert len(canonical.digest({"note": text})) == 32
