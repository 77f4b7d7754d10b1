"""SECURITY.md claims nothing that no test shows, and says the same in both languages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = {name: (ROOT / name).read_text("utf-8") for name in ("SECURITY.md", "SECURITY.zh-CN.md")}
SHOWN = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
RISKS = [f"API{number} " for number in range(1, 11)]


@pytest.mark.parametrize(("path", "name"), sorted(set(SHOWN.findall(PAGES["SECURITY.md"]))))
def test_every_test_that_is_named_is_there(path: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_both_pages_name_the_same_tests_in_the_same_rows() -> None:
    rows = [[SHOWN.findall(line) for line in page.splitlines() if SHOWN.search(line)] for page in PAGES.values()]
    assert rows[0] == rows[1]
    assert len(rows[0]) > 40


@pytest.mark.parametrize("page", PAGES)
def test_every_risk_of_the_ten_is_answered(page: str) -> None:
    assert [risk for risk in RISKS if f"| {risk}" not in PAGES[page]] == []
