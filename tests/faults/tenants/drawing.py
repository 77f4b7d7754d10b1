"""A request to any route of the OpenAPI document, by dice: what it names is the asker's, the other's or nobody's."""

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from tests.contract import document
from tests.county import SOURCE, TYPES
from tests.faults.tenants.bodies import MONTHS, Body, Writer
from tests.faults.tenants.side import ORGANISATIONS, WORKERS, Side

_OTHERS, _NOBODYS = 0.35, 0.05  # how often what is named is the other's, and nobody's
_STATED = 0.2  # how often a parameter is that may be left out
_NOBODY = "00000000-0000-0000-0000-000000000000"


class Operation(NamedTuple):
    """A method of a route, as the document has it."""

    method: str
    path: str
    parameters: list[dict[str, Any]]
    takes: bool  # a body

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Asked(NamedTuple):
    """A request, and the other's own words in it, which an answer may repeat."""

    operation: Operation
    address: str
    headers: dict[str, str]
    body: Body | None
    repeats: tuple[str, ...]


def operations() -> Iterator[Operation]:
    """Every method of every route that is a tenant's."""
    said = document()
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/v1/") and method != "parameters":
                parameters = [_whole(said, parameter) for parameter in operation.get("parameters", [])]
                yield Operation(method.upper(), path, parameters, "requestBody" in operation)


def draw(dice: Random, operation: Operation, side: Side, other: Side) -> Asked:
    """A request of a side, about anything."""
    repeats: list[str] = []

    def of(name: str, schema: dict[str, Any] | None = None) -> str:
        value = _value(dice, name, operation, side, other) or _any(dice, schema or {}, name)
        repeats.extend([value] if other.mark in value else [])
        return value

    path, query = operation.path, {}
    headers = {"Accept-Language": dice.choice(("zh", "en"))}
    for parameter in operation.parameters:
        name, place = parameter["name"], parameter["in"]
        if place == "path":
            path = path.replace(f"{{{name}}}", quote(of(name, parameter["schema"]), safe=""))
        elif place == "query" and (parameter.get("required") or dice.random() < _STATED):
            query[name] = of(name, parameter["schema"])
        elif name == "Idempotency-Key" and dice.random() < _STATED:
            headers[name] = f"key-{dice.randrange(20)}"
    address = f"{path}?{urlencode(query)}" if query else path
    body = Writer(side, dice, of).body(str(operation)) if dice.random() > _NOBODYS else None
    return Asked(operation, address, headers, body, tuple(repeats))


def _value(dice: Random, name: str, operation: Operation, side: Side, other: Side) -> str | None:
    """What has this name: the asker's, the other's or nobody's. The other's own words are asked for and never sent."""
    if name == "token":
        return dice.choice(other.tokens if dice.random() < _OTHERS or not side.told["token"] else side.told["token"])
    whose = other if dice.random() < _OTHERS else side
    told = whose.told["next" if name == "after" else name]
    if told and dice.random() > _NOBODYS:
        return dice.choice(told)
    known = _KNOWN.get(name)
    if known is None:
        return None
    theirs = whose if operation.method == "GET" else side
    return dice.choice(known(operation, theirs.mark))


def _ids(operation: Operation, mark: str) -> tuple[str, ...]:
    if "rulebooks" in operation.path:
        return ("small-county", f"{mark}-book")
    if "organisations" in operation.path:
        return (*ORGANISATIONS, f"{mark}-street")
    return (*WORKERS, f"{mark}-w")


_KNOWN: dict[str, Callable[[Operation, str], tuple[str, ...]]] = {
    "id": _ids,
    "rulebook": lambda o, _: ("small-county", "small-county@2025-1") if "template" in o.path else ("small-county",),
    "type": lambda _, mark: (*TYPES, f"{mark}.done"),
    "period": lambda *_: (*MONTHS, *MONTHS, *MONTHS, "2025"),  # a year is dear to compute
    "subject": lambda _, mark: tuple(f"worker/{w}" for w in (*WORKERS, f"{mark}-w")),
    "source": lambda *_: (SOURCE,),
    "actor": lambda _, mark: ("hr", f"second-{mark}"),
    "action": lambda *_: ("event.create", "roster.state"),
    "under": lambda _, mark: (*ORGANISATIONS, f"{mark}-street"),
    "line": lambda *_: ("visits", "rating", "complaint"),
    "version": lambda *_: ("2025-1",),
    "position": lambda *_: tuple(map(str, range(1, 40))),
    "year": lambda *_: ("2026", "2027"),
    "since": lambda *_: ("1", "2"),
    "revision": lambda *_: ("1", "2"),
    "limit": lambda *_: ("1", "7", "500"),
    "wait": lambda *_: ("0",),
    "tier": lambda *_: ("excellent", "competent", "incompetent"),
    "group": lambda *_: ("staff",),
    "outcome": lambda *_: ("talk",),
    "by": lambda *_: ("community", "post"),
    "code": lambda *_: ("field.unknown", "subject.unknown"),
    "from": lambda o, _: ("1", "2025-1") if "diff" in o.path else ("2025-01-01T00:00:00Z",),
    "to": lambda *_: ("2027-01-01T00:00:00Z",),
    "timezone": lambda *_: ("Asia/Shanghai",),
}


def _any(dice: Random, schema: dict[str, Any], name: str) -> str:
    """What the document allows here, or an id of nothing."""
    if "enum" in schema:
        return str(dice.choice(schema["enum"]))
    if schema.get("type") == "boolean":
        return dice.choice(("true", "false"))
    return {"integer": "999999"}.get(schema.get("type", ""), _NOBODY if not re.search("fields|ranks", name) else "rank")


def _whole(said: Any, parameter: dict[str, Any]) -> dict[str, Any]:
    found = said["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[-1]] if "$ref" in parameter else parameter
    return dict(found)
