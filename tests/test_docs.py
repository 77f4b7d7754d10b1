"""What is written is what is there: generated pages, and the commands that pages name."""

import re
from pathlib import Path

import click
import pytest

from service import reference
from service.cli import main

ROOT = Path(__file__).parent.parent


PAGES = reference.pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_generated_pages_are_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name], "run `make docs`"


TWINS = sorted(path for path in (ROOT, ROOT / "docs") for path in path.glob("*.zh-CN.md"))
FENCED = re.compile(r"^```(\w*).*?^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([\w./-]+)`", re.ASCII)  # a key, a code, a setting, a file: the same in every language


@pytest.mark.parametrize("chinese", TWINS, ids=lambda page: page.name)
def test_both_languages_of_a_page_tell_of_the_same(chinese: Path) -> None:
    """As far as it can be counted: headings, rows of tables, blocks and their kinds, links, and what has a name."""
    both = [chinese.with_name(chinese.name.replace(".zh-CN", "")), chinese]
    said = [page.read_text("utf-8") for page in both]
    prose = [FENCED.sub("", text) for text in said]
    told = [
        {
            "headings": [mark for mark, _ in re.findall(r"^(#+) (.*)$", text, re.MULTILINE)],
            "rows": len(re.findall(r"^\|", text, re.MULTILINE)),
            "links": sorted(link.replace(".zh-CN", "") for link in re.findall(r"\]\(([^)#]*)", text)),
            "names": set(NAMED.findall(text)),
        }
        for text in prose
    ]
    assert told[0] == told[1]
    assert FENCED.findall(said[0]) == FENCED.findall(said[1])


WRITTEN = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_there(page: Path) -> None:
    for words in re.findall(r"(?:`|/|^|\$\()jifen ((?:[a-z-]+ ?)+)", page.read_text("utf-8"), re.MULTILINE):
        command: click.Command | None = main
        for word in words.split():
            if not isinstance(command, click.Group):
                break
            command = command.get_command(click.Context(command), word)
        assert command, f"there is no command jifen {words}"
