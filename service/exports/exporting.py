"""An export from beginning to end: what may be asked for, how many results that is, the file, and its name."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from service import spreadsheets
from service.database.transactions import Transaction
from service.errors import Language
from service.exports import as_ndjson, as_xlsx, tables
from service.exports.nameless import nameless
from service.exports.tables import Table, Tell
from service.results import Filter, Shown


class Format(NamedTuple):
    """A kind of file: its media type, how a table is written as one (None: it is one), and how many rows it takes."""

    media: str
    write: Callable[[Table, BinaryIO, Tell], None] | None = None
    most: int | None = None


FORMATS = {
    "csv": Format(spreadsheets.CSV),
    "xlsx": Format(spreadsheets.XLSX, as_xlsx.write, as_xlsx.MOST),
    "ndjson": Format("application/x-ndjson", as_ndjson.write),
}


@dataclass(frozen=True)
class Asked:
    """Which results, as which kind of file, in whose language; with names for who may read them; in which order."""

    form: str
    sought: Filter = Filter()
    language: Language = "zh"
    with_names: bool = False
    sort: str = "rank"


def count(transaction: Transaction, shown: Shown, sought: Filter) -> int:
    """How many results are asked for. Problem request.invalid."""
    filtered = sought.parameters(transaction, shown)
    return int(transaction.one("export_count", **shown.keys, **filtered).results)


def take(transaction: Transaction, shown: Shown, asked: Asked, tell: Tell = lambda _: None) -> Table:
    """The results, within a transaction; `tell` hears how many more there are. Problem request.invalid, export.rows."""
    return tables.take(
        transaction,
        shown,
        asked.sought,
        asked.language,
        with_names=asked.with_names,
        is_guarded=asked.form == "csv",
        most=FORMATS[asked.form].most,
        sort=asked.sort,
        tell=tell,
    )


def written(table: Table, form: str, tell: Tell = lambda _: None) -> BinaryIO:
    """What was taken as a file without a name, from its beginning; no transaction is needed. Problem export.rows."""
    write = FORMATS[form].write
    if write is None:
        table.file.seek(0)
        return table.file
    with closing(table), nameless() as file:
        write(table, file, tell)
    return file


def names(shown: Shown, suffix: str) -> tuple[str, str]:
    """What the file is called: in ASCII, and in Chinese."""
    period, rulebook = shown.period.text, shown.ruling.id
    number = shown.run.revision if shown.run else None
    plain = f"{period}-{rulebook}-{f'r{number}' if number else 'standing'}.{suffix}"
    told = f"第{number}次发布" if number else "实时"
    title = "".join("_" if c in '\\/:*?"<>|' or c < " " else c for c in shown.rulebook["title"])
    return plain, f"{period} {title} {told}.{suffix}"
