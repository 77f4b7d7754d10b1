"""/v1/rankings/{period}.csv, .xlsx and .ndjson: the ranking whole, as a spreadsheet and as a program read it."""

import csv
import io
import json
import re
import zipfile
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest

from schemas.results import SORTS
from tests.county import County
from tests.exports.conftest import NAMES
from tests.http.asking import assert_not_there, assert_problem, user

MARCH = "/v1/rankings/2025-03"
LINES = 20


def as_csv(county: County, query: str = "", language: str = "zh") -> list[dict[str, str]]:
    """The rows of the CSV by their headings."""
    answer = county.hr.get(f"{MARCH}.csv{query}", Accept_Language=language)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def as_ndjson(county: County, query: str = "") -> list[dict[str, Any]]:
    """The documents of the lines."""
    answer = county.hr.get(f"{MARCH}.ndjson{query}")
    assert answer.status_code == 200, answer.text
    return [json.loads(line, parse_float=pytest.fail) for line in answer.text.splitlines()]


def as_xlsx(county: County, query: str = "", language: str = "zh") -> openpyxl.Workbook:
    answer = county.hr.get(f"{MARCH}.xlsx{query}", Accept_Language=language)
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def below(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by their headings."""
    _, _, headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


QUERIES = [
    "",
    "?view=standing",
    "?under=west",
    "?tier=basic",
    "?no_tier=service_short",
    "?outcome=talk",
    "?group=staff",
    *(f"?sort={sort}" for sort in SORTS),
    "?view=standing&sort=-total&under=west",
]


@pytest.mark.parametrize("query", QUERIES)
def test_every_format_holds_the_items_of_the_ranking_in_their_order(county: County, query: str) -> None:
    items = county.hr.get(f"{MARCH}{query}{'&' if query else '?'}limit=5000").json["items"]
    kept = ("subject", "group", "organisation", "post", "rank", "total", "outcomes", "tier", "no_tier")
    items = [{key: item[key] for key in kept if key in item} for item in items]
    documents = as_ndjson(county, query)
    assert [{key: one[key] for key in kept if key in one} for one in documents] == items
    rows = as_csv(county, query, "en")
    assert [(r["subject"], r["rank"], r["total"], r["tier"]) for r in rows] == [
        (i["subject"], str(i["rank"] or ""), i["total"], i.get("tier", "")) for i in items
    ]
    book = below(as_xlsx(county, query, "en")["ranking"])
    assert [(r["subject"], r["rank"], r["tier"], r["no tier"]) for r in book] == [
        (i["subject"], i["rank"], i.get("tier"), i.get("no_tier")) for i in items
    ]


def test_the_lines_of_everyone_add_up_to_the_total(county: County) -> None:
    """Invariant 6, in each format."""
    documents = as_ndjson(county)
    assert len(documents) == 9
    for one in documents:
        assert sum(Decimal(line["points"]) for line in one["lines"]) == Decimal(one["total"])
        told = county.result(one["subject"].removeprefix("worker/"), "2025-03")
        assert one["lines"] == [{key: line[key] for key in ("kind", "id", "points")} for line in told["lines"]]
        assert one["category_points"] == [{"id": c["id"], "points": c["points"]} for c in told["category_points"]]
    for row in as_csv(county):
        keys = list(row)
        lines = keys[keys.index("入户走访") :]
        assert sum(Decimal(row[key]) for key in lines) == Decimal(row["总分"])
    for row in below(as_xlsx(county)["得分明细"]):
        lines = list(row)[list(row).index("入户走访") :]
        assert sum(Decimal(str(row[key])) for key in lines) == Decimal(str(row["总分"]))


def test_no_cell_of_csv_begins_like_a_formula(county: County) -> None:
    names = [row["名称"] for row in as_csv(county)]
    assert sorted(names) == sorted(n if n[0] not in "=+-@\t\r＝" else f"'{n}" for n in NAMES[:9])
    for row in as_csv(county):
        for key, cell in row.items():
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell):
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")), (key, cell)


def test_csv_tells_excel_that_it_is_utf_8_and_ends_its_lines_as_rfc_4180_says(county: County) -> None:
    content = county.hr.get(f"{MARCH}.csv", Accept_Language="zh").data
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert "西街社区" in content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))) == 10


def test_no_cell_of_the_workbook_is_a_formula_and_texts_are_as_they_were(county: County) -> None:
    book = as_xlsx(county)
    assert book.sheetnames == ["排名", "得分明细", "考核办法", "结果运用"]
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert types == {"s", "n"}
    assert sorted(r["名称"] for r in below(book["排名"])) == sorted(n.replace("\r", "_x000D_") for n in NAMES[:9])
    assert {r["组织"] for r in below(book["排名"])} == {'=HYPERLINK("http://x.example","东街")', "西街社区"}
    content = county.hr.get(f"{MARCH}.xlsx").data
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 4
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_numbers_of_the_workbook_are_the_decimals_that_they_are(county: County) -> None:
    """Invariant 7: 87.49 is written as 87.49, not as the nearest binary fraction."""
    content = county.hr.get(f"{MARCH}.xlsx", Accept_Language="en").data
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        written = re.findall(r"<v>([^<]*)</v>", parts.read("xl/worksheets/sheet1.xml").decode())
    totals = [item["total"] for item in county.ranking("2025-03")]
    assert [number for number in written if number in totals] != []
    assert all(re.fullmatch(r"-?[0-9]+(\.[0-9]{2})?", number) for number in written)
    ranking = openpyxl.load_workbook(io.BytesIO(content))["ranking"]
    headings = [cell.value for cell in ranking[3]]
    assert ranking.cell(4, headings.index("total") + 1).number_format == "0.00"


def test_the_workbook_is_made_for_reading(county: County) -> None:
    book = as_xlsx(county)
    ranking = book["排名"]
    assert ranking.freeze_panes == "C4"
    assert ranking["A1"].value == "小县社区工作者量化考核办法 2025-03"
    [run] = county.hr.get("/v1/runs?period=2025-03").json["items"]
    assert ranking["A2"].value == f"办法 small-county@2025-1；公示；第 1 次发布，摘要 {run['digest']}"
    headings = [cell.value for cell in ranking[3]]
    colours = {
        row[headings.index("等次")].value: row[headings.index("等次")].fill.start_color.rgb
        for row in ranking.iter_rows(min_row=4)
    }
    assert len(set(colours.values())) == len(colours) > 1
    assert all(ranking.column_dimensions[letter].width >= 8 for letter in "ABCD")
    said = [row[0] for row in book["考核办法"].iter_rows(values_only=True)]
    assert "\n".join(one or "" for one in said).strip() == (
        county.hr.get("/v1/rulebooks/small-county@2025-1/text?lang=zh").text.replace("\n    ", "\n").strip()
    )


def test_outcomes_have_a_sheet_of_their_own(county: County) -> None:
    rows = below(as_xlsx(county)["结果运用"])
    told = county.hr.get("/v1/outcomes/2025-03").json["items"]
    assert [(r["对象"], r["结果运用编号"], r["结果运用"]) for r in rows] == [
        (one["subject"], one["id"], one["title"]) for one in told
    ]
    assert rows != []


def test_names_are_there_for_who_may_read_the_roster(county: County) -> None:
    reader = user(county, ["results:read"])
    answer = reader.get(f"{MARCH}.csv", Accept_Language="zh")
    header, first = answer.data.decode("utf-8-sig").split("\r\n")[:2]
    assert header.startswith("对象,")
    assert first.startswith("worker/")
    assert "王小明" not in answer.text
    assert "name" not in json.loads(reader.get(f"{MARCH}.ndjson").text.splitlines()[0])
    assert "王小明" in county.hr.get(f"{MARCH}.csv").text
    assert answer.headers["ETag"] != county.hr.get(f"{MARCH}.csv", Accept_Language="zh").headers["ETag"]


@pytest.mark.parametrize("form", ["csv", "xlsx", "ndjson"])
def test_a_file_has_a_chinese_name_and_a_length(county: County, form: str) -> None:
    answer = county.hr.get(f"{MARCH}.{form}")
    told = quote("2025-03 小县社区工作者量化考核办法 第1次发布")
    said = answer.headers["Content-Disposition"]
    assert f"filename=2025-03-small-county-r1.{form}" in said
    assert f"filename*=UTF-8''{told}.{form}" in said
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_what_is_there_already_is_not_sent_again(county: County) -> None:
    answer = county.hr.get(f"{MARCH}.csv", Accept_Language="zh")
    tag = answer.headers["ETag"]
    assert county.hr.get(f"{MARCH}.csv", Accept_Language="zh", If_None_Match=tag).status_code == 304
    for path, language in ((f"{MARCH}.csv?under=east", "zh"), (f"{MARCH}.csv", "en"), (f"{MARCH}.ndjson", "zh")):
        again = county.hr.get(path, Accept_Language=language, If_None_Match=tag)
        assert (again.status_code, again.headers["ETag"] != tag) == (200, True)


def test_a_file_of_an_open_period_is_as_of_now(county: County) -> None:
    first = county.hr.get("/v1/rankings/2025-05.csv")
    assert first.status_code == 200
    assert "实时" not in first.headers["Content-Disposition"]
    assert quote("实时") in first.headers["Content-Disposition"]
    county.send(
        {
            "specversion": "1.0",
            "id": "may-1",
            "source": "grid-app",
            "type": "visit.done",
            "subject": "worker/w1",
            "time": "2025-05-10T09:00:00+08:00",
            "data": {"household": "h"},
        }
    )
    again = county.hr.get("/v1/rankings/2025-05.csv", If_None_Match=first.headers["ETag"])
    assert again.status_code == 200
    assert again.data != first.data


def test_what_cannot_be_asked_is_refused(county: County) -> None:
    assert_problem(county.hr.get(f"{MARCH}.csv?tier=platinum"), 422, "request.invalid")
    assert_problem(county.hr.get(f"{MARCH}.csv?limit=3"), 422, "request.invalid")
    assert_problem(county.sender.get(f"{MARCH}.csv"), 403, "access.scope")
    for path in (f"{MARCH}.pdf", "/v1/rankings/2025-13.csv"):
        assert_not_there(county.hr.get(path))
