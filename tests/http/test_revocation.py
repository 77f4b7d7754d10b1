"""A token that is taken back opens nothing in any process within five seconds."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.county import County

ROOT = Path(__file__).resolve().parents[2]
WITHIN_SECONDS = 5
_STARTS_SECONDS = 120


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status(port: int, token: str) -> int | None:
    """What a process answers to a token; None while it isn't there."""
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            connection.request("GET", "/v1/periods", headers={"Authorization": f"Bearer {token}"})
            return connection.getresponse().status
    except OSError:
        return None


@pytest.fixture
def ports(county: County, tmp_path: Path) -> Iterator[list[int]]:
    """Two processes of their own over one database, each of which serves."""
    with ExitStack() as stack:
        found = []
        for n in range(2):
            port = free_port()
            known = {**os.environ, "PYTHONPATH": str(ROOT), "DATABASE_URL": county.url, "JIFEN_PORT": str(port)}
            known |= {"JIFEN_WORKERS": "1", "JIFEN_DATA": str(tmp_path / str(n))}
            command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
            process = subprocess.Popen(command, env=known, cwd=ROOT, stdout=subprocess.DEVNULL)
            stack.callback(process.wait, 60)
            stack.callback(process.terminate)
            found.append(port)
        yield found


def test_what_is_taken_back_in_one_process_ends_in_both(county: County, ports: list[int]) -> None:
    token = county.hr.post("/v1/tokens", {"actor": "leaving", "scopes": ["results:read"]}).json
    begun = time.monotonic()
    while [status(port, token["token"]) for port in ports] != [200, 200]:
        assert time.monotonic() - begun < _STARTS_SECONDS
        time.sleep(0.2)
    with closing(HTTPConnection("127.0.0.1", ports[0], timeout=30)) as connection:
        connection.request(
            "DELETE", f"/v1/tokens/{token['id']}", headers={"Authorization": f"Bearer {county.hr.token}"}
        )
        assert connection.getresponse().status == 204
    # Both are asked all the time, so that neither forgets the token for want of use.
    taken_back = time.monotonic()
    while time.monotonic() - taken_back < WITHIN_SECONDS:
        for port in ports:
            assert status(port, token["token"]) in (200, 401)
        time.sleep(0.1)
    assert [status(port, token["token"]) for port in ports] == [401, 401]


def test_the_other_process_may_know_it_for_a_moment(county: County) -> None:
    """What the test above waits for is real: what was looked up is believed for a while."""
    token = county.hr.post("/v1/tokens", {"actor": "leaving", "scopes": ["results:read"]}).json
    tokens = county.client.application.extensions["jifen.tokens"]
    assert json.dumps(sorted(tokens.access(token["token"]).scopes)) == '["results:read"]'
    county.hr._send("DELETE", f"/v1/tokens/{token['id']}", {})
    assert tokens.access(token["token"]).actor == "leaving"
