"""What commands share: options, settings, the database that is meant, and how a refusal is printed."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service import settings
from service.database.embedded import EmbeddedError
from service.errors import Finding, Language, Problem, sentence
from service.serve import database_url
from service.settings import Settings

if TYPE_CHECKING:
    from service.database.transactions import Database, Transaction
    from service.rulebooks.files import FoundIn

LANGUAGE = click.option("--lang", type=click.Choice(["zh", "en"]), default="en", help="Language of the findings.")
WORDS = click.option("--lang", type=click.Choice(["zh", "en"]), default="en", help="Language of the sentences.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TENANT = click.option("--tenant", required=True, help="The tenant's name.")
_ROWS_BETWEEN_LINES = 10_000


class Unreadable(click.ClickException):
    """A file that can't be what it must be, which is not the answer that was asked for."""

    exit_code = 2


def read_settings() -> Settings:
    """What the environment says; one line where it is nonsense."""
    try:
        stated = settings.read()
        if stated.webhook_keys or stated.webhook_private:
            from service.webhooks.terms import terms

            terms(stated)
        return stated
    except settings.SettingError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def database_urls(stated: Settings, shared: bool = False) -> Iterator[tuple[str, str]]:
    """The owner's and the service's address of the database that is meant: the settings', or an embedded one's."""
    try:
        with database_url(stated, shared) as urls:
            yield urls
    except EmbeddedError as error:
        raise click.ClickException(str(error)) from None


def migrated(owner: str, service: str) -> list[str]:
    """Bring the schema up to date; the names of what was applied."""
    from service.database.migrations import MigrationError, migrate

    try:
        return migrate(owner, service)
    except MigrationError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def opened(stated: Settings, url: str) -> Iterator["Database"]:
    """A database for as long as the block lasts."""
    from service.database.transactions import Database

    database = Database(url, stated)
    database.open()
    try:
        yield database
    finally:
        database.close()


@contextmanager
def scratch() -> Iterator["Database"]:
    """The database of the settings; where they name none, an embedded one that goes when the block ends."""
    stated = read_settings()
    with tempfile.TemporaryDirectory(prefix="jifen-") as folder:
        stated = stated if stated.database_url else replace(stated, data=Path(folder))
        with database_urls(stated) as (owner, url):
            if not stated.database_url:
                migrated(owner, url)
            with opened(stated, url) as database:
                yield database


@contextmanager
def refusals(language: Language, placed: "Callable[[list[Finding]], list[FoundIn]] | None" = None) -> Iterator[None]:
    """A Problem becomes the lines of an error: what it says, and each finding in the file where it stands, if any."""
    try:
        yield
    except Problem as problem:
        if placed:
            found = [one.line(language) for one in placed(problem.findings)]
        else:
            found = [f"{one.pointer} {sentence(one.code, one.values, language)}" for one in problem.findings]
        raise click.ClickException("\n".join([sentence(problem.code, problem.values, language), *found])) from None


@contextmanager
def tenant_database(name: str) -> Iterator[tuple["Database", int]]:
    """The database and the number of a tenant."""
    stated = read_settings()
    with database_urls(stated, shared=True) as (_, url), opened(stated, url) as database:
        with database.transaction() as transaction:
            row: Any = transaction.maybe("tenant_by_name", tenant_name=name)
        if row is None:
            raise click.ClickException(f"there is no tenant {name}")
        yield database, row.tenant_id


@contextmanager
def tenant_transaction(name: str) -> Iterator["Transaction"]:
    """One transaction of a tenant."""
    with tenant_database(name) as (database, tenant_id), database.transaction(tenant_id) as transaction:
        yield transaction


@contextmanager
def progress(length: int) -> Iterator[Callable[[int, int], None]]:
    """How far it is: a bar on a terminal, now and then a line elsewhere. It stands beside the answer, not in it."""
    if sys.stderr.isatty():
        with click.progressbar(length=length, file=sys.stderr) as bar:
            yield lambda place, _: bar.update(place - bar.pos)
        return
    told = 0

    def tell(_: int, rows: int) -> None:
        nonlocal told
        if rows >= told + _ROWS_BETWEEN_LINES:
            told = rows
            click.echo(f"{rows} rows", err=True)

    yield tell
