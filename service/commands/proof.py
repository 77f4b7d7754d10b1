"""For who answers for the records: prove that nothing was changed, keep heads outside."""

import json
import sys
import time
from itertools import islice
from pathlib import Path

import click

from service.commands.common import FILE, JSON, TENANT, Unreadable, tenant_database

_MOST_TOLD = 20


@click.group()
def audit() -> None:
    """The journal of every write, and the hash chain over it."""


@audit.command("head")
@TENANT
def audit_head(tenant: str) -> None:
    """Print the end of the chain as a line of JSON, to be appended to a file that is kept elsewhere."""
    from service.audit import head

    with tenant_database(tenant) as (database, tenant_id), database.transaction(tenant_id) as transaction:
        said = head(transaction, tenant)
    click.echo(json.dumps(said))


@audit.command("verify")
@TENANT
@click.option(
    "--head", "kept", type=FILE, help="Lines that `jifen audit head` printed: each must still be in the chain."
)
@JSON
def audit_verify(tenant: str, kept: Path | None, as_json: bool) -> None:
    """Recompute the chain and all that it covers from what is stored; exit code 1 where anything isn't as it was."""
    from service.audit import Audit, HeadsUnreadable, heads
    from service.verification import remember

    begun = time.perf_counter()
    try:
        outside = heads(kept.read_text("utf-8").splitlines(), tenant) if kept else []
    except (HeadsUnreadable, UnicodeDecodeError) as error:
        raise Unreadable(f"{kept}: {error}") from None
    with tenant_database(tenant) as (database, tenant_id):
        with database.transaction(tenant_id, frozen=True) as transaction:
            made = Audit(transaction, outside)
            broken = made.broken()
            told = list(islice(broken, _MOST_TOLD))
            more = sum(1 for _ in broken)
        remember(database, tenant_id, "journal", begun, made.entries, len(told) + more)
    counted = {"entries": made.entries, "events": made.events, "position": made.position, "heads": len(outside)}
    if as_json:
        click.echo(json.dumps({**counted, "broken": [one._asdict() for one in told], "more": more}))
    else:
        for one in told:
            click.echo(f"{one.where}: {one.what}")
        if more:
            click.echo(f"and {more} more")
        verdict = "broken" if told else "holds"
        extent = f"{made.entries} entries, {made.events} events, up to position {made.position}"
        click.echo(f"{extent}; heads kept outside: {len(outside)}; {verdict}")
    if told:
        sys.exit(1)
