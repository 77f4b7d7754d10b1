"""What is found beyond a wall: the other's words in an answer, or what isn't the asker's changed in a table."""

from collections.abc import Sequence

import psycopg
from psycopg import sql
from werkzeug.test import TestResponse

from tests.http.test_nothing_personal import plain


def words(answer: TestResponse, marks: Sequence[str], repeats: Sequence[str]) -> list[str]:
    """The marks that stand in an answer or its headers, but where it repeats what it was asked."""
    text = f"{plain(answer.get_data())}\n{answer.headers}"
    for repeated in sorted(repeats, key=len, reverse=True):
        text = text.replace(repeated, "")
    return [mark for mark in marks if mark in text]


def others(url: str, tenant_id: int) -> dict[str, str]:
    """Of every table a digest of all rows that aren't this tenant's, as the owner sees them."""
    with psycopg.connect(url) as owner:
        found = owner.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY 1"
        ).fetchall()
        each = [
            sql.SQL(
                "SELECT {}, md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} t WHERE tenant_id <> {}"
            ).format(table, sql.Identifier(table), tenant_id)
            for (table,) in found
        ]
        return {table: digest or "" for table, digest in owner.execute(sql.SQL(" UNION ALL ").join(each)).fetchall()}
