"""Exports of what isn't usual: results of years before, a reader that takes its time."""

import csv
import io
import json

import openpyxl

from service.database.transactions import Database
from service.settings import Settings
from tests.county import County

IMPORT = {
    "rulebook": "small-county@2025-1",
    "period": "2023",
    "reason": "纸质档案",
    "document": "2024 年第 1 号",
    "results": [
        {
            "subject": "worker/w1",
            "tier": "excellent",
            "total": "91.5",
            "rank": 1,
            "organisation": "east",
            "post": "staff",
        },
        {"subject": "worker/w2", "tier": "competent"},
        {"subject": "worker/w3", "no_tier": "under_investigation"},
    ],
}


def test_imported_results_have_no_lines_and_say_their_document(module_url: str, module_database: Database) -> None:
    county = County.small(module_url, module_database)
    assert county.hr.post("/v1/results/import", IMPORT).status_code == 200
    content = county.hr.get("/v1/rankings/2023.csv", Accept_Language="en").data.decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    assert header[-1] == "outcome titles"
    assert [(r[1], r[header.index("total")], r[header.index("tier")], r[header.index("reason")]) for r in rows] == [
        ("worker/w1", "91.50", "excellent", ""),
        ("worker/w2", "", "competent", ""),
        ("worker/w3", "", "", "under investigation"),
    ]
    assert all(len(row) == len(header) for row in rows)
    documents = [json.loads(line) for line in county.hr.get("/v1/rankings/2023.ndjson").text.splitlines()]
    assert [(one["total"], one["lines"], one["category_points"]) for one in documents] == [
        ("91.50", [], []),
        (None, [], []),
        (None, [], []),
    ]
    answer = county.hr.get("/v1/rankings/2023.xlsx", Accept_Language="zh")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["排名", "结果运用"]
    assert "2024 年第 1 号" in book["排名"]["A2"].value
    assert "公示期" not in county.hr.get("/v1/rankings/2023/notice.html", Accept_Language="zh").text


def test_who_reads_slowly_holds_no_transaction(module_url: str) -> None:
    """With one connection for all, another request is answered while the file lies half read."""
    database = Database(module_url, Settings(pool_size=1))
    database.open()
    try:
        county = County.small(module_url, database)
        for form in ("csv", "xlsx", "ndjson"):
            slow = county.hr.get(f"/v1/rankings/2025-03.{form}")
            assert slow.status_code == 200
            assert county.hr.get("/v1/rankings/2025-03").status_code == 200
            assert len(slow.data) == int(slow.headers["Content-Length"])
    finally:
        database.close()
