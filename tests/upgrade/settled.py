"""A county made through a release that serves, and what must hold of it after its users were at work."""

import json
from typing import Any

from service.access import SCOPES
from tests.county import CASES, GROUNDS, RULEBOOK, SOURCE, TYPES
from tests.upgrade.release import Release, ask
from tests.upgrade.traffic import Traffic

COUNTY = "county-before"


def token(release: Release, actor: str, scopes: list[str]) -> str:
    """Access for somebody."""
    words = [f"--scope={scope}" for scope in scopes]
    said = release.run(
        "token", "create", f"--tenant={COUNTY}", f"--actor={actor}", f"--source={SOURCE}", *words, "--json"
    )
    return str(json.loads(said)["token"])


def settled(release: Release) -> str:
    """A county with a roster and a published rulebook, through a release that serves; a token for its users."""
    release.run("tenant", "create", COUNTY)
    known = ["events:write", "events:read", "roster:read", "roster:write", "rulebooks:read", "rulebooks:write"]
    known += ["results:read", "results:manage", "tenant:admin"]
    assert set(known) <= set(SCOPES)
    hr, approver = token(release, "hr", known), token(release, "approver", ["rulebooks:publish"])
    communities = [{"id": "east", "kind": "community", "title": "east", "parent": "county"}]
    organisations = [{"id": "county", "kind": "county", "title": "县"}, *communities]
    assigned = [{"organisation": "east", "post": "staff", "from": "2024-01-01"}]
    workers = [{"id": f"w{n}", "assignments": assigned} for n in range(1, 5)]
    asked: list[tuple[str, str, str, Any, str]] = [
        (hr, "POST", "/v1/roster", {"organisations": organisations, "workers": workers}, "application/json"),
        *((hr, "PUT", f"/v1/event-types/{name}", said, "application/json") for name, said in TYPES.items()),
        (hr, "POST", "/v1/rulebooks", RULEBOOK, "application/yaml"),
        (hr, "PUT", "/v1/rulebooks/small-county@2025-1/cases", CASES, "application/yaml"),
        (approver, "POST", "/v1/rulebooks/small-county@2025-1/publish", GROUNDS, "application/json"),
    ]
    for by, method, path, body, kind in asked:
        answer = ask(release.port, method, path, by, body, kind)
        assert answer.status in (200, 201), (path, answer)
    return hr


def proven(release: Release, hr: str, traffic: Traffic) -> None:
    """Nothing failed, nothing that was acknowledged is missing, and everything can be proven."""
    assert traffic.failed == []
    assert len(traffic.acknowledged) == len(set(traffic.acknowledged))
    first = "/v1/events?subject=worker/w1&limit=500"
    found: list[str] = []
    path: str | None = first
    while path:
        answer = ask(release.port, "GET", path, hr)
        assert answer.status == 200, answer
        found += [item["event"] for item in answer.body["items"]]
        path = f"{first}&after={answer.body['next']}" if answer.body["next"] else None
    assert sorted(found) == sorted(traffic.acknowledged)
    told = ask(release.port, "GET", "/v1/feed?type=jifen.revision.published&limit=100", hr)
    assert told.status == 200, told
    assert [item["data"]["period"] for item in told.body["items"]] == traffic.published
    release.run("audit", "verify", f"--tenant={COUNTY}")
    release.run("verify", f"--tenant={COUNTY}")
