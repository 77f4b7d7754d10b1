"""A release as its users run it: its own code, over a database that is given, in processes of its own."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tarfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, Self

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("service", "schemas", "sql", "oracle")
START_SECONDS = 90.0
STOP_SECONDS = 45.0


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    body: Any


def taken_from_history(commit: str, folder: Path) -> Path | None:
    """The code as it was at a commit; None where this copy of the project doesn't reach back that far."""
    try:
        archive = ["git", "archive", commit, *PACKAGES]
        done = subprocess.run(archive, cwd=ROOT, capture_output=True, timeout=60, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    with tarfile.open(fileobj=BytesIO(done.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


class Release:
    """One release over one database; as context it serves."""

    def __init__(self, code: Path, url: str, data: Path) -> None:
        """Promise nothing yet."""
        self.code = code
        self.port = _free_port()
        self._data = data
        settings = {"DATABASE_URL": url, "JIFEN_DATA": str(data), "JIFEN_PORT": str(self.port), "JIFEN_WORKERS": "1"}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("JIFEN_", "PROMETHEUS"))}
        self._environment = {**inherited, **settings, "PYTHONPATH": str(code)}
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *words: str) -> str:
        """What a command of this release prints; it must end well."""
        done = subprocess.run(
            self._command(*words), cwd=self.code, env=self._environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{words}: {done.stdout} {done.stderr}"
        return done.stdout

    def __enter__(self) -> Self:
        self._data.mkdir(parents=True, exist_ok=True)
        with (self._data / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command("serve"), cwd=self.code, env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._serves():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise AssertionError((self._data / "log").read_text())
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-c", "from service.cli import main; main(prog_name='jifen')", *words]

    def _serves(self) -> bool:
        try:
            return ask(self.port, "GET", "/healthz").status == 200
        except OSError:
            return False


def ask(port: int, method: str, path: str, token: str = "", body: Any = None, kind: str = "application/json") -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    text = body if isinstance(body, str) else None if body is None else json.dumps(body)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        connection.request(method, path, None if text is None else text.encode(), headers)
        answer = connection.getresponse()
        read = answer.read()
        return Answer(answer.status, json.loads(read) if read else None)
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
