"""Baixiang as it is told: 39 people, a small plan of what each does in a month, and the county's steps.

w01 to w06 are seconded as secretaries, w07 to w09 are deputies, the others staff. A **steady** month has 73 points: no
task 20, eleven hours of duty 8, a drill 5, three ratings of five stars 25, five hours online 10, no class 5. A **keen**
one has 65 homes more: 93. An **idle** one has what nobody can miss: 20 + 18 + 5 = 43. Whoever isn't named is steady.
A steady year is 73 * 70 % = 51.1 and the annual assessment, of which 30 % count.
"""

import re
from collections.abc import Iterator
from typing import Any

from werkzeug.test import TestResponse

from examples import sample_county
from tests.county import ALL_SCOPES, GROUNDS, Client, County, event
from tests.http.noticed import on

Record = dict[str, Any]

BOOK = "baixiang-community-worker"
PEOPLE = [f"w{n:02}" for n in range(1, 40)]
HEADS, DEPUTIES, STAFF = PEOPLE[:6], PEOPLE[6:9], [*PEOPLE[9:], "w40"]

# w15 has served since 2020, like the first secretary; the second was seconded in March 2022.
SINCE = {"w01": "2020-01-01", "w02": "2022-03-01", "w15": "2020-01-01", "w40": "2024-07-10"}
UNCERTIFIED = ("w15", "w16")

KEEN = {
    "2023": ("w01", "w02", "w07", "w08", "w12", "w14"),
    "2024": ("w02", "w11", "w15", "w17"),
    "2025": ("w02", "w14"),
}
IDLE = {"2023": ("w10",)}
NOT_STUDIED = {(f"2024-0{month}", "w17") for month in (1, 2, 3)}
# Of w24 to w35 each misses the drill of one month of each year, so that every month has a last one.
NO_DRILL = {month: f"w{23 + month}" for month in range(1, 13)}
ASSESSED = {
    "2023": {"w01": "96", "w02": "94", "w07": "95", "w08": "95", "w10": "40", "w12": "95", "w14": "95"},
    "2024": {"w02": "95", "w11": "95", "w15": "95", "w17": "95", "w20": "60", "w21": "60"},
    "2025": {"w02": "95", "w14": "95"},
}
# What happened to one person on one day.
HAPPENED = {
    "2023-05": [("violation.complaint", "w12", {"evidence": "record-1"})],
    "2024-05": [("violation.complaint", "w20", {"evidence": "record-2"})],
    "2024-08": [("violation.safety", "w13", {"evidence": "record-3"})],
    "2024-10": [("certificate.passed", "w16", {"level": "assistant"})],
    "2025-02": [("violation.false_record", "w11", {"evidence": "record-4"})],
    "2025-06": [("violation.safety", "w13", {"evidence": "record-5"})],
}


def months(year: str) -> list[str]:
    """The months of a year."""
    return [f"{year}-{month:02}" for month in range(1, 13)]


def after(period: str, day: str) -> str:
    """That day of the month after a period."""
    year, month = int(period[:4]), int(period[5:] or 12)
    return f"{year + 1}-01-{day}" if month == 12 else f"{year}-{month + 1:02}-{day}"


def two_years_before(text: str) -> str:
    """The rulebook, or its cases, as they were made for 2023: two years before, and less for who is excellent."""
    earlier = re.sub(r"\b20\d\d\b", lambda year: str(int(year[0]) - 2), text)
    return earlier.replace("excellent: 1.2", "excellent: 1.1").replace("pay_coefficient: 1.2", "pay_coefficient: 1.1")


def assignment(worker: str, start: str, **end: str) -> Record:
    """Where a worker serves, in the community whose turn it is."""
    communities = [one["id"] for one in sample_county.organisations() if one["kind"] == "community"]
    place = int(worker.removeprefix("w")) - 1
    post = "head" if worker in HEADS else "deputy" if worker in DEPUTIES else "staff"
    return {"organisation": communities[place % 6], "post": post, "from": start, **end}


def recruited(worker: str) -> Record:
    """A worker's record; all but two have had their certificate since 2022."""
    certificate = {"name": "certificate", "value": "assistant", "from": "2022-09-20"}
    return {
        "id": worker,
        "assignments": [assignment(worker, SINCE.get(worker, "2021-07-01"))],
        "attributes": [] if worker in UNCERTIFIED else [certificate],
    }


def happened(month: str, serving: list[str]) -> Iterator[Record]:
    """All that a month has for those who serve in it, on its twentieth day."""
    year, number = month.split("-")
    noon = f"{month}-20T12:00:00+08:00"
    for worker in serving:
        if worker in IDLE.get(year, ()):
            continue
        yield event("duty.served", worker, noon, kind="crossing", hours="11")
        if worker != NO_DRILL[int(number)]:
            yield event("drill.held", worker, noon, kind="fire")
        if (month, worker) not in NOT_STUDIED:
            yield event("training.attended", worker, noon, session=month, kind="online", hours="5")
        yield from (event("rating.resident", worker, noon, stars="5") for _ in range(3))
        if worker in KEEN[year]:
            yield from (event("visit.done", worker, noon, household=f"home-{n}") for n in range(65))
    for type_, worker, data in HAPPENED.get(month, []):
        yield event(type_, worker, noon, **data)


def assessment(worker: str, year: str, points: str | None = None) -> Record:
    """The annual assessment: 80 and a tenth of the worker's number, where nothing else is known."""
    number = int(worker.removeprefix("w"))
    given = points or ASSESSED[year].get(worker, f"{80 + number // 10}.{number % 10}")
    return {**event("assess.annual", worker, after(year, "20") + "T12:00:00+08:00", points=given), "period": year}


class Baixiang:
    """The county, and who speaks to the service in it."""

    def __init__(self, county: County) -> None:
        """With HR, the approver and the sender of the county, and the others who have a part."""
        self.county, self.hr = county, county.hr
        self.second = county.user("second", ALL_SCOPES, [])
        self.committee = county.user("committee", ["objections:decide", "results:read"], [])
        self.payroll = county.user("payroll", ["results:read"], [])
        self.serving = list(PEOPLE)
        # The events by type, subject and period; what each revision showed; the answers that tests ask for.
        self.sent: dict[tuple[str, str, str], str] = {}
        self.shown: dict[tuple[str, int], Any] = {}
        self.said: dict[str, TestResponse] = {}

    def found(self) -> None:
        """Roster, event types, two versions of the rulebook with their cases, and what was decided about 2022."""
        self.county.state(sample_county.organisations(), [recruited(worker) for worker in PEOPLE])
        self.county.declare(sample_county.event_types())
        text, cases = sample_county.rulebook().decode(), sample_county.cases().decode()
        for version, made in (("2023-1", two_years_before), ("2025-1", str)):
            done(self.hr.post_text("/v1/rulebooks", made(text), "application/yaml"), 201)
            at = f"/v1/rulebooks/{BOOK}@{version}"
            done(self.hr.put_text(f"{at}/cases", made(cases), "application/yaml"))
            self.said[f"own {version}"] = self.hr.post(f"{at}/publish", GROUNDS)
            done(self.county.publish(BOOK, version))
        rows = [{"subject": f"worker/{worker}", "tier": "incompetent"} for worker in ("w10", "w11")]
        document = {"reason": "纸质档案", "document": "2023年第1号"}
        body = {"rulebook": f"{BOOK}@2023-1", "period": "2022", "results": rows, **document}
        done(self.hr.post("/v1/results/import", body))

    def live(self, year: str) -> None:
        """A year in which nothing is put right."""
        for month in months(year):
            self.live_month(month)

    def live_month(self, month: str) -> None:
        """A month's events come in, it is published on the tenth of the next and final on its 28th."""
        with on(after(month, "01")):
            self.send(*happened(month, self.serving))
        self.publish(month)
        self.finalise(month)

    def close(self, year: str) -> None:
        """The annual assessments come in, in January, and the year is published in February."""
        with on(after(year, "21")):
            self.send(*(assessment(worker, year) for worker in self.serving))
        self.publish(year)

    def record(self, worker: str, **stated: Any) -> None:
        """A worker's record of the roster stated anew, with what is told of it now."""
        self.county.state([], [recruited(worker) | stated])

    def send(self, *events: Record) -> None:
        """All of these are taken."""
        for start in range(0, len(events), 1000):
            batch = events[start : start + 1000]
            for one, answer in zip(batch, self.county.send(*batch), strict=True):
                assert answer["result"] == "created", answer
                self.sent[one["type"], one["subject"], one.get("period") or one["time"][:7]] = answer["event"]

    def publish(self, period: str, day: str = "", by: Client | None = None) -> int:
        """Close a period where it is open, and publish it; what is shown of it from then on is kept. Its run."""
        with on(day or published_on(period)):
            self.step(period, "close")
            run = int(done(self.step(period, "publish", by=by))["run"])
        revision = done(self.hr.get(f"/v1/runs/{run}"))["revision"]
        self.shown[period, revision] = self.shows(period, revision)
        return run

    def finalise(self, period: str, day: str = "") -> None:
        """The notice is over."""
        with on(day or final_on(period)):
            done(self.step(period, "finalise"))

    def step(self, period: str, name: str, said: Record | None = None, by: Client | None = None) -> TestResponse:
        """The answer to a step of a period."""
        return (by or self.hr).post(f"/v1/periods/{period}/{name}", said)

    def shows(self, period: str, revision: int) -> Any:
        """What a revision says of everybody."""
        ranking = done(self.hr.get(f"/v1/rankings/{period}?revision={revision}&limit=1000"))
        outcomes = done(self.hr.get(f"/v1/outcomes/{period}?revision={revision}&limit=5000"))
        return ranking["items"], ranking["next"], outcomes["items"], outcomes["next"]

    def result(self, worker: str, period: str, revision: int = 1) -> Record:
        """One worker's result in a revision."""
        said: Record = done(self.hr.get(f"/v1/workers/{worker}/results/{period}?revision={revision}"))
        return said

    def follows(self, outcome: str, period: str, revision: int = 1) -> list[str]:
        """For whom an outcome follows."""
        asked = f"outcome={outcome}&revision={revision}&limit=1000"
        items = done(self.hr.get(f"/v1/outcomes/{period}?{asked}"))["items"]
        return sorted(item["subject"].removeprefix("worker/") for item in items)


def published_on(period: str) -> str:
    """The tenth of the month after; a year in February."""
    return f"{int(period) + 1}-02-10" if period.isdigit() else after(period, "10")


def final_on(period: str) -> str:
    """The 28th of the same month: in each of these years the notice is over by then."""
    return f"{published_on(period)[:7]}-28"


def done(answer: TestResponse, status: int = 200) -> Any:
    """What an answer says that must be one."""
    assert answer.status_code == status, answer.json
    return answer.json
