"""How the tests of HTTP ask and check: one assertion for every problem document, one for "nothing was written"."""

import copy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import yaml
from werkzeug.test import TestResponse

from service import tokens
from service.tokens import Grant
from tests.county import RULEBOOK, Client, County

PROBLEM = "application/problem+json"


def assert_problem(answer: TestResponse, status: int, code: str) -> list[tuple[str, str]]:
    """The answer is a problem document of this status and code; pointer and code of each of its errors."""
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text
    said = answer.json
    assert set(said) - {"errors", "items", "oldest"} == {"type", "title", "status", "code", "request_id"}, said
    assert (said["type"], said["status"], said["code"]) == (f"urn:jifen:problem:{code}", status, code), said
    assert said["request_id"] == answer.headers["X-Request-Id"]
    assert said["title"]
    assert "{" not in said["title"], "a sentence with a value left out"
    return errors_of(said)


def assert_not_there(answer: TestResponse) -> None:
    """The answer is 404: there is no such thing, or no such address."""
    assert answer.status_code == 404, answer.text
    assert_problem(answer, 404, "resource.route" if answer.json["code"] == "resource.route" else "resource.unknown")


def errors_of(said: dict[str, Any]) -> list[tuple[str, str]]:
    """Pointer and code of each error, whose shape is checked."""
    for error in said.get("errors", []):
        of_text = {"line", "column", "level", "suggestion"} if "line" in error else set()
        of_file = {"sheet", "row", "column"} if "row" in error else set()
        assert set(error) == {"pointer", "code", "detail"} | of_text | of_file, error
        assert re.fullmatch(r"(?:/(?:[^~/]|~[01])*)*", error["pointer"]), error
        assert error["detail"]
        assert "{" not in error["detail"], "a sentence with a value left out"
    return [(error["pointer"], error["code"]) for error in said.get("errors", [])]


def written(county: County) -> tuple[int, int]:
    """How many events and audit entries the tenant has, as the owner counts them."""
    with psycopg.connect(county.url) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM event WHERE tenant_id = %(tenant)s),"
            " (SELECT count(*) FROM audit_entry WHERE tenant_id = %(tenant)s)",
            {"tenant": county.tenant_id},
        ).fetchone()
    assert row is not None
    return row[0], row[1]


@contextmanager
def nothing_written(county: County) -> Iterator[None]:
    """What happens inside leaves no event and no audit entry."""
    before = written(county)
    yield
    assert written(county) == before


def user(
    county: County,
    scopes: list[str],
    sources: list[str] | None = None,
    actor: str = "somebody",
    under: str | None = None,
) -> Client:
    """Another user of the county."""
    with county.database.transaction(county.tenant_id) as transaction:
        token, _ = tokens.create(transaction, "setup", Grant(actor, scopes, sources or [], under))
    return Client(county.hr._client, token)


def rulebook(**changes: Any) -> dict[str, Any]:
    """The small county's rulebook as a document, some of its keys stated anew."""
    return copy.deepcopy({**yaml.load(RULEBOOK, yaml.BaseLoader), **changes})


def as_yaml(document: dict[str, Any]) -> str:
    """A document as a sender writes it, without anchors where a value stands twice."""
    return yaml.safe_dump(json.loads(json.dumps(document)), allow_unicode=True, sort_keys=False)
