"""Days and moments that the database can hold and Python can't: infinity, and the years before 1 and after 9999.

The service writes none, but whoever owns the database can. They are read as None, so that a proof tells of them and
doesn't end there.
"""

from datetime import date, datetime
from typing import Any

from psycopg import Connection, DataError
from psycopg.abc import Buffer
from psycopg.types.datetime import DateLoader, TimestamptzLoader


class _Day(DateLoader):
    def load(self, data: Buffer) -> date | None:  # type: ignore[override]
        try:
            return super().load(data)
        except DataError:
            return None


class _Moment(TimestamptzLoader):
    def load(self, data: Buffer) -> datetime | None:  # type: ignore[override]
        try:
            return super().load(data)
        except DataError:
            return None


def read_all(connection: Connection[Any]) -> None:
    """Let a connection read every day and moment that there can be."""
    connection.adapters.register_loader("date", _Day)
    connection.adapters.register_loader("timestamptz", _Moment)
