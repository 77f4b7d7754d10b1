"""/v1/rankings/{period}/statistics: counted and measured again in Python, from the items of the ranking."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.county import County
from tests.http.asking import assert_problem
from tests.http.scattered import PERIODS, TREE, Item, make, whole
from tests.http.test_rankings import pages

STREET_OF = {c: street for street, communities in TREE.items() for c in [street, *communities]}
FILTERS = ["", "under=north", "group=head", "tier=incompetent", "no_tier=service_short", "group=nobody"]


@pytest.fixture(scope="module")
def scattered(module_url: str, shared: County) -> County:
    """A county whose totals are left to chance."""
    return make(module_url, shared)


def statistics(county: County, period: str, query: str = "") -> Any:
    """What the service says."""
    answer = county.hr.get(f"/v1/rankings/{period}/statistics?{query}")
    assert answer.status_code == 200, answer.json
    return answer.json


def totals(items: list[Item]) -> list[Decimal]:
    """The totals of the ranked, the least first."""
    return sorted(Decimal(i["total"]) for i in items if i["rank"] is not None)


def mean(numbers: list[Decimal]) -> str | None:
    """Half away from zero, to the step."""
    if not numbers:
        return None
    return str((sum(numbers, Decimal()) / len(numbers)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def part(items: list[Item]) -> Item:
    """What some items come to."""
    tiers = Counter(i["tier"] for i in items if "tier" in i)
    numbers = totals(items)

    def reached(percent: int) -> str:
        """The least total that at least so many per cent of all don't exceed."""
        return str(next(n for n in numbers if sum(m <= n for m in numbers) * 100 >= percent * len(numbers)))

    quantiles = {"p10": 10, "p25": 25, "median": 50, "p75": 75, "p90": 90}
    measured = {"mean": mean(numbers), "least": str(numbers[0]), "most": str(numbers[-1])} if numbers else {}
    return {
        "due": len(items),
        "appraised": tiers.total(),
        "ranked": len(numbers),
        "tiers": {**tiers},
        "no_tier": {**Counter(i["no_tier"] for i in items if "no_tier" in i)},
        "totals": measured | {name: reached(percent) for name, percent in quantiles.items()} if numbers else None,
    }


def told(said: Item) -> Item:
    """The same of what the service says."""
    return {
        **{name: said[name] for name in ("due", "appraised", "ranked", "totals")},
        "tiers": {one["tier"]: one["subjects"] for one in said["tiers"]},
        "no_tier": {one["no_tier"]: one["subjects"] for one in said["no_tier"]},
    }


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("period", PERIODS)
def test_the_whole_and_every_group_come_to_what_their_items_do(scattered: County, period: str, filters: str) -> None:
    """Invariant 10 among others: everyone is counted once, under one tier or one reason."""
    items = whole(scattered, period, f"&{filters}")
    said = statistics(scattered, period, filters)
    assert told(said["all"]) == part(items)
    groups = sorted({item["group"] for item in items})
    assert [one["group"] for one in said["groups"]] == groups
    for one in said["groups"]:
        assert told(one) == part([item for item in items if item["group"] == one["group"]])


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("by", ["", "street", "community", "county"])
def test_means_by_organisation(scattered: County, by: str, filters: str) -> None:
    def place(item: Item) -> str | None:
        where: str = item["organisation"]
        at = {"": where, "street": STREET_OF[where], "community": where, "county": "county"}
        return None if by == "community" and where in TREE else at[by]

    items = whole(scattered, "2025-03", f"&{filters}")
    said = statistics(scattered, "2025-03", f"{filters}&by={by}" if by else filters)["organisations"]
    places = sorted({found for item in items if (found := place(item)) is not None})
    assert [one["organisation"] for one in said] == places
    for one in said:
        here = [item for item in items if place(item) == one["organisation"]]
        assert (one["due"], one["ranked"], one["mean"]) == (len(here), len(totals(here)), mean(totals(here)))


@pytest.mark.parametrize("period", PERIODS)
def test_the_distribution_holds_every_ranked_total_once(scattered: County, period: str) -> None:
    numbers = totals(whole(scattered, period))
    bands = statistics(scattered, period)["distribution"]
    for band in bands:
        low, high = Decimal(band["at_least"]), Decimal(band["below"])
        assert high - low == 10  # a tenth of full points
        assert band["subjects"] == sum(low <= number < high for number in numbers) > 0
    assert sum(band["subjects"] for band in bands) == len(numbers)


def test_statistics_are_tagged(scattered: County) -> None:
    path = "/v1/rankings/2025-03/statistics"
    tag = scattered.hr.get(path).headers["ETag"]
    assert scattered.hr.get(path, If_None_Match=tag).status_code == 304


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("by=village", "/by", "code.unknown"),
        ("by=cohort", "/by", "code.unknown"),
        ("under=nowhere", "/under", "subject.unknown"),
        ("limit=5", "/limit", "field.unknown"),
    ],
)
def test_what_cannot_be_counted_is_refused(scattered: County, query: str, pointer: str, code: str) -> None:
    answer = scattered.hr.get(f"/v1/rankings/2025-03/statistics?{query}")
    assert assert_problem(answer, 422, "request.invalid") == [(pointer, code)]


@pytest.fixture
def imported(fresh: County) -> County:
    """Results of 2024 on paper: of some only the tier is known."""
    rows = [
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
        {"subject": "worker/w4", "tier": "basic", "total": "61", "rank": 2},
    ]
    asked = {"rulebook": "small-county@2025-1", "period": "2024", "reason": "files", "document": "No. 1 of 2025"}
    answer = fresh.hr.post("/v1/results/import", {**asked, "results": rows})
    assert answer.status_code == 200, answer.json
    return fresh


def test_what_an_import_does_not_say_comes_last_and_counts_for_nothing(imported: County) -> None:
    orders = {
        "total": ["w4", "w1", "w2", "w3"],
        "-total": ["w1", "w4", "w2", "w3"],
        "organisation": ["w4", "w2", "w3", "w1"],
    }
    for sort, workers in orders.items():
        items = [item for page in pages(imported, f"/v1/rankings/2024?sort={sort}", 1) for item in page]
        assert [item["subject"].removeprefix("worker/") for item in items] == workers
    said = statistics(imported, "2024")
    assert (said["all"]["due"], said["all"]["ranked"], said["all"]["totals"]["mean"]) == (4, 2, "76.25")
    assert [(one["organisation"], one["mean"]) for one in said["organisations"]] == [("east", "91.50")]
    items = whole(imported, "2024", "&ranks_in=community,cohort")
    assert [item["ranks"]["cohort"] and item["ranks"]["cohort"]["rank"] for item in items] == [1, 2, None, None]
