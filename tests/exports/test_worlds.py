"""Whatever a rulebook says: an export has a column for every line that a result can have, and they add up.

A failing world is reported by its seed: `JIFEN_SEED=<seed> JIFEN_WORLDS=6` makes it again.
"""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from service.database.transactions import Database
from tests.computation import worlds
from tests.county import County

LINE = ("kind", "id", "points")


@pytest.mark.parametrize("seed", worlds.seeds(share=6))
def test_every_line_of_every_result_has_its_column(module_url: str, module_database: Database, seed: int) -> None:
    """Invariant 6: what stands beside a total adds up to it, in each format."""
    world = worlds.world(seed)
    county = worlds.settle(module_url, module_database, world)
    rulebook = world.rulebook["rulebook"]
    for period in world.periods:
        path = f"/v1/rankings/{period}.{{}}?rulebook={rulebook}&view=standing"
        documents = [json.loads(line) for line in county.hr.get(path.format("ndjson")).text.splitlines()]
        items = county.hr.get(f"/v1/rankings/{period}?rulebook={rulebook}&view=standing&limit=5000").json["items"]
        assert [one["subject"] for one in documents] == [item["subject"] for item in items], (seed, period)
        for one in documents:
            told = result(county, one["subject"], period, rulebook)
            assert one["lines"] == [{key: line[key] for key in LINE} for line in told["lines"]], (seed, period)
            assert one["outcomes"] == [outcome["id"] for outcome in told["outcomes"]]
            values = {outcome["id"]: outcome["value"] for outcome in told["outcomes"] if outcome["value"]}
            assert one["outcome_values"] == values
        content = county.hr.get(path.format("csv"), Accept_Language="en").data.decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(content, newline=""))
        assert len(set(header)) == len(header)
        book = openpyxl.load_workbook(
            io.BytesIO(county.hr.get(path.format("xlsx"), Accept_Language="en").data), read_only=True
        )
        lines = list(book["lines"].iter_rows(min_row=4, values_only=True))
        assert len(lines) == len(rows) == len(documents)
        first = lines_begin(book)
        for row, sheet_row in zip(rows, lines, strict=True):
            total = Decimal(row[header.index("total")])
            width = len(sheet_row) - first
            assert sum(map(Decimal, row[len(row) - width :])) == total, (seed, period, row)
            assert sum(Decimal(str(cell)) for cell in sheet_row[first:]) == total, (seed, period, sheet_row)


def lines_begin(book: Any) -> int:
    """After who it is about, and the total."""
    [headings] = book["lines"].iter_rows(min_row=3, max_row=3, values_only=True)
    return list(headings).index("total") + 1


def result(county: County, subject: str, period: str, rulebook: str) -> dict[str, Any]:
    kind, identifier = subject.split("/")
    answer = county.hr.get(f"/v1/{kind}s/{identifier}/results/{period}?rulebook={rulebook}&view=standing")
    assert answer.status_code == 200, answer.json
    return dict(answer.json)
