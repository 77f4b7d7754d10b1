"""For who brings events in a file: the template, and the import over the database."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from service.commands.common import (
    FILE,
    JSON,
    LANGUAGE,
    TENANT,
    Unreadable,
    progress,
    tenant_database,
    tenant_transaction,
)
from service.errors import Language, Problem, sentence

if TYPE_CHECKING:
    from service.access import Access
    from service.database.transactions import Database
    from service.files.bodies import Entry, Filing
    from service.files.columns import Mapping
    from service.files.refused import Written
    from service.files.tables import FoundInCell
    from service.files.taking import Became

_EVENTS_IN_ONE_TRANSACTION = 1000
_NDJSON = (".ndjson", ".jsonl")


@click.command("template")
@click.argument("rulebook")
@TENANT
@click.option("--type", "type_", help="For CSV: the type of the events, where the rulebook reads several.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="FILE.xlsx or FILE.csv.")
@LANGUAGE
def import_template(rulebook: str, tenant: str, type_: str | None, out: Path, lang: Language) -> None:
    """Write the workbook in which the events of RULEBOOK (or RULEBOOK@VERSION) are filled in."""
    from service.files import template

    with _problems(lang), tenant_transaction(tenant) as transaction:
        types = template.types_read(transaction, rulebook)
        is_csv = out.suffix.lower() == ".csv"
        out.write_bytes(template.csv_of(template.one_of(types, type_)) if is_csv else template.workbook(types))
    click.echo(f"{out}: {len(types)} event types" if not is_csv else f"{out}")


@click.command("events")
@click.argument("file", type=FILE)
@TENANT
@click.option("--source", required=True, help="The registered source as which they are sent.")
@click.option("--type", "type_", help="The type of the events, where the file doesn't say it.")
@click.option("--mapping", type=FILE, help="YAML that says which column is what, for a table of another make.")
@click.option("--charset", help="Of CSV: utf-8, utf-16 or gb18030; found out unless told.")
@click.option("--from-row", type=click.IntRange(1), default=1, help="Leave out what stands above (in every sheet).")
@click.option(
    "--refused", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows that were refused here."
)
@click.option("--actor", default="cli", show_default=True, help="Who imports them.")
@click.option("--dry-run", is_flag=True, help="Only say what would become of them.")
@LANGUAGE
@JSON
def import_events(
    file: Path,
    tenant: str,
    from_row: int,
    refused: Path | None,
    dry_run: bool,
    lang: Language,
    as_json: bool,
    **said: Any,
) -> None:
    """Import events from FILE: XLSX or CSV as a template or a mapping says, or NDJSON.

    They are stored a thousand at a time. An import that broke off is begun again: what is there counts once. The exit
    code is 0 where every row is stored, 1 where some were refused, 2 for a file that can't be read.
    """
    became = _Became()
    with ExitStack() as closed, _problems(lang):
        database, tenant_id = closed.enter_context(tenant_database(tenant))
        read = _Read(file, closed.enter_context(file.open("rb")), said.pop("charset"))
        access, filing = _asked(database, tenant_id, lang, **said)
        entries = read.entries(filing)
        asked = (entry for entry in entries if entry.row.number >= from_row)
        parts = closed.enter_context(_parts(database, access, asked, dry_run))
        write = closed.enter_context(_writing(refused, read.kind, lang))
        tell = closed.enter_context(progress(read.length))
        for part in parts:
            write(became.add(part))
            tell(read.place(became.rows), became.rows)
        if not became.rows:
            raise Problem("file.empty")
    if as_json:
        errors = [one.body(lang) for one in became.found]
        click.echo(json.dumps({"rows": became.rows, **became.counts, "errors": errors}, ensure_ascii=False))
    else:
        for one in became.found:
            click.echo(_line(file, one, lang), err=True)
        counts = ", ".join(f"{count} {outcome}" for outcome, count in became.counts.items())
        click.echo(f"{became.rows} rows{' would be' if dry_run else ''}: {counts}")
    if became.refused:
        sys.exit(1)


class _Became:
    """What became of the rows so far."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.found: list[FoundInCell] = []
        self.refused = 0

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    def add(self, part: "list[Became]") -> "list[Became]":
        """Count a part; those of it that were refused."""
        from service.files import taking

        for outcome, count in taking.counted(part).items():
            self.counts[outcome] = self.counts.get(outcome, 0) + count
        refused = [one for one in part if one.outcome not in taking.TAKEN]
        self.refused += len(refused)
        told = (found for one in refused for found in one.found)
        self.found += islice(told, taking.MOST_TOLD - len(self.found))
        return refused


class _Read:
    """A file of any of the three kinds, and how far it is read."""

    def __init__(self, file: Path, source: BinaryIO, charset: str | None) -> None:
        from service.files import of_xlsx

        self._file, self._source, self._charset = file, source, charset
        is_xlsx = source.read(len(of_xlsx.BEGINS)) == of_xlsx.BEGINS
        source.seek(0)
        self.kind = "xlsx" if is_xlsx else ("ndjson" if file.suffix.lower() in _NDJSON else "csv")
        self.length = file.stat().st_size

    def entries(self, filing: "Filing") -> "Iterator[Entry]":
        from service.files import bodies, of_ndjson, opening

        if self.kind == "ndjson":
            return of_ndjson.entries(self._source, filing.source)
        entries = bodies.entries(opening.tables(self._source, self._file.stem, self._charset), filing)
        if self.kind == "csv":
            return entries
        rows = list(entries)  # a workbook is bounded, and its bytes don't say how far it is read
        self.length = len(rows)
        return iter(rows)

    def place(self, rows: int) -> int:
        """How much of its length is read, after so many rows."""
        if self.kind == "xlsx":
            return rows
        return self.length if self._source.closed else self._source.tell()


def _asked(
    database: "Database",
    tenant_id: int,
    lang: Language,
    source: str,
    type_: str | None,
    mapping: Path | None,
    actor: str,
) -> "tuple[Access, Filing]":
    from service import event_types
    from service.access import Access
    from service.files.bodies import Filing

    with database.transaction(tenant_id) as transaction:
        types = event_types.all_types(transaction)
        if not transaction.all("sources", sources=[source]):
            raise click.ClickException(f"there is no source {source}: a token with it registers it")
    filing = Filing(types, source, type_, mapping=_mapping(mapping, lang) if mapping else None)
    return Access(tenant_id, actor, frozenset(), frozenset({source})), filing


def _mapping(file: Path, lang: Language) -> "Mapping":
    from service.files.columns import Mapping
    from service.rulebooks import text
    from service.rulebooks.files import placed

    try:
        return Mapping.of(text.read(file.read_bytes()))
    except Problem as problem:
        raise Unreadable("\n".join(one.line(lang) for one in placed(file, problem.findings))) from None


@contextmanager
def _parts(
    database: "Database", access: "Access", entries: "Iterable[Entry]", dry_run: bool
) -> "Iterator[Iterator[list[Became]]]":
    """What becomes of the entries, part by part; of a dry run nothing is kept."""
    from service.files import taking

    if not dry_run:
        yield taking.stored(database, access, entries, _EVENTS_IN_ONE_TRANSACTION)
        return
    tried = partial(taking.tried, access=access, entries=entries, size=_EVENTS_IN_ONE_TRANSACTION)
    with database.transaction(access.tenant_id) as transaction, closing(tried(transaction)) as parts:
        yield parts


@contextmanager
def _writing(file: Path | None, kind: str, lang: Language) -> "Iterator[Callable[[list[Became]], None]]":
    """How rows that were refused are written; where none is, there is no file."""
    from service.files import refused

    made: dict[str, type[Written]] = {"csv": refused.Csv, "xlsx": refused.Xlsx, "ndjson": refused.Ndjson}
    opened: list[Written] = []

    def write(rows: "list[Became]") -> None:
        if file and rows:
            if not opened:
                opened.append(made[kind](file, lang))
            opened[0].add(rows)

    try:
        yield write
    finally:
        for one in opened:
            one.close()


@contextmanager
def _problems(lang: Language) -> Iterator[None]:
    """A refusal as one line; of a file that can't be read with the exit code of those."""
    try:
        yield
    except Problem as problem:
        kind = Unreadable if problem.code.startswith("file.") else click.ClickException
        found = [sentence(one.code, one.values, lang) for one in problem.findings]
        raise kind(" ".join([sentence(problem.code, problem.values, lang), *found])) from None


def _line(file: Path, found: "FoundInCell", lang: Language) -> str:
    """file[sheet]:row:column CODE message."""
    sheet = f"[{found.sheet}]" if found.sheet and file.stem != found.sheet else ""
    pointer = "" if found.column else found.pointer.removeprefix(f"/{found.row}")
    said = " ".join(part for part in (found.code, pointer, sentence(found.code, found.values, lang)) if part)
    return f"{file}{sheet}:{found.row}:{found.column or 1} {said}"
