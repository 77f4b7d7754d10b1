"""The sample county's year through the API: everyone placed, quotas kept, nothing counted twice, every digit right."""

import copy
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import yaml

from examples import sample_county
from oracle import appraise
from service.cases.said import of_answer
from service.cases.second_opinion import of_result
from service.database.transactions import Database
from tests.conftest import opened
from tests.county import Client, County
from tests.examples.clients import Answers, senders, whole_ranking
from tests.http.asking import as_yaml

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
COMPARED = ["2025-03", "2025-07", "2025"]
MIN_SIZE = 5


@dataclass
class Year:
    """The county with its year, and what the service answered to each event."""

    county: County
    client: Client
    answers: Answers


def posted(client: Client) -> Answers:
    """Send the year in batches of a thousand; the answers, one for each event."""
    happened = list(sample_county.events())
    answers: Answers = []
    for start in range(0, len(happened), 1000):
        answer = client.post("/v1/events", happened[start : start + 1000])
        assert answer.status_code == 200, answer.json
        answers += answer.json["items"]
    return answers


@pytest.fixture(scope="module")
def database(module_url: str) -> Iterator[Database]:
    yield from opened(module_url)


@pytest.fixture(scope="module")
def year(module_url: str, database: Database) -> Year:
    county = County.empty(module_url, database)
    county.state(sample_county.organisations(), sample_county.workers())
    county.declare(sample_county.event_types())
    county.rule(sample_county.rulebook().decode())
    [client] = senders(county, list(sample_county.SOURCES))
    return Year(county, client, posted(client))


def pools(items: Answers) -> dict[str, Answers]:
    """A ranking by peer group."""
    grouped: dict[str, Answers] = defaultdict(list)
    for item in items:
        grouped[item["group"]].append(item)
    return grouped


def test_every_event_of_the_year_is_created(year: Year) -> None:
    assert 40_000 <= len(year.answers) <= 60_000
    assert Counter(answer["result"] for answer in year.answers) == {"created": len(year.answers)}


def test_all_39_are_placed_exactly_once(year: Year) -> None:
    items = whole_ranking(year.county, "2025")
    assert sorted(item["subject"] for item in items) == [f"worker/w{n:02}" for n in range(1, 40)]
    assert all(("tier" in item) != ("no_tier" in item) for item in items)
    placed = Counter(item.get("tier") or item["no_tier"] for item in items)
    assert set(placed) == {"excellent", "competent", "basic", "incompetent", "service_short"}
    assert placed["competent"] > len(items) / 2


@pytest.mark.parametrize("period", [*MONTHS, "2025"])
def test_no_pool_has_more_than_a_fifth_of_its_ranked_excellent(year: Year, period: str) -> None:
    for pool in pools(whole_ranking(year.county, period)).values():
        ranked = [item for item in pool if item["rank"] is not None]
        assert 5 * sum(item["tier"] == "excellent" for item in ranked) <= len(ranked)


@pytest.mark.parametrize(("period", "outcome"), [*((month, "reminder") for month in MONTHS), ("2025", "talk")])
def test_the_last_of_each_pool_are_named_and_nobody_else(year: Year, period: str, outcome: str) -> None:
    items = whole_ranking(year.county, period)
    last = set()
    for pool in pools(items).values():
        assert len(pool) >= MIN_SIZE, "the sample's groups are of full size"
        ranked = [item for item in pool if item["rank"] is not None]
        worst = max(item["rank"] for item in ranked)
        last |= {item["subject"] for item in ranked if item["rank"] == worst}
    assert {item["subject"] for item in items if outcome in item["outcomes"]} == last
    assert len(last) >= 3


def test_what_follows_from_the_year(year: Year) -> None:
    named = defaultdict(set)
    for item in whole_ranking(year.county, "2025"):
        for outcome in item["outcomes"]:
            named[outcome].add(item["subject"])
    assert named["training_makeup"] == {"worker/w29"}
    assert named["post_lowered"] == {"worker/w29", "worker/w32", "worker/w35"}
    assert len(named["commended"]) == 6
    assert len(named["pay_coefficient"]) == 37, "everyone with a tier"


def test_the_water_main_is_in_the_result_of_who_followed_it_up(year: Year) -> None:
    asked = "/v1/workers/w17/results/2025-06/lines/task_on_time/events"
    behind = year.county.hr.get(asked).json["items"]
    assert ("hotline.yunhe.example", "task-water-main-closed") in {(e["source"], e["id"]) for e in behind}


def test_fewer_points_for_visits_move_the_lines_of_visits_alone(year: Year) -> None:
    """A draft on the real events of a month and of the year: who moves, by which lines, and everything adds up."""
    book = yaml.load(sample_county.rulebook(), Loader=yaml.BaseLoader)
    for version, points in (("same", ["0", "20"]), ("fewer", ["0", "15"])):
        draft = {**copy.deepcopy(book), "version": version}
        [visits] = [item for item in draft["indicators"] if item["id"] == "visits"]
        visits["give"]["linear"]["to"] = points
        assert year.county.hr.post_text("/v1/rulebooks", as_yaml(draft), "application/yaml").status_code == 201
    expected = {"2025-03": {("indicator", "visits"), ("category_cap", "duty")}, "2025": {("part", "months")}}
    for period, lines in expected.items():
        same, fewer = (_tried(year, f"{book['rulebook']}@{version}", period) for version in ("same", "fewer"))
        assert (same["movers"], same["counts"]["moved"]) == ([], 0)
        assert fewer["counts"]["totals_changed"] > 30
        before = {item["subject"]: item["total"] for item in whole_ranking(year.county, period)}
        for mover in fewer["movers"]:
            assert mover["before"]["total"] == before[mover["subject"]]
            moved = {(line["kind"], line["id"]): Decimal(line["difference"]) for line in mover["lines"]}
            assert moved.keys() <= lines
            assert sum(moved.values()) == Decimal(mover["difference"])
            assert Decimal(mover["after"]["total"]) - Decimal(mover["before"]["total"]) == Decimal(mover["difference"])


def _tried(year: Year, label: str, period: str) -> Any:
    answer = year.county.hr.post("/v1/trials?limit=5000", {"rulebook": label, "period": period})
    assert answer.status_code == 200, answer.json
    return answer.json


def test_posting_the_year_again_changes_nothing(year: Year) -> None:
    before = {period: year.county.hr.get(f"/v1/rankings/{period}?limit=1000").data for period in [*MONTHS, "2025"]}
    again = posted(year.client)
    assert Counter(answer["result"] for answer in again) == {"duplicate": len(year.answers)}
    for period, ranking in before.items():
        assert year.county.hr.get(f"/v1/rankings/{period}?limit=1000").data == ranking


@pytest.mark.parametrize("period", COMPARED)
def test_every_digit_is_what_the_oracle_says(year: Year, period: str) -> None:
    roster = {"organisations": sample_county.organisations(), "workers": sample_county.workers()}
    rulebook = yaml.load(sample_county.rulebook(), Loader=yaml.BaseLoader)
    expected = appraise(rulebook, sample_county.event_types(), roster, resolved_events(), period)
    step = rulebook["numbers"]["step"]
    found = {
        item["subject"]: of_answer(year.county.result(item["subject"].removeprefix("worker/"), period))
        for item in whole_ranking(year.county, period)
    }
    assert found == {subject: of_result(result, step) for subject, result in expected.items()}


def resolved_events() -> list[dict[str, Any]]:
    """The year, each event about the worker whom the sender means."""
    meant = {
        (alias["source"], f"worker/{alias['id']}"): f"worker/{worker['id']}"
        for worker in sample_county.workers()
        for alias in worker["aliases"]
    }
    return [
        {**event, "subject": meant.get((event["source"], event["subject"]), event["subject"])}
        for event in sample_county.events()
    ]
