"""/v1/rankings/{period}/notice: the list that is put up, of what is published, with masked names."""

import io
import re
from datetime import datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from tests.county import County
from tests.exports.conftest import NAMES
from tests.http.asking import assert_problem, user
from tests.http.noticed import noticed, publish

MARCH = "/v1/rankings/2025-03/notice"


class Page(HTMLParser):
    """The paragraphs of a page, and the rows of its table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._open = tag
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag in ("h1", "p"):
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in ("td", "th"):
            self.rows[-1][-1] += data
        elif self._open in ("h1", "p"):
            self.texts[-1] += data


def page(county: County, query: str = "", language: str = "zh") -> Page:
    answer = county.hr.get(f"{MARCH}.html{query}", Accept_Language=language)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/html; charset=utf-8"
    return Page(answer.text)


def test_names_are_masked_always(county: County) -> None:
    for who in (county.hr, user(county, ["results:read"])):
        text = who.get(f"{MARCH}.html").text
        assert "王**" in text
        assert not any(name in text for name in NAMES if len(name) > 2)
    book = openpyxl.load_workbook(io.BytesIO(county.hr.get(f"{MARCH}.xlsx").data))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "王**" in cells
    assert not cells & set(NAMES)


def test_a_notice_says_by_what_and_until_when(county: County) -> None:
    shown = noticed(county)
    publish(shown)
    answer = shown.hr.get(f"{MARCH}.html", Accept_Language="zh")
    title, by, revision, window = Page(answer.text).texts
    assert title == "小县社区工作者量化考核办法 2025-03 公示"
    assert by == "依据：小县社区工作者量化考核办法（small-county@2025-1）"
    [run] = shown.hr.get("/v1/runs?period=2025-03").json["items"]
    day = datetime.fromisoformat(run["published_at"]).astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert revision == f"第 1 次发布，{day}；摘要 {run['digest']}"
    assert window == (
        f"公示期至 {run['notice_until']}（含当日）。如有异议，请于 {run['objections_until']}（含当日）前提出。"
    )
    english = Page(shown.hr.get(f"{MARCH}.html", Accept_Language="en").text).texts
    assert english[-1] == (
        f"On notice until {run['notice_until']}; objections are accepted until {run['objections_until']}; "
        "both days included."
    )
    book = openpyxl.load_workbook(io.BytesIO(shown.hr.get(f"{MARCH}.xlsx", Accept_Language="zh").data))
    [sheet] = book
    assert [sheet.cell(n, 1).value for n in range(1, 5)] == [title, by, revision, window]


def test_a_notice_shows_the_fields_that_are_chosen_in_their_order(county: County) -> None:
    assert page(county).rows[0] == ["名次", "名称", "组织", "岗位", "总分", "等次"]
    found = page(county, "?fields=tier,subject&tier=basic").rows
    assert found[0] == ["等次", "对象"]
    basic = county.ranking("2025-03", tier="basic")
    assert found[1:] == [["基本称职", item["subject"]] for item in basic]
    assert basic != []


def test_who_has_no_tier_is_listed_with_the_reason(county: County) -> None:
    """Invariant 10: everyone is placed once."""
    rows = page(county, "?fields=subject,tier").rows[1:]
    assert len(rows) == len(county.ranking("2025-03"))
    assert all(len(row) == 2 for row in rows)


@pytest.mark.parametrize("form", ["html", "xlsx"])
def test_only_what_is_published_is_put_up(county: County, form: str) -> None:
    assert_problem(county.hr.get(f"/v1/rankings/2025-05/notice.{form}"), 409, "period.state")
    assert_problem(county.hr.get(f"{MARCH}.{form}?view=standing"), 409, "period.state")


def test_a_page_runs_nothing_and_fetches_nothing(county: County) -> None:
    text = county.hr.get(f"{MARCH}.html").text
    assert not re.search(r"<script|<link|<img|src=|url\(|@import|javascript:|href=|\son\w+=", text)
    assert "@page" in text
    # What somebody is called is a text, never a piece of the page.
    assert "=HYPERLINK(&#34;http" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fields=phone", [("/fields", "code.unknown")]),
        ("fields=name,name", [("/fields", "list.repeated")]),
        ("fields=", [("/fields", "text.length")]),
    ],
)
def test_a_field_that_is_none_is_refused(county: County, query: str, found: list[tuple[str, str]]) -> None:
    assert assert_problem(county.hr.get(f"{MARCH}.html?{query}"), 422, "request.invalid") == found
