"""For who answers for a source: see what intake refused, and send it again."""

import json
import sys
from datetime import datetime
from typing import Any

import click
from marshmallow import ValidationError

from schemas.fields import Instant
from service.commands.common import JSON, TENANT, WORDS, read_settings, tenant_database
from service.errors import Language

_PAGE = 500


class _Time(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """A time with its offset, read as over HTTP."""
        try:
            time: datetime = Instant().deserialize(value)
        except ValidationError:
            self.fail(f"{value!r} is not a time such as 2025-03-31T17:30:00+08:00", param, ctx)
        return time


CODE = click.option("--code", help="Only with this code among the reasons, such as subject.unknown.")
FROM = click.option("--from", "last_from", type=_Time(), help="Only what was last refused at this time or later.")
TO = click.option("--to", "last_to", type=_Time(), help="Only what was last refused before this time.")


@click.group("rejections")
def rejections_group() -> None:
    """What intake refused."""


@rejections_group.command("list")
@TENANT
@click.option("--source", help="Only of this source.")
@CODE
@FROM
@TO
@click.option("--waiting", is_flag=True, help="Only what no event of the same source and id has followed.")
@click.option("--limit", type=click.IntRange(1, 5000), default=20, show_default=True, help="So many, the newest.")
@WORDS
@JSON
def rejections_list(tenant: str, waiting: bool, limit: int, lang: Language, as_json: bool, **stated: Any) -> None:
    """Print rejections, newest first, without the bodies."""
    from service import rejections

    sought = {**stated, "limit": limit, "waiting": waiting or None}
    with tenant_database(tenant) as (database, tenant_id), database.transaction(tenant_id) as transaction:
        items = rejections.page(transaction, sought, lang)["items"]
    if as_json:
        click.echo(json.dumps(items, ensure_ascii=False))
        return
    for item in items:
        waits = "  waiting" if item["waiting"] else ""
        click.echo(f"{_line(item)}  x{item['times']}  {item['last_at']}  {item['actor']}{waits}")


@rejections_group.command("retry")
@TENANT
@click.option("--source", "sources", multiple=True, required=True, help="As which source; may be repeated.")
@CODE
@FROM
@TO
@click.option("--actor", default="cli", show_default=True, help="Who sends them.")
@WORDS
@JSON
def rejections_retry(
    tenant: str, sources: tuple[str, ...], actor: str, lang: Language, as_json: bool, **sought: Any
) -> None:
    """Send again whatever waits; exit code 1 where anything is refused once more."""
    from service import rejections
    from service.access import Access

    results: list[dict[str, Any]] = []
    with tenant_database(tenant) as (database, tenant_id):
        access = Access(tenant_id, actor, frozenset(), frozenset(sources))
        after: dict[str, str] | None = {}
        while after is not None:
            done = rejections.retry_all(database, read_settings(), access, {**sought, **after, "limit": _PAGE})
            results += [rejections.result(n, item, lang) for n, item in zip(done.numbers, done.items, strict=True)]
            after = {"after": done.next} if done.next else None
    refused = [one for one in results if "errors" in one]
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False))
    else:
        for one in refused:
            click.echo(_line(one))
        click.echo(f"{len(results)} sent again, {len(refused)} refused once more")
    if refused:
        sys.exit(1)


def _line(item: dict[str, Any]) -> str:
    reasons = "; ".join(f"{one['code']} {one['pointer']} {one['detail']}" for one in item["errors"])
    return f"{item['rejection']}  {item['source'] or '-'}  {item['id'] or '-'}  {reasons}"
