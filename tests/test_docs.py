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
