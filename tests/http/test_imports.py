"""POST /v1/results/import and `jifen import results`: results of years before, which later periods then count."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.imports import MOST
from service.verification import verify
from tests.county import ALL_SCOPES, RULEBOOK, County
from tests.http.asking import assert_problem, nothing_written

HISTORY = """
measures:
  - id: good_years
    title: 连续优秀
    take: {running: {results: year, period: {before: 2}, tier: [excellent], no_tier: breaks}}
    no_data: zero
  - id: mean_before
    title: 往年平均
    take: {mean: {results: year, period: {before: 2}}}
    no_data: zero
"""
PRAISED = "  - {id: praise, title: 两年优秀, in: year, when: {measure: good_years, at_least: 2}, ref: 第十一条}\n"
ROWS: list[dict[str, Any]] = [
    {"subject": "worker/w1", "tier": "excellent", "total": "91.5", "rank": 1, "organisation": "east", "post": "staff"},
    {"subject": "worker/w2", "tier": "competent"},
    {"subject": "worker/w3", "no_tier": "under_investigation"},
]


@pytest.fixture
def county(county: County) -> County:
    """The small county's rules since 2025, with what they ask of years before."""
    county.rule(RULEBOOK.replace("small-county", "praising").replace("[staff]", "[deputy]") + PRAISED + HISTORY)
    return county


def body(*rows: dict[str, Any], **said: Any) -> dict[str, Any]:
    asked = {"rulebook": "praising@2025-1", "period": "2023", "reason": "纸质档案", "document": "2024 年第 1 号"}
    return {**asked, "results": list(rows or ROWS), **said}


def take_in(county: County, *rows: dict[str, Any], **said: Any) -> dict[str, Any]:
    answer = county.hr.post("/v1/results/import", body(*rows, **said))
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def test_what_is_imported_is_final_at_once_and_shown_as_imported(county: County) -> None:
    said = take_in(county)
    assert (said["revision"], said["state"], said["results"]) == (1, "final", 3)
    ranking = county.hr.get("/v1/rankings/2023?state=final").json
    assert ranking["imported"] == {"document": "2024 年第 1 号"}
    assert [(i["subject"], i["rank"], i["total"], i.get("tier"), i.get("no_tier")) for i in ranking["items"]] == [
        ("worker/w1", 1, "91.50", "excellent", None),
        ("worker/w2", None, None, "competent", None),
        ("worker/w3", None, None, None, "under_investigation"),
    ]
    assert [(i["organisation"], i["post"]) for i in ranking["items"]] == [("east", "staff"), (None, None), (None, None)]
    [run] = county.hr.get("/v1/runs?period=2023").json["items"]
    kept = {key: run[key] for key in ("kind", "document", "reason", "published_by", "corrected_by", "completed")}
    assert kept == {
        "kind": "import",
        "document": "2024 年第 1 号",
        "reason": "纸质档案",
        "published_by": "hr",
        "corrected_by": None,
        "completed": [],
    }


def test_an_imported_result_has_no_lines_and_says_its_document(county: County) -> None:
    take_in(county)
    said = county.result("w1", "2023")
    for nothing in ("lines", "category_points", "measures", "gates", "restrictions", "lists", "outcomes"):
        assert said[nothing] == []
    assert said["imported"] == {"document": "2024 年第 1 号"}
    assert said["sentence"] == {
        "zh": "依据“2024 年第 1 号”导入：总分 91.5，等次“优秀”，排第 1。",
        "en": "Imported from 2024 年第 1 号: total 91.5, tier excellent, rank 1.",
    }
    assert "正在接受调查" in county.result("w3", "2023")["sentence"]["zh"]
    assert_problem(county.hr.get("/v1/workers/w1/results/2023/lines/visits/events"), 404, "resource.unknown")
    assert county.hr.get("/v1/outcomes/2023").json["items"] == []
    assert_problem(county.hr.get("/v1/workers/w4/results/2023"), 404, "resource.unknown")


def test_importing_again_is_the_next_revision(county: County) -> None:
    """Invariant 12: the first stays readable, and the difference is told."""
    take_in(county)
    assert take_in(county, {**ROWS[1], "tier": "excellent"}, *ROWS[2:], reason="更正")["revision"] == 2
    assert [i["subject"] for i in county.ranking("2023")] == ["worker/w2", "worker/w3"]
    assert [i["subject"] for i in county.ranking("2023", revision="1")] == ["worker/w1", "worker/w2", "worker/w3"]
    run = county.hr.get("/v1/runs?period=2023").json["items"][-1]["run"]
    said = county.hr.get(f"/v1/runs/{run}/diff").json
    assert {one["subject"]: (one["moved"], one["lines"]) for one in said["items"]} == {
        "worker/w1": (True, []),
        "worker/w2": (True, []),
    }


DEPUTIES = [{"id": w, "assignments": [{"organisation": "east", "post": "deputy", "from": "2020-01-01"}]} for w in "de"]


def test_two_years_running_count_the_first_that_was_imported(county: County) -> None:
    """The year 2025 asks the two before: 2023 and 2024 are imported; its standing follows an import at once."""
    county.state([], DEPUTIES)
    good = {"subject": "worker/d", "tier": "excellent", "total": "90"}
    take_in(county, good, {"subject": "worker/e", "tier": "competent"}, period="2024")
    assert praised(county, "d") == ([], "1", "90")
    take_in(county, {**good, "total": "95"}, {"subject": "worker/e", "tier": "excellent"})
    assert praised(county, "d") == (["praise"], "2", "92.5")
    assert praised(county, "e") == ([], "0", "0")
    [measure] = [m for m in result(county, "d")["measures"] if m["id"] == "good_years"]
    assert "(2023, 2024 imported)" in measure["sentence"]["en"]
    assert "（2023、2024 为导入结果）" in measure["sentence"]["zh"]
    for period in [*(f"2025-{month:02}" for month in range(1, 13)), "2025"]:
        for step in ("close", "publish"):
            answer = county.hr.post(f"/v1/periods/{period}/{step}?rulebook=praising")
            assert answer.status_code == 200, answer.json
    assert praised(county, "d") == (["praise"], "2", "92.5")
    run = county.hr.get("/v1/runs?period=2025").json["items"][-1]["run"]
    inputs = county.hr.get(f"/v1/runs/{run}").json["inputs"]
    assert {one["period"] for one in inputs} >= {"2023", "2024"}
    assert [one.wrong for one in verify(county.database, county.tenant_id) if one.wrong] == []


def test_tiers_without_totals_count_and_have_no_mean(county: County) -> None:
    """Missing is not zero: a year without a total is no year of the mean (invariant 13)."""
    county.state([], DEPUTIES)
    for period, total in (("2023", {}), ("2024", {"total": "88"})):
        rows = ({"subject": "worker/d", "tier": "excellent"}, {"subject": "worker/e", "tier": "excellent", **total})
        take_in(county, *rows, period=period)
    assert praised(county, "d") == (["praise"], "2", "0")
    assert praised(county, "e") == (["praise"], "2", "88")


def test_months_before_the_first_version_are_months_of_its_first_year(county: County) -> None:
    """The version rules from November on; October is imported, and a part of the year as any month."""
    started = RULEBOOK.replace("small-county", "started").replace("from: 2025-01", "from: 2025-11")
    county.rule(started.replace("[staff]", "[head]"))
    county.state([], [{"id": "h", "assignments": [{"organisation": "east", "post": "head", "from": "2020-01-01"}]}])
    october = {"subject": "worker/h", "tier": "excellent", "total": "90"}
    take_in(county, october, rulebook="started@2025-1", period="2025-10")
    answer = county.hr.post("/v1/results/import", body(october, rulebook="started@2025-1", period="2025"))
    assert_problem(answer, 409, "import.ruled")
    said = county.hr.get("/v1/workers/h/results/2025?rulebook=started").json
    [months] = [line for line in said["lines"] if line["id"] == "months"]
    assert (months["measure"], months["count"]) == ("50", 3)  # 90, 30 and 30
    assert "(2025-10 imported)" in months["sentence"]["en"]


def result(county: County, worker: str) -> dict[str, Any]:
    answer = county.hr.get(f"/v1/workers/{worker}/results/2025?rulebook=praising")
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def praised(county: County, worker: str) -> tuple[list[str], str, str]:
    said = result(county, worker)
    numbers = {one["id"]: one["number"] for one in said["measures"]}
    return [one["id"] for one in said["outcomes"]], numbers["good_years"], numbers["mean_before"]


def test_every_row_that_can_not_be_is_named_and_nothing_is_stored(county: County) -> None:
    rows = [
        {"subject": "worker/nobody", "tier": "splendid"},
        {"subject": "organisation/east", "tier": "competent"},
        {"subject": "worker/w1", "tier": "competent", "organisation": "nowhere", "total": "90.005"},
        {"subject": "worker/w1", "tier": "competent"},
    ]
    with nothing_written(county):
        answer = county.hr.post("/v1/results/import", body(*rows))
    assert assert_problem(answer, 422, "request.invalid") == [
        ("/results/0/subject", "subject.unknown"),
        ("/results/0/tier", "code.unknown"),
        ("/results/1/subject", "import.subject"),
        ("/results/2/total", "number.step"),
        ("/results/2/organisation", "organisation.unknown"),
        ("/results/3/subject", "id.repeated"),
    ]


@pytest.mark.parametrize(
    ("row", "at", "code"),
    [
        ({"subject": "worker/w1"}, "tier", "import.placed"),
        ({"subject": "worker/w1", "tier": "competent", "no_tier": "other"}, "tier", "import.placed"),
        ({"subject": "worker/w1", "no_tier": "tired"}, "no_tier", "code.unknown"),
        ({"subject": "worker/w1", "no_tier": "other", "rank": 1}, "rank", "words.exclusive"),
        ({"subject": "worker/w1", "tier": "competent", "rank": 0}, "rank", "number.whole"),
        ({"subject": "worker/w1", "tier": "competent", "rank": "1.5"}, "rank", "number.whole"),
        ({"subject": "w1", "tier": "competent"}, "subject", "subject.malformed"),
        ({"tier": "competent"}, "subject", "field.required"),
    ],
)
def test_a_row_says_one_thing(county: County, row: dict[str, Any], at: str, code: str) -> None:
    answer = county.hr.post("/v1/results/import", body(ROWS[1], row))
    assert (f"/results/1/{at}", code) in assert_problem(answer, 422, "request.invalid")


def test_what_is_ruled_is_computed_and_not_imported(county: County) -> None:
    """Whatever part of it: 2025 from its first month on."""
    for period in ("2025-03", "2025"):
        with nothing_written(county):
            answer = county.hr.post("/v1/results/import", body(period=period))
        assert_problem(answer, 409, "import.ruled")
    assert_problem(county.hr.post("/v1/results/import", body(period="2024-Q1")), 404, "period.kind")
    for version in ("praising@2024-1", "nobody@1"):
        answer = county.hr.post("/v1/results/import", body(rulebook=version))
        assert assert_problem(answer, 422, "request.invalid") == [("/rulebook", "import.version")]
    for rows in ([], [ROWS[1]] * (MOST + 1)):
        answer = county.hr.post("/v1/results/import", body(results=rows))
        assert assert_problem(answer, 422, "request.invalid") == [("/results", "import.many")]


def test_nobody_closes_corrects_or_rules_what_is_imported(county: County) -> None:
    take_in(county)
    for step, said in (("close", None), ("publish", None), ("finalise", None), ("reopen", {"reason": "x"})):
        assert_problem(county.hr.post(f"/v1/periods/2023/{step}?rulebook=praising", said), 404, "rulebook.none")
    earlier = RULEBOOK.replace("small-county", "praising").replace("2025-1", "2023-1").replace("2025-01", "2023-01")
    answer = county.hr.post_text("/v1/rulebooks", earlier.replace("[staff]", "[deputy]"), "application/yaml")
    assert answer.status_code == 201, answer.json
    with pytest.raises(Exception, match="retroactive"):
        county.let_rule("praising", "2023-1")


def test_a_dry_run_says_what_would_be_and_keeps_nothing(county: County) -> None:
    with nothing_written(county):
        answer = county.hr.post("/v1/results/import?dry_run=true", body())
    assert (answer.status_code, answer.json["run"], answer.json["revision"]) == (200, None, 1)
    assert_problem(county.hr.get("/v1/rankings/2023"), 404, "rulebook.none")
    assert answer.json["digest"] == take_in(county)["digest"]


def test_it_needs_the_scope_to_manage_results(county: County) -> None:
    reader = county.user("reader", [scope for scope in ALL_SCOPES if scope != "results:manage"], [])
    assert_problem(reader.post("/v1/results/import", body()), 403, "access.scope")


@pytest.mark.parametrize(
    "change",
    [
        "total = total + 0.01",
        "rank = 2",
        "tier_no = 2",
        "post = 'head'",
        "organisation_no = organisation_no + 1",
        "eligible = '{1}'",
        "service_days = 1",
    ],
)
def test_whatever_is_changed_of_an_import_is_noticed(county: County, change: str) -> None:
    """Invariant 5: its digest is over what was imported."""
    take_in(county)
    assert [one.wrong for one in verify(county.database, county.tenant_id)] == [[]]
    with psycopg.connect(county.url) as owner:
        query = f"UPDATE result SET {change} WHERE tenant_id = %s AND rank = 1"
        assert owner.execute(query.encode(), [county.tenant_id]).rowcount == 1
    [found] = verify(county.database, county.tenant_id)
    assert found.wrong


CSV = "\ufeffsubject,tier,no_tier,total,rank\r\nworker/w1,excellent,,91.5,1\r\n\r\nworker/w3,,under_sanction,,\r\n"
OPTIONS = ("--rulebook", "praising@2025-1", "--period", "2023", "--reason", "archive", "--document", "No. 1")


def run(monkeypatch: pytest.MonkeyPatch, county: County, file: Path, *options: str) -> Result:
    monkeypatch.setenv("DATABASE_URL", county.url)
    return CliRunner().invoke(main, ["import", "results", str(file), "--tenant", county.tenant, *options])


def test_a_file_is_imported(county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CSV of the rows with options for the rest, or JSON as it is posted."""
    file = tmp_path / "2023.csv"
    file.write_text(CSV, "utf-8")
    dry = run(monkeypatch, county, file, *OPTIONS, "--dry-run", "--json")
    assert (dry.exit_code, json.loads(dry.output)["run"]) == (0, None)
    done = run(monkeypatch, county, file, *OPTIONS, "--actor", "archivist")
    assert (done.exit_code, "2 results are praising 2023 revision 1" in done.output) == (0, True), done.output
    assert [i.get("tier") for i in county.ranking("2023")] == ["excellent", None]
    whole = tmp_path / "2022.json"
    whole.write_text(json.dumps(body(period="2022")), "utf-8")
    assert run(monkeypatch, county, whole).exit_code == 0
    assert len(county.ranking("2022")) == 3
    assert county.hr.get("/v1/runs?period=2023").json["items"][0]["published_by"] == "archivist"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", CSV + "worker/nobody,splendid,,,\n", ":5:1 subject.unknown /results/2/subject"),
        ("a.csv", CSV + "worker/w2,excellent\n", ":5:1 import.cells /results/2 has 2 cells"),
        ("a.csv", 'subject,tier\n"worker/w1,excellent\n', "can't be read as CSV"),
        ("a.csv", b"subject,tier\n\xff,excellent\n", "can't be read as CSV"),
        ("a.csv", "", "import.many"),
        ("a.json", json.dumps(body({"subject": "worker/x", "tier": "basic"}), indent=1), ":8:15 subject.unknown"),
        ("a.json", "{", "not well-formed JSON"),
        ("a.json", "[]", "is required"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_line(
    county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str | bytes, said: str
) -> None:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with nothing_written(county):
        refused = run(monkeypatch, county, file, *(OPTIONS if name == "a.csv" else ()))
    assert refused.exit_code in (1, 2)
    assert said in refused.output
    assert "Traceback" not in refused.output
