"""The OpenAPI document says everything, and everything that it says is so.

That every answer of a test is as the document says is checked by the client of all tests, in tests/contract.py.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from schemas.answers.operations import Healthy
from service import access
from service.app import create_app
from service.catalogue import PROBLEMS
from service.database.transactions import Database
from service.http import scopes_of
from service.openapi import webhooks
from service.routes import contract
from service.settings import Settings
from tests.contract import JSON, PROBLEM, closed, document, validator_of
from tests.county import County, visit

DOCUMENT = document()
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
every_operation = pytest.mark.parametrize("operation", [o for _, o in OPERATIONS], ids=[name for name, _ in OPERATIONS])


def media(operation: Any) -> Iterator[tuple[str, Any]]:
    """Every body and answer of an operation: its content type, and what is said of it."""
    holders = [operation.get("requestBody", {}), *operation["responses"].values()]
    yield from ((kind, said) for holder in holders for kind, said in holder.get("content", {}).items())


def test_every_method_of_every_route_is_there() -> None:
    app: Flask = create_app(Settings(), Database("dbname=nowhere", Settings()))
    methods = [
        (rule.rule, m) for rule in app.url_map.iter_rules() for m in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    assert len(OPERATIONS) == len(methods)
    assert all(scopes_of(app, rule.endpoint) for rule in app.url_map.iter_rules())


@every_operation
def test_every_route_says_what_it_answers(operation: Any) -> None:
    assert operation["summary"]
    assert [status for status in operation["responses"] if status < "300"]
    assert "500" in operation["responses"]


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, operation in OPERATIONS]
    assert sorted(names) == sorted(set(names))


@every_operation
def test_who_may_ask_is_said(operation: Any) -> None:
    scopes = [scope for one in operation["security"] for scope in one["token"]]
    assert set(scopes) <= set(access.SCOPES)
    assert ("401" in operation["responses"]) == bool(scopes)


@every_operation
def test_every_problem_is_one_shape(operation: Any) -> None:
    for status, response in operation["responses"].items():
        if PROBLEM in response.get("content", {}):
            assert response["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert {PROBLEMS[code].status for code in response["x-codes"]} == {int(status)}


@every_operation
def test_every_body_and_answer_has_an_example_that_holds(operation: Any) -> None:
    for kind, said in media(operation):
        if kind == PROBLEM:
            assert said["examples"]
        elif ("json" in kind and "ndjson" not in kind) or kind == "multipart/form-data":
            validator = validator_of(said["schema"], DOCUMENT["components"])
            assert [error.message for error in validator.iter_errors(said["example"])] == []
        else:
            assert isinstance(said["example"], str)


@every_operation
def test_every_parameter_has_a_type_and_an_example_that_holds(operation: Any) -> None:
    for parameter in operation.get("parameters", []):
        if "$ref" not in parameter:
            assert parameter["schema"], parameter["name"]
            validator = validator_of(parameter["schema"], DOCUMENT["components"])
            assert validator.is_valid(parameter["example"]), parameter


def test_what_is_only_tried_is_asked_for_in_one_way() -> None:
    shared = DOCUMENT["components"]["parameters"]
    asked = [p for _, operation in OPERATIONS for p in operation.get("parameters", []) if p.get("name") == "dry_run"]
    assert len(asked) == 3, "events, files and corrections, beside the commands"
    assert [p["schema"] for p in asked] == [shared["dry_run"]["schema"]] * 3


def test_every_problem_has_an_example_that_holds() -> None:
    validator = validator_of({"$ref": "#/components/schemas/Problem"}, DOCUMENT["components"])
    for code, example in DOCUMENT["components"]["examples"].items():
        assert validator.is_valid(example["value"]), code
        assert example["value"]["title"].isascii(), code
        assert "{" not in example["value"]["title"] + example["summary"], code


# What has no type, because a shape elsewhere says it: an event's data, and what intake reads.
UNTYPED = {("Envelope", "data"), ("Amendment", "event")}


def test_every_key_of_every_shape_has_a_type() -> None:
    untyped = {
        (name, key)
        for name, schema in DOCUMENT["components"]["schemas"].items()
        for key, said in schema.get("properties", {}).items()
        if not {"type", "$ref", "anyOf", "oneOf"} & said.keys()
    }
    assert untyped == UNTYPED


def test_an_example_of_an_event_is_taken(shared: County) -> None:
    said = DOCUMENT["paths"]["/v1/events"]["post"]["requestBody"]["content"][JSON]["example"]
    assert shared.sender.post("/v1/events", said).status_code == 201


def test_the_lines_of_a_stream_are_as_they_are_said(shared: County) -> None:
    """The client of all tests leaves them alone, since it would have to read a stream to its end."""
    operation = DOCUMENT["paths"]["/v1/events"]["post"]
    lines = operation["responses"]["200"]["content"]["application/x-ndjson"]["schema"]["x-lines"]
    validator = validator_of(lines, closed())
    body = "\n".join(json.dumps(one) for one in [visit("w1", "h1"), visit("nobody", "h1"), {}])
    answer = shared.sender.post_text("/v1/events", body + "\n{", "application/x-ndjson")
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [line.get("result") for line in told] == ["created", "rejected", "rejected", "rejected", None]
    assert [error.message for line in told for error in validator.iter_errors(line)] == []


def test_every_message_to_a_webhook_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(webhooks.WEBHOOKS, "jifen.made.up", Healthy)
    said = contract.document(create_app(Settings(), Database("dbname=nowhere", Settings())))
    bodies = {name: one["post"]["requestBody"]["content"][JSON] for name, one in said["webhooks"].items()}
    assert bodies["jifen.made.up"]["schema"] == {"$ref": "#/components/schemas/Healthy"}
    for body in bodies.values():
        assert validator_of(body["schema"], said["components"]).is_valid(body["example"])


def test_the_page_is_ours_alone(shared: County) -> None:
    """Nothing is fetched from outside: by the page's policy a browser wouldn't, and every address in it is answered."""
    page = shared.anonymous.get("/docs")
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "http" not in page.headers["Content-Security-Policy"] + page.text
    for address in ("openapi.json", "docs/swagger-ui-bundle.js", "docs/swagger-ui.css", "docs/begin.js"):
        with shared.anonymous.get(f"/{address}") as answer:
            assert answer.status_code == 200
            assert len(answer.get_data()) > 100
    assert shared.anonymous.get("/docs/../app.py").status_code == 404
    assert shared.anonymous.get("/docs/index.html").status_code == 404
