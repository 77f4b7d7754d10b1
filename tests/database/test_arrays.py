"""Texts as an array parameter: PostgreSQL reads the very texts that were written."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from service.database.transactions import array

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5)
awkward = st.sampled_from(
    ["", "null", "NULL", "Null", ",", '"', "\\", "{}", " a ", "\t", "\x0b", "a,b", "好", "5", "\xa0"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(texts | awkward | st.none(), max_size=5) | st.lists(st.sampled_from(["5", "null", "a-b:c+d"])))
def test_an_array_is_read_as_it_was_written(owner: Connection[Any], values: list[str | None]) -> None:
    row = owner.execute("SELECT %s::text[]", [array(values)]).fetchone()
    assert row is not None
    assert list(row[0]) == values
