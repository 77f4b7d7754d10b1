"""Late events under `late: carry`: counted where they are carried, listed with the place, let in by name or not."""

from typing import Any

import pytest

from service import journal, runs
from service.periods import parse
from service.verification import verify
from tests.computation import worlds
from tests.county import County, event, visit
from tests.http.asking import assert_problem, nothing_written, rulebook
from tests.http.test_differences import amend, correct, drift, movers, publish, reverse

FEBRUARY, MARCH, APRIL, MAY = "2025-02", "2025-03", "2025-04", "2025-05"
REASON = {"reason": "核实后更正"}


@pytest.fixture
def carrying(fresh: County) -> County:
    """The small county under a second version, by which late events are carried."""
    periods = {**rulebook()["periods"], "late": "carry"}
    fresh.rule(rulebook(version="2", effective={"from": FEBRUARY}, periods=periods))
    return fresh


def total(county: County, period: str, worker: str = "w1", **query: Any) -> str:
    """A total of the standing, or as it is asked for."""
    asked = "&".join(f"{key}={value}" for key, value in ({"view": "standing"} | query).items())
    answer = county.hr.get(f"/v1/workers/{worker}/results/{period}?{asked}")
    assert answer.status_code == 200, answer.json
    return str(answer.json["total"])


def places(county: County, period: str) -> list[tuple[str, str | None, str]]:
    """Each late event of a period, where it counts, and why; told in both languages."""
    items = county.hr.get(f"/v1/periods/{period}/late").json["items"]
    for item in items:
        said = item["because"]["sentence"]
        assert not said["zh"].isascii()
        assert said["en"].isascii()
        if item["counts_in"]:
            assert item["counts_in"] in said["zh"]
            assert item["counts_in"] in said["en"]
    return [(item["event"], item["counts_in"], item["because"]["code"]) for item in items]


def published(county: County, period: str, watermark: int) -> None:
    """Publish a period up to a position, as a request does that is slower than those after it."""
    with county.database.transaction(county.tenant_id) as transaction:
        runs.publish(transaction, "hr", parse(period), None, watermark)


def assert_verified(county: County) -> None:
    """Invariant 5: every run is found again."""
    assert [one for one in verify(county.database, county.tenant_id) if one.wrong] == []


def test_a_late_event_counts_in_the_next_period_and_its_reversal_there(carrying: County) -> None:
    """Invariant 3: a reversal takes effect where its event counts."""
    publish(carrying)
    [late] = carrying.send(visit("w1", "h1"))
    assert places(carrying, MARCH) == [(late["event"], APRIL, "carried")]
    assert (total(carrying, MARCH), total(carrying, APRIL), total(carrying, MAY)) == ("30.00", "40.00", "30.00")
    [behind] = carrying.hr.get(f"/v1/workers/w1/results/{APRIL}/lines/visits/events").json["items"]
    assert behind["event"] == late["event"]
    publish(carrying, APRIL)
    reverse(carrying, late["event"])
    assert places(carrying, MARCH) == [(late["event"], None, "reversed")]
    assert (total(carrying, APRIL, view="current"), total(carrying, APRIL)) == ("40.00", "30.00")
    assert movers(drift(carrying, APRIL))["worker/w1"] == [("reversed", "worker/w1")]
    correct(carrying, APRIL)
    assert [total(carrying, APRIL, view="current", revision=n) for n in (1, 2)] == ["40.00", "30.00"]
    assert_verified(carrying)


def test_what_is_late_for_the_next_period_too_is_carried_further(carrying: County) -> None:
    publish(carrying)
    [first] = carrying.send(visit("w1", "h1"))
    publish(carrying, APRIL)
    [second] = carrying.send(visit("w1", "h2"))
    assert places(carrying, MARCH) == [(first["event"], APRIL, "carried"), (second["event"], MAY, "carried")]
    assert (total(carrying, APRIL), total(carrying, MAY)) == ("40.00", "40.00")
    assert drift(carrying, APRIL)["items"] == []
    assert_verified(carrying)


def test_an_event_waits_for_nothing_where_the_next_period_is_published_first(carrying: County) -> None:
    """April before March: what comes before March is published counts in March, what comes after in May."""
    publish(carrying, APRIL)
    carrying.send(visit("w1", "h1"))
    assert (total(carrying, MARCH), total(carrying, MAY)) == ("40.00", "30.00")
    publish(carrying)
    [late] = carrying.send(visit("w1", "h2"))
    assert places(carrying, MARCH) == [(late["event"], MAY, "carried")]
    assert (total(carrying, MARCH), total(carrying, APRIL), total(carrying, MAY)) == ("40.00", "30.00", "40.00")
    assert_verified(carrying)


def test_a_late_event_is_let_in_by_name_and_no_longer_carried(carrying: County) -> None:
    publish(carrying)
    [late] = carrying.send(visit("w1", "h1"))
    assert total(carrying, APRIL) == "40.00"
    correct(carrying, admit=[late["event"]])
    assert places(carrying, MARCH) == [(late["event"], MARCH, "admitted")]
    assert (total(carrying, MARCH, view="current"), total(carrying, APRIL)) == ("40.00", "30.00")
    publish(carrying, APRIL)
    assert_verified(carrying)


def test_what_counts_in_a_published_period_is_let_in_once_that_is_reopened(carrying: County) -> None:
    """Nothing counts twice, and nothing leaves a published period without a correction of it."""
    publish(carrying)
    [late] = carrying.send(visit("w1", "h1"))
    publish(carrying, APRIL)
    with nothing_written(carrying):
        answer = carrying.hr.post(f"/v1/periods/{MARCH}/reopen", {**REASON, "admit": [late["event"]]})
        assert assert_problem(answer, 422, "request.invalid") == [("/admit/0", "event.carried")]
        assert APRIL in answer.json["errors"][0]["detail"]
    carrying.hr.post(f"/v1/periods/{APRIL}/reopen", REASON)
    correct(carrying, admit=[late["event"]])
    said = drift(carrying, APRIL)
    assert movers(said)["worker/w1"] == [("let_in", "worker/w1")]
    publish(carrying, APRIL, carrying.user("second", ["results:manage", "results:read"], []))
    assert [total(carrying, period, view="current") for period in (MARCH, APRIL)] == ["40.00", "30.00"]
    assert_verified(carrying)


def test_the_year_sees_an_event_by_its_own_day(carrying: County) -> None:
    """A year is made of its months, in which the event counts once, and carries what is late for itself to the next."""
    months = [f"2025-{month:02}" for month in range(1, 13)]
    for month in months[:3]:
        publish(carrying, month)
    carrying.send(visit("w1", "h1"))
    for month in months[3:]:
        publish(carrying, month)
    assert total(carrying, APRIL) == "40.00"
    # (11 × 30 + 40) ÷ 12 × 70 % + 20
    assert total(carrying, "2025") == "41.58"
    publish(carrying, "2025")
    annual = {**event("assess.annual", "w1", "2026-01-20T09:00:00+08:00", points="100"), "period": "2025"}
    [late, other] = carrying.send(annual, visit("w1", "h2", "2025-12-30T09:00:00+08:00"))
    assert places(carrying, "2025") == [(late["event"], "2026", "carried"), (other["event"], "2026", "carried")]
    assert places(carrying, "2025-12") == [(other["event"], "2026-01", "carried")]
    assert (total(carrying, "2025"), total(carrying, "2026-01")) == ("41.58", "40.00")
    lines = carrying.hr.get("/v1/workers/w1/results/2026").json["lines"]
    assert {line["id"]: line["points"] for line in lines}["annual"] == "30.00"
    assert_verified(carrying)


def test_what_replaces_a_late_event_is_carried_with_it(carrying: County) -> None:
    """And what replaces an event that came in time counts where that did, by a correction."""
    [in_time] = carrying.send(visit("w1", "h1"))
    publish(carrying)
    [late] = carrying.send(visit("w1", "h2"))
    publish(carrying, APRIL)
    other, another = (amend(carrying, one["event"], visit("w2", "h3")) for one in (late, in_time))
    assert set(places(carrying, MARCH)) == {
        (late["event"], None, "reversed"),
        (other, APRIL, "carried"),
        (another, MARCH, "replacement"),
    }
    assert [total(carrying, p, w) for p in (MARCH, APRIL, MAY) for w in ("w1", "w2")] == ["30.00", "40.00"] * 2 + [
        "30.00",
        "30.00",
    ]
    assert ("replacement", "worker/w2") in movers(drift(carrying, APRIL))["worker/w2"]
    assert_verified(carrying)


def test_by_refuse_a_late_event_counts_nowhere(fresh: County) -> None:
    """As where nothing is said; and the version that rules the later period decides."""
    periods = {**rulebook()["periods"], "late": "refuse"}
    fresh.rule(rulebook(version="2", effective={"from": FEBRUARY}, periods=periods))
    fresh.rule(rulebook(version="3", effective={"from": MAY}, periods={**periods, "late": "carry"}))
    publish(fresh)
    [late] = fresh.send(visit("w1", "h1"))
    assert places(fresh, MARCH) == [(late["event"], None, "refused")]
    assert [total(fresh, period) for period in (MARCH, APRIL, MAY)] == ["30.00"] * 3
    publish(fresh, APRIL)
    [later] = fresh.send(visit("w1", "h2"))
    assert places(fresh, MARCH) == [(late["event"], None, "refused"), (later["event"], MAY, "carried")]
    assert [total(fresh, period) for period in (MARCH, APRIL, MAY)] == ["30.00", "30.00", "40.00"]


def test_what_was_published_unseen_makes_events_late_for_what_was_read_before(carrying: County) -> None:
    """Invariant 9: April was read up to a later position than the one up to which March is published."""
    watermark = journal.sealed(carrying.database, carrying.tenant_id)
    carrying.hr.post(f"/v1/periods/{MARCH}/close")
    carrying.send(visit("w1", "h1"))
    assert (total(carrying, MARCH), total(carrying, APRIL)) == ("40.00", "30.00")
    published(carrying, MARCH, watermark)
    assert (total(carrying, MARCH), total(carrying, APRIL)) == ("30.00", "40.00")
    assert_verified(carrying)


def test_no_first_revision_holds_less_than_a_run_that_is_there(carrying: County) -> None:
    """Invariant 5: April was published as though March weren't, with all that its events were then."""
    watermark = journal.sealed(carrying.database, carrying.tenant_id)
    carrying.hr.post(f"/v1/periods/{MARCH}/close")
    carrying.send(visit("w1", "h1"))
    publish(carrying, APRIL)
    published(carrying, MARCH, watermark)
    assert [total(carrying, period, view="current") for period in (MARCH, APRIL)] == ["40.00", "30.00"]
    assert_verified(carrying)


def test_what_is_let_in_meanwhile_is_not_carried_too(carrying: County) -> None:
    """April is published up to a position before the one at which March was reopened for the event."""
    publish(carrying)
    [late] = carrying.send(visit("w1", "h1"))
    carrying.hr.post(f"/v1/periods/{APRIL}/close")
    watermark = journal.sealed(carrying.database, carrying.tenant_id)
    answer = carrying.hr.post(f"/v1/periods/{MARCH}/reopen", {**REASON, "admit": [late["event"]]})
    assert answer.status_code == 200
    published(carrying, APRIL, watermark)
    publish(carrying, MARCH, carrying.user("second", ["results:manage", "results:read"], []))
    assert [total(carrying, period, view="current") for period in (MARCH, APRIL)] == ["40.00", "30.00"]
    assert_verified(carrying)


def test_a_year_follows_what_is_carried_into_its_months(carrying: County) -> None:
    """Invariant 9: the event is of the year before, which isn't published and sees it by its own day."""
    publish(carrying, "2025-12")
    before = total(carrying, "2026")
    carrying.send(visit("w1", "h1", "2025-12-30T09:00:00+08:00"))
    assert total(carrying, "2026") > before
    assert worlds.digest(carrying, "2026") == worlds.digest(carrying, "2026", full=True)
