"""A county whose results are shown before they are final, and the days on which something happens there.

March is published on Friday 25 April 2025. The Sunday after is worked, 1 to 5 May are holidays: the notice of five
working days is 27, 28, 29, 30 April and 6 May.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from service import clock
from tests.county import ALL_SCOPES, SOURCE, Client, County
from tests.http.asking import rulebook

NOTICE = {"days": "5", "objection_days": "5", "answer_days": "15", "counted": "working"}
PERIODS = {"base": "month", "rollups": ["year"], "timezone": "Asia/Shanghai", "late_days": "5"}
MARCH, YEAR = "2025-03", "2025"
PUBLISHED, LAST_DAY, AFTER = "2025-04-25", "2025-05-06", "2025-05-07"
FORCE = {"force": {"reason": "县里要求提前发布"}}


def noticed(county: County, **changes: Any) -> County:
    """The small county with a notice, and with these other words."""
    ruled = rulebook(**{"notice": NOTICE, "periods": PERIODS, **changes})
    return County.small(county.url, county.database, rulebook=ruled)


@contextmanager
def on(day: str, time: str = "10:00") -> Iterator[None]:
    """Inside, it is that day and time in the county."""
    with clock.stopped((datetime.fromisoformat(f"{day}T{time}") - timedelta(hours=8)).replace(tzinfo=UTC)):
        yield


def step(county: County, name: str, said: Any = None, by: Client | None = None, period: str = MARCH) -> Any:
    """The answer to a step of a period."""
    return (by or county.hr).post(f"/v1/periods/{period}/{name}", said)


def publish(county: County, day: str = PUBLISHED) -> dict[str, Any]:
    """Close and publish March."""
    with on(day):
        assert step(county, "close").status_code == 200
        answer = step(county, "publish")
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def run_of(county: County, number: int) -> dict[str, Any]:
    """A run as it is told."""
    return dict(county.hr.get(f"/v1/runs/{number}").json)


def another(county: County, actor: str = "second") -> Client:
    """Another person of the county, who may do everything."""
    return county.user(actor, ALL_SCOPES, [SOURCE])
