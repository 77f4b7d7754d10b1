"""For who answers for personal data: erase a person's identity."""

import json

import click

from service.commands.common import JSON, TENANT, refusals, tenant_transaction


@click.group()
def person() -> None:
    """What is kept of the people behind the ids."""


@person.command("erase")
@click.argument("worker")
@TENANT
@click.option("--reason", required=True, help="Why; kept without the name.")
@JSON
def person_erase(worker: str, tenant: str, reason: str, as_json: bool) -> None:
    """Erase name, phone number, aliases, and what was written about WORKER; events and results stay."""
    from service.personal import erasure

    with refusals("en", lambda _: []), tenant_transaction(tenant) as transaction:
        done = erasure.erase(transaction, "cli", worker, reason)
    counts = ", ".join(f"{count} {what}" for what, count in done["erased"].items())
    click.echo(json.dumps(done) if as_json else f"{worker} erased: {counts}")
