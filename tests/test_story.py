"""The main job, end to end: events in over HTTP, points, ranks and tiers out, every number explained."""

from tests.county import RULEBOOK, County, event, rating, visit


def test_events_become_points_ranks_and_tiers(county: County) -> None:
    answers = county.send(
        *(visit("w1", f"h{n}") for n in range(6)),
        *(visit("w2", f"h{n}") for n in range(5)),
        rating("w1", 5),
        rating("w1", "4"),
        event("violation.complaint", "w3"),
    )
    assert {a["result"] for a in answers} == {"created"}
    ranking = county.ranking("2025-03")
    assert [(i["subject"], i["rank"], i["total"], i["tier"]) for i in ranking[:3]] == [
        ("worker/w1", 1, "95.00", "excellent"),
        ("worker/w2", 2, "80.00", "competent"),
        ("worker/w4", 3, "30.00", "incompetent"),
    ]
    result = county.result("w3", "2025-03")
    assert result["total"] == "27.00"
    assert [(line["id"], line["points"]) for line in result["lines"]] == [
        ("visits", "0.00"),
        ("rating", "30.00"),
        ("complaint", "-3.00"),
    ]
    assert [o["id"] for o in result["outcomes"]] == ["talk"]
    year = county.ranking("2025")
    assert len(year) == 6


def test_points_come_from_the_rulebook_alone(county: County) -> None:
    """Invariant 4: an event is worth what the version of its month says; the event itself says nothing."""
    county.rule(
        RULEBOOK.replace("version: 2025-1", "version: 2025-2")
        .replace("from: 2025-01", "from: 2025-04")
        .replace("give: {each: 10}", "give: {each: 5}")
    )
    march, april = visit("w1", "h1"), visit("w1", "h1", "2025-04-10T09:00:00+08:00")
    answers = county.send(march, april)
    assert county.result("w1", "2025-03")["lines"][0]["points"] == "10.00"
    assert county.result("w1", "2025-04")["lines"][0]["points"] == "5.00"
    stored = county.sender.get(f"/v1/events/{answers[0]['event']}").json
    assert stored is not None
    assert stored["data"] == {"household": "h1"}
    assert not {"points", "total"} & stored.keys()


def test_an_assessors_points_are_an_event_and_a_line(county: County) -> None:
    """Invariant 4: nobody types a total; what an assessor gives stands in the explanation."""
    county.send({**event("assess.annual", "w1", points="90"), "period": "2025"})
    lines = {line["id"]: line for line in county.result("w1", "2025")["lines"]}
    assert (lines["annual"]["measure"], lines["annual"]["points"]) == ("90", "27.00")
    behind = county.hr.get("/v1/workers/w1/results/2025/lines/annual/events").json
    assert behind is not None
    assert [e["number"] for e in behind["items"]] == ["90"]
