"""The stack under measurement: `jifen serve` over its embedded database, and on demand the bare peer beside it.

Both are processes of their own with the defaults that users get; only the longest statement may take longer. What was
started is stopped by its process id, within bounded time, and ends with this process in any case.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from service.database.embedded import running

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0
STOP_SECONDS = 60.0
# A close of a million workers outlives the limit of an ordinary request.
STATEMENT_SECONDS = 3600

_SERVE = (str(Path(sys.executable).with_name("jifen")), "serve")
_PEER = (sys.executable, "-m", "bench.peer")
_BARE = (sys.executable, "-m", "bench.bare")


class StackError(RuntimeError):
    """The stack didn't start or stop; the text ends with its log."""


class Stack:
    """One data folder with the service on it, as context."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="jifen-bench-"))
        self._processes: list[subprocess.Popen[bytes]] = []
        self._peer_port = 0
        self.port = _free_port()

    def __enter__(self) -> "Stack":
        try:
            self._start(_SERVE, "service", self.port, "/readyz", {})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            _stop(self._processes)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self) -> str:
        """The owner's connection to the embedded database."""
        return running(self._folder / "service")

    @property
    def service(self) -> int:
        """The service's first process, whose descendants all others are, the database's too."""
        return self._processes[0].pid

    @property
    def started(self) -> list[int]:
        """The first processes of all that was started."""
        return [process.pid for process in self._processes]

    @property
    def peer_port(self) -> int:
        """Where the bare peer listens, on the same database; started at first use."""
        if not self._peer_port:
            port = _free_port()
            self._start(_PEER, "peer", port, "/ready", {"DATABASE_URL": self.url})
            self._peer_port = port
        return self._peer_port

    def bare(self, tenant_id: int) -> int:
        """Where the service without its guards listens, on the same database, for this tenant."""
        port = _free_port()
        self._start((*_BARE, str(tenant_id)), f"bare-{tenant_id}", port, "/readyz", {"DATABASE_URL": self.url})
        return port

    def owner(self) -> psycopg.Connection[Any]:
        """A connection of the database's owner, who is subject to no row-level security."""
        return psycopg.connect(self.url, autocommit=True)

    def settle(self) -> None:
        """Write out what earlier work left behind, so that it isn't charged to the next measurement."""
        with self.owner() as connection:
            connection.execute("CHECKPOINT")

    def _start(self, command: tuple[str, ...], name: str, port: int, path: str, stated: dict[str, str]) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("JIFEN_", "DATABASE_URL"))}
        kept.pop("PROMETHEUS_MULTIPROC_DIR", None)
        stated = stated | {"JIFEN_DATA": str(self._folder / name), "JIFEN_HOST": "127.0.0.1", "JIFEN_PORT": str(port)}
        stated |= {"JIFEN_STATEMENT_TIMEOUT_SECONDS": str(STATEMENT_SECONDS)}
        log = self._folder / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig=TERM", "--", *command],
                stdout=output, stderr=output, env=kept | stated, cwd=ROOT,
            )  # fmt: skip
        self._processes.append(process)
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"the {name} isn't ready; its log ends:\n{_tail(log)}")
            time.sleep(0.05)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int, path: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            return connection.recv(12).endswith(b"200")
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tail(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-20:])
