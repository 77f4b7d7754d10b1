"""A county in a running stack: roster, event types, rulebook, and tokens for those who send and those who read."""

import json
import os
import subprocess
from dataclasses import dataclass

from service.database.transactions import Database
from service.settings import Settings
from tests.county import RULEBOOK, SOURCE, County
from tests.faults.stack import SERVE, Stack

_COMMAND_SECONDS = 60.0


@dataclass(frozen=True)
class Settlement:
    """A tenant and its users."""

    tenant_id: int
    sender: str
    reader: str


def settle(stack: Stack, rulebook: str = RULEBOOK) -> Settlement:
    """The small county with two more workers; the sender's token comes from the command line, beside the server."""
    database = Database(stack.url, Settings())
    database.open()
    try:
        county = County.small(stack.url, database, rulebook=rulebook)
        assignment = {"organisation": "west", "post": "staff", "from": "2024-01-01"}
        county.state([], [{"id": worker, "assignments": [assignment]} for worker in ("w7", "w8")])
    finally:
        database.close()
    assert county.hr.token is not None
    return Settlement(county.tenant_id, _sender(stack, county.tenant), county.hr.token)


def _sender(stack: Stack, tenant: str) -> str:
    words = [SERVE[0], "token", "create", "--tenant", tenant, "--scope", "events:write", "--source", SOURCE, "--json"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JIFEN_", "DATABASE_URL"))}
    made = subprocess.run(
        words,
        env=environment | {"JIFEN_DATA": str(stack.data)},
        capture_output=True,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=True,
    )
    token: str = json.loads(made.stdout)["token"]
    return token
