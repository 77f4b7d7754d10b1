"""Holds every answer that a test gets, and every body that is accepted, against the OpenAPI document.

The document lets answers grow; here they may have no key that it doesn't know.
"""

import copy
from functools import cache
from typing import Any

import jsonschema_rs
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from service.app import create_app
from service.database.transactions import Database
from service.routes import contract
from service.settings import Settings

JSON, PROBLEM = "application/json", "application/problem+json"
_NAMED = ("Location", "ETag", "Retry-After", "WWW-Authenticate", "Content-Disposition", "Idempotent-Replayed")


class CheckedClient(FlaskClient):
    """A client that trusts no answer."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        answer = super().open(*args, **options)
        rule = _rule(self, answer)
        operation = rule and document()["paths"].get(rule, {}).get(answer.request.method.lower())
        if operation:
            _check(f"{answer.request.method} {rule}", operation, answer)
            if answer.status_code in (200, 201) and "json" in options:
                _check_accepted(rule, answer.request.method.lower(), operation, options["json"])
        return answer


@cache
def document() -> Any:
    """The document of the service."""
    return contract.document(create_app(Settings(), Database("dbname=nowhere", Settings())))


def _rule(client: FlaskClient, answer: TestResponse) -> str | None:
    """The path of the document that was asked for."""
    adapter = client.application.url_map.bind("localhost")
    try:
        rule, _ = adapter.match(answer.request.path, method=answer.request.method, return_rule=True)
    except HTTPException:
        return None
    return contract.path_of(rule)


def _check(asked: str, operation: Any, answer: TestResponse) -> None:
    status, kind = answer.status_code, answer.content_type
    said = operation["responses"].get(str(status))
    assert said, f"{asked} answers {status}, which its view doesn't name: {answer.text[:300]}"
    _check_headers(asked, said, answer)
    media = said.get("content", {})
    if not media:
        assert not answer.get_data(), f"{asked} answers {status} with a body"
        return
    assert kind in media or "*/*" in media, f"{asked} answers {status} as {kind}, its view names {[*media]}"
    if kind == PROBLEM:
        code = answer.json["code"]
        assert code in said["x-codes"], f'{asked} refuses with {code}: @blueprint.refuses("{code}")'
    if kind in (JSON, PROBLEM):
        _check_body(f"{asked} answers {status}", _answer_validator(asked, str(status), kind), answer.get_data())


def _check_headers(asked: str, said: Any, answer: TestResponse) -> None:
    known = document()["components"]["headers"]
    for name in said["headers"]:
        assert name in answer.headers or not known[name].get("required"), f"{asked} answers without {name}"
    strange = [name for name in _NAMED if name in answer.headers and name not in said["headers"]]
    assert not strange, f"{asked} answers {answer.status_code} with {strange}, which its view doesn't name"


def _check_body(what: str, validator: Any, body: Any) -> None:
    value = jsonschema_rs_value(body)
    found = next(validator.iter_errors(value), None)
    assert found is None, f"{what}: {'/'.join(map(str, found.instance_path))}: {found.message[:500]}"


def jsonschema_rs_value(body: Any) -> Any:
    """A body as its validator reads it."""
    import json

    return json.loads(body) if isinstance(body, bytes) else body


def _check_accepted(rule: str, method: str, operation: Any, body: Any) -> None:
    if JSON in operation.get("requestBody", {}).get("content", {}):
        _check_body(f"{method} {rule} accepts", _body_validator(rule, method), body)


@cache
def _answer_validator(asked: str, status: str, kind: str) -> Any:
    method, _, rule = asked.partition(" ")
    response = document()["paths"][rule][method.lower()]["responses"][status]
    return validator_of(response["content"][kind]["schema"], _closed())


@cache
def _body_validator(rule: str, method: str) -> Any:
    body = document()["paths"][rule][method]["requestBody"]
    return validator_of(body["content"][JSON]["schema"], document()["components"])


def validator_of(schema: Any, components: Any) -> Any:
    """What holds values against a schema of the document."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": components}, validate_formats=True)


@cache
def _closed() -> Any:
    """The components, their objects without keys that they don't name."""
    components = copy.deepcopy(document()["components"])
    for schema in components["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return components
