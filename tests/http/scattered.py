"""A county whose totals are left to chance, with many ties, for tests that judge by sorting and counting in Python."""

import random
from typing import Any

from tests.county import TYPES, County, rating, visit
from tests.http.asking import rulebook

PERIODS = ("2025-03", "2025-04", "2025-05")
TREE = {"north": ["n1", "n2", "n3"], "south": ["s1", "s2"]}
Item = dict[str, Any]


def make(module_url: str, shared: County) -> County:
    """Forty workers in two posts, in communities and streets, with points by chance; March is published."""
    county = County.empty(module_url, shared.database)
    randomness = random.Random(7)
    organisations = [{"id": "county", "kind": "county", "title": "county"}]
    for street, communities in TREE.items():
        organisations.append({"id": street, "kind": "street", "title": street, "parent": "county"})
        organisations += [{"id": c, "kind": "community", "title": c, "parent": street} for c in communities]
    places = [organisation["id"] for organisation in organisations[1:]]
    workers = [f"w{n:02}" for n in randomness.sample(range(100), 40)]
    county.state(
        organisations,
        [
            {
                "id": w,
                "assignments": [
                    {
                        "organisation": randomness.choice(places),
                        "post": randomness.choice(["staff", "head"]),
                        "from": "2025-03-28" if randomness.random() < 0.1 else "2024-01-01",
                    }
                ],
            }
            for w in workers
        ],
    )
    county.declare(TYPES)
    county.rule(
        rulebook(
            applies_to={"posts": ["staff", "head"], "under": "county"},
            participation={"min_service_days": {"month": "10"}},
            lists=[{"id": "all_posts", "title": "all", "by": ["street"], "method": "competition", "ref": "1"}],
        )
    )
    for period in PERIODS:
        time = f"{period}-10T09:00:00+08:00"
        events = [visit(w, f"h{n}", time) for w in workers for n in range(randomness.randrange(4))]
        county.send(*events, *(rating(w, 5, time) for w in randomness.sample(workers, 9) for _ in range(2)))
    county.hr.post("/v1/periods/2025-03/close")
    assert county.hr.post("/v1/periods/2025-03/publish").status_code == 200
    return county


def whole(county: County, period: str, query: str = "") -> list[Item]:
    """All that there is, on one page."""
    answer = county.hr.get(f"/v1/rankings/{period}?limit=5000{query}")
    assert answer.status_code == 200, answer.json
    assert answer.json["next"] is None
    return list(answer.json["items"])
