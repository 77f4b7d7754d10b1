"""Holds every answer that a test gets, and every body that is accepted, against the OpenAPI document.

The document lets answers grow; here they may have no key that it doesn't know.
"""

import copy
import json
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
        path, method = self._asked(answer), answer.request.method.lower()
        if path and method in document()["paths"].get(path, {}):
            _check_answer(path, method, answer)
            if answer.status_code in (200, 201) and "json" in options:
                _check_accepted(path, method, options["json"])
        return answer

    def _asked(self, answer: TestResponse) -> str | None:
        """The path of the document that was asked for."""
        adapter = self.application.url_map.bind("localhost")
        try:
            rule, _ = adapter.match(answer.request.path, method=answer.request.method, return_rule=True)
        except HTTPException:
            return None
        return contract.path_of(rule)


@cache
def document() -> Any:
    """The document of the service."""
    return contract.document(create_app(Settings(), Database("dbname=nowhere", Settings())))


def validator_of(schema: Any, components: Any) -> Any:
    """What holds values against a schema of the document."""
    return jsonschema_rs.Draft202012Validator({**schema, "components": components}, validate_formats=True)


@cache
def closed() -> Any:
    """The components, their objects without keys that they don't name."""
    components = copy.deepcopy(document()["components"])
    for schema in components["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return components


def _check_answer(path: str, method: str, answer: TestResponse) -> None:
    status, kind = str(answer.status_code), answer.content_type
    asked = f"{method.upper()} {path}"
    said = document()["paths"][path][method]["responses"].get(status)
    assert said, f"{asked} answers {status}, which its view doesn't name: {answer.text[:300]}"
    _check_headers(f"{asked} answers {status}", said["headers"], answer)
    media = said.get("content", {})
    if not media:
        assert not answer.get_data(), f"{asked} answers {status} with a body"
        return
    assert kind in media or "*/*" in media, f"{asked} answers {status} as {kind}, its view names {[*media]}"
    if kind == PROBLEM:
        code = answer.json["code"]
        assert code in said["x-codes"], f'{asked} refuses with {code}: @blueprint.refuses("{code}")'
    if kind in (JSON, PROBLEM):
        _check_value(f"{asked} answers {status}", _of_answer(path, method, status, kind), json.loads(answer.get_data()))


def _check_headers(what: str, said: Any, answer: TestResponse) -> None:
    known = document()["components"]["headers"]
    lacking = [name for name in said if known[name].get("required") and name not in answer.headers]
    strange = [name for name in _NAMED if name in answer.headers and name not in said]
    assert not lacking + strange, f"{what} without {lacking}, and with {strange}, which its view doesn't name"


def _check_accepted(path: str, method: str, body: Any) -> None:
    if JSON in document()["paths"][path][method].get("requestBody", {}).get("content", {}):
        _check_value(f"{method.upper()} {path} accepts", _of_body(path, method), body)


def _check_value(what: str, validator: Any, value: Any) -> None:
    found = next(validator.iter_errors(value), None)
    assert found is None, f"{what}: {'/'.join(map(str, found.instance_path))}: {found.message[:500]}"


@cache
def _of_answer(path: str, method: str, status: str, kind: str) -> Any:
    response = document()["paths"][path][method]["responses"][status]
    return validator_of(response["content"][kind]["schema"], closed())


@cache
def _of_body(path: str, method: str) -> Any:
    body = document()["paths"][path][method]["requestBody"]
    return validator_of(body["content"][JSON]["schema"], document()["components"])
