"""What a run reads of other rulebooks is published before it; and what of that is revised later marks it."""

from typing import Any

import psycopg

from tests.county import County
from tests.http.asking import assert_problem, nothing_written, rulebook, user
from tests.http.test_checklist import MARCH, checklist, odd
from tests.http.test_claims import of_communities

Said = dict[str, Any]


def of_teams(county: County, period: Any) -> County:
    """The small county, where the communities' results count for the workers; which ones, `period` says."""
    county.rule(of_communities("community", "county"))
    team = {"id": "team", "title": "社区得分", "category": "service", "ref": "第七条", "max": "40", "no_data": "zero"}
    take = {"mean": {"results": "month", "of": "organisation", "rulebook": "community", "period": period}}
    items = [rulebook()["indicators"][0], {**team, "take": take, "give": "as_is"}]
    changes: Said = {"indicators": items, "tiers": [{"id": "all", "title": "全体", "otherwise": "true"}]}
    county.rule(rulebook(version="2", effective={"from": "2025-02"}, outcomes=[], **changes))
    return county


OF_WORKERS = "?rulebook=small-county"


def step(county: County, name: str, asked: str = OF_WORKERS, **said: Any) -> Any:
    return county.hr.post(f"/v1/periods/{MARCH}/{name}{asked}", said or None)


def test_results_of_others_come_first(fresh: County) -> None:
    """An organisation that isn't appraised yet, and that the workers' results need, blocks their publication."""
    county = of_teams(fresh, "same")
    assert odd(county, "results.unpublished", asked=OF_WORKERS) == []
    [block] = checklist(county, asked=OF_WORKERS)["blocks"]
    assert (block["code"], block["about"]) == ("results.unpublished", [f"community {MARCH}"])
    assert step(county, "close").status_code == 200
    with nothing_written(county):
        answer = step(county, "publish")
        assert_problem(answer, 409, "results.unpublished")
        assert f"community {MARCH}" in answer.json["title"]
    for name in ("close", "publish"):
        assert step(county, name, "?rulebook=community").status_code == 200
    assert checklist(county, asked=OF_WORKERS)["blocks"] == []
    assert step(county, "publish").status_code == 200
    assert len(county.hr.get(f"/v1/runs/{run_of(county, 'small-county')}").json["inputs"]) == 1


def test_who_publishes_first_says_why(fresh: County) -> None:
    """Then what isn't published counts as missing; the reason is kept apart from the journal."""
    county = of_teams(fresh, "same")
    step(county, "close")
    for wrong in ({"force": {}}, {"force": {"reason": ""}}, {"force": "yes"}, {"reason": "x"}):
        assert_problem(step(county, "publish", **wrong), 422, "request.invalid")
    reason = "社区考核尚在复议"
    assert step(county, "publish", force={"reason": reason}).status_code == 200
    with psycopg.connect(county.url) as connection:
        [(kept, detail)] = connection.execute(
            "SELECT m.reason, a.detail FROM audit_entry a JOIN remark m USING (tenant_id, entry_id)"
            " WHERE tenant_id = %s AND action = 'period.publish'",
            [county.tenant_id],
        ).fetchall()
    assert (kept, detail["forced"]) == (reason, ["results.unpublished"])
    lines = county.hr.get(f"/v1/workers/w1/results/{MARCH}{OF_WORKERS}").json["lines"]
    assert {line["id"]: line["no_data"] for line in lines}["team"] == "zero"
    assert county.hr.get(f"/v1/runs/{run_of(county, 'small-county')}").json["inputs"] == []


def test_results_of_earlier_periods_are_not_waited_for(fresh: County) -> None:
    county = of_teams(fresh, {"before": "1"})
    [entry] = odd(county, "results.not_final", asked=OF_WORKERS)
    assert (entry["about"], checklist(county, asked=OF_WORKERS)["blocks"]) == (["community 2025-02"], [])
    assert step(county, "close").status_code == 200
    assert step(county, "publish").status_code == 200


def test_what_is_revised_later_marks_who_read_it(fresh: County) -> None:
    """Invariant 12: nothing moves; the workers' results say that the communities' are taken up, and then corrected."""
    county = of_teams(fresh, "same")
    for asked in ("?rulebook=community", OF_WORKERS):
        for name in ("close", "publish"):
            assert step(county, name, asked).status_code == 200
    read = {"rulebook": "community", "period": MARCH, "revision": 1}
    assert marks(county) == []
    step(county, "reopen", "?rulebook=community", reason="复核")
    assert marks(county) == [{**read, "newest": 1, "state": "closing"}]
    second = user(county, ["results:manage"])
    assert second.post(f"/v1/periods/{MARCH}/publish?rulebook=community").status_code == 200
    assert marks(county) == [{**read, "newest": 2, "state": "provisional"}]
    assert "inputs_revised" not in county.hr.get(f"/v1/rankings/{MARCH}{OF_WORKERS}&view=standing").json
    assert f'jifen_inputs_revised{{tenant="{county.tenant}"}} 1.0' in county.hr.get("/metrics").text
    step(county, "reopen", reason="复核")
    assert second.post(f"/v1/periods/{MARCH}/publish{OF_WORKERS}").status_code == 200
    assert marks(county) == []


def marks(county: County) -> Any:
    """What is marked as revised, which is the same wherever it is told."""
    [listed] = [one for one in county.hr.get("/v1/periods").json["items"] if one["rulebook"] == "small-county"]
    paths = ("rankings", "outcomes", "workers/w1/results")
    told = [county.hr.get(f"/v1/{path}/{MARCH}{OF_WORKERS}").json["inputs_revised"] for path in paths]
    told.append(county.hr.get(f"/v1/runs/{run_of(county, 'small-county')}").json["inputs_revised"])
    assert told == [listed["inputs_revised"]] * len(told)
    return listed["inputs_revised"]


def run_of(county: County, rulebook: str) -> int:
    """The last run of a rulebook."""
    return int(county.hr.get(f"/v1/runs?rulebook={rulebook}").json["items"][-1]["run"])
