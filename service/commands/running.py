"""For operations: serve, work, demo, migrate, config."""

import json
import sys
from dataclasses import fields
from typing import TYPE_CHECKING

import click

from service.commands.common import JSON, database_urls, migrated, opened, read_settings
from service.keeping import told_to_stop
from service.serve import prepare, run, work
from service.settings import Settings

if TYPE_CHECKING:
    from service.database.transactions import Database


@click.command("serve")
def serve_command() -> None:
    """Serve the API. Without DATABASE_URL, over an embedded PostgreSQL, migrated first."""
    stated = read_settings()
    prepare(stated)
    with database_urls(stated) as (owner, url):
        if not stated.database_url:
            migrated(owner, url)
        run(stated, url, works=not stated.database_url)


@click.command("work")
def work_command() -> None:
    """Seal, deliver to webhooks, and verify a sample, until told to stop.

    `demo`, and `serve` over an embedded PostgreSQL, see to it.
    """
    stated = read_settings()
    with database_urls(stated, shared=True) as (_, url):
        work(stated, url, told_to_stop())


@click.command()
def demo() -> None:
    """Migrate, load the sample county where there is none, print what to try, serve."""
    stated = read_settings()
    prepare(stated)
    with database_urls(stated) as (owner, url):
        migrated(owner, url)
        with opened(stated, url) as database:
            _load_sample(owner, database)
            _print_first_steps(stated, database)
        run(stated, url, works=True)


@click.command()
@click.option("--distribute", is_flag=True, help="Spread the tables over the machines of a Citus cluster, by tenant.")
def migrate(distribute: bool) -> None:
    """Bring the schema up to date, as the owner (JIFEN_OWNER_URL, else DATABASE_URL)."""
    with database_urls(read_settings()) as (owner, service):
        applied = migrated(owner, service)
        click.echo(f"applied: {', '.join(applied)}" if applied else "nothing to apply")
        if distribute:
            _distribute(owner)


@click.command()
@JSON
def config(as_json: bool) -> None:
    """Every setting with its value, default and meaning; secrets are not shown."""
    stated, rows = read_settings(), []
    for item in fields(Settings):
        value = str(getattr(stated, item.name))
        shown = "(set)" if value and item.name.endswith(("_url", "_keys")) else value
        rows.append(
            {
                "name": item.metadata["name"],
                "value": shown,
                "default": str(item.default),
                "meaning": item.metadata["meaning"],
            }
        )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            click.echo(f"{row['name']}={row['value']}  # {row['meaning']}; default {row['default'] or 'none'}")


def _distribute(owner: str) -> None:
    from service.database import distribution

    try:
        tables = distribution.distribute(owner)
    except distribution.DistributionError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"distributed: {', '.join(tables)}" if tables else "nothing to distribute")


def _load_sample(owner: str, database: "Database") -> None:
    from service import demo

    with click.progressbar(length=demo.EVENTS_ABOUT, label="loading the sample county", file=sys.stderr) as bar:
        demo.load(owner, database, bar.update)


def _print_first_steps(stated: Settings, database: "Database") -> None:
    from service import demo

    made = demo.user_tokens(database)
    address = f"http://{stated.host}:{stated.port}"
    click.echo(f"\nJifen serves on {address}   (stop: Ctrl-C)\n")
    for actor, token in made.items():
        click.echo(f"  {actor:9} {demo.USERS[actor][0]}\n            {token}")
    click.echo("\nTry:")
    for line in _first_steps(address, made):
        click.echo(f"  {line}")
    click.echo("")


def _first_steps(address: str, made: dict[str, str]) -> list[str]:
    event = {
        "specversion": "1.0",
        "id": "try-1",
        "source": "grid.yunhe.example",
        "type": "visit.done",
        "subject": "worker/w01",
        "time": "2025-12-30T10:00:00+08:00",
        "data": {"household": "h-try"},
    }
    return [
        f"curl -s {address}/v1/rankings/2025 -H 'Authorization: Bearer {made['consumer']}'",
        f"curl -s {address}/v1/workers/w01/results/2025-12 -H 'Authorization: Bearer {made['hr']}'",
        f"curl -s {address}/v1/events -H 'Authorization: Bearer {made['sender']}'"
        f" -H 'Content-Type: application/cloudevents+json' -d '{json.dumps(event)}'",
        f"curl -s {address}/metrics",
    ]
