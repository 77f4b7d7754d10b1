"""For who lets others in: tenants and tokens."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import click

from schemas.tokens import STATES
from service import clock
from service.commands.common import (
    JSON,
    TENANT,
    WORDS,
    database_urls,
    read_settings,
    refusals,
    tenant_transaction,
)
from service.errors import Language

_SPAN = re.compile(r"([1-9][0-9]{0,4})([dh])")
_PAGE = 5000


class _Span(click.ParamType[timedelta]):
    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Days or hours."""
        found = _SPAN.fullmatch(value)
        if not found:
            self.fail(f"{value!r} is not a span such as 90d or 12h", param, ctx)
        return timedelta(days=int(found[1])) if found[2] == "d" else timedelta(hours=int(found[1]))


EXPIRES = click.option("--expires-in", type=_Span(), help="How long it is good, such as 90d or 12h; else, for ever.")
NUMBER = click.argument("number", type=click.IntRange(1))


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
@click.option("--under", help="The organisation below which it sees; else, everything.")
@EXPIRES
@WORDS
@JSON
def token_create(
    tenant: str,
    actor: str,
    scopes: tuple[str, ...],
    sources: tuple[str, ...],
    under: str | None,
    expires_in: timedelta | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Make a token; it can be read only now."""
    from service import tokens

    grant = tokens.Grant(actor, scopes, sources, under, _end(expires_in))
    with refusals(lang), tenant_transaction(tenant) as transaction:
        _tell(*tokens.create(transaction, "cli", grant), as_json)


@token.command("list")
@TENANT
@click.option("--actor", help="Only of whom.")
@click.option("--state", type=click.Choice(STATES), help="Only those that are so.")
@JSON
def token_list(tenant: str, as_json: bool, **stated: str | None) -> None:
    """Print tokens by number: whom each stands for, how it begins, what it may do, when it was used last."""
    from service import tokens

    items: list[dict[str, Any]] = []
    sought = {key: value for key, value in stated.items() if value} | {"limit": _PAGE}
    with tenant_transaction(tenant) as transaction:
        while page := tokens.page(transaction, sought):
            items += page["items"]
            if page["next"] is None:
                break
            sought["after"] = page["next"]
    if as_json:
        click.echo(json.dumps(items, ensure_ascii=False))
        return
    for item in items:
        used = item["last_used_at"] or "never used"
        begins = item["begins"] or item["issuer"]
        click.echo(f"{item['id']}  {item['state']}  {item['actor']}  {begins}  {' '.join(item['scopes'])}  {used}")


@token.command("revoke")
@TENANT
@NUMBER
@WORDS
def token_revoke(tenant: str, number: int, lang: Language) -> None:
    """Take a token back, by its number; within five seconds it opens nothing."""
    from service import tokens

    with refusals(lang), tenant_transaction(tenant) as transaction:
        tokens.revoke(transaction, "cli", number)
    click.echo(f"token {number} revoked")


@token.command("rotate")
@TENANT
@NUMBER
@click.option(
    "--hours", type=click.IntRange(0, 720), default=24, show_default=True, help="How long the one before stays good."
)
@EXPIRES
@WORDS
@JSON
def token_rotate(
    tenant: str, number: int, hours: int, expires_in: timedelta | None, lang: Language, as_json: bool
) -> None:
    """Make a token in the place of another, by its number; it can be read only now."""
    from service import tokens

    with refusals(lang), tenant_transaction(tenant) as transaction:
        _tell(*tokens.rotate(transaction, "cli", number, hours, _end(expires_in)), as_json)


def _end(span: timedelta | None) -> datetime | None:
    return clock.now() + span if span else None


def _tell(token: str, stored: dict[str, Any], as_json: bool) -> None:
    click.echo(json.dumps({"token": token, **stored}, ensure_ascii=False) if as_json else token)
