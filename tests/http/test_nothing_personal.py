"""Names, phone numbers and free text about people stay where they are kept: not in the log, in metrics, in the journal,
not in a failure's answer, and not with who has no need of them.
"""

import json
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from service import logs, roster
from tests.conftest import named_in
from tests.county import ALL_SCOPES, County
from tests.http.asking import assert_problem
from tests.http.test_access import ROUTES
from tests.http.test_erasure import ALIAS, NAME, PHONE, REASON, RECORD, known

DOCS = Path(__file__).parents[2] / "docs"
MARKS = (NAME, PHONE, ALIAS, "in other words")


def escaped(text: str) -> str:
    return json.dumps(text)[1:-1]


def in_it(text: str, *marks: str) -> list[str]:
    """The marks that stand in a text, as they are, escaped, or escaped in a text that is escaped."""
    forms = {mark: (mark, escaped(mark), escaped(escaped(mark))) for mark in marks or MARKS}
    return [mark for mark, written in forms.items() if any(form in text for form in written)]


def story(county: County) -> None:
    """A month with somebody who is named wherever somebody can be, until the end."""
    known(county)
    for step in ("close", "publish"):
        assert county.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
    county.hr.post("/v1/periods/2025-03/reopen", {"reason": f"for {NAME}, in other words"})
    for path in ("/v1/workers/w1/file", "/v1/rankings/2025-03.csv", "/v1/audit", "/v1/rejections"):
        assert county.hr.get(path).status_code == 200, path
    county.hr.put("/v1/workers/w1", {**RECORD, "phone": 1, "name": NAME * 100})
    county.hr.get(f"/v1/workers/{NAME}")
    county.hr.get(f"/v1/events?subject=worker/{ALIAS}")
    county.hr.post("/v1/workers/w1/erasure", REASON)


def test_a_whole_story_leaves_nothing_in_the_log_or_in_metrics(
    fresh: County, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        story(fresh)
    out, err = capfd.readouterr()
    assert in_it("\n".join((caplog.text, out, err))) == []
    exposition = fresh.anonymous.get("/metrics")
    assert exposition.status_code == 200
    assert in_it(exposition.text) == []


def test_a_whole_story_leaves_nothing_in_what_the_journal_says(fresh: County) -> None:
    """Invariant 15: what can't be erased holds nothing that must be."""
    story(fresh)
    with psycopg.connect(fresh.url) as owner:
        rows = owner.execute("SELECT a::text FROM audit_entry a WHERE tenant_id = %s", [fresh.tenant_id]).fetchall()
    assert len(rows) > 10
    assert in_it("\n".join(row[0] for row in rows)) == []


@pytest.fixture(params=logs.FORMATS[1:])
def told(request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """The log since the last look, in each form and down to the least line; what libraries say goes there too."""
    logs.begin(request.param, "debug")
    yield lambda: capfd.readouterr().err
    logs.begin()


def failed(county: County, told: Callable[[], str]) -> str:
    """What is said, all in all, of a request that names somebody and fails."""
    told()
    answer = county.hr.put("/v1/workers/w1", RECORD)
    assert_problem(answer, 500, "service.failed")
    answer.close()
    log = told()
    assert "service.failed" in log
    return f"{answer.text}\n{answer.headers}\n{log}"


def test_a_failure_says_nothing_of_what_was_sent(
    fresh: County, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither to the client nor in the log: the texts of exceptions quote what was sent, their causes' too."""

    def fail(*_: Any) -> None:
        try:
            raise KeyError(NAME)
        except KeyError as error:
            raise RuntimeError(NAME, PHONE) from error

    monkeypatch.setattr(roster, "state", fail)
    said = failed(fresh, told)
    assert in_it(said) == []
    assert "RuntimeError" in said
    assert "KeyError" in said


def test_a_row_that_the_database_refuses_is_not_quoted(
    fresh: County, told: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by us nor in the server's own log: PostgreSQL quotes no row to who is subject to row-level security."""

    def refused(transaction: Any, *_: Any) -> None:
        transaction.do("persons_set", records=roster.json([{"worker_no": None, "name": NAME, "phone": PHONE}]))

    monkeypatch.setattr(roster, "state", refused)
    log = server_log(fresh)
    written = len(log.read_bytes())
    said = failed(fresh, told)
    servers = log.read_bytes()[written:].decode()
    assert "null value in column" in servers
    assert in_it(f"{said}\n{servers}") == []


def server_log(county: County) -> Path:
    """The log of the embedded server."""
    return Path(str(conninfo_to_dict(county.url)["host"])).parent / "log"


def test_what_every_test_leaves_in_the_log_is_read_for_names(fresh: County, told: Callable[[], str]) -> None:
    """So that the reading in tests/conftest.py can fail: a line that names somebody fails the test that made it."""
    fresh.anonymous.get("/healthz").close()
    assert named_in(told()) == []
    for personal in (NAME, PHONE):
        logs.logger().warning("request", why=f"about {personal}")
        assert named_in(told()) == [personal]


@pytest.fixture(scope="module")
def named(shared: County) -> County:
    """A county with a published month and somebody with a name, whom others named in what was refused."""
    shared.hr.put("/v1/workers/w1", RECORD)
    shared.sender.post_text("/v1/events", json.dumps([NAME, PHONE])[:-1], "application/json")
    for step in ("close", "publish"):
        assert shared.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
    return shared


READS = sorted({address for method, address, _, _ in ROUTES if method == "GET" and address.startswith("/v1/")})


@pytest.mark.parametrize("address", READS)
def test_who_may_not_read_the_roster_reads_no_name(named: County, address: str) -> None:
    """Of every route that answers a GET, whatever else its reader may do."""
    reader = named.user("reader", [scope for scope in ALL_SCOPES if scope not in ("roster:read", "self")], [])
    with psycopg.connect(named.url) as owner:
        [(rejection,)] = owner.execute(
            "SELECT max(rejection_no) FROM rejection WHERE tenant_id = %s", [named.tenant_id]
        ).fetchall()
    found = address.replace("a.b", "visit.done").replace("/rejections/1", f"/rejections/{rejection}")
    answer = reader.get(found)
    assert in_it(plain(answer.data), NAME, PHONE) == []


def plain(body: bytes) -> str:
    """What a body says; of a workbook all its parts."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(body)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return body.decode("utf-8", "replace")


def test_who_may_reads_them(named: County) -> None:
    """So that the test above can fail."""
    assert in_it(named.hr.get("/v1/workers/w1").text, NAME, PHONE) == [NAME, PHONE]
    assert in_it(named.hr.get("/v1/rankings/2025-03.csv").text, NAME) == [NAME]
    rejection = named.hr.get("/v1/rejections").json["items"][0]["rejection"]
    assert in_it(named.hr.get(f"/v1/rejections/{rejection}").text, NAME) == [NAME]
    assert in_it(named.sender.get(f"/v1/rejections/{rejection}").text, NAME) == [NAME]


def classified(page: str) -> list[str]:
    """The columns and tables that a page's first table names, in its order."""
    text = (DOCS / page).read_text("utf-8")
    rows = re.findall(r"^\| ((?:`[a-z_.]+` ?)+) \|", text, re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)]


@pytest.mark.parametrize("page", ["personal-data.md", "personal-data.zh-CN.md"])
def test_every_column_that_can_hold_text_is_classified_once(shared: County, page: str) -> None:
    with psycopg.connect(shared.url) as owner:
        rows = owner.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND udt_name IN ('text', '_text', 'jsonb', '_jsonb', 'bytea', '_bytea', 'json', 'varchar', 'xml')"
        ).fetchall()
    named = classified(page)
    said = {(table, column): [n for n in named if n in (table, f"{table}.{column}")] for table, column in rows}
    assert {key: names for key, names in said.items() if len(names) != 1} == {}
    there = {table for table, _ in rows} | {f"{table}.{column}" for table, column in rows}
    assert [name for name in named if name not in there] == []
    assert len(named) == len(set(named))
