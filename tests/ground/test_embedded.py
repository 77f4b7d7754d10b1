"""The embedded PostgreSQL starts, stops, survives every kind of kill, and touches nothing but its folder.

Tests run on the wheel's PostgreSQL and, where it is installed, on Debian's 15. Run as root, they also
play an ordinary user (a subprocess that gives root up) and a container's root (fewer capabilities).
"""

import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from service.database.embedded import Embedded, EmbeddedError, EmbeddedInUse, wheel_binaries

ROOT = Path(__file__).resolve().parents[2]
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
ORDINARY = pwd.getpwnam("daemon")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become others")

# For what doesn't depend on the version.
wheel_alone = pytest.mark.parametrize("binaries", ["wheel"], indirect=True)

# Imports first: the ordinary user may not reach the interpreter's own folders.
STARTER = """
import os, sys, time
from pathlib import Path
from service.database.embedded import Embedded
folder, binaries, uid, gid = sys.argv[1:]
if uid:
    os.setgroups([]); os.setgid(int(gid)); os.setuid(int(uid))
server = Embedded(Path(folder), Path(binaries))
server.start()
print(server.pid, flush=True)
time.sleep(100)
"""


@pytest.fixture(params=["wheel", "debian 15"])
def binaries(request: pytest.FixtureRequest) -> Path:
    if request.param == "wheel":
        return wheel_binaries()
    if not DEBIAN_15.is_dir():
        pytest.skip(f"NOT TESTED on PostgreSQL 15: {DEBIAN_15} isn't there")
    return DEBIAN_15


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the server goes: below a folder that is closed to everybody else."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    return closed / "var"


@pytest.fixture(autouse=True)
def nothing_outside_changes(binaries: Path, folder: Path) -> Iterator[None]:
    """Holds for all tests here: owner and mode of every folder above the data and the binaries stay."""
    watched = [*folder.parents, *(binaries / "postgres").parents]
    before = {path: _owner_and_mode(path) for path in watched}
    yield
    assert {path: _owner_and_mode(path) for path in watched} == before


def _owner_and_mode(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)


def _ask(conninfo: str, question: str) -> str:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
        assert row is not None
        return str(row[0])


def _do(conninfo: str, statement: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(statement.encode())


def _alive(pid: int) -> bool:
    """Whether a process runs; one that ended but whose parent hasn't asked yet (Z) doesn't."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def _gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _alive(pid)


class Elsewhere:
    """A server started by another process, which a test may kill."""

    def __init__(self, folder: Path, binaries: Path, user: pwd.struct_passwd | None = None, *before: str) -> None:
        who = [str(user.pw_uid), str(user.pw_gid)] if user else ["", ""]
        command = [*before, sys.executable, "-c", STARTER, str(folder), str(binaries), *who]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        self.postmaster = int(self.process.stdout.readline() or 0)

    def __enter__(self) -> "Elsewhere":
        assert self.postmaster, "the other process couldn't start its server; see its stderr"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        assert _gone_within(self.postmaster, 10)


@pytest.fixture
def ordinary_folder() -> Iterator[Path]:
    """A folder that the ordinary user owns and can reach, which pytest's own aren't."""
    folder = Path(tempfile.mkdtemp(prefix="jifen-test-"))
    os.chown(folder, ORDINARY.pw_uid, ORDINARY.pw_gid)
    yield folder
    shutil.rmtree(folder)


def _copy(binaries: Path, to: Path) -> Path:
    """The wheel's PostgreSQL with the libraries it finds by relative paths; returns the copy's bin."""
    package = binaries.parents[1]
    shutil.copytree(binaries.parent, to / package.name / binaries.parent.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), to / f"{package.name}.libs")
    return to / package.name / binaries.parent.name / "bin"


def test_what_was_written_is_there_after_a_stop_and_a_start(folder: Path, binaries: Path) -> None:
    server = Embedded(folder, binaries)
    _do(server.start(), "CREATE TABLE kept (n) AS VALUES (7)")
    first = server.pid
    assert first is not None
    assert _alive(first)
    server.stop()
    assert not _alive(first)
    assert server.pid is None
    with server as conninfo:
        assert _ask(conninfo, "SELECT n FROM kept") == "7"


def test_it_is_durable_utf8_and_listens_on_its_socket_alone(folder: Path, binaries: Path) -> None:
    with Embedded(folder, binaries, {"work_mem": "8MB"}) as conninfo:
        shown = {
            name: _ask(conninfo, f"SHOW {name}")
            for name in ("fsync", "synchronous_commit", "full_page_writes", "listen_addresses", "jit")
        }
        assert shown == {
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "listen_addresses": "",
            "jit": "off",
        }
        assert _ask(conninfo, "SHOW work_mem") == "8MB"
        assert _ask(conninfo, "SHOW server_encoding") == "UTF8"
        assert _ask(conninfo, "SELECT current_user") == "jifen_owner"
        assert _ask(conninfo, "SELECT string_agg(c, '' ORDER BY c) FROM (VALUES ('b'), ('分'), ('B')) v (c)") == "Bb分"
        home = folder / "postgres"
        for private in (home, home / "data", Path(_ask(conninfo, "SHOW unix_socket_directories"))):
            assert stat.S_IMODE(private.stat().st_mode) == 0o700


@wheel_alone
def test_durability_is_not_the_callers_to_turn_off(folder: Path, binaries: Path) -> None:
    with pytest.raises(ValueError, match="fsync, synchronous_commit"):
        Embedded(folder, binaries, {"fsync": "off", "synchronous_commit": "off"})


@wheel_alone
def test_postgresqls_own_variables_do_not_reach_the_server(
    folder: Path, binaries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Embedded(folder, binaries)
    with monkeypatch.context() as callers:
        callers.setenv("PGCLIENTENCODING", "LATIN1")
        callers.setenv("PGPORT", "1234")
        conninfo = server.start()
    try:
        assert _ask(conninfo, "SHOW client_encoding") == "UTF8"
    finally:
        server.stop()


def test_a_killed_postmaster_is_followed_by_a_start_that_lost_nothing(folder: Path, binaries: Path) -> None:
    server = Embedded(folder, binaries)
    conninfo = server.start()
    _do(conninfo, "CREATE TABLE kept (n) AS VALUES (7)")
    # A backend in the middle of work doesn't notice that its postmaster is gone, and goes on.
    busy = psycopg.connect(conninfo)
    backend = busy.info.backend_pid
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 8000000)")
    time.sleep(0.1)
    server.kill()
    assert _alive(backend)
    with server as conninfo:
        assert not _alive(backend)
        assert _ask(conninfo, "SELECT n FROM kept") == "7"
    busy.close()


def test_a_killed_parent_takes_its_server_along(folder: Path, binaries: Path) -> None:
    with Elsewhere(folder, binaries) as other:
        assert _alive(other.postmaster)
        other.process.kill()
        assert _gone_within(other.postmaster, 10)
        with Embedded(folder, binaries) as conninfo:
            assert _ask(conninfo, "SELECT 1") == "1"


def test_a_killed_parent_and_postmaster_are_followed_by_a_start(folder: Path, binaries: Path) -> None:
    with Elsewhere(folder, binaries) as other:
        other.process.kill()
        with contextlib.suppress(ProcessLookupError):
            os.kill(other.postmaster, signal.SIGKILL)
        with Embedded(folder, binaries) as conninfo:
            assert _ask(conninfo, "SELECT 1") == "1"


@wheel_alone
def test_a_second_process_is_told_who_uses_the_folder(folder: Path, binaries: Path) -> None:
    with Elsewhere(folder, binaries) as other:
        second = Embedded(folder, binaries)
        with pytest.raises(EmbeddedInUse, match=f"in use by process {other.process.pid}$") as refused:
            second.start()
        assert refused.value.pid == other.process.pid
        second.stop()
        assert _alive(other.postmaster)


@wheel_alone
def test_a_server_that_another_process_runs_is_found_at_once(folder: Path, binaries: Path) -> None:
    """A command beside `jifen serve` needn't wait as a start does for who may be dying."""
    second = Embedded(folder, binaries)
    assert second.elsewhere() is None, "nobody was there yet"
    with Elsewhere(folder, binaries) as other:
        found = second.elsewhere()
        assert found
        assert _ask(found, "SELECT 1") == "1"
        other.process.kill()
        other.process.wait()
        assert second.elsewhere() is None, "what a killed server wrote is no word of a living one"


@wheel_alone
def test_a_second_server_in_the_same_process_is_refused_too(folder: Path, binaries: Path) -> None:
    first = Embedded(folder, binaries)
    with first as conninfo:
        with pytest.raises(EmbeddedInUse):
            Embedded(folder, binaries).start()
        with pytest.raises(EmbeddedError, match="started already"):
            first.start()
        assert _ask(conninfo, "SELECT 1") == "1"


# Python from 3.12 on warns of forks beside threads, which other tests may have left; the child only sleeps.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@wheel_alone
def test_a_forked_child_neither_stops_the_server_nor_keeps_the_folder(folder: Path, binaries: Path) -> None:
    folder = folder / ("l" * 110)  # so that there is a socket's folder elsewhere to be removed by mistake
    server = Embedded(folder, binaries)
    conninfo = server.start()
    child = os.fork()
    if child == 0:
        server.stop()
        time.sleep(30)
        os._exit(0)
    try:
        time.sleep(0.2)
        assert _ask(conninfo, "SELECT 1") == "1"
        server.stop()
        with Embedded(folder, binaries) as conninfo:
            assert _ask(conninfo, "SELECT 1") == "1"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_stale_pid_file_with_a_number_that_lives_again_does_not_block(folder: Path, binaries: Path) -> None:
    server = Embedded(folder, binaries)
    server.start()
    server.kill()
    pid_file = folder / "postgres" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    stranger = subprocess.Popen(["sleep", "60"], user=pid_file.stat().st_uid)
    try:
        lines[0] = str(stranger.pid)
        pid_file.write_text("\n".join(lines) + "\n")
        with server as conninfo:
            assert _ask(conninfo, "SELECT 1") == "1"
    finally:
        stranger.kill()
        stranger.wait()


@wheel_alone
@pytest.mark.parametrize("name", ["l" * 110, "积分, '1'"])
def test_a_folder_that_no_socket_fits_gets_a_private_socket_elsewhere(folder: Path, binaries: Path, name: str) -> None:
    with Embedded(folder / name, binaries) as conninfo:
        assert _ask(conninfo, "SELECT 1") == "1"
        socket = Path(_ask(conninfo, "SHOW unix_socket_directories"))
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert not socket.exists()


def test_a_server_that_does_not_start_shows_the_end_of_its_log(folder: Path, binaries: Path) -> None:
    server = Embedded(folder, binaries, {"shared_buffers": "plenty"})
    with pytest.raises(EmbeddedError, match='invalid value for parameter "shared_buffers": "plenty"'):
        server.start()
    with Embedded(folder, binaries) as conninfo:
        assert _ask(conninfo, "SELECT 1") == "1"


@wheel_alone
def test_a_failed_initdb_leaves_nothing_that_a_later_start_would_use(folder: Path, binaries: Path) -> None:
    half_made = folder / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("half")
    with pytest.raises(EmbeddedError, match="no binaries here"):
        Embedded(folder, folder / "no binaries here").start()
    assert not (folder / "postgres" / "data").exists()
    with Embedded(folder, binaries) as conninfo:
        assert _ask(conninfo, "SELECT 1") == "1"
    assert not half_made.exists()


@wheel_alone
def test_without_setpriv_it_says_so(
    folder: Path, binaries: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedError, match="setpriv"):
        Embedded(folder, binaries).start()


@as_root
def test_an_ordinary_users_server_lives_and_ends_the_same_way(ordinary_folder: Path, binaries: Path) -> None:
    if not _open_to_all(binaries):
        binaries = _copy(binaries, ordinary_folder)
    with Elsewhere(ordinary_folder, binaries, ORDINARY) as other:
        assert Path(f"/proc/{other.postmaster}").stat().st_uid == ORDINARY.pw_uid
        other.process.kill()
        # At once, while the old server is still shutting down; and root leaves the folder to that user.
        with Embedded(ordinary_folder, binaries) as conninfo:
            assert not _alive(other.postmaster)
            assert _ask(conninfo, "SELECT 1") == "1"
    with Elsewhere(ordinary_folder, binaries, ORDINARY):
        pass


def _open_to_all(binaries: Path) -> bool:
    return all(path.stat().st_mode & 0o001 for path in [binaries, *binaries.parents])


@as_root
@wheel_alone
def test_root_needs_no_open_folder_on_the_way_to_the_binaries(folder: Path, binaries: Path, tmp_path: Path) -> None:
    copy = _copy(binaries, tmp_path / "closed")
    with Embedded(folder, copy) as conninfo:
        assert _ask(conninfo, "SELECT 1") == "1"
    # Installed under umask 077.
    subprocess.run(["chmod", "-R", "go=", str(copy.parents[2])], check=True)
    with Embedded(folder, copy) as conninfo:
        assert _ask(conninfo, "SELECT 1") == "1"


@as_root
def test_the_capabilities_that_a_container_leaves_to_root_are_enough(folder: Path, binaries: Path) -> None:
    before = ("setpriv", "--bounding-set=-dac_read_search,-sys_ptrace,-sys_admin")
    with Elsewhere(folder, binaries, None, *before) as other:
        status = Path(f"/proc/{other.postmaster}/status").read_text()
        assert "\nCapEff:\t0000000000000002\n" in status  # CAP_DAC_OVERRIDE and no other


@as_root
def test_the_server_of_root_runs_as_nobody_with_one_capability(folder: Path, binaries: Path) -> None:
    server = Embedded(folder, binaries)
    with server:
        status = Path(f"/proc/{server.pid}/status").read_text()
        nobody = pwd.getpwnam("nobody").pw_uid
        assert f"\nUid:\t{nobody}\t{nobody}\t{nobody}\t{nobody}\n" in status
        assert "\nCapEff:\t0000000000000004\n" in status  # CAP_DAC_READ_SEARCH and no other
