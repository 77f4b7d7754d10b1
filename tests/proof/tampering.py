"""Random changes of stored rows, as an owner of the database could make them: one value, a row gone, a copy, a swap."""

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from psycopg import Connection, errors, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

Row = dict[str, Any]

_TRIES = 200
# What goes with the entry that it belongs to.
_BY_ENTRY = ("event", "reversal", "remark", "seal", "audit_entry", "reopening", "admission", "run", "completion")
_BY_ENTRY += ("finalisation", "forcing", "objection", "objection_end", "calendar_year")


class Tamperer:
    """Changes something of one tenant, in the open transaction of a connection."""

    def __init__(self, owner: Connection[Any], tenant_id: int, chance: Random) -> None:
        self.owner = owner
        self.tenant_id = tenant_id
        self.chance = chance

    def change(self, tables: Mapping[str, Set[str]]) -> str:
        """Make one change to one of these tables, of which some columns are left alone; what was done."""
        for _ in range(_TRIES):
            table = self.chance.choice(sorted(tables))
            act = self.chance.choice([self._value, self._value, self._value, self._gone, self._copy, self._swap])
            before = self._rows_as_text(table, tables[table])
            try:
                with self.owner.transaction():
                    done = act(table, tables[table])
            except (errors.IntegrityError, errors.DataError):
                continue  # such a row can't be
            if done and self._rows_as_text(table, tables[table]) != before:
                return f"{table}: {done}"
        raise AssertionError("nothing could be changed")

    def cut_the_tail(self) -> str:
        """Take away the last blocks with all that they sealed, and set the head back."""
        blocks = self._ask("SELECT last_position, hash FROM chain_block WHERE tenant_id = %s ORDER BY last_position")
        kept = self.chance.randrange(len(blocks) - 1)
        last = blocks[kept]
        gone = [row["entry_id"] for row in self._ask("SELECT * FROM seal WHERE tenant_id = %s AND position > %s", last)]
        for table in _BY_ENTRY:
            statement = sql.SQL("DELETE FROM {} WHERE tenant_id = %s AND entry_id = ANY (%s)")
            self.owner.execute(statement.format(sql.Identifier(table)), [self.tenant_id, gone])
        for table in ("notice", "run_answer"):
            statement = sql.SQL("DELETE FROM {} WHERE tenant_id = %s AND run_no NOT IN (SELECT run_no FROM run)")
            self.owner.execute(statement.format(sql.Identifier(table)), [self.tenant_id])
        self.owner.execute(
            "DELETE FROM chain_block WHERE tenant_id = %s AND last_position > %s",
            [self.tenant_id, last["last_position"]],
        )
        self.owner.execute(
            "UPDATE chain_head SET position = %s, hash = %s WHERE tenant_id = %s",
            [last["last_position"], last["hash"], self.tenant_id],
        )
        return f"the tail after position {last['last_position']}"

    def _value(self, table: str, alone: Set[str]) -> str | None:
        row = self._some(table)
        column = self.chance.choice(sorted(row.keys() - alone - self._generated(table)))
        self._delete(table, row)
        self._insert(table, {**row, column: self._other(row[column], self._kind(table, column))})
        return f"{column} of {row}"

    def _gone(self, table: str, _: Set[str]) -> str:
        row = self._some(table)
        self._delete(table, row)
        return f"no {row}"

    def _copy(self, table: str, alone: Set[str]) -> str | None:
        row = self._some(table)
        column = self.chance.choice(sorted(row.keys() - alone - self._generated(table)))
        copy = {**row, column: self._other(row[column], self._kind(table, column))}
        if copy["tenant_id"] != self.tenant_id:
            return None  # nothing of this tenant
        self._insert(table, copy)
        return f"a copy with another {column} of {row}"

    def _swap(self, table: str, alone: Set[str]) -> str | None:
        rows = self._ask(f"SELECT * FROM {table} WHERE tenant_id = %s")
        if len(rows) < 2:
            return None
        one, other = self.chance.sample(rows, 2)
        column = self.chance.choice(sorted(one.keys() - alone - self._generated(table)))
        self._delete(table, one)
        self._delete(table, other)
        self._insert(table, {**one, column: other[column]})
        self._insert(table, {**other, column: one[column]})
        return f"{column} of {one} and {other}"

    def _other(self, value: Any, kind: str) -> Any:
        """Another value of the same kind."""
        chance = self.chance
        match value:
            case bool():
                return not value
            case int() | Decimal():
                return value + chance.choice([-2, -1, 1, 1000])
            case str():
                return chance.choice([value + "x", value + ".0", value[:-1], "x" + value, value.swapcase()])
            case bytes():
                return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
            case datetime():
                return value + chance.choice([timedelta(microseconds=1), timedelta(days=-1), timedelta(hours=8)])
            case date():
                return value + timedelta(days=chance.choice([-1, 1]))
            case UUID():
                return UUID(int=value.int ^ 1 << chance.randrange(128))
            case dict():
                key = chance.choice(sorted(value) or ["x"])
                return {**value, key: self._other(value.get(key), "")}
            case list():
                return self._other_list(value, kind)
            case _:
                return {"bytea": b"x", "uuid": UUID(int=1), "jsonb": {}}.get(kind, self._first(kind))

    def _other_list(self, value: list[Any], kind: str) -> list[Any]:
        if not value or self.chance.random() < 0.3:
            return [*value, value[-1] if value else self._first(kind.lstrip("_"))]
        place = self.chance.randrange(len(value))
        if self.chance.random() < 0.2:
            return value[:place] + value[place + 1 :]
        other = self._other(value[place], kind.lstrip("_"))
        return [
            *value[:place],
            int(other) if kind.startswith("_int") and other is not None else other,
            *value[place + 1 :],
        ]

    def _first(self, kind: str) -> Any:
        if kind.startswith("_"):
            return [self._first(kind[1:])]
        numbers = ("int2", "int4", "int8", "numeric")
        return Decimal(1) if kind in numbers else date(2030, 1, 1) if kind in ("date", "timestamptz") else "x"

    def _kind(self, table: str, column: str) -> str:
        found = self.owner.execute(
            "SELECT udt_name FROM information_schema.columns WHERE table_name = %s AND column_name = %s",
            [table, column],
        ).fetchone()
        assert found is not None
        return str(found[0])

    def _generated(self, table: str) -> set[str]:
        return {"audit_entry": {"about"}, "result": {"list_rank"}}.get(table, set())

    def _some(self, table: str) -> Row:
        return self.chance.choice(self._ask(f"SELECT * FROM {table} WHERE tenant_id = %s ORDER BY {table}::text"))

    def _ask(self, question: str, after: Row | None = None) -> list[Row]:
        values: list[Any] = [self.tenant_id, *([after["last_position"]] if after else [])]
        with self.owner.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(question.encode(), values).fetchall()

    def _rows_as_text(self, table: str, alone: Set[str]) -> Sequence[Any]:
        """Without the columns that are left alone: where the others change places, it is those that change."""
        question = f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t WHERE tenant_id = %s ORDER BY 1"
        return self.owner.execute(question.encode(), [sorted(alone), self.tenant_id]).fetchall()

    def _delete(self, table: str, row: Row) -> None:
        [keys] = self.owner.execute(
            "SELECT array_agg(a.attname) FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid"
            " AND a.attnum = ANY (c.conkey) WHERE c.contype = 'p' AND c.conrelid = %s::regclass",
            [table],
        ).fetchone() or [[]]
        where = sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(key)) for key in keys)
        statement = sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), where)
        assert self.owner.execute(statement, [row[key] for key in keys]).rowcount == 1

    def _insert(self, table: str, row: Row) -> None:
        kept = {key: value for key, value in row.items() if key not in self._generated(table)}
        values = [Jsonb(value) if isinstance(value, dict) else value for value in kept.values()]
        columns = sql.SQL(", ").join(map(sql.Identifier, kept))
        places = sql.SQL(", ").join([sql.Placeholder()] * len(kept))
        statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})")
        self.owner.execute(statement.format(sql.Identifier(table), columns, places), values)
