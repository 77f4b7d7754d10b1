"""For who writes and reviews the rules: lint, test, text, diff, schema, publish."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.commands.common import (
    FILE,
    JSON,
    LANGUAGE,
    TENANT,
    WORDS,
    Unreadable,
    refusals,
    scratch,
    tenant_transaction,
)
from service.errors import Language, Problem, sentence

if TYPE_CHECKING:
    from service.regulation import Regulation
    from service.rulebooks.files import FoundIn


_RULES: dict[Language, str] = {
    "en": "{rulebook}@{version} rules; sha256 {hash}",
    "zh": "{rulebook}@{version} 已发布施行；sha256 {hash}",
}


@click.group()
def rulebook() -> None:
    """The rules as data."""


@rulebook.command("test")
@click.argument("file", type=FILE)
@click.option("--cases", type=FILE, help="The cases; without it, cases.yaml beside the rulebook.")
@click.option("--types", type=FILE, help="The event types; without it, event_types.yaml beside the rulebook.")
@LANGUAGE
@JSON
def rulebook_test(file: Path, cases: Path | None, types: Path | None, lang: Language, as_json: bool) -> None:
    """Settle the cases of a rulebook, ask the oracle too, and say what no case covers. Nothing is kept.

    Exit code 1 where a case fails or anything is left out, 2 where a file can't be read.
    """
    from service.cases import report
    from service.rulebooks.files import Folder

    with scratch() as database, database.transaction() as transaction:
        said = report.of(transaction, Folder.of(file, cases, types), lang)
    click.echo(json.dumps(said.document, ensure_ascii=False) if as_json else "\n".join(said.lines))
    sys.exit(said.exit_code)


@rulebook.command("publish")
@click.argument("file", type=FILE)
@click.option("--cases", type=FILE, help="The cases; without it, cases.yaml beside the rulebook.")
@TENANT
@click.option("--drafted-by", required=True, help="Who wrote it.")
@click.option("--published-by", required=True, help="The second person, who lets it rule.")
@click.option("--reason", help="Why it may rule periods that have ended.")
@click.option("--document", help="The document that orders it, with --reason.")
@LANGUAGE
def rulebook_publish(
    file: Path,
    cases: Path | None,
    tenant: str,
    drafted_by: str,
    published_by: str,
    reason: str,
    document: str,
    lang: Language,
) -> None:
    """Store a rulebook with its cases, and let it rule when they hold and cover it."""
    from service.cases import gate, report
    from service.rulebooks import store
    from service.rulebooks.files import Folder, placed

    if bool(reason) != bool(document):
        raise click.UsageError("--reason and --document go together")
    folder = Folder.of(file, cases)
    with refusals(lang, partial(report.of_both, folder)), tenant_transaction(tenant) as transaction:
        with refusals(lang, partial(placed, file)):
            header = store.draft(transaction, drafted_by, file.read_bytes()).header
        if folder.cases.exists():
            with refusals(lang, partial(placed, folder.cases)):
                gate.keep(transaction, drafted_by, header["rulebook"], header["version"], folder.cases.read_bytes())
        grounds = store.Grounds(reason, document) if reason else None
        gate.publish(transaction, published_by, header["rulebook"], header["version"], grounds)
    click.echo(_RULES[lang].format(**header))


@rulebook.command("text")
@click.argument("file", type=FILE)
@click.option("--types", type=FILE, help="Its event types; by default event_types.yaml beside it.")
@click.option("--parent", type=FILE, help="The rulebook that it extends.")
@WORDS
@JSON
def rulebook_text(file: Path, types: Path | None, parent: Path | None, lang: Language, as_json: bool) -> None:
    """Print a rulebook as a regulation: numbered sentences, with nothing left out."""
    said = _in_words(file, types, parent, lang)
    click.echo(json.dumps(said.json(), ensure_ascii=False) if as_json else said.text(lang), nl=as_json)


@rulebook.command("diff")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@click.option("--types", type=FILE, help="Their event types; by default event_types.yaml beside each.")
@click.option("--parent", type=FILE, help="The rulebook that they extend.")
@WORDS
@JSON
def rulebook_diff(
    before: Path, after: Path, types: Path | None, parent: Path | None, lang: Language, as_json: bool
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
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--types", type=FILE, help="Declarations of event types; default: event_types.yaml beside each file.")
@click.option("--tenant", help="The tenant whose event types and published rulebooks count.")
@LANGUAGE
@JSON
def rulebook_lint(
    files: tuple[Path, ...], types: Path | None, tenant: str | None, lang: Language, as_json: bool
) -> None:
    """Tell everything that is wrong or odd in rulebooks: file:line:column CODE message.

    Exit code 0: nothing, or warnings only; 1: errors; 2: a file can't be read, or the call can't be understood.
    """
    if types and tenant:
        raise click.UsageError("give --types or --tenant, not both")
    try:
        found = _found_in_files(files, types, tenant)
    except Problem as problem:
        raise Unreadable(sentence(problem.code, problem.values, lang)) from None
    except click.ClickException as error:
        raise Unreadable(error.message) from None
    except OSError as error:
        raise Unreadable(str(error)) from None
    if as_json:
        click.echo(json.dumps({"findings": [one.body() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            click.echo(one.line(lang))
    sys.exit(1 if any(one.finding.level == "error" for one in found) else 0)


def _found_in_files(files: tuple[Path, ...], types: Path | None, tenant: str | None) -> list["FoundIn"]:
    from service.rulebooks.files import findings

    if tenant is None:
        return findings(files, types)
    from service.rulebooks import store

    with tenant_transaction(tenant) as transaction:
        return findings(files, None, store.declarations(transaction), store.parents(transaction))


def _in_words(file: Path, types: Path | None, parent: Path | None, lang: Language) -> "Regulation":
    """The regulation of a file; exit code 2 where it can't be read."""
    from service.regulation import of_file
    from service.rulebooks import files

    try:
        return of_file(file, types, parent)
    except files.Unreadable as error:
        click.echo("\n".join(one.line(lang) for one in error.found), err=True)
        sys.exit(2)
