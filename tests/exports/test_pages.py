"""docs/exports: pasted in the order of the page, everything prints what it says; both languages paste the same."""

import subprocess
from itertools import zip_longest
from pathlib import Path

import pytest

from service.database.transactions import Database
from tests.county import County
from tests.files.test_pages import environment, port  # noqa: F401 - the fixture
from tests.test_guide import assert_printed, blocks

PAGES = ["exports.md", "exports.zh-CN.md"]


@pytest.fixture
def county(module_url: str, module_database: Database) -> County:
    """The small county, March published."""
    county = County.small(module_url, module_database)
    for step in ("close", "publish"):
        assert county.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
    return county


def test_what_the_page_says_is_what_happens(county: County, port: int, tmp_path: Path) -> None:  # noqa: F811
    known = environment(county, tmp_path)
    pasted = blocks(PAGES[0])
    assert len(pasted) == 6
    for block, following in zip_longest(pasted, pasted[1:]):
        if block.kind == "sh":
            text = block.text.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("demo", county.tenant)
            options = {"cwd": tmp_path, "env": known, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            ran = subprocess.run(["bash", "-c", text], timeout=120, **options)  # type: ignore[call-overload]
            assert_printed(ran.stdout.decode(), following.text)


def test_both_languages_do_the_same() -> None:
    english, chinese = ([(one.kind, one.text) for one in blocks(page)] for page in PAGES)
    assert english == chinese
