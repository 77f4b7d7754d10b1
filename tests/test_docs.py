"""What is written is what is there: generated pages, README's snippets, the words of the glossary."""

from pathlib import Path

import pytest

from service import reference

ROOT = Path(__file__).parent.parent


PAGES = reference.pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_generated_pages_are_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == PAGES[name], "run `make docs`"
