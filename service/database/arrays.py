"""Array parameters of thousands of elements, written as PostgreSQL reads them: far quicker than a list is adapted.

Numbers, identities, digests and documents travel in binary, as they are; all others as text.
"""

from collections.abc import Iterable, Sequence
from struct import pack
from typing import Any, NamedTuple, cast

import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

_INTEGER, _UUID, _BYTES, _JSONB = 23, 2950, 17, 3802  # of PostgreSQL's built-in types, the same everywhere
_VERSION = b"\1"  # of how a document is sent (src/backend/utils/adt/jsonb.c, jsonb_recv)
_QUOTED = '{}"\\ \t\n\r\v\f'  # what an element of an array holds only in quotes (PostgreSQL 8.15.6)


class Binary(NamedTuple):
    """An array as PostgreSQL sends and receives it (src/backend/utils/adt/arrayfuncs.c, array_recv)."""

    content: bytes


class _Dumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        return bytes(obj.content)


def teach() -> None:
    """Let every connection that is made from now on send what is made here."""
    psycopg.adapters.register_dumper(Binary, _Dumper)


def integers(values: Sequence[bytes]) -> Binary:
    """For `integer[]`; each in four bytes, the highest first."""
    return _binary(_INTEGER, values)


def uuids(values: Sequence[bytes]) -> Binary:
    """For `uuid[]`; each in its sixteen bytes."""
    return _binary(_UUID, values)


def byteas(values: Sequence[bytes]) -> Binary:
    """For `bytea[]`, of any length."""
    return _binary(_BYTES, values)


def documents(values: Sequence[str]) -> Binary:
    """For `jsonb[]`; each the text of a document."""
    return _binary(_JSONB, [_VERSION + value.encode() for value in values])


def texts(values: Iterable[str | None]) -> str:
    """For an array of any type."""
    elements = list(values)
    if all(elements):  # most columns are numbers throughout, which need no quotes
        plain = ",".join(cast(list[str], elements))
        if _is_plain(plain, len(elements)):
            return f"{{{plain}}}"
    return f"{{{','.join([_element(text) for text in elements])}}}"


def texts_if_any(values: Sequence[str | None]) -> str:
    """The same, but empty if all are NULL: unnested beside longer arrays it gives NULL for each of their elements."""
    return "{}" if values.count(None) == len(values) else texts(values)


def _binary(type_: int, values: Sequence[bytes]) -> Binary:
    """Of one dimension, from 1 on, without NULL; each element follows its length."""
    if not values:
        return Binary(pack("!iii", 0, 0, type_))
    lengths = {len(value) for value in values}
    if len(lengths) == 1:
        length = lengths.pop().to_bytes(4)
        elements = length + length.join(values)
    else:
        elements = b"".join([len(value).to_bytes(4) + value for value in values])
    return Binary(pack("!iiiii", 1, 0, type_, len(values), 1) + elements)


def _is_plain(joined: str, many: int) -> bool:
    for character in _QUOTED:
        if character in joined:
            return False
    return joined.count(",") == many - 1 and "null" not in joined.lower()


def _element(text: str | None) -> str:
    if text is None:
        return "NULL"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
