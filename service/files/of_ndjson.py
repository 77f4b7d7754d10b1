"""NDJSON: one event a line, as any sender sends it; a name that begins with # is a remark.

A line is all that is held.
"""

from collections.abc import Iterator
from typing import BinaryIO

from service import canonical
from service.errors import Problem, finding
from service.files.bodies import Entry
from service.files.columns import Columns
from service.files.tables import Row, is_remark

_MOST_BYTES = 1 << 20
_MOST_DEPTH = 16
_COLUMNS = Columns([], [], range(0), [])


def entries(source: BinaryIO, sent_by: str) -> Iterator[Entry]:
    """The entries of a file; what says no source is sent by this one. Problem file.line."""
    number = 0
    while line := source.readline(_MOST_BYTES + 1):
        number += 1
        if len(line) > _MOST_BYTES:
            raise Problem("file.line", line=number, most=_MOST_BYTES)
        if line.strip():
            yield _entry(Entry("", Row(number, [line.decode("utf-8", "replace").strip()]), _COLUMNS), line, sent_by)


def _entry(entry: Entry, line: bytes, sent_by: str) -> Entry:
    try:
        said = canonical.parse(line, _MOST_DEPTH)
    except Problem as problem:
        entry.wrong.append((None, finding("", problem.code, **problem.values)))
        return entry
    if isinstance(said, dict):
        meant = {name: value for name, value in said.items() if not is_remark(name)}
        entry.body = {"specversion": "1.0", "source": sent_by, **meant}
    else:
        entry.wrong.append((None, finding("", "field.object")))
    return entry
