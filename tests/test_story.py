"""The main job, end to end: events in over HTTP, points, ranks and tiers out, every number explained."""

from tests.county import County, event, rating, visit


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
