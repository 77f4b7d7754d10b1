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
    "Idempotent-Replayed": {
        "description": "this is the answer of the first time",
        "schema": {"type": "string", "const": "true"},
    },
    "Content-Disposition": {"description": "the name of the file", "schema": _TEXT},
}

# Of problems, beside X-Request-Id, which every answer has.
OF_PROBLEMS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}

REPLAYED = "Idempotent-Replayed"
OF_COMMANDS = ("dry_run", "key")
PARAMETERS: dict[str, Said] = {
    "language": {
        "in": "header",
        "name": "Accept-Language",
        "description": "in which language sentences are told: zh or en; English where neither is asked for",
        "schema": _TEXT,
        "example": "zh",
    },
    "tag": {
        "in": "header",
        "name": "If-None-Match",
        "description": "the tag of the answer that the client has",
        "schema": _TEXT,
        "example": 'W/"0123456789abcdef0123456789abcdef"',
    },
    "key": {
        "in": "header",
        "name": "Idempotency-Key",
        "description": "what is sent again under the same key is carried out once, and answered as the first time",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
        "example": "9b2f6c1e-publish-2025-03",
    },
    "dry_run": {
        "in": "query",
        "name": "dry_run",
        "description": "only say what would be answered",
        "schema": {"type": "boolean", "default": False},
        "example": False,
    },
}


def of_answer(named: tuple[str, ...] = ()) -> Said:
    """The headers of an answer, by reference to their components."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *named)}
