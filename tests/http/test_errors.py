"""Problems: one shape, one catalogue in two languages, and nothing of the inside in what leaves the service."""

import ast
import re
from pathlib import Path
from string import Formatter
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

import schemas
import service
from service import event_types, intake
from service.app import create_app
from service.catalogue import FAULTS, PROBLEMS, WARNINGS, WILL_BE_ERRORS
from service.errors import Problem, finding
from service.settings import Settings
from tests.conftest import opened
from tests.county import Client, County, visit
from tests.http.asking import PROBLEM, assert_problem

SENTENCES = {code: (kind.en, kind.zh) for code, kind in PROBLEMS.items()} | FAULTS | WARNINGS | WILL_BE_ERRORS
BUILDERS = ("Problem", "finding", "invalid", "Fault", "_Unreadable", "_unreadable")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1/workers/nobody", None, 404, "resource.unknown"),
        ("GET", "/nowhere", None, 404, "resource.route"),
        ("GET", "/v1/workers/a/b/c", None, 404, "resource.route"),
        ("DELETE", "/v1/workers/w1", None, 405, "resource.method"),
        ("PUT", "/v1/workers/w1", {"points": 1}, 422, "request.invalid"),
        ("POST", "/v1/events", {}, 422, "event.rejected"),
        ("POST", "/v1/periods/2025-03/publish", None, 409, "period.state"),
    ],
)
def test_every_problem_has_the_same_shape(
    shared: County, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = shared.hr._send(method, path, {}, **({} if body is None else {"json": body}))
    assert_problem(answer, status, code)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, 10**30])
def test_there_is_nothing_at_a_number_that_is_too_great(shared: County, number: int) -> None:
    """Wherever an address has one, columns of 32 and of 64 bits behind it."""
    app: Flask = shared.hr._client.application
    numbered = [
        rule
        for rule in app.url_map.iter_rules()
        if any(isinstance(c, IntegerConverter) for c in rule._converters.values())
    ]
    assert len(numbered) > 5
    for rule in numbered:
        path = re.sub(r"<int:\w+>", str(number), rule.rule)
        for method in sorted(set(rule.methods or ()) & {"GET", "POST", "PUT", "DELETE"}):
            answer = shared.hr._send(method, path, {}, **({"json": {}} if method != "GET" else {}))
            assert answer.status_code in (403, 404, 422), (method, path, answer.text)


def test_a_body_over_the_limit_has_that_shape_too(shared: County) -> None:
    app = create_app(Settings(max_body_bytes=1024), shared.database)
    answer = Client(app.test_client(), shared.hr.token).put("/v1/workers/w1", {"name": "x" * 2000})
    assert_problem(answer, 413, "request.too_large")


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("en", "en"),
        ("en-GB, zh;q=0.5", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hans-CN, en;q=0.9", "zh"),
        ("fr, zh;q=0.5", "zh"),
        ("fr", "en"),
        ("*", "en"),
        ("en;q=0, zh", "zh"),
        (";;;q=x", "en"),
    ],
)
def test_a_problem_speaks_the_callers_language(shared: County, accept: str, language: str) -> None:
    answer = shared.hr.get("/v1/rankings/2024-01", Accept_Language=accept)
    assert_problem(answer, 404, "rulebook.none")
    assert answer.json["title"].isascii() == (language == "en")


def test_codes_and_pointers_do_not_change_with_the_language(shared: County) -> None:
    def told(language: str) -> list[tuple[str, str]]:
        answer = shared.hr.post("/v1/roster", {"workers": [{"id": "a b"}, {}]}, Accept_Language=language)
        assert answer.json["errors"][0]["detail"].isascii() == (language == "en")
        return assert_problem(answer, 422, "request.invalid")

    assert told("en") == told("zh") == [("/workers/0/id", "id.malformed"), ("/workers/1/id", "field.required")]


def test_every_request_has_an_id_of_its_own(shared: County) -> None:
    ids = {shared.hr.get("/v1/workers/nobody").json["request_id"] for _ in range(3)}
    assert len(ids) == 3


def test_every_code_in_the_source_is_in_the_catalogue() -> None:
    assert sorted(codes_in_source() - set(SENTENCES)) == []


def test_every_code_of_the_catalogue_is_used() -> None:
    assert sorted(set(SENTENCES) - codes_in_source()) == []


def test_no_code_stands_in_two_catalogues() -> None:
    assert len(SENTENCES) == sum(len(catalogue) for catalogue in (PROBLEMS, FAULTS, WARNINGS, WILL_BE_ERRORS))


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_says_the_same_in_both_languages(code: str) -> None:
    english, chinese = SENTENCES[code]
    assert english.isascii()
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert placeholders(english) == placeholders(chinese)


def test_a_long_value_is_cut_in_a_sentence() -> None:
    problem = Problem("request.invalid", [finding("/type", "type.unknown", type="x" * 10_000)])
    assert len(problem.body("en", "-")["errors"][0]["detail"]) < 300


def test_a_failure_tells_nothing_of_the_inside(
    shared: County, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its text not even to the log: it may quote what was sent. Where it happened is there, by the request's id."""

    def fail(*_: Any) -> None:
        raise RuntimeError("SELECT secret FROM /srv/inside.py")

    monkeypatch.setattr(intake, "take", fail)
    answer = shared.sender.post("/v1/events", visit("w1", "h1"))
    assert assert_problem(answer, 500, "service.failed") == []
    assert not re.search(r"RuntimeError|SELECT|secret|inside|Traceback", answer.text)
    answer.close()  # as a server does: then its line is written
    logged = capsys.readouterr().err
    assert answer.json["request_id"] in logged
    assert "RuntimeError" in logged
    assert "secret" not in logged


def test_a_failure_of_the_database_tells_nothing_of_it(shared: County, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(transaction: Any) -> None:
        transaction._connection.execute("SELECT 'secret'::integer")

    monkeypatch.setattr(event_types, "all_types", fail)
    answer = shared.hr.get("/v1/event-types")
    assert_problem(answer, 500, "service.failed")
    assert not re.search(r"SELECT|secret|psycopg|syntax", answer.text)


def test_a_database_that_is_gone_is_503_and_worth_another_try(url: str) -> None:
    """Invariant 1: 5xx is ambiguous, and sending again with the same id is safe."""
    impatient = Settings(pool_timeout_seconds=1)
    for database in opened(url):
        county = County.small(url, database, impatient)
        with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
            name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            answer = county.sender.post("/v1/events", visit("w1", "h1"))
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        assert_problem(answer, 503, "service.unavailable")
        assert int(answer.headers["Retry-After"]) >= 1


def test_a_statement_that_takes_too_long_is_503(shared: County, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(transaction: Any) -> None:
        transaction._connection.execute("SET LOCAL statement_timeout = '10ms'")
        transaction._connection.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(event_types, "all_types", wait)
    answer = shared.hr.get("/v1/event-types")
    assert_problem(answer, 503, "service.unavailable")


def test_healthz_answers_without_a_database(url: str) -> None:
    for database in opened(f"{url} port=1"):
        client = create_app(Settings(), database).test_client()
        assert client.get("/healthz").status_code == 200
        assert client.get("/openapi.json").content_type != PROBLEM


def placeholders(sentence: str) -> set[str]:
    """The values that a sentence names."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def codes_in_source() -> set[str]:
    """The codes that calls anywhere in the source name."""
    files = [file for package in (service, schemas) for file in Path(str(package.__file__)).parent.rglob("*.py")]
    calls = [
        node
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in BUILDERS
    ]
    said = [part for call in calls for arg in call.args for part in ast.walk(arg)]
    texts = [part.value for part in said if isinstance(part, ast.Constant)]
    return {said for said in texts if isinstance(said, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", said)}
