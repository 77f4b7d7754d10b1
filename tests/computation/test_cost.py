"""What a publication costs in statements: as many for a big county as for a small one, since each is about everyone."""

from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from service.database.transactions import Database
from sql import numbered, statement
from tests.computation.counting import counted
from tests.computation.town import Town, people
from tests.oracle.cases import event, on, rulebook

EVERY_KIND = """
measures: [{id: visits, title: 走访, take: {count: {event: visit.done, window: year}}, no_data: zero}]
negative_list: [{id: complaint, title: 投诉, severity: minor, event: violation.complaint, deduct: 1}]
restrictions: [{id: idle, title: 不足, when: {measure: visits, below: 1}, ceiling: competent}]
lists: [{id: all, title: 全县, by: [], method: dense}]
peer_groups: {by: [organisation], min_size: 2, small_groups: pool_in_tenant}
tiers:
  - {id: excellent, title: 优秀, total_at_least: 80, quota: {at_most: 20%, of: due, rounding: down, ties: none_of_them}}
  - {id: competent, title: 称职, total_at_least: 60}
  - {id: incompetent, title: 不称职, otherwise: true}
outcomes: [{id: talk, title: 约谈, in: month, when: {bottom: 1, of: peer_group, ties: all_of_them}}]
"""


def _indicators(count: int) -> list[dict[str, Any]]:
    """So many indicators that take in turn in different ways."""
    takes: list[dict[str, Any]] = [
        {"count": {"event": "visit.done", "distinct": "household"}},
        {"mean": {"event": "visit.done"}},
        {"each_event": {"event": "visit.done", "once": {"per": "household", "keep": "best"}}},
        {"latest": {"event": "visit.done", "field": "minutes"}},
    ]
    said = {"title": "项", "category": "duty", "give": {"each": "1"}, "max": "50", "no_data": "zero"}
    return [{"id": f"i{n}", "take": takes[n % 4], **said} for n in range(count)]


def _published(
    url: str, database: Database, monkeypatch: pytest.MonkeyPatch, indicators: int, workers: int, books: int
) -> Counter[str]:
    """The statements of publishing a month of a town of this size."""
    ids = [f"w{n}" for n in range(workers)]
    book = rulebook(EVERY_KIND) | {"indicators": _indicators(indicators)}
    cohort = book["applies_to"]
    others = [book | {"rulebook": f"other-{n}", "applies_to": {**cohort, "posts": [f"p{n}"]}} for n in range(books - 1)]
    town = Town(url, database, *others, book, people=people(*ids))
    town.send(
        *(event("visit.done", w, on(f"03-{day:02}"), household="h", minutes=day) for w in ids for day in range(1, 4)),
        *(event("violation.complaint", w) for w in ids[::3]),
    )
    assert town.county.hr.post("/v1/periods/2025-03/close?rulebook=yunhe").status_code == 200
    _connect(database)
    with counted(monkeypatch) as executed:
        answer = town.county.hr.post("/v1/periods/2025-03/publish?rulebook=yunhe")
    assert answer.status_code == 200, answer.json
    assert len(town.totals("2025-03")) == workers
    return executed


def _connect(database: Database) -> None:
    """Have both connections of a publication: what making one costs isn't counted."""
    with database.transaction(), database.transaction():
        pass


def test_a_publication_has_as_many_statements_whatever_the_size(
    module_url: str, module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3 indicators or 40, 5 workers or 200, 1 rulebook in the tenant or 6."""
    sizes = [(3, 5, 1), (40, 5, 1), (3, 200, 1), (3, 5, 6), (40, 200, 6)]
    found = {size: _published(module_url, module_database, monkeypatch, *size) for size in sizes}
    assert sum(found[sizes[0]].values()) > 20, "the statements aren't seen"
    for one, other in combinations(sizes, 2):
        more = (found[one] - found[other]) | (found[other] - found[one])
        assert not more, f"{one} and {other} differ by {more}"


def test_a_roll_up_has_as_many_statements_whatever_the_size(
    module_url: str, module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its months are read at once; 5 workers or 200."""
    yearly = """
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
rollup:
  year:
    min_periods: 1
    parts: [{id: m, title: 月均, take: {mean: {results: month}}, weight: 100%, no_data: missing}]
"""
    found = []
    for size in (5, 200):
        ids = [f"w{n}" for n in range(size)]
        town = Town(module_url, module_database, rulebook(EVERY_KIND + yearly), people=people(*ids))
        town.publish(*(f"2025-{month:02}" for month in range(1, 13)))
        assert town.county.hr.post("/v1/periods/2025/close").status_code == 200
        _connect(module_database)
        with counted(monkeypatch) as executed:
            assert town.county.hr.post("/v1/periods/2025/publish").status_code == 200
        found.append(executed)
    assert found[0] == found[1]


def test_a_refresh_counts_pools_once_and_asks_nothing_that_never_changes(
    module_url: str, module_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many statements ask for sizes, where small groups are pooled; versions don't change: sheets are known."""
    town = Town(module_url, module_database, rulebook(EVERY_KIND), people=people("w1", "w2", "w3"))
    town.results()
    town.send(event("visit.done", "w1", on("03-02"), household="h", minutes=1))
    with counted(monkeypatch) as executed:
        town.county.ranking("2025-03")
    times = {name: executed[numbered(statement(name))[0]] for name in ("pool_sizes", "sheet_needs", "readings")}
    assert times == {"pool_sizes": 1, "sheet_needs": 0, "readings": 0}
