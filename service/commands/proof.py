"""For who answers for the records: prove that nothing was changed, keep heads outside."""

import json
import sys
import time
from itertools import islice
from pathlib import Path

import click

from service.commands.common import FILE, JSON, TENANT, Unreadable, progress, tenant_database

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


@audit.command("export")
@TENANT
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@JSON
def audit_export(tenant: str, out: Path, as_json: bool) -> None:
    """Write every entry with what there was before and after, and all that its digest covers, as lines of JSON."""
    from service.journal import sealed
    from service.trail import lines

    counted = {"entries": 0, "blocks": 0}
    with tenant_database(tenant) as (database, tenant_id):
        until = sealed(database, tenant_id)
        with (
            database.transaction(tenant_id, frozen=True) as transaction,
            progress(until) as tell,
            out.open("w", encoding="utf-8") as file,
        ):
            for line in lines(transaction, until):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                counted["entries" if line["kind"] == "entry" else "blocks"] += 1
                tell(line.get("position", 0) or line.get("last_position", 0), counted["entries"])
    told = {"file": str(out), **counted, "position": until}
    summary = f"{out}: {counted['entries']} entries, {counted['blocks']} blocks, up to position {until}"
    click.echo(json.dumps(told) if as_json else summary)


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
