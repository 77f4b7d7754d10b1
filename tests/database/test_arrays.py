"""Array parameters: PostgreSQL reads the very values that were written."""

import json
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from service.database import arrays

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5)
awkward = st.sampled_from(
    ["", "null", "NULL", "Null", ",", '"', "\\", "{}", " a ", "\t", "\x0b", "a,b", "好", "5", "\xa0"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(texts | awkward | st.none(), max_size=5) | st.lists(st.sampled_from(["5", "null", "a-b:c+d"])))
def test_texts_are_read_as_it_was_written(owner: Connection[Any], values: list[str | None]) -> None:
    row = owner.execute("SELECT %s::text[]", [arrays.texts(values)]).fetchone()
    assert row is not None
    assert list(row[0]) == values


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.sampled_from(["5", "a,b"]) | st.none(), max_size=5))
def test_of_nothing_but_null_comes_null_beside_others(owner: Connection[Any], values: list[str | None]) -> None:
    pair = [arrays.texts_if_any(values), arrays.texts(map(str, range(len(values))))]
    rows = owner.execute("SELECT unnest(%s::text[]) AS value, unnest(%s::text[]) AS number", pair).fetchall()
    assert [(row[0], row[1]) for row in rows] == [(value, str(n)) for n, value in enumerate(values)]


integers = st.integers(0, 2**31 - 1)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many=st.lists(st.tuples(integers, st.uuids(), st.binary(max_size=32), texts | awkward), max_size=5))
def test_what_travels_in_binary_is_read_as_it_was_written(
    owner: Connection[Any], many: list[tuple[int, UUID, bytes, str]]
) -> None:
    numbers, ids, digests, said = ([one[n] for one in many] for n in range(4))
    row = owner.execute(
        "SELECT %s::integer[], %s::uuid[], %s::bytea[], %s::jsonb[]",
        [
            arrays.integers([number.to_bytes(4) for number in numbers]),
            arrays.uuids([id_.bytes for id_ in ids]),
            arrays.byteas(digests),
            arrays.documents([json.dumps(text) for text in said]),
        ],
    ).fetchone()
    assert row is not None
    assert [list(column) for column in row] == [numbers, ids, digests, said]
