"""`make run` as a newcomer sees it: the sample county, lines to paste that work, and a second start after a kill."""

import json
import re
import shlex
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.stack import Stack

DEMO = (str(Path(sys.executable).with_name("jifen")), "demo")


@pytest.fixture(scope="module")
def demo() -> Iterator[Stack]:
    with Stack(DEMO) as stack:
        yield stack


def pasted(stack: Stack) -> list[dict[str, Any]]:
    """The curl lines that a start prints last: address, headers, body."""
    printed = stack.log.read_text("utf-8").rsplit("Try:", 1)[1]
    lines = [shlex.split(line) for line in re.findall(r"^  (curl .*)$", printed, re.MULTILINE)]
    said = []
    for words in lines:
        headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
        body = words[words.index("-d") + 1].encode() if "-d" in words else None
        said.append({"url": words[2], "headers": headers, "data": body})
    return said


def asked(request: dict[str, Any]) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(**request), timeout=60) as answer:
        body: bytes = answer.read()
        return body


def test_every_line_that_is_printed_can_be_pasted(demo: Stack) -> None:
    ranking, result, event, metrics = pasted(demo)
    assert len(json.loads(asked(ranking))["items"]) == 39
    assert json.loads(asked(result))["subject"] == "worker/w01"
    assert [json.loads(asked(event))["result"] for _ in range(2)] == ["created", "duplicate"]
    assert re.search(rb'^jifen_workers\{[^}]*period="2025"', asked(metrics), re.MULTILINE)


def test_it_starts_again_after_a_kill_with_everything_there_and_new_tokens(demo: Stack) -> None:
    ranking, _, event, _ = pasted(demo)
    before = json.loads(asked(ranking))["items"]
    demo.kill_master()
    demo.start()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        asked(ranking)
    ranking, _, event, _ = pasted(demo)
    assert json.loads(asked(ranking))["items"] == before
    assert json.loads(asked(event))["result"] == "duplicate"
