"""For who sets a tenant up: declare the event types of a file."""

import json
from functools import partial
from pathlib import Path

import click

from service.commands.common import FILE, JSON, LANGUAGE, TENANT, Unreadable, refusals, tenant_transaction
from service.errors import Language


@click.group("event-types")
def event_types_group() -> None:
    """Kinds of events as data."""


@event_types_group.command("put")
@click.argument("file", type=FILE)
@TENANT
@click.option("--actor", default="cli", show_default=True, help="Who declares them.")
@LANGUAGE
@JSON
def put(file: Path, tenant: str, actor: str, lang: Language, as_json: bool) -> None:
    """Declare the event types of FILE, which is written as event_types.yaml beside a rulebook; all of them or none.

    Exit code 1 where a declared type would be narrowed, 2 where the file can't be read.
    """
    from service import event_types
    from service.rulebooks import files

    try:
        declarations = files.declarations(file)
    except files.Unreadable as error:
        raise Unreadable("\n".join(one.line(lang) for one in error.found)) from None
    with refusals(lang, partial(files.placed, file)), tenant_transaction(tenant) as transaction:
        done = event_types.declare_all(transaction, actor, declarations)
    if as_json:
        click.echo(json.dumps({"items": [{"type": name, "result": result} for name, result in done.items()]}))
    else:
        click.echo("".join(f"{name} {result}\n" for name, result in done.items()), nl=False)
