"""docs/files: pasted in the order of the page, everything prints what the page says; both languages paste the same."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from service import tokens
from service.tokens import Grant
from tests.county import ALL_SCOPES, SOURCE, County
from tests.test_guide import assert_printed, blocks

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["files.md", "files.zh-CN.md"]


@pytest.fixture
def port(county: County) -> Iterator[int]:
    """The port of loopback on which the application listens."""
    server = make_server("127.0.0.1", 0, county.client.application, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


def environment(county: County, folder: Path) -> dict[str, str]:
    """As of somebody with a token, for whom `jifen` is this project's."""
    command = folder / "bin" / "jifen"
    command.parent.mkdir()
    command.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c "from service.cli import main; main()" "$@"\n'
    )
    command.chmod(0o755)
    with county.database.transaction(county.tenant_id) as transaction:
        token, _ = tokens.create(transaction, "setup", Grant("reader", ALL_SCOPES, [SOURCE]))
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "DATABASE_URL": county.url, "TOKEN": token}


def test_what_the_page_says_is_what_happens(county: County, port: int, tmp_path: Path) -> None:
    known = environment(county, tmp_path)
    pasted = blocks(PAGES[0])
    for block, following in zip_longest(pasted, pasted[1:]):
        if block.kind in ("csv", "yaml"):
            (tmp_path / block.file).write_text(block.text, "utf-8")
        elif block.kind == "sh":
            text = block.text.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("demo", county.tenant)
            options = {"cwd": tmp_path, "env": known, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            ran = subprocess.run(["bash", "-c", text], timeout=120, **options)  # type: ignore[call-overload]
            said = following.text if following and following.kind == "text" else ""
            assert_printed(ran.stdout.decode().replace("\r\n", "\n"), said)
            assert (tmp_path / "events.xlsx").stat().st_size > 1000


def test_both_languages_do_the_same() -> None:
    english, chinese = ([(one.kind, one.text) for one in blocks(page)] for page in PAGES)
    assert english == chinese
