"""Six years of a large district as its office lives them: what is told, published, contested, corrected, made final.

All of it goes over HTTP, year after year, on the day it happens (what there is to tell stands in chongchuan_facts.py);
what the service answers to steps that pass away (a refusal, a mark, a drift) is kept for the tests.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.county import ALL_SCOPES, SOURCE, Client, County
from tests.http.noticed import on
from tests.stories import chongchuan_facts as facts

COMMUNITIES, PEOPLE = "chongchuan-community", "chongchuan-worker"
Said = dict[str, Any]


@dataclass
class District:
    """The district's tenant, a second person, what was answered to steps that pass away, and the facts told."""

    county: County
    second: Client
    answers: dict[str, Any] = field(default_factory=dict)
    books: dict[str, str] = field(default_factory=dict)
    rosters: dict[int, Said] = field(default_factory=dict)
    events: list[Said] = field(default_factory=list)

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
    for year in facts.YEARS:
        with on(f"{year + 1}-01-05"):
            district.rosters[year] = facts.roster(year)
            county.state(**district.rosters[year])
            district.send(*facts.events(year))
        unusual.get(year, _settled)(district, year)
    return district


def _rule(district: District) -> None:
    """Roster, event types, and both rulebooks with their cases; the first version rules from 2020 on."""
    county = district.county
    county.state(facts.DISTRICT, [])
    county.declare(facts.event_types())
    cases = (facts.EXAMPLE / "cases.yaml").read_text()
    for file, identifier in (("community.yaml", COMMUNITIES), ("rulebook.yaml", PEOPLE)):
        text = (facts.EXAMPLE / file).read_text().replace("version: 2023-1", "version: 2020-1")
        district.books[identifier] = text = text.replace("effective: {from: 2023}", "effective: {from: 2020}")
        version = f"/v1/rulebooks/{identifier}@2020-1"
        for answer in (
            county.hr.post_text("/v1/rulebooks", text, "application/yaml"),
            county.hr.put_text(f"{version}/cases", cases, "application/yaml"),
            county.approver.post(f"{version}/publish"),
        ):
            assert answer.status_code in (200, 201), answer.json


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
        late = district.send(*(facts.incident(place, day) for place, day in facts.FOUND_LATE))
        _corrected_once(district, year, COMMUNITIES, *late)
        answers["marked"] = district.read(f"/v1/rankings/{year}?rulebook={PEOPLE}")["inputs_revised"]
        answers["drift of 2025"] = district.read(f"/v1/periods/{year}/drift?rulebook={PEOPLE}")
    with on(f"{year + 1}-01-13"):
        _corrected_once(district, year, PEOPLE)
    _final(district, year, COMMUNITIES, PEOPLE)
