"""For who lets others in: tenants and tokens."""

import json

import click

from service.commands.common import JSON, TENANT, database_urls, read_settings, tenant_transaction


@click.group()
def tenant() -> None:
    """Counties and districts."""


@tenant.command("create")
@click.argument("name")
def tenant_create(name: str) -> None:
    """Make a tenant."""
    from service.access import create_tenant
    from service.database.transactions import owner_transaction

    with database_urls(read_settings(), shared=True) as (owner, _), owner_transaction(owner) as transaction:
        try:
            create_tenant(transaction, "cli", name)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"tenant {name} created")


@click.group()
def token() -> None:
    """Access for systems and people."""


@token.command("create")
@TENANT
@click.option("--actor", default="cli", show_default=True, help="Who it stands for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do; may be repeated.")
@click.option("--source", "sources", multiple=True, help="What it may send as; may be repeated.")
@JSON
def token_create(tenant: str, actor: str, scopes: tuple[str, ...], sources: tuple[str, ...], as_json: bool) -> None:
    """Make a token; it can be read only now."""
    from service.access import create_token

    with tenant_transaction(tenant) as transaction:
        try:
            made = create_token(transaction, "cli", tenant, actor, list(scopes), list(sources))
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    click.echo(json.dumps({"token": made}) if as_json else made)
