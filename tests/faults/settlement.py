"""A county in a running stack: roster, event types, rulebook, and tokens for those who send and those who read."""

import json
import os
import subprocess
from dataclasses import dataclass

from service.database.transactions import Database
from service.settings import Settings
from tests.county import SOURCE, County
from tests.faults.stack import SERVE, Stack

_COMMAND_SECONDS = 60.0


@dataclass(frozen=True)
class Settlement:
    """A tenant and its users."""

    tenant_id: int
    sender: str
    reader: str


def settle(stack: Stack) -> Settlement:
    """The small county; the sender's token comes from the command line, beside the running server."""
    database = Database(stack.url, Settings())
    database.open()
    try:
        county = County.small(stack.url, database)
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
