"""Whether a database can be reached and acted in, and what hinders it; no text of it holds a password."""

from typing import Literal, NamedTuple

import psycopg
from psycopg import sql

from service.database.transactions import SERVICE_ROLE

_CONNECT_SECONDS = 5


class Hindered(NamedTuple):
    """At which step it failed, and the first line of what the database said."""

    step: Literal["address", "connection", "role"]
    said: str


def hindered(url: str) -> Hindered | None:
    """What hinders the service at this address; None where nothing does."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=_CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        return Hindered("connection", _first_line(error))
    except psycopg.Error:  # a text that is no address, of which the message may quote any part
        return Hindered("address", "")
    with connection:
        try:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(SERVICE_ROLE)))
        except psycopg.Error as error:
            return Hindered("role", _first_line(error))
    return None


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
