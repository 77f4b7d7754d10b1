"""docs/api.md is done as it is written: two clients are generated, compile, and post an event to a running service."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from tests.county import County

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:#|//) (\w+\.\w+)\n")


def blocks(page: str) -> list[tuple[str, str]]:
    """The blocks of a page: the language of each, and what it says."""
    return BLOCK.findall((DOCS / page).read_text("utf-8"))


@pytest.fixture(scope="module")
def address(shared: County) -> Iterator[str]:
    """The service on the loopback."""
    server = make_server("127.0.0.1", 0, shared.client.application, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def follow(said: list[tuple[str, str]], folder: Path, address: str, county: County) -> str:
    """Write the files and run the commands of a page; what the last of them printed."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "JIFEN_URL": address, "JIFEN_TOKEN": str(county.sender.token)}
    printed = ""
    for language, text in said:
        if language == "sh":
            command = ["bash", "-euc", text]
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, f"{text}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
            printed = done.stdout
        else:
            name = FILE.match(text)
            assert name, f"the block has no name: {text}"
            (folder / name[1]).write_text(text, "utf-8")
    return printed.strip()


def test_both_languages_of_the_page_say_the_same() -> None:
    assert blocks("api.md") == blocks("api.zh-CN.md")


def test_a_client_in_python_posts_an_event(shared: County, address: str, tmp_path: Path) -> None:
    fetch, *rest = blocks("api.md")
    said = [fetch, *rest[: rest.index(next(one for one in rest if "npm install" in one[1]))]]
    assert follow(said, tmp_path, address, shared) == "created"
    assert follow(said[-1:], tmp_path, address, shared) == "duplicate"
    [taken] = shared.hr.get("/v1/events?subject=worker/w1&source=grid-app").json["items"]
    assert (taken["id"], taken["data"]) == ("python-1", {"household": "h7"})


def test_a_client_in_typescript_compiles_and_posts_an_event(shared: County, address: str, tmp_path: Path) -> None:
    fetch, *rest = blocks("api.md")
    install = next(one for one in rest if "npm install" in one[1])
    packages = install[1].splitlines()[0]
    if not shutil.which("npm"):
        pytest.skip("NOT CHECKED: there is no npm here to make the TypeScript client with")
    try:
        got = subprocess.run(["bash", "-c", packages], cwd=tmp_path, capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        pytest.skip("NOT CHECKED: npm takes too long to get the packages of the TypeScript client")
    if got.returncode:
        pytest.skip(f"NOT CHECKED: npm can't get the packages of the TypeScript client: {got.stderr[-300:]}")
    said = [fetch, ("sh", install[1].removeprefix(packages)), *rest[rest.index(install) + 1 :]]
    assert follow(said, tmp_path, address, shared) == "created"
    assert follow([("sh", "node post_event.mjs")], tmp_path, address, shared) == "duplicate"
