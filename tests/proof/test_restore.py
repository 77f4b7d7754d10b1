"""A backup brings back what was saved: proven as the original is, and no cursor from before is taken for its own."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from service import verification
from service.app import create_app
from service.audit import Audit, Head
from service.database.embedded import Embedded, wheel_binaries
from service.database.migrations import migrate
from service.database.transactions import Database
from service.settings import Settings
from tests.conftest import opened
from tests.county import Client, County, visit
from tests.faults.stack import within
from tests.http.asking import assert_problem
from tests.proof.conftest import JUNE, kept

APRIL = "2025-04"


class Restored(NamedTuple):
    """A county, the head that was kept outside, cursors that its readers hold, and the copy."""

    county: County
    outside: Head
    cursors: dict[str, str]
    copy: Database
    url: str


@pytest.fixture(scope="module")
def restored(past: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restored]:
    """As the runbook says: the role, the dump, then the schema of this program."""
    for step in ("close", "publish", "finalise"):
        assert past.hr.post(f"/v1/periods/{APRIL}/{step}").status_code == 200
    outside, cursors = kept(past), {path: after(past.hr, path) for path in LISTS}
    past.send(visit("w3", "after the head was kept"))
    dump = tmp_path_factory.mktemp("backup") / "jifen.dump"
    program("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={past.url}")
    with Embedded(tmp_path_factory.mktemp("restored")) as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE ROLE jifen_service NOLOGIN")
        program("pg_restore", "--exit-on-error", f"--dbname={url}", str(dump))
        assert migrate(url) == [], "the dump brought the whole schema"
        for copy in opened(url):
            yield Restored(past, outside, cursors, copy, url)


LISTS = (
    "/v1/rankings/2025-03?view=standing&limit=1",
    "/v1/periods/2025-03/late?limit=1",
    "/v1/feed?limit=1",
    f"/v1/rankings/{APRIL}?limit=1",
)


def after(client: Client, path: str) -> str:
    """The cursor that a reader of the first page gets."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    cursor = answer.json["next"]
    assert cursor
    return str(cursor)


def program(name: str, *arguments: str) -> None:
    """Run a program of the embedded PostgreSQL."""
    command = [str(wheel_binaries() / name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def client(restored: Restored) -> Client:
    """A reader who has the token from before."""
    return Client(create_app(Settings(), restored.copy).test_client(), restored.county.hr.token)


def test_the_journal_is_proven_against_the_head_kept_outside(restored: Restored) -> None:
    """Invariant 15: what is after the head is there too."""
    with restored.copy.transaction(restored.county.tenant_id, frozen=True) as transaction:
        audit = Audit(transaction, [restored.outside])
        assert list(audit.broken()) == []
        assert audit.position == restored.outside.position
        assert audit.events == 13


def test_a_backup_from_before_the_head_is_told(restored: Restored) -> None:
    """Invariant 15: what was acknowledged and isn't there any more."""
    later = Head(restored.outside.position + 5, "00" * 32)
    with restored.copy.transaction(restored.county.tenant_id, frozen=True) as transaction:
        [broken] = Audit(transaction, [later]).broken()
    assert (broken.where, broken.what) == (f"position {later.position}", "the head that was kept outside is gone")


def test_every_run_is_found_again(restored: Restored) -> None:
    """Invariant 5: on another server."""
    found = list(verification.verify(restored.copy, restored.county.tenant_id))
    assert [(one.period, one.revision, one.wrong) for one in found] == [
        ("2025-03", 1, []),
        ("2025-03", 2, []),
        ("2024-12", 1, []),
        *((JUNE, revision, []) for revision in (1, 2, 3)),
        (APRIL, 1, []),
    ]


@pytest.mark.parametrize("path", LISTS[:3])
def test_a_cursor_that_holds_a_position_is_refused(restored: Restored, path: str) -> None:
    assert_problem(client(restored).get(f"{path}&after={restored.cursors[path]}"), 410, "page.restored")
    again = client(restored).get(f"{path}&after={after(client(restored), path)}")
    assert again.status_code == 200, again.json


def test_the_pages_of_a_revision_go_on(restored: Restored) -> None:
    """Invariant 12: it is the same revision."""
    asked = f"{LISTS[3]}&after={restored.cursors[LISTS[3]]}"
    assert client(restored).get(asked).json == restored.county.hr.get(asked).json


def epoch(url: str) -> str:
    """Which life of the data a database holds."""
    with psycopg.connect(url) as connection:
        row: Any = connection.execute("SELECT epoch()").fetchone()
    return str(row[0])


def recovering(url: str) -> bool:
    """Whether a server still reads its log."""
    with psycopg.connect(url) as connection:
        row: Any = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    return bool(row[0])


def test_the_epoch_is_another_one_in_a_copy_on_the_same_server(restored: Restored) -> None:
    name = "beside"
    with psycopg.connect(restored.url, autocommit=True) as connection:
        before = epoch(restored.url)
        connection.execute(f"CREATE DATABASE {name}".encode())
        migrate(make_conninfo(restored.url, dbname=name))
        assert epoch(make_conninfo(restored.url, dbname=name)) != before
        assert epoch(restored.url) == before


def test_the_epoch_stays_when_the_server_starts_again_and_changes_with_a_recovery(tmp_path: Path) -> None:
    with Embedded(tmp_path / "first") as url:
        migrate(url)
        before = epoch(url)
    with Embedded(tmp_path / "first") as url:
        assert epoch(url) == before
    subprocess.run(["cp", "-a", tmp_path / "first", tmp_path / "second"], check=True, timeout=60)
    (tmp_path / "second" / "postgres" / "data" / "recovery.signal").touch()
    with Embedded(tmp_path / "second", settings={"restore_command": "false"}) as url:
        assert within(30, lambda: not recovering(url))
        assert epoch(url) != before
