"""The stack: the service as its users run it, `jifen serve` over its embedded database, as processes to be killed.

It knows processes, ports and folders. The embedded server keeps its durable defaults; nothing here may loosen them.
Whatever it started it ends, by process id, and never a process that merely has such an id by now.
"""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from service.database.embedded import running

ROOT = Path(__file__).resolve().parents[2]
SERVE = (str(Path(sys.executable).with_name("jifen")), "serve")
WORKERS, THREADS = 2, 8
START_SECONDS = 90.0
START_TRIES = 8  # a supervisor's: an address or a folder may be held for a moment by what was killed
STOP_SECONDS = 45.0


class StackError(AssertionError):
    """The stack didn't do what was asked; the text ends with its log."""


class Stack:
    """One data folder, one port, and one `jifen serve` after another on them."""

    def __init__(self, command: tuple[str, ...] = SERVE, settings: dict[str, str] | None = None) -> None:
        """Promise nothing yet; `command` serves like `jifen serve`, with these settings beside those of a test."""
        self._settings = settings or {}
        self.folder = Path(tempfile.mkdtemp(prefix="jifen-faults-"))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.port = _free_port()
        self.starts = 0
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._seen: dict[int, str] = {}

    def __enter__(self) -> "Stack":
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            self._end_left_overs()
            shutil.rmtree(self.folder)

    @property
    def master(self) -> int:
        """The process that was started, gunicorn's arbiter."""
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        """The owner's connection to the embedded database."""
        return running(self.data)

    def workers(self) -> list[int]:
        """gunicorn's workers: neither the database nor who keeps the process that works beside the requests."""
        return [pid for pid in _children(self.master) if "postgres" not in _name(pid) and not _children(pid)]

    def beside(self) -> list[int]:
        """The process that works beside the requests, and who keeps it."""
        keepers = [pid for pid in _children(self.master) if "postgres" not in _name(pid) and _children(pid)]
        return [*keepers, *(pid for keeper in keepers for pid in _children(keeper))]

    def postmaster(self) -> int:
        """The database's first process."""
        return int((self.data / "postgres" / "data" / "postmaster.pid").read_text().split()[0])

    def backends(self) -> list[int]:
        """The database's processes that serve a connection."""
        return [pid for pid in _children(self.postmaster()) if "[local]" in _words(pid)]

    def start(self) -> None:
        """Serve, as a supervisor would: start again while it ends at once; StackError where it never gets ready."""
        deadline = time.monotonic() + START_SECONDS
        for _ in range(START_TRIES):
            self._launch()
            while time.monotonic() < deadline:
                if self._has_ended():
                    break
                if len(self.workers()) == WORKERS and self.answers("/readyz") == 200:
                    self._remember()
                    return
                time.sleep(0.05)
            time.sleep(0.2)
        raise StackError(f"the service isn't ready after {self.starts} starts{self.tail()}")

    def stop(self) -> None:
        """Stop as a supervisor would, within bounded time."""
        if self._process is None:
            return
        if not self._has_ended():
            self._remember()
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise StackError(f"the service didn't stop within {STOP_SECONDS:.0f} s{self.tail()}") from None
        finally:
            self._process = None

    def restart(self) -> None:
        """Stop and start on the same folder and port."""
        self.stop()
        self.start()

    def kill_master(self) -> None:
        """Kill the first process as the kernel would when memory is out."""
        self._remember()
        assert self._process is not None
        self._process.kill()

    def answers(self, path: str, seconds: float = 5.0) -> int | None:
        """The status that a GET is answered with; None where there is no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def tail(self) -> str:
        """The end of its log, for a message."""
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return "; its log ends:\n" + "\n".join(text.splitlines()[-25:])

    def _launch(self) -> None:
        if self._process is not None:
            self._process.wait(STOP_SECONDS)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIFEN_", "DATABASE_URL"))}
        kept.pop("PROMETHEUS_MULTIPROC_DIR", None)
        stated = {"JIFEN_WORKERS": str(WORKERS), "JIFEN_THREADS": str(THREADS), "JIFEN_HOST": "127.0.0.1"}
        stated |= {"JIFEN_DATA": str(self.data), "JIFEN_PORT": str(self.port)}
        self.starts += 1
        # Were the tests themselves killed, the service would be told to stop: nothing is left running.
        command = ["setpriv", "--pdeathsig=TERM", "--", *self._command]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=kept | stated | self._settings, cwd=ROOT
            )

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _remember(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            for pid in [*self.workers(), *self.beside(), self.postmaster(), *_children(self.postmaster())]:
                self._seen[pid] = _born(pid)

    def _end_left_overs(self) -> None:
        for pid, born in self._seen.items():
            if born and _born(pid) == born:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within that time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie doesn't."""
    return _born(pid) != ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _stat(pid: int) -> list[str]:
    """The fields of /proc/…/stat after the name, from the state on; none where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _born(pid: int) -> str:
    """When a living process began, in the kernel's ticks: with the id, an identity that isn't used again."""
    stat = _stat(pid)
    return stat[19] if stat and stat[0] != "Z" else ""


def _children(parent: int) -> list[int]:
    """The living children of a process."""
    found = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return sorted(pid for pid in found if (stat := _stat(pid)) and stat[0] != "Z" and stat[1] == str(parent))


def _name(pid: int) -> str:
    return _read(pid, "comm")


def _words(pid: int) -> str:
    return _read(pid, "cmdline").replace("\0", " ")


def _read(pid: int, what: str) -> str:
    try:
        return Path(f"/proc/{pid}/{what}").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
