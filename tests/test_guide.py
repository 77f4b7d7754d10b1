"""The guides: pasted in the order of the page, everything prints what the page says, in both languages.

Where a page's Chinese twin lets the same be pasted and says that the same is printed, to paste it again tells nothing.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.stack import Stack

DOCS = Path(__file__).parent.parent / "docs"
GUIDES = [
    ("first-rulebook.md", "first-rulebook.zh-CN.md"),
    ("events.md", "events.zh-CN.md"),
    ("feed.md", "feed.zh-CN.md"),
    ("webhooks.md", "webhooks.zh-CN.md"),
    ("consumers.md", "consumers.zh-CN.md"),
    ("access.md", "access.zh-CN.md"),
]
IN_BOTH_LANGUAGES = GUIDES[0]  # its commands answer in the language of the page
# All pages are pasted over one server, and each has a tenant of its own, but for these two.
TENANT = re.compile(r"(?<=tenant )(create )?qinghe\b")
PAGES = [*(english for english, _ in GUIDES), IN_BOTH_LANGUAGES[1]]
JIFEN = Path(sys.executable).with_name("jifen")
# What one reads and no command does: comments, and reasons that are kept as they are.
READ = re.compile(r'  # .*$|(?<="reason": ")[^"]*', re.MULTILINE)
FENCE = re.compile(r"^```(?P<kind>\w+) ?(?P<file>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block of the page: yaml and diff for a file, sh for the terminal, text as it is printed."""

    kind: str
    file: str
    text: str


def blocks(page: str) -> list[Block]:
    """What is to be pasted, in order, each command followed by what it prints."""
    text = (DOCS / page).read_text("utf-8")
    if page == IN_BOTH_LANGUAGES[1]:
        text = TENANT.sub(r"\1qinghe-again", text)
    return [Block(*found.groups()) for found in FENCE.finditer(text)]


class Reader:
    """Somebody at a terminal in the folder of Jifen, who pastes."""

    def __init__(self, folder: Path, stack: Stack) -> None:
        (folder / ".venv/bin").mkdir(parents=True)
        (folder / ".venv/bin/jifen").symlink_to(JIFEN)
        self._folder, self._port = folder, stack.port
        self._environment = {**os.environ, "JIFEN_DATA": str(stack.data), "DATABASE_URL": ""}

    def append(self, file: str, text: str) -> None:
        """Put lines at the end of a file."""
        with (self._folder / file).open("a", encoding="utf-8") as end:
            end.write(text)

    def change(self, file: str, text: str) -> None:
        """Take the lines with - away, and put those with + in their place."""
        changed = (self._folder / file).read_text("utf-8")
        for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", text, re.MULTILINE):
            before, after = (re.sub(r"^[-+]", "", lines, flags=re.MULTILINE) for lines in (old, new))
            assert changed.count(before) == 1, before
            changed = changed.replace(before, after)
        (self._folder / file).write_text(changed, "utf-8")

    def paste(self, text: str) -> str:
        """Run lines; what the terminal then shows."""
        command = text.replace("127.0.0.1:8000", f"127.0.0.1:{self._port}")
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
        )
        return ran.stdout.decode()


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(settings={"JIFEN_WEBHOOK_PRIVATE": "127.0.0.0/8"}) as stack:
        yield stack


@pytest.fixture
def reader(tmp_path: Path, stack: Stack) -> Reader:
    return Reader(tmp_path, stack)


def assert_printed(printed: str, said: str) -> None:
    """Where the page leaves lines out, anything may stand."""
    pattern = ".*?".join(map(re.escape, said.replace("…\n", "…").split("…")))
    assert re.fullmatch(pattern, printed, re.DOTALL), printed


@pytest.mark.parametrize("page", PAGES)
def test_what_the_guide_says_is_what_happens(reader: Reader, page: str) -> None:
    pasted = blocks(page)
    for block, following in zip_longest(pasted, pasted[1:]):
        if block.kind == "yaml":
            reader.append(block.file, block.text)
        elif block.kind == "diff":
            reader.change(block.file, block.text)
        elif block.kind == "sh":
            said = following.text if following and following.kind == "text" else ""
            assert_printed(reader.paste(block.text), said)


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_do_the_same(guide: tuple[str, str]) -> None:
    english, chinese = (blocks(page) for page in guide)
    assert [(one.kind, one.file) for one in english] == [(one.kind, one.file) for one in chinese]
    assert [one.kind for one in english].count("text") > 1
    if guide != IN_BOTH_LANGUAGES:
        assert [READ.sub("", one.text) for one in english] == [READ.sub("", one.text) for one in chinese]
