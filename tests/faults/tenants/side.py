"""One of two tenants: who asks, how its texts are marked, and what it has been told of."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.county import ALL_SCOPES, SOURCE, TYPES, Client, County, rating, visit

# In answers, what can be asked for by it.
_TOLD = ("event", "objection", "webhook", "delivery", "rejection", "run", "version", "next")
_MOST = 300
WORKERS, ORGANISATIONS = ("w1", "w2", "w3", "w4", "w5", "w6"), ("county", "east", "west")  # both tenants have these


@dataclass
class Side:
    """A tenant whose every text is marked, and whose ids are half its own and half those that the other has too."""

    county: County
    mark: str
    users: tuple[Client, Client]
    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    tokens: list[str] = field(default_factory=list)  # of its users, which it had better not revoke

    @classmethod
    def make(cls, county: County, mark: str) -> "Side":
        """The small county with people, places, types and a token of its own, with results and with a webhook."""
        second = county.user(f"second-{mark}", ALL_SCOPES, [SOURCE])
        side = cls(county, mark, (county.hr, second))
        posts = [{"organisation": f"{mark}-street", "post": "staff", "from": "2024-01-01"}]
        county.state(
            [{"id": f"{mark}-street", "kind": "street", "title": mark, "parent": "county"}],
            [{"id": f"{mark}-w", "name": mark, "assignments": posts}],
        )
        county.declare({f"{mark}.done": {**TYPES["visit.done"], "title": mark}})
        county.send(*(visit(w, f"{mark}-h{n}") for w in ("w1", "w4", f"{mark}-w") for n in range(3)), rating("w2", 4))
        county.send(visit(f"{mark}-nobody", mark))
        county.hr.post("/v1/webhooks", {"url": f"https://{mark}.example", "types": ["jifen.event.reversed"]})
        county.hr.post("/v1/tokens", {"actor": mark, "scopes": ["results:read"]})
        for step in ("close", "publish"):
            assert county.hr.post(f"/v1/periods/2025-03/{step}").status_code == 200
        for path in ("/v1/events?limit=20", "/v1/runs?period=2025-03", "/v1/rejections", "/v1/webhooks"):
            side.hear(county.hr.get(path).json)
        with psycopg.connect(county.url) as owner:
            rows = owner.execute("SELECT token_id::text FROM token WHERE tenant_id = %s", [county.tenant_id])
            side.tokens = [row[0] for row in rows]
        county.client.application.extensions["jifen.tokens"].write_uses()  # or it would be written some time later
        return side

    @property
    def marks(self) -> tuple[str, ...]:
        """What tells that a text is this tenant's."""
        return (self.mark, f"jifen_{self.county.tenant}_")

    def hear(self, said: Any) -> None:
        """Remember what an answer tells of, so that it can be asked for."""
        if isinstance(said, list):
            for item in said:
                self.hear(item)
        elif isinstance(said, dict):
            for name, value in said.items():
                if name in _TOLD and isinstance(value, str | int):
                    self._keep(name, str(value))
                else:
                    self.hear(value)
            if {"id", "token"} <= said.keys():
                self._keep("token", str(said["id"]))

    def _keep(self, name: str, value: str) -> None:
        kept = self.told[name]
        if value not in kept:
            kept.append(value)
        del kept[:-_MOST]
