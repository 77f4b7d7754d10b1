"""The standings after the faults: what is read over HTTP against everything computed afresh, to the byte."""

import http.client
import json
from typing import Any

from service import digests, journal, standings
from service.database.transactions import Database
from service.periods import parse
from service.rulebooks import store
from service.settings import Settings

_TIMEOUT_SECONDS = 60.0


def read(port: int, token: str, period: str) -> Any:
    """The ranking of a period and everybody's result, as a consuming system gets them."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        ranking = _get(connection, token, f"/v1/rankings/{period}?limit=1000")
        details = [
            _get(connection, token, f"/v1/workers/{item['subject'].removeprefix('worker/')}/results/{period}")
            for item in ranking["items"]
        ]
        return {"ranking": ranking, "results": details}
    finally:
        connection.close()


def differing(url: str, tenant_id: int, port: int, token: str, periods: list[str]) -> list[str]:
    """The periods whose standing isn't what a full recompute makes of them, by digest and as read over HTTP."""
    shown = {period: read(port, token, period) for period in periods}
    database = Database(url, Settings())
    database.open()
    try:
        said = [period for period in periods if not is_as_computed_afresh(database, tenant_id, period)]
    finally:
        database.close()
    return said + [f"{period} over HTTP" for period in periods if read(port, token, period) != shown[period]]


def is_as_computed_afresh(database: Database, tenant_id: int, period: str) -> bool:
    """Whether a standing's digest stays when everything is computed afresh."""
    watermark = journal.sealed(database, tenant_id)
    with database.transaction(tenant_id) as transaction:
        parsed = parse(period)
        ruling = store.ruling(transaction, parsed, None)
        found = []
        for full in (False, True):
            standing = standings.refresh(transaction, ruling, parsed, watermark, full=full)
            found.append(digests.of(transaction, standing.number, ruling))
    return found[0] == found[1]


def _get(connection: http.client.HTTPConnection, token: str, path: str) -> Any:
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, body
    return json.loads(body)
