"""The command line: jifen demo, serve, migrate, tenant, token, rulebook, verify, config.

Errors are one line and exit code 1, or 2 for a call that can't be understood; --json prints one JSON document. Commands
import what they need when they run: metrics decide at import whether processes add up, and `serve` must say so first.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service import __version__, settings
from service.database.embedded import EmbeddedError
from service.errors import Language, Problem, sentence
from service.serve import database_url, prepare, run
from service.settings import Settings

if TYPE_CHECKING:
    from service.database.transactions import Database, Transaction
    from service.regulation import Regulation
    from service.rulebooks.files import FoundIn

_LANGUAGE = click.option("--lang", type=click.Choice(["zh", "en"]), default="en", help="Language of the findings.")
_WORDS = click.option("--lang", type=click.Choice(["zh", "en"]), default="en", help="Language of the sentences.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TENANT = click.option("--tenant", required=True, help="The tenant's name.")


class _Unreadable(click.ClickException):
    """A file that can't be what it must be, which is not the answer that was asked for."""

    exit_code = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="jifen")
def main() -> None:
    """Points-based appraisal: events in, exact points, tiers and ranks out."""


@main.command("serve")
def serve_command() -> None:
    """Serve the API. Without DATABASE_URL, over an embedded PostgreSQL, migrated first."""
    stated = _settings()
    prepare(stated)
    with _database_urls(stated) as (owner, url):
        if not stated.database_url:
            _migrate(owner, url)
        run(stated, url)


@main.command()
def demo() -> None:
    """Migrate, load the sample county where there is none, print what to try, serve."""
    stated = _settings()
    prepare(stated)
    with _database_urls(stated) as (owner, url):
        _migrate(owner, url)
        with _opened(stated, url) as database:
            _load_sample(owner, database)
            _print_first_steps(stated, database)
        run(stated, url)


@main.command()
def migrate() -> None:
    """Bring the schema up to date, as the owner (JIFEN_OWNER_URL, else DATABASE_URL)."""
    with _database_urls(_settings()) as (owner, service):
        applied = _migrate(owner, service)
    click.echo(f"applied: {', '.join(applied)}" if applied else "nothing to apply")


@main.group()
def tenant() -> None:
    """Counties and districts."""


@tenant.command("create")
@click.argument("name")
def tenant_create(name: str) -> None:
    """Make a tenant."""
    from service.access import create_tenant
    from service.database.transactions import owner_transaction

    with _database_urls(_settings(), shared=True) as (owner, _), owner_transaction(owner) as transaction:
        try:
            create_tenant(transaction, "cli", name)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"tenant {name} created")


@main.group()
def token() -> None:
    """Access for systems and people."""


@token.command("create")
@_TENANT
@click.option("--actor", default="cli", show_default=True, help="Who it stands for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do; may be repeated.")
@click.option("--source", "sources", multiple=True, help="What it may send as; may be repeated.")
@_JSON
def token_create(tenant: str, actor: str, scopes: tuple[str, ...], sources: tuple[str, ...], as_json: bool) -> None:
    """Make a token; it can be read only now."""
    from service.access import create_token

    with _tenant_transaction(tenant) as transaction:
        try:
            made = create_token(transaction, "cli", tenant, actor, list(scopes), list(sources))
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    click.echo(json.dumps({"token": made}) if as_json else made)


@main.group()
def rulebook() -> None:
    """The rules as data."""


@rulebook.command("test")
@click.argument("file", type=_FILE)
@click.option("--cases", type=_FILE, help="The cases; without it, cases.yaml beside the rulebook.")
@click.option("--types", type=_FILE, help="The event types; without it, event_types.yaml beside the rulebook.")
@_LANGUAGE
@_JSON
def rulebook_test(file: Path, cases: Path | None, types: Path | None, lang: str, as_json: bool) -> None:
    """Settle the cases of a rulebook, ask the oracle too, and say what no case covers. Nothing is kept.

    Exit code 1 where a case fails or anything is left out, 2 where a file can't be read.
    """
    from service.cases import report
    from service.cases.folder import Folder

    with _scratch() as database, database.transaction() as transaction:
        said = report.of(transaction, Folder.of(file, cases, types), "zh" if lang == "zh" else "en")
    click.echo(json.dumps(said.document, ensure_ascii=False) if as_json else "\n".join(said.lines))
    sys.exit(said.exit_code)


@rulebook.command("publish")
@click.argument("file", type=_FILE)
@click.option("--cases", type=_FILE, help="The cases; without it, cases.yaml beside the rulebook.")
@_TENANT
@click.option("--drafted-by", required=True, help="Who wrote it.")
@click.option("--published-by", required=True, help="The second person, who lets it rule.")
@click.option("--reason", help="Why it may rule periods that have ended.")
@click.option("--document", help="The document that orders it, with --reason.")
@_LANGUAGE
def rulebook_publish(
    file: Path,
    cases: Path | None,
    tenant: str,
    drafted_by: str,
    published_by: str,
    reason: str,
    document: str,
    lang: str,
) -> None:
    """Store a rulebook with its cases, and let it rule when they hold and cover it."""
    from service.cases import gate
    from service.cases.folder import Folder
    from service.rulebooks import store

    if bool(reason) != bool(document):
        raise click.UsageError("--reason and --document go together")
    with _refusals("zh" if lang == "zh" else "en", str(file)), _tenant_transaction(tenant) as transaction:
        header, _ = store.draft(transaction, drafted_by, file.read_bytes())
        beside = Folder.of(file, cases).cases
        if beside.exists():
            gate.keep(transaction, drafted_by, header["rulebook"], header["version"], beside.read_bytes())
        grounds = store.Grounds(reason, document) if reason else None
        gate.publish(transaction, published_by, header["rulebook"], header["version"], grounds)
    click.echo(f"{header['rulebook']}@{header['version']} rules; sha256 {header['hash']}")


@rulebook.command("text")
@click.argument("file", type=_FILE)
@click.option("--types", type=_FILE, help="Its event types; by default event_types.yaml beside it.")
@click.option("--parent", type=_FILE, help="The rulebook that it extends.")
@_WORDS
@_JSON
def rulebook_text(file: Path, types: Path | None, parent: Path | None, lang: "Language", as_json: bool) -> None:
    """Print a rulebook as a regulation: numbered sentences, with nothing left out."""
    said = _in_words(file, types, parent, lang)
    click.echo(json.dumps(said.json(), ensure_ascii=False) if as_json else said.text(lang), nl=as_json)


@rulebook.command("diff")
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@click.option("--types", type=_FILE, help="Their event types; by default event_types.yaml beside each.")
@click.option("--parent", type=_FILE, help="The rulebook that they extend.")
@_WORDS
@_JSON
def rulebook_diff(
    before: Path, after: Path, types: Path | None, parent: Path | None, lang: "Language", as_json: bool
) -> None:
    """Print what the second says otherwise than the first, by meaning: exit code 1 where there is anything."""
    from service.regulation import differences

    found = differences(*(_in_words(file, types, parent, lang) for file in (before, after)))
    if as_json:
        click.echo(json.dumps({"items": [one.json() for one in found]}, ensure_ascii=False))
    else:
        click.echo("".join(f"{one.text(lang)}\n" for one in found), nl=False)
    sys.exit(1 if found else 0)


@rulebook.command("schema")
def rulebook_schema() -> None:
    """Print the JSON Schema of the language, for editors that check and complete."""
    from service.rulebooks import json_schema

    click.echo(json_schema.page(), nl=False)


@rulebook.command("lint")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--types", type=_FILE, help="Declarations of event types; default: event_types.yaml beside each file.")
@click.option("--tenant", help="The tenant whose event types and published rulebooks count.")
@_LANGUAGE
@_JSON
def rulebook_lint(files: tuple[Path, ...], types: Path | None, tenant: str | None, lang: str, as_json: bool) -> None:
    """Tell everything that is wrong or odd in rulebooks: file:line:column CODE message.

    Exit code 0: nothing, or warnings only; 1: errors; 2: a file can't be read, or the call can't be understood.
    """
    if types and tenant:
        raise click.UsageError("give --types or --tenant, not both")
    language: Language = "zh" if lang == "zh" else "en"
    try:
        found = _found_in_files(files, types, tenant)
    except Problem as problem:
        raise _Unreadable(sentence(problem.code, problem.values, language)) from None
    except click.ClickException as error:
        raise _Unreadable(error.message) from None
    except OSError as error:
        raise _Unreadable(str(error)) from None
    if as_json:
        click.echo(json.dumps({"findings": [one.body() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            click.echo(one.line(language))
    sys.exit(1 if any(one.finding.level == "error" for one in found) else 0)


@main.command("verify")
@_TENANT
@click.option("--run", "runs", type=int, multiple=True, help="Only this run; may be repeated.")
@_JSON
def verify_command(tenant: str, runs: tuple[int, ...], as_json: bool) -> None:
    """Compute published runs once more and compare; exit code 1 where anything differs."""
    from service.verification import verify

    with _tenant_database(tenant) as (database, tenant_id):
        found = []
        for one in verify(database, tenant_id, list(runs) or None):
            found.append(one)
            if not as_json:
                said = "; ".join(one.wrong) or "holds"
                click.echo(f"{one.rulebook} {one.period} revision {one.revision} (run {one.run}): {said}")
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        click.echo(f"{len(found)} verified, {sum(bool(one.wrong) for one in found)} differ")
    if any(one.wrong for one in found):
        sys.exit(1)


@main.command()
@click.argument("rulebook")
@_TENANT
@click.option("--period", required=True, help="On whose events: 2025-03, 2025-Q1, 2025-H1 or 2025.")
@click.option("--against", help="RULEBOOK@VERSION to compare with; the one that rules the period unless told.")
@click.option("--limit", type=click.IntRange(1, 5000), default=20, show_default=True, help="How many are told singly.")
@_LANGUAGE
@_JSON
def trial(rulebook: str, tenant: str, period: str, against: str, limit: int, lang: str, as_json: bool) -> None:
    """What a rulebook (RULEBOOK@VERSION, or a file) would change in a period; nothing of it is kept."""
    from service import periods, trials

    with _refusals("zh" if lang == "zh" else "en", rulebook), _tenant_database(tenant) as (database, tenant_id):
        file = Path(rulebook)
        tried = trials.Text("cli", file.read_bytes()) if file.is_file() else rulebook
        answer = trials.run(database, tenant_id, trials.Asked(tried, periods.parse(period), against, limit))
    click.echo(
        json.dumps(answer, ensure_ascii=False) if as_json else trials.page(answer, "zh" if lang == "zh" else "en")
    )


@main.command()
@_JSON
def config(as_json: bool) -> None:
    """Every setting with its value, default and meaning; secrets are not shown."""
    stated, rows = _settings(), []
    for item in fields(Settings):
        value = str(getattr(stated, item.name))
        shown = "(set)" if value and item.name.endswith("_url") else value
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


def _found_in_files(files: tuple[Path, ...], types: Path | None, tenant: str | None) -> list["FoundIn"]:
    from service.rulebooks.files import findings

    if tenant is None:
        return findings(files, types)
    from service.rulebooks import store

    with _tenant_transaction(tenant) as transaction:
        return findings(files, None, store.declarations(transaction), store.parents(transaction))


def _in_words(file: Path, types: Path | None, parent: Path | None, lang: "Language") -> "Regulation":
    """The regulation of a file; exit code 2 where it can't be read."""
    from service.errors import Problem
    from service.regulation import of_file

    beside = file.with_name("event_types.yaml")
    try:
        return of_file(file, types or (beside if beside.is_file() else None), parent)
    except Problem as problem:
        raise _Unreadable(_lines(str(file), problem, lang)) from None


def _lines(of: str, problem: Problem, language: Language) -> str:
    """A line for each finding, with its place where the problem is one of a text."""
    said = problem.body(language, "-")
    errors = [{"at": f":{e['line']}:{e['column']}" if "line" in e else ":", **e} for e in said.get("errors", [])]
    return "\n".join([said["title"], *(f"{of}{e['at']} {e['code']} {e['pointer']} {e['detail']}" for e in errors)])


def _settings() -> Settings:
    try:
        return settings.read()
    except settings.SettingError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _database_urls(stated: Settings, shared: bool = False) -> Iterator[tuple[str, str]]:
    try:
        with database_url(stated, shared) as urls:
            yield urls
    except EmbeddedError as error:
        raise click.ClickException(str(error)) from None


def _migrate(owner: str, service: str) -> list[str]:
    from service.database.migrations import MigrationError, migrate

    try:
        return migrate(owner, service)
    except MigrationError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _opened(stated: Settings, url: str) -> Iterator["Database"]:
    from service.database.transactions import Database

    database = Database(url, stated)
    database.open()
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _scratch() -> Iterator["Database"]:
    """The database of the settings; where they name none, an embedded one that goes when the block ends."""
    stated = _settings()
    with tempfile.TemporaryDirectory(prefix="jifen-") as folder:
        stated = stated if stated.database_url else replace(stated, data=Path(folder))
        with _database_urls(stated) as (owner, url):
            if not stated.database_url:
                _migrate(owner, url)
            with _opened(stated, url) as database:
                yield database


@contextmanager
def _refusals(language: "Language", of: str) -> Iterator[None]:
    """A Problem becomes the lines of an error, each finding with the file or version that it is of."""
    from service.errors import Problem

    try:
        yield
    except Problem as problem:
        raise click.ClickException(_lines(of, problem, language)) from None


@contextmanager
def _tenant_database(name: str) -> Iterator[tuple["Database", int]]:
    stated = _settings()
    with _database_urls(stated, shared=True) as (_, url), _opened(stated, url) as database:
        with database.transaction() as transaction:
            row: Any = transaction.maybe("tenant_by_name", tenant_name=name)
        if row is None:
            raise click.ClickException(f"there is no tenant {name}")
        yield database, row.tenant_id


@contextmanager
def _tenant_transaction(name: str) -> Iterator["Transaction"]:
    with _tenant_database(name) as (database, tenant_id), database.transaction(tenant_id) as transaction:
        yield transaction


def _load_sample(owner: str, database: "Database") -> None:
    from service import demo

    with click.progressbar(length=demo.EVENTS_ABOUT, label="loading the sample county", file=sys.stderr) as bar:
        demo.load(owner, database, bar.update)


def _print_first_steps(stated: Settings, database: "Database") -> None:
    from service import demo

    made = demo.tokens(database)
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
