"""A result a line, each a JSON document with the words of the ranking's items; decimals are text, as everywhere."""

import json
from typing import Any, BinaryIO

from service.exports.columns import Line
from service.exports.tables import Table, Tell

_ALWAYS = ("indicator", "part", "bonus", "deduction")  # other lines are only there where they aren't zero


def write(table: Table, file: BinaryIO, tell: Tell) -> None:
    """Write every result."""
    keys = [column.key for column in table.fixed]
    for row in table.rows(tell):
        said = dict(zip(keys, row, strict=False))
        said_points = row[len(keys) :]
        file.write(json.dumps(_item(table, said, said_points), ensure_ascii=False, separators=(",", ":")).encode())
        file.write(b"\n")


def _item(table: Table, said: dict[str, str], points: list[str]) -> dict[str, Any]:
    named = {"name": said["name"] or None} if "name" in said else {}
    place = {"no_tier": said["no_tier"]} if said["no_tier"] else {"tier": said["tier"]}
    outcomes = [one.partition("=") for one in said["outcomes"].split(";") if one]
    between = len(table.categories)
    return {
        "subject": said["subject"],
        **named,
        "group": said["group"],
        "organisation": said["organisation"] or None,
        "organisation_title": said["organisation_title"] or None,
        "post": said["post"] or None,
        "rank": int(said["rank"]) if said["rank"] else None,
        "total": said["total"] or None,
        "outcomes": [identifier for identifier, _, _ in outcomes],
        "outcome_values": {identifier: value for identifier, _, value in outcomes if value},
        **place,
        "category_points": [
            {"id": line.id, "points": one} for line, one in zip(table.categories, points[:between], strict=True)
        ],
        "lines": [
            {"kind": line.kind, "id": line.id, "points": one}
            for line, one in zip(table.lines, points[between:], strict=True)
            if _is_told(line, one)
        ],
    }


def _is_told(line: Line, points: str) -> bool:
    return line.kind in _ALWAYS or points.strip("-0.") != ""
