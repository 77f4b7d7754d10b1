"""From the release before to this one, while it is used; and under what the next one may add."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

import sql
from service.access import SCOPES
from service.database.migrations import migrate, newest
from tests.county import CASES, GROUNDS, RULEBOOK, SOURCE, TYPES
from tests.upgrade.release import ROOT, Release, ask, taken_from_history
from tests.upgrade.traffic import Traffic

# The last commit before migrations were only added to.
BEFORE = "9bfe031"
COUNTY = "county-before"
EXPANSION = [
    (
        9997,
        "9997_columns",
        "ALTER TABLE event ADD COLUMN a integer;"
        "ALTER TABLE seal ADD COLUMN a text;"
        "ALTER TABLE result ADD COLUMN a integer; ALTER TABLE tier ADD COLUMN a integer;"
        "ALTER TABLE token ADD COLUMN a integer NOT NULL DEFAULT 0; ALTER TABLE standing ADD COLUMN a text;",
    ),
    (
        9998,
        "9998_index",
        "-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS a;\n"
        "CREATE INDEX CONCURRENTLY a ON event (tenant_id, a);\n",
    ),
]


@pytest.fixture
def bare(server: str) -> Iterator[str]:
    """A database in which nothing was ever migrated."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE upgraded")
        yield make_conninfo(server, dbname="upgraded")
        connection.execute("DROP DATABASE upgraded WITH (FORCE)")


@pytest.fixture
def now(bare: str, tmp_path: Path) -> Release:
    """This release over that database."""
    return Release(ROOT, bare, tmp_path / "now")


@pytest.fixture
def before(bare: str, tmp_path: Path) -> Release:
    """The release before over the same one."""
    code = taken_from_history(BEFORE, tmp_path / "code")
    if code is None:
        pytest.skip(
            f"SKIPPED: no upgrade was tried, as this copy's history doesn't have {BEFORE}: git fetch --unshallow"
        )
    return Release(code, bare, tmp_path / "before")


def token(release: Release, actor: str, scopes: list[str]) -> str:
    """Access for somebody."""
    words = [f"--scope={scope}" for scope in scopes]
    said = release.run(
        "token", "create", f"--tenant={COUNTY}", f"--actor={actor}", f"--source={SOURCE}", *words, "--json"
    )
    return str(json.loads(said)["token"])


def settled(release: Release) -> str:
    """A county with a roster and a published rulebook, through a release that serves; a token for its users."""
    release.run("tenant", "create", COUNTY)
    known = ["events:write", "events:read", "roster:read", "roster:write", "rulebooks:read", "rulebooks:write"]
    known += ["results:read", "results:manage", "tenant:admin"]
    assert set(known) <= set(SCOPES)
    hr, approver = token(release, "hr", known), token(release, "approver", ["rulebooks:publish"])
    communities = [{"id": "east", "kind": "community", "title": "east", "parent": "county"}]
    organisations = [{"id": "county", "kind": "county", "title": "县"}, *communities]
    assigned = [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]
    workers = [{"id": f"w{n}", "assignments": assigned} for n in range(1, 5)]
    asked: list[tuple[str, str, str, Any, str]] = [
        (hr, "POST", "/v1/roster", {"organisations": organisations, "workers": workers}, "application/json"),
        *((hr, "PUT", f"/v1/event-types/{name}", said, "application/json") for name, said in TYPES.items()),
        (hr, "POST", "/v1/rulebooks", RULEBOOK, "application/yaml"),
        (hr, "PUT", "/v1/rulebooks/small-county@2025-1/cases", CASES, "application/yaml"),
        (approver, "POST", "/v1/rulebooks/small-county@2025-1/publish", GROUNDS, "application/json"),
    ]
    for by, method, path, body, kind in asked:
        answer = ask(release.port, method, path, by, body, kind)
        assert answer.status in (200, 201), (path, answer)
    return hr


def proven(release: Release, hr: str, traffic: Traffic) -> None:
    """Nothing failed, nothing that was acknowledged is missing, and everything can be proven."""
    assert traffic.failed == []
    assert len(traffic.acknowledged) == len(set(traffic.acknowledged))
    first = "/v1/events?subject=worker/w1&limit=500"
    found: list[str] = []
    path: str | None = first
    while path:
        answer = ask(release.port, "GET", path, hr)
        assert answer.status == 200, answer
        found += [item["event"] for item in answer.body["items"]]
        path = f"{first}&after={answer.body['next']}" if answer.body["next"] else None
    assert sorted(found) == sorted(traffic.acknowledged)
    release.run("audit", "verify", f"--tenant={COUNTY}")
    release.run("verify", f"--tenant={COUNTY}")


def test_no_request_fails_from_the_release_before_to_this_one(before: Release, now: Release) -> None:
    """Invariants 1 and 15: servers of both serve from the migration until the last old one ends."""
    before.run("migrate")
    with now:
        with before:
            hr = settled(before)
            with Traffic(hr, [before.port]) as traffic:
                traffic.go_on(30)
                assert ask(now.port, "GET", "/readyz").status == 503, "its schema isn't there yet"
                assert "0013_feed" in now.run("migrate")
                assert ask(now.port, "GET", "/readyz").status == 200
                traffic.go_on(30)
                traffic.ports = [before.port, now.port]
                traffic.go_on(60)
                traffic.ports = [now.port]
                traffic.go_on(30)
                before.__exit__()
                traffic.go_on(30)
        proven(now, hr, traffic)


def test_no_request_fails_under_what_the_next_release_adds(
    bare: str, now: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers of this one are ready, and go on, over a schema that the next one has expanded."""
    now.run("migrate")
    with now:
        hr = settled(now)
        with Traffic(hr, [now.port]) as traffic:
            traffic.go_on(40)
            known = [*sql.migrations(), *EXPANSION]
            monkeypatch.setattr(sql, "migrations", lambda: known)
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(migrate, bare).result(120) == [name for _, name, _ in EXPANSION]
            monkeypatch.undo()
            traffic.go_on(40)
            assert ask(now.port, "GET", "/readyz") == (200, {"status": "ready", "schema": 9998, "needs": newest()})
        proven(now, hr, traffic)
