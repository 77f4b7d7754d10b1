"""For operations: doctor, what blocks a start or a step of a period, in words."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from service.commands.common import JSON, WORDS, read_settings
from service.database.embedded import EmbeddedError
from service.serve import database_url

if TYPE_CHECKING:
    from service.doctor import Found
    from service.settings import Settings


@click.command()
@WORDS
@JSON
def doctor(lang: str, as_json: bool) -> None:
    """Say what blocks a start or a step of a period, and what to do; changes nothing.

    Ends with 1 where an error was found, which blocks a start; warnings and notes end with 0.
    """
    findings = [one.json() for one in _findings()]
    blocks = any(one["level"] == "error" for one in findings)
    if as_json:
        click.echo(json.dumps({"blocks": blocks, "findings": findings}, ensure_ascii=False))
    else:
        for one in findings:
            click.echo(f"{one['level']} {one['code']}: {one[lang]}\n  → {one[f'do_{lang}']}")
        if not findings:
            click.echo("没有发现问题" if lang == "zh" else "nothing found")
    sys.exit(blocks)


def _findings() -> "Iterator[Found]":
    from service.doctor import found, of_machine

    try:
        stated = read_settings()
    except click.ClickException as error:
        yield found("settings.wrong", why=error.message)
        return
    yield from of_machine(stated)
    yield from _of_its_database(stated)


def _of_its_database(stated: "Settings") -> "Iterator[Found]":
    from service.doctor import found, of_database

    if not stated.database_url and not (stated.data / "postgres" / "data" / "PG_VERSION").exists():
        yield found("database.none", folder=stated.data)
        return
    try:
        with database_url(stated, shared=True) as (_, url):
            yield from of_database(url, stated)
    except EmbeddedError as error:
        yield found("database.embedded", why=next(iter(str(error).splitlines()), ""))
