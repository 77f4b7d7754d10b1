"""Six years of a large district: its communities, its people, what is said of them each year, and who decides when.

Nine communities in two streets, 26 people on one ladder. What happens here is told over HTTP, year after year, on the
day it happens; what the service answers to steps that pass away (a refusal, a mark, a drift) is kept for the tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from tests.county import ALL_SCOPES, SOURCE, Client, County
from tests.http.noticed import on

EXAMPLE = Path(__file__).parents[2] / "examples" / "chongchuan"
COMMUNITIES, PEOPLE = "chongchuan-community", "chongchuan-worker"
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
}
APPOINTED = {
    2020: [("willow-1", "2020-06-15", "institution")],
    2022: [("orchid-1", "2022-06-20", "institution")],
    2023: [("orchid-1", "2023-06-30", "civil_service")],
}
HONOURS = {2022: [("deputy-1", "2022-06-28", "provincial")]}


@dataclass
class District:
    """The district's tenant, a second person, what was answered to steps that pass away, and the facts told."""

    county: County
    second: Client
    answers: dict[str, Any] = field(default_factory=dict)
    books: dict[str, str] = field(default_factory=dict)
    rosters: dict[int, Said] = field(default_factory=dict)
    events: list[Said] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def result(self, subject: str, year: int, revision: int | None = None) -> Said:
        """Somebody's published result."""
        kind, identifier = subject.split("/")
        asked = f"rulebook={COMMUNITIES if kind == 'organisation' else PEOPLE}"
        asked += f"&revision={revision}" if revision else ""
        return dict(self.read(f"/v1/{kind}s/{identifier}/results/{year}?{asked}"))

    def outcomes(self, year: int, answer: str = "follows", revision: int | None = None, **query: str) -> list[Said]:
        """What the list of outcomes says for those who act on it."""
        asked = "".join(f"&{key}={value}" for key, value in query.items())
        asked += f"&revision={revision}" if revision else ""
        return list(self.read(f"/v1/outcomes/{year}?rulebook={PEOPLE}&answer={answer}{asked}")["items"])

    def ranking(self, year: int, rulebook: str, **query: str) -> list[Said]:
        """Everybody who is ranked in a year, and behind them who isn't."""
        return self.county.ranking(str(year), rulebook=rulebook, limit="100", **query)

    def runs(self, year: int, rulebook: str = PEOPLE) -> list[Said]:
        """The revisions of a year."""
        return list(self.read(f"/v1/runs?rulebook={rulebook}&period={year}")["items"])

    def ask(
        self, year: int, name: str, rulebook: str = PEOPLE, said: Said | None = None, by: Client | None = None
    ) -> Any:
        """The answer to a step of a year."""
        return (by or self.county.hr).post(f"/v1/periods/{year}/{name}?rulebook={rulebook}", said)

    def step(
        self, year: int, name: str, rulebook: str = PEOPLE, said: Said | None = None, by: Client | None = None
    ) -> None:
        """Take a step of a year."""
        answer = self.ask(year, name, rulebook, said, by)
        assert answer.status_code == 200, answer.json

    def send(self, *events: Said) -> list[str]:
        """Something happened; the ids of the events."""
        self.events += events
        answers = self.county.send(*events)
        assert {one["result"] for one in answers} == {"created"}, answers
        return [one["event"] for one in answers]

    def event(self, type_: str, subject: str, when: str, **data: Any) -> Said:
        """An event of a day at noon, or of a year."""
        dated = (
            {"time": f"{when}T12:00:00+08:00"}
            if "-" in when
            else {"time": f"{when}-12-31T12:00:00+08:00", "period": when}
        )
        head = {"specversion": "1.0", "id": f"chongchuan-{next(self._ids)}", "source": SOURCE}
        return {**head, "type": type_, "subject": subject, **dated, "data": data}

    def read(self, path: str) -> Any:
        """What the district's office reads there."""
        answer = self.county.hr.get(path)
        assert answer.status_code == 200, answer.json
        return answer.json


def six_years(county: County) -> District:
    """The district's life, from its rulebooks to the end of 2025."""
    district = District(county, county.user("second", ALL_SCOPES, [SOURCE]))
    with on("2019-12-20"):
        _rule(district)
    unusual = {2023: _people_first, 2024: _contested, 2025: _corrected}
    for year in YEARS:
        with on(f"{year + 1}-01-05"):
            _people(district, year)
            district.send(*_communities_year(district, year), *_peoples_year(district, year))
        unusual.get(year, _settled)(district, year)
    return district


def event_types() -> dict[str, Said]:
    """The kinds of events of the example."""
    return dict(yaml.safe_load((EXAMPLE / "event_types.yaml").read_text()))


def _rule(district: District) -> None:
    """Roster, event types, and both rulebooks with their cases; the first version rules from 2020 on."""
    county = district.county
    county.state(DISTRICT, [])
    county.declare(event_types())
    cases = (EXAMPLE / "cases.yaml").read_text()
    for file, identifier in (("community.yaml", COMMUNITIES), ("rulebook.yaml", PEOPLE)):
        text = (EXAMPLE / file).read_text().replace("version: 2023-1", "version: 2020-1")
        district.books[identifier] = text = text.replace("effective: {from: 2023}", "effective: {from: 2020}")
        version = f"/v1/rulebooks/{identifier}@2020-1"
        for answer in (
            county.hr.post_text("/v1/rulebooks", text, "application/yaml"),
            county.hr.put_text(f"{version}/cases", cases, "application/yaml"),
            county.approver.post(f"{version}/publish"),
        ):
            assert answer.status_code in (200, 201), answer.json


def _people(district: District, year: int) -> None:
    """The roster as it is known at the end of a year."""
    until = f"{year + 1}-01-01"
    places = [
        {"id": place, "kind": "community", "title": place, "parent": street}
        for street, its in STREETS.items()
        for place in its
        if FOUNDED.get(place, year) <= year
    ]
    workers = []
    for identifier, career in CAREERS.items():
        begun = [one for one in career if one[2] < until]
        assignments: list[Said] = [
            {"organisation": place, "post": post, "from": since} | ({"to": to} if to and to <= until else {})
            for place, post, since, to in begun
        ]
        workers += [{"id": identifier, "assignments": assignments}] if begun else []
    district.county.state(places, workers)
    district.rosters[year] = {"organisations": [*DISTRICT, *places], "workers": workers}


def _communities_year(district: District, year: int) -> Iterator[Said]:
    for place in (place for its in STREETS.values() for place in its if FOUNDED.get(place, year) <= year):
        points = COMPONENTS.get(place, {}).get(year, ORDINARY)
        for component, given in zip(("party", "civility", "governance"), points, strict=True):
            yield district.event(
                "community.assessed", f"organisation/{place}", str(year), component=component, points=given
            )
    for place, day in INCIDENTS.get(year, ()):
        yield incident(district, place, day)


def incident(district: District, place: str, day: str) -> Said:
    """An incident in a community."""
    return district.event("safety.incident", f"organisation/{place}", day, evidence=f"record of {day}")


def _peoples_year(district: District, year: int) -> Iterator[Said]:
    for identifier, career in CAREERS.items():
        if any(since <= f"{year}-12-31" and (to or "9999") > f"{year}-01-01" for _, _, since, to in career):
            solid, results, stars = OF_A_YEAR.get((year, identifier), EVERY_YEAR.get(identifier, PLAIN))
            subject = f"worker/{identifier}"
            yield district.event("worker.assessed", subject, str(year), part="solid", points=solid)
            yield district.event("worker.assessed", subject, str(year), part="results", points=results)
            for given in stars:
                yield district.event("rating.resident", subject, f"{year}-04-01", stars=given)
    for identifier, day, into in APPOINTED.get(year, ()):
        yield district.event("post.appointed", f"worker/{identifier}", day, into=into, document=f"order of {day}")
    for identifier, day, level in HONOURS.get(year, ()):
        yield district.event("honour.awarded", f"worker/{identifier}", day, level=level, case=f"honour of {day}")


def _published(district: District, year: int, rulebook: str, day: str) -> None:
    with on(day):
        district.step(year, "close", rulebook)
        district.step(year, "publish", rulebook)


def _final(district: District, year: int, *rulebooks: str) -> None:
    """In March every notice is over."""
    with on(f"{year + 1}-03-02"):
        for rulebook in rulebooks:
            district.step(year, "finalise", rulebook)


def _settled(district: District, year: int) -> None:
    """The communities, then their people, then both final."""
    _published(district, year, COMMUNITIES, f"{year + 1}-01-08")
    _published(district, year, PEOPLE, f"{year + 1}-01-09")
    _final(district, year, COMMUNITIES, PEOPLE)


def _people_first(district: District, year: int) -> None:
    """The people are published before their communities, with a reason, and corrected when those are there."""
    with on(f"{year + 1}-01-08"):
        district.step(year, "close")
        district.answers["too early"] = district.ask(year, "publish")
        district.step(year, "publish", said={"force": {"reason": "社区考核尚在复核，先行公示"}})
    _published(district, year, COMMUNITIES, f"{year + 1}-01-09")
    with on(f"{year + 1}-01-10"):
        district.answers["drift of 2023"] = district.read(f"/v1/periods/{year}/drift?rulebook={PEOPLE}")
        _corrected_once(district, year, PEOPLE)
    _final(district, year, COMMUNITIES, PEOPLE)


def _corrected_once(district: District, year: int, rulebook: str, *admitted: str) -> None:
    district.step(year, "reopen", rulebook, {"reason": "更正", "admit": list(admitted)})
    district.step(year, "publish", rulebook, by=district.second)


def _contested(district: District, year: int) -> None:
    """A grid worker objects; the results are final when that is decided and the notice over."""
    _published(district, year, COMMUNITIES, f"{year + 1}-01-10")
    _published(district, year, PEOPLE, f"{year + 1}-01-13")
    answers = district.answers
    with on(f"{year + 1}-01-14"):
        answers["in the notice"] = district.ask(year, "finalise")
        said = {"rulebook": PEOPLE, "period": str(year), "subject": "worker/grid-3", "line": "rating"}
        said |= {"objector": "worker/grid-3", "text": "居民评价应有三份"}
        answers["objection"] = district.county.hr.post("/v1/objections", said).json
    with on(f"{year + 1}-01-21"):
        answers["open objection"] = district.ask(year, "finalise")
        path = f"/v1/objections/{answers['objection']['objection']}"
        decided = {"decision": "rejected", "reason": "经核对，只收到两份"}
        answers["by who entered it"] = district.county.hr.post(f"{path}/decision", decided)
        answers["decided"] = district.second.post(f"{path}/decision", decided).json
        district.step(year, "finalise")
    _final(district, year, COMMUNITIES)


def _corrected(district: District, year: int) -> None:
    """When the people have their results, two incidents come to light, and a community isn't in front any longer."""
    _published(district, year, COMMUNITIES, f"{year + 1}-01-08")
    _published(district, year, PEOPLE, f"{year + 1}-01-09")
    answers = district.answers
    with on(f"{year + 1}-01-12"):
        late = district.send(*(incident(district, place, day) for place, day in FOUND_LATE))
        _corrected_once(district, year, COMMUNITIES, *late)
        answers["marked"] = district.read(f"/v1/rankings/{year}?rulebook={PEOPLE}")["inputs_revised"]
        answers["drift of 2025"] = district.read(f"/v1/periods/{year}/drift?rulebook={PEOPLE}")
    with on(f"{year + 1}-01-13"):
        _corrected_once(district, year, PEOPLE)
    _final(district, year, COMMUNITIES, PEOPLE)
