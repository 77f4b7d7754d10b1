"""What there is to tell of a large district in six years: its communities, its people, and what is said of them.

Nine communities in two streets, 25 people on one ladder.
"""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from tests.county import SOURCE

EXAMPLE = Path(__file__).parents[2] / "examples" / "chongchuan"
YEARS = range(2020, 2026)
Said = dict[str, Any]

STREETS = {"river": ["lotus", "pine", "plum", "willow", "reed"], "hill": ["orchid", "cedar", "bamboo", "maple"]}
FOUNDED = {"reed": 2024}
DISTRICT: list[Said] = [
    {"id": "chongchuan", "kind": "district", "title": "崇川区（示例）"},
    *({"id": street, "kind": "street", "title": street, "parent": "chongchuan"} for street in STREETS),
]

# Party, civility and governance: 19 + 19 + (9 + 10) and 25 for safety are 82 points, unless told.
ORDINARY = (19, 19, 9)
COMPONENTS = {
    "lotus": dict.fromkeys(YEARS, (24, 24, 14)),
    "pine": dict.fromkeys(YEARS, (23, 23, 13)),
    "reed": dict.fromkeys(YEARS, (22, 22, 12)),
    # From 2022 on better than most, but for civility.
    "maple": dict.fromkeys((2022, 2023, 2024, 2025), (25, 17, 15)),
}
INCIDENTS = {2021: [("pine", "2021-04-06"), ("pine", "2021-09-13")]}
# These came to light when the people of 2025 had their results.
FOUND_LATE = [("pine", "2025-11-20"), ("pine", "2025-12-02")]

# Post and place on the days [from, to).
Career = list[tuple[str, str, str, str | None]]
SECRETARIES: dict[str, Career] = {
    "lotus-1": [("lotus", "secretary", "2014-01-01", None)],
    # 24 months, away for almost two years, and back: one day short of 72 months at the end of 2024.
    "pine-1": [("pine", "secretary", "2017-03-01", "2019-03-01"), ("pine", "secretary", "2021-01-02", None)],
    "plum-1": [("plum", "secretary", "2010-01-01", "2024-01-01"), ("reed", "secretary", "2024-01-01", None)],
    "willow-1": [("willow", "secretary", "2012-01-01", None)],
    # Leaves for the civil service; 181 days of 2023 are enough for a result.
    "orchid-1": [("orchid", "secretary", "2011-01-01", "2023-07-01")],
    "orchid-2": [("orchid", "secretary", "2023-07-01", None)],
    **{f"{place}-1": [(place, "secretary", "2016-01-01", None)] for place in ("cedar", "bamboo", "maple")},
}
OTHERS: dict[str, Career] = {
    # A grid worker who becomes reserve, community worker and deputy, each in the middle of a year.
    "climber": [
        ("lotus", "grid_worker", "2020-01-01", "2022-05-01"),
        ("lotus", "reserve", "2022-05-01", "2023-05-01"),
        ("pine", "community_worker", "2023-05-01", "2024-08-15"),
        ("cedar", "deputy", "2024-08-15", None),
    ],
    **{f"grid-{n}": [("lotus", "grid_worker", "2020-01-01", None)] for n in range(2, 7)},
    "newcomer": [("cedar", "grid_worker", "2025-08-01", None)],
    **{f"reserve-{n}": [("willow", "reserve", "2020-01-01", None)] for n in range(1, 3)},
    **{f"worker-{n}": [("maple", "community_worker", "2019-01-01", None)] for n in range(1, 5)},
    "deputy-1": [("plum", "deputy", "2018-01-01", "2024-01-01"), ("plum", "secretary", "2024-01-01", None)],
    "deputy-2": [("bamboo", "deputy", "2018-01-01", None)],
    "deputy-3": [("orchid", "deputy", "2018-01-01", None)],
}
CAREERS = {**SECRETARIES, **OTHERS}

# Solid service, results, and the residents' stars. Fewer than three ratings give 18, so 34 + 25 + 18 = 77, unless told.
PLAIN = (34, 25, ())
EVERY_YEAR = {
    "lotus-1": (36, 27, ()),  # 81
    "pine-1": (38, 29, ()),  # 85
    "plum-1": (37, 27, ()),  # 82
    "deputy-1": (35, 26, ()),  # 79
    "deputy-2": (36, 27, ()),  # 81
    **{f"grid-{n}": (30, 20, ()) for n in range(4, 7)},  # 68
}
OF_A_YEAR = {
    (2021, "climber"): (38, 28, (5, 5, 4)),
    (2021, "grid-2"): (39, 29, (5, 5)),
    (2021, "grid-3"): (34, 24, (4, 4, 5)),
    (2022, "climber"): (36, 26, (4, 4, 5)),
    (2023, "climber"): (38, 29, (5, 5, 5)),
    (2024, "grid-3"): (34, 25, (5, 5)),
}
APPOINTED = {
    2020: [("willow-1", "2020-06-15", "institution")],
    2022: [("orchid-1", "2022-06-20", "institution")],
    2023: [("orchid-1", "2023-06-30", "civil_service")],
}
HONOURS = {2022: [("deputy-1", "2022-06-28", "provincial")]}


def event_types() -> dict[str, Said]:
    """The kinds of events of the example."""
    return dict(yaml.safe_load((EXAMPLE / "event_types.yaml").read_text()))


def roster(year: int) -> Said:
    """The roster as it is known at the end of a year."""
    until = f"{year + 1}-01-01"
    places = [
        {"id": place, "kind": "community", "title": place, "parent": street}
        for street, its in STREETS.items()
        for place in its
        if FOUNDED.get(place, year) <= year
    ]
    workers: list[Said] = []
    for identifier, career in CAREERS.items():
        begun = [one for one in career if one[2] < until]
        assignments: list[Said] = [
            {"organisation": place, "post": post, "from": since} | ({"to": to} if to and to <= until else {})
            for place, post, since, to in begun
        ]
        workers += [{"id": identifier, "assignments": assignments}] if begun else []
    return {"organisations": [*DISTRICT, *places], "workers": workers}


def events(year: int) -> list[Said]:
    """What happened in a year."""
    return [*_of_communities(year), *_of_people(year)]


def _of_communities(year: int) -> Iterator[Said]:
    for place in (place for its in STREETS.values() for place in its if FOUNDED.get(place, year) <= year):
        points = COMPONENTS.get(place, {}).get(year, ORDINARY)
        for component, given in zip(("party", "civility", "governance"), points, strict=True):
            yield _event("community.assessed", f"organisation/{place}", str(year), component=component, points=given)
    for place, day in INCIDENTS.get(year, ()):
        yield incident(place, day)


def incident(place: str, day: str) -> Said:
    """An incident in a community."""
    return _event("safety.incident", f"organisation/{place}", day, evidence=f"record of {day}")


def _of_people(year: int) -> Iterator[Said]:
    for identifier, career in CAREERS.items():
        if any(since <= f"{year}-12-31" and (to or "9999") > f"{year}-01-01" for _, _, since, to in career):
            solid, results, stars = OF_A_YEAR.get((year, identifier), EVERY_YEAR.get(identifier, PLAIN))
            subject = f"worker/{identifier}"
            yield _event("worker.assessed", subject, str(year), part="solid", points=solid)
            yield _event("worker.assessed", subject, str(year), part="results", points=results)
            for given in stars:
                yield _event("rating.resident", subject, f"{year}-04-01", stars=given)
    for identifier, day, into in APPOINTED.get(year, ()):
        yield _event("post.appointed", f"worker/{identifier}", day, into=into, document=f"order of {day}")
    for identifier, day, level in HONOURS.get(year, ()):
        yield _event("honour.awarded", f"worker/{identifier}", day, level=level, case=f"honour of {day}")


_ids = count(1)


def _event(type_: str, subject: str, when: str, **data: Any) -> Said:
    """An event of a day at noon, or of a year."""
    noon = f"{when if '-' in when else f'{when}-12-31'}T12:00:00+08:00"
    dated = {"time": noon} if "-" in when else {"time": noon, "period": when}
    head = {"specversion": "1.0", "id": f"chongchuan-{next(_ids)}", "source": SOURCE}
    return {**head, "type": type_, "subject": subject, **dated, "data": data}
