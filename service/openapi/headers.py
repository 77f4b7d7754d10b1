"""The headers of answers and requests that are worth a word."""

from typing import Any

Said = dict[str, Any]

_TEXT = {"type": "string"}

OF_ANSWERS: dict[str, Said] = {
    "X-Request-Id": {
        "description": "by which the operator finds the request in the log",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    "Location": {"description": "the address of the event", "schema": {**_TEXT, "format": "uri-reference"}},
    "ETag": {"description": "what If-None-Match may name next time", "schema": _TEXT},
    "WWW-Authenticate": {
        "description": "how to show who asks (RFC 6750)",
        "required": True,
        "schema": {"type": "string", "const": "Bearer"},
    },
    "Retry-After": {
        "description": "after how many seconds to try again",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "Content-Disposition": {"description": "the name of the file", "schema": _TEXT},
}

# Of problems, beside X-Request-Id, which every answer has.
OF_PROBLEMS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}

LANGUAGE: Said = {
    "in": "header",
    "name": "Accept-Language",
    "description": "in which language sentences are told: zh or en; English where neither is asked for",
    "schema": _TEXT,
    "example": "zh",
}


def of_answer(named: tuple[str, ...] = ()) -> Said:
    """The headers of an answer, by reference to their components."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *named)}
