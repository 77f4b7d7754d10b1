"""What tests of webhooks do: subscribe, let something happen, deliver, move the time on, look at the log."""

import json
from typing import Any

import psycopg

from service.settings import Settings
from service.webhooks import delivering
from service.webhooks.terms import terms
from tests.county import County, visit
from tests.webhooks.conftest import SETTINGS

REVERSED = "jifen.event.reversed"


def subscribe(county: County, url: str, *types: str) -> dict[str, Any]:
    """A new webhook, with its secret."""
    answer = county.hr.post("/v1/webhooks", {"url": url, "types": list(types or (REVERSED,))})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def happen(county: County, times: int = 1) -> list[str]:
    """Take back new events; their ids, in order."""
    events = []
    for _ in range(times):
        [sent] = county.send(visit("w1", "h1"))
        answer = county.hr.post(f"/v1/events/{sent['event']}/reversal", {"reason": "entered in error"})
        assert answer.status_code in (200, 201), answer.json
        events.append(sent["event"])
    return events


def deliver(county: County, settings: Settings = SETTINGS) -> None:
    """Derive, and send what is due, one turn for each webhook, in this thread."""
    delivering.derive_all(county.database, county.tenant_id)
    for webhook in delivering.due(county.database, county.tenant_id):
        delivering.drive(county.database, county.tenant_id, webhook, terms(settings))


def pass_time(county: County) -> None:
    """Let every pause of every message be over."""
    with psycopg.connect(county.url) as owner:
        owner.execute("UPDATE delivery SET next_at = now() WHERE tenant_id = %s", [county.tenant_id])


def log(county: County, webhook: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    """The messages of a webhook, newest first."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    answer = county.hr.get(f"/v1/webhooks/{webhook['webhook']}/deliveries?{asked}")
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def state(county: County, webhook: dict[str, Any]) -> dict[str, Any]:
    """A webhook as it is now."""
    return dict(county.hr.get(f"/v1/webhooks/{webhook['webhook']}").json)


def data(body: bytes) -> dict[str, Any]:
    """What a message tells."""
    return dict(json.loads(body)["data"])


def written(county: County, action: str) -> int:
    """How many entries of a kind the journal has."""
    with county.database.transaction(county.tenant_id) as transaction:
        return int(transaction.one("entries_of", action=action).entries)
