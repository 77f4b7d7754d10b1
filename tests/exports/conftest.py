"""One county for a module's tests, with names that a spreadsheet would compute, and a published month."""

from collections.abc import Iterator

import pytest

from service.database.transactions import Database
from tests.conftest import opened
from tests.county import County, rating, visit

NAMES = ["=1+1", "王小明", "+86", "-2", "@SUM(A1)", "\t=2", "\r=3", '逗,号"引', "＝4", "李\n四"]


@pytest.fixture(scope="module")
def module_database(module_url: str) -> Iterator[Database]:
    """A pool on the module's database."""
    yield from opened(module_url)


@pytest.fixture(scope="module")
def county(module_url: str, module_database: Database) -> County:
    """Ten workers in two communities, one of which is called like a formula; March is published, one came later."""
    county = County.small(module_url, module_database)
    communities = [("east", '=HYPERLINK("http://x.example","东街")'), ("west", "西街社区")]
    since = {10: "2025-04-01"}
    workers = [
        {"id": f"w{n}", "name": name, "assignments": [{**post, "organisation": communities[n % 2][0]}]}
        for n, name in enumerate(NAMES, 1)
        for post in [{"post": "staff", "from": since.get(n, "2024-01-01")}]
    ]
    nodes = [{"id": c, "kind": "community", "title": title, "parent": "county"} for c, title in communities]
    county.state([{"id": "county", "kind": "county", "title": "云河县"}, *nodes], workers)
    county.send(*(visit(f"w{n}", f"h{m}") for n in range(1, 9) for m in range(n)))
    county.send(*(rating(f"w{n}", 5) for n in (7, 8) for _ in range(2)))
    assert county.hr.post("/v1/periods/2025-03/close").status_code == 200
    assert county.hr.post("/v1/periods/2025-03/publish").status_code == 200
    return county
