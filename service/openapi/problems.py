"""Which problems a route answers: those that its kind has, and those that it names."""

from collections.abc import Iterable
from string import Formatter
from typing import Any

from service.catalogue import PROBLEMS, Kind
from service.errors import Language, sentence
from service.openapi import headers

Said = dict[str, Any]

PROBLEM = "application/problem+json"
_OF_EVERY_ROUTE = ("service.failed",)
_OF_GUARDED = ("access.unknown_token", "access.scope", "access.subtree", "request.rate", "service.unavailable")
_OF_COMMANDS = ("idempotency.reused", "idempotency.unanswered")
_OF_PATHS = ("resource.route",)
_OF_QUERIES = ("request.invalid",)
_OF_BODIES = ("request.incomplete", "request.too_large", "request.media_type")
_OF_JSON = ("request.malformed", "request.too_deep", "request.invalid")
# For the sentences of examples.
_VALUES: Said = {
    "most": 5000,
    "seconds": 1,
    "type": "text/html",
    "charset": "gbk",
    "scope": "events:write",
    "under": "east",
    "source": "grid-app",
    "what": "worker",
    "period": "2025-03",
    "state": "open",
    "needed": "closing",
    "rulebook": "small-county@2025-1",
    "version": "2025-1",
    "other": "other-county@2025-1",
    "until": "2025-04-05",
    "since": "2025-01",
    "year": 2027,
    "subjects": "worker/w1",
    "subject": "worker/w1",
    "place": "county",
    "parts": "2025-02",
    "results": "community 2025-03",
    "field": "level",
    "codes": "district",
    "zone": "Asia/Urumqi",
    "line": 7,
    "n": 1,
    "refused": 2,
    "rows": 40,
    "kept": 4096,
    "bytes": 9000,
    "objection": "8e2c6e3e-3f8f-5c5e-8d5b-0f4e6a1b2c3d",
    "objections": "8e2c6e3e-3f8f-5c5e-8d5b-0f4e6a1b2c3d",
    "id": "w1",
}


def codes_of(is_public: bool, is_command: bool, has_path: bool, has_query: bool, takes: Iterable[str]) -> list[str]:
    """The codes that every route of its kind may answer with, by its path's parameters, query and content types."""
    kinds = list(takes)
    is_json = any("json" in kind for kind in kinds)
    return [
        *_OF_EVERY_ROUTE,
        *(() if is_public else _OF_GUARDED),
        *(_OF_COMMANDS if is_command else ()),
        *(_OF_PATHS if has_path else ()),
        *(_OF_QUERIES if has_query else ()),
        *(_OF_BODIES if kinds else ()),
        *(_OF_JSON if is_json else ()),
    ]


def responses(codes: Iterable[str]) -> dict[str, Said]:
    """The responses of these codes by status, each code with its sentences and an example."""
    by_status: dict[int, list[str]] = {}
    for code in PROBLEMS:
        if code in codes:
            by_status.setdefault(PROBLEMS[code].status, []).append(code)
    return {str(status): _response(status, listed) for status, listed in sorted(by_status.items())}


def examples() -> dict[str, Said]:
    """A document of every problem, by its code."""
    return {code: {"summary": _title(code, "zh"), "value": _document(code, kind)} for code, kind in PROBLEMS.items()}


def _response(status: int, codes: list[str]) -> Said:
    told = [f"- `{code}`: {PROBLEMS[code].en} {PROBLEMS[code].zh}" for code in codes]
    content = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
    }
    return {
        "description": "\n".join(told),
        "headers": headers.of_answer(headers.OF_PROBLEMS.get(status, ())),
        "content": {PROBLEM: content},
        "x-codes": codes,
    }


def _document(code: str, kind: Kind) -> Said:
    return {
        "type": f"urn:jifen:problem:{code}",
        "title": _title(code, "en"),
        "status": kind.status,
        "code": code,
        "request_id": "0b8f6a1c2d3e4f5061728394a5b6c7d8",
    }


def _title(code: str, language: Language) -> str:
    named = [name for _, name, _, _ in Formatter().parse(PROBLEMS[code].en) if name]
    return sentence(code, {name: _VALUES.get(name, "-") for name in named}, language)
