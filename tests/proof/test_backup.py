"""docs/backup.md is carried out as it is written, on the embedded PostgreSQL and on the oldest that is supported."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psycopg
import pytest

from service.app import create_app
from service.database.embedded import Embedded, wheel_binaries
from service.database.migrations import migrate
from service.settings import Settings
from tests.conftest import opened
from tests.county import Client, County, visit
from tests.faults.stack import within
from tests.http.asking import assert_problem

ROOT = Path(__file__).resolve().parents[2]
OLDEST = Path("/usr/lib/postgresql/15/bin")


def blocks(page: str) -> dict[str, str]:
    """The commands of a page, by what they are for."""
    found = re.findall(r"^```sh\n(.+?)^```$", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return dict(zip(("once", "always", "night", "check", "restore", "prove"), found, strict=True))


COMMANDS = blocks("backup.md")


@dataclass
class Runbook:
    """Carries out sections; the commands of PostgreSQL and Jifen are on its path."""

    binaries: Path
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        programs = self.folder / "programs"
        programs.mkdir()
        code = "from service.cli import main; main(prog_name='jifen')"
        (programs / "jifen").write_text(f'#!/bin/sh\nexec {sys.executable} -c {shlex.quote(code)} "$@"\n')
        (programs / "jifen").chmod(0o755)
        inherited = {n: v for n, v in os.environ.items() if not n.startswith(("JIFEN_", "PG", "DATABASE_URL"))}
        path = f"{programs}:{self.binaries}:{os.environ['PATH']}"
        self.environment = {**inherited, "PATH": path, "PYTHONPATH": str(ROOT)}

    def run(self, text: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """What becomes of commands, the first that fails being the last."""
        return subprocess.run(
            ["bash", "-euc", text],
            env={**self.environment, **self.variables, **more},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=180,
        )

    def done(self, text: str, **more: str) -> str:
        """What commands print, which must end well."""
        said = self.run(text, **more)
        assert said.returncode == 0, said.stdout + said.stderr
        return said.stdout

    def begin(self, text: str) -> "subprocess.Popen[bytes]":
        """Start what runs for good."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                ["bash", "-euc", f"exec {text}"],
                env={**self.environment, **self.variables},
                stdout=log,
                stderr=log,
            )


@dataclass
class Past:
    """A county that is backed up: when all was well, what was sent before and after, a reader's cursor."""

    runbook: Runbook
    token: str
    until: str
    before: str
    after: str
    cursor: str


def test_both_pages_have_the_same_commands() -> None:
    assert blocks("backup.zh-CN.md") == COMMANDS


@pytest.fixture(scope="module", params=["wheel", "oldest"])
def past(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """Backed up by the runbook; then comes what should not have been."""
    binaries = wheel_binaries() if request.param == "wheel" else OLDEST
    if not (binaries / "pg_receivewal").exists():
        pytest.skip(f"SKIPPED: no backup was tried on PostgreSQL 15, which isn't in {OLDEST}")
    folder = tmp_path_factory.mktemp("backup")
    runbook = Runbook(binaries, folder)
    with Embedded(folder / "var", binaries) as url:
        migrate(url)
        for database in opened(url):
            county = County.small(url, database)
            data = str(folder / "var")
            runbook.variables |= {"SERVER": url, "BACKUPS": str(folder / "backups"), "TENANT": county.tenant}
            runbook.done(COMMANDS["once"])
            receiving = runbook.begin(COMMANDS["always"])
            try:
                county.send(visit("w1", "before"))
                runbook.done(COMMANDS["night"], JIFEN_DATA=data)
                if binaries == OLDEST:
                    runbook.done(COMMANDS["check"])
                for step in ("close", "publish"):
                    assert county.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
                (good,) = county.send(visit("w2", "before", "2025-04-10T09:00:00+08:00"))
                runbook.done('jifen audit head --tenant "$TENANT" >> "$BACKUPS/heads"', JIFEN_DATA=data)
                cursor = county.hr.get("/v1/feed?limit=1").json["next"]
                until = moment(url)
                time.sleep(0.1)
                (bad,) = county.send(visit("w1", "after", "2025-04-10T09:00:00+08:00"))
                runbook.done('jifen audit head --tenant "$TENANT" >> "$BACKUPS/later"', JIFEN_DATA=data)
                assert within(30, lambda: is_fetched(url))
            finally:
                receiving.terminate()
                receiving.wait(30)
            assert county.hr.token
            yield Past(runbook, county.hr.token, until, good["event"], bad["event"], cursor)


def moment(url: str) -> str:
    """Now, by the server's clock."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT clock_timestamp()::text").fetchone()
    assert row is not None
    return str(row[0])


def is_fetched(url: str) -> bool:
    """Whether all of the log is on the other disk."""
    with psycopg.connect(url) as connection:
        asked = "SELECT flush_lsn >= pg_current_wal_lsn() FROM pg_stat_replication"
        return connection.execute(asked).fetchone() == (True,)


@dataclass
class Restored:
    """What the runbook's restore made in a folder."""

    past: Past
    folder: Path

    def prove(self, heads: str, server: str) -> "subprocess.CompletedProcess[str]":
        """Against these heads. The embedded database is started by each command, one of one's own runs already."""
        where = {"DATABASE_URL": server} if server else {"JIFEN_DATA": str(self.folder)}
        return self.past.runbook.run(COMMANDS["prove"].replace("$BACKUPS/heads", f"$BACKUPS/{heads}"), **where)

    def proven(self, *heads: str) -> list["subprocess.CompletedProcess[str]"]:
        """What became of the proof against each file of heads."""
        if self.past.runbook.binaries == wheel_binaries():
            return [self.prove(file, "") for file in heads]
        with Embedded(self.folder, self.past.runbook.binaries) as url:
            return [self.prove(file, url) for file in heads]

    def statuses(self) -> tuple[int, int]:
        """Whether what was sent before and after the moment is there; no cursor is taken for one of now."""
        past = self.past
        with Embedded(self.folder, past.runbook.binaries) as url:
            for database in opened(url):
                client = Client(create_app(Settings(), database).test_client(), past.token)
                found = [client.get(f"/v1/events/{event}").status_code for event in (past.before, past.after)]
                assert_problem(client.get(f"/v1/feed?after={past.cursor}"), 410, "page.restored")
        return found[0], found[1]


def restored(past: Past, to: Path, commands: str) -> Restored:
    """The runbook's own restore into a folder."""
    past.runbook.done(commands, RESTORED=str(to), DAY=f"{date.today():%F}", UNTIL=past.until)  # noqa: DTZ011 - as `date` says
    if os.geteuid() == 0:
        past.runbook.done('chown -R nobody: "$RESTORED/postgres" "$RESTORED/wal"', RESTORED=str(to))
    return Restored(past, to)


def test_the_runbook_goes_back_to_a_moment_and_proves_it(past: Past, tmp_path: Path) -> None:
    """Invariants 1, 5 and 15: all that was acknowledged until then is there, and nothing of what came after."""
    back = restored(past, tmp_path / "restored", COMMANDS["restore"])
    until, later = back.proven("heads", "later")
    assert (until.returncode, "nothing to apply" in until.stdout) == (0, True), until
    assert (later.returncode, "is gone" in later.stdout + later.stderr) == (1, True), later
    assert back.statuses() == (200, 404)


def test_without_a_moment_it_goes_as_far_as_the_log(past: Past, tmp_path: Path) -> None:
    """Invariant 1: a lost disk loses nothing that was acknowledged and fetched."""
    whole = re.sub(r"^recovery_target_time.*\n", "", COMMANDS["restore"], flags=re.MULTILINE)
    back = restored(past, tmp_path / "restored", whole)
    (proof,) = back.proven("later")
    assert proof.returncode == 0, proof
    assert back.statuses() == (200, 200)
