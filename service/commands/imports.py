"""For who brings results of years before: import them from a file."""

import csv
import io
import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from marshmallow import ValidationError

from schemas.imports import Import
from service.commands.common import FILE, JSON, LANGUAGE, TENANT, Unreadable, refusals, tenant_database
from service.errors import Finding, Language, Place, Problem, finding, findings_of
from service.rulebooks.files import FoundIn, placed

Placed = Callable[[list[Finding]], list[FoundIn]]


@click.group("import")
def import_group() -> None:
    """What comes from files."""


@import_group.command("results")
@click.argument("file", type=FILE)
@TENANT
@click.option("--rulebook", help="RULEBOOK@VERSION whose tiers the file names.")
@click.option("--period", help="Of which period: 2023-12, 2023-Q4, 2023-H2 or 2023.")
@click.option("--reason", help="Why they are imported.")
@click.option("--document", help="The document that says them.")
@click.option("--actor", default="cli", show_default=True, help="Who imports them.")
@click.option("--dry-run", is_flag=True, help="Only say what would be stored.")
@LANGUAGE
@JSON
def import_results(
    file: Path, tenant: str, actor: str, dry_run: bool, lang: Language, as_json: bool, **stated: str | None
) -> None:
    """Import results of a period before the first version rules.

    FILE is JSON as POST /v1/results/import takes it, or CSV of the rows alone, whose header names their fields; an
    empty cell says nothing. Options say the rest, or otherwise than the file.
    """
    from service import imports, journal
    from service.database.transactions import rehearsal

    said, find = _read(file)
    with refusals(lang, find), tenant_database(tenant) as (database, tenant_id):
        typed = _typed({**said(), **{name: text for name, text in stated.items() if text is not None}})
        watermark = journal.sealed(database, tenant_id)
        with rehearsal() if dry_run else nullcontext(), database.transaction(tenant_id) as transaction:
            done = imports.add(transaction, actor, typed, watermark)
    answer = {**done, "run": None} if dry_run else done
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        does = "would become" if dry_run else "are"
        of = f"{answer['rulebook']} {answer['period']} revision {answer['revision']}"
        click.echo(f"{answer['results']} results {does} {of}, digest {answer['digest'][:12]}")


def _typed(said: dict[str, Any]) -> dict[str, Any]:
    try:
        typed: dict[str, Any] = Import().load(said)
    except ValidationError as error:
        raise Problem("request.invalid", findings_of(error)) from None
    return typed


def _read(file: Path) -> tuple[Callable[[], dict[str, Any]], Placed]:
    """How to read a file, and how to find the place of what is wrong in it."""
    source = file.read_bytes()
    if file.suffix.lower() != ".csv":
        return lambda: _of_json(source), lambda found: placed(file, found)
    try:
        table = _Table(source.decode("utf-8-sig"))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"{file} can't be read as CSV in UTF-8: {error}") from None
    return table.said, lambda found: [FoundIn(file, table.placed(one)) for one in found]


def _of_json(source: bytes) -> dict[str, Any]:
    from service import canonical

    said = canonical.parse(source, 4)
    return said if isinstance(said, dict) else {}


class _Table:
    """The rows of a CSV file, each with the line in which it begins."""

    def __init__(self, text: str) -> None:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        self._header = next(rows, [])
        self._rows: list[tuple[int, list[str]]] = []
        line = rows.line_num + 1
        for row in rows:
            if row:
                self._rows.append((line, row))
            line = rows.line_num + 1

    def said(self) -> dict[str, Any]:
        """As the rows of a request. Problem request.invalid where a row has other cells than the header."""
        many = len(self._header)
        wrong = [
            finding(f"/results/{n}", "import.cells", found=len(row), expected=many)
            for n, (_, row) in enumerate(self._rows)
            if len(row) != many
        ]
        if wrong:
            raise Problem("request.invalid", wrong)
        rows = (zip(self._header, row, strict=True) for _, row in self._rows)
        return {"results": [{name: cell for name, cell in row if cell} for row in rows]}

    def placed(self, found: Finding) -> Finding:
        """The finding, where its row begins in the file."""
        _, _, row, *_ = [*found.pointer.split("/"), "", ""]
        line = self._rows[int(row)][0] if row.isdigit() else 1
        return replace(found, place=Place(line, 1))
