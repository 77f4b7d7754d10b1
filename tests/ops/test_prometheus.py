"""A real Prometheus reads ops/ as it is, but for addresses and patience: it scrapes `jifen serve`, and alerts fire."""

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from service import access
from service.database.transactions import owner_transaction
from tests.faults.stack import Stack, within
from tests.faults.stack import _free_port as free_port
from tests.ops.written import OPS

SECONDS = 90.0  # of patience, on a machine that does much else


class Prometheus:
    """A server of a test's own, asked over its API."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/api/v1"

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an instant query; none while it doesn't answer."""
        return list(self._read(f"query?{urllib.parse.urlencode({'query': expression})}").get("result", []))

    def asked_since(self, moment: datetime) -> bool:
        """Whether every rule was asked after a moment."""
        groups = self._read("rules").get("groups", [])
        return bool(groups) and all(datetime.fromisoformat(one["lastEvaluation"]) > moment for one in groups)

    def fires(self, alert: str) -> bool:
        """Whether somebody would be told."""
        return bool(self.query(f'ALERTS{{alertname="{alert}",alertstate="firing"}}'))

    def _read(self, path: str) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"{self._address}/{path}", timeout=10) as answer:
                return dict(json.load(answer)["data"])
        except (urllib.error.URLError, ConnectionError):
            return {}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    if not shutil.which("prometheus"):
        pytest.skip("NOT TESTED: there is no prometheus here, which Debian has as a package")
    with Stack() as stack:
        yield stack


@pytest.fixture(scope="module")
def prometheus(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder, port = tmp_path_factory.mktemp("prometheus"), free_port()
    config = (OPS / "prometheus.yml").read_text("utf-8").replace("jifen:8000", f"127.0.0.1:{stack.port}")
    (folder / "prometheus.yml").write_text(re.sub(r"_interval: \w+", "_interval: 500ms", config), "utf-8")
    rules = (OPS / "alerts.yml").read_text("utf-8")
    (folder / "alerts.yml").write_text(re.sub(r"for: \w+", "for: 1s", rules), "utf-8")
    options = {
        "config.file": folder / "prometheus.yml",
        "storage.tsdb.path": folder / "data",
        "web.listen-address": f"127.0.0.1:{port}",
    }
    command = [
        "setpriv",
        "--pdeathsig=TERM",
        "--",
        "prometheus",
        *(f"--{name}={said}" for name, said in options.items()),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield Prometheus(port)
    finally:
        process.terminate()
        process.wait(30)


def disprove(url: str) -> None:
    """Note that a run was computed once more, and found wrong."""
    with owner_transaction(url) as transaction:
        tenant = access.create_tenant(transaction, "setup", "east")
    with psycopg.connect(url) as owner:
        owner.execute(
            "INSERT INTO verification (tenant_id, of, seconds, checked, wrong) VALUES (%s, 'runs', 1, 1, 1)", [tenant]
        )


def test_it_scrapes_the_service_and_tells_what_is_wrong(stack: Stack, prometheus: Prometheus) -> None:
    assert within(SECONDS, lambda: [s["value"][1] for s in prometheus.query('up{job="jifen"}')] == ["1"])
    assert within(
        SECONDS, lambda: bool(prometheus.query('rate(jifen_http_request_seconds_count{route="/metrics"}[1m]) > 0'))
    )
    scraped = datetime.now(UTC)
    assert within(SECONDS, lambda: prometheus.asked_since(scraped + timedelta(seconds=1)))  # the `for` of each
    assert not prometheus.fires("JifenVerificationWrong")
    assert not prometheus.fires("JifenDown")
    disprove(stack.url)
    assert within(SECONDS, lambda: prometheus.fires("JifenVerificationWrong"))
    stack.stop()
    assert within(SECONDS, lambda: prometheus.fires("JifenDown"))
