"""For who takes results away as a file: the ranking in any format, and the list for public notice."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from marshmallow import ValidationError

from schemas.exports import Noticed
from schemas.results import SORTS, Sorted
from service.commands.common import JSON, TENANT, WORDS, progress, tenant_database
from service.errors import Language, Problem, findings_of, sentence

if TYPE_CHECKING:
    from service.database.transactions import Transaction
    from service.results import Shown

_WORDS = ("group", "under", "tier", "no_tier", "outcome", "sort", "fields")
_RESULTS, _NOTICE = ("csv", "xlsx", "ndjson"), ("xlsx", "html")


class _Asked(Sorted, Noticed):
    """What the options say of which results, and in which order."""


@click.command("export")
@click.argument("period")
@TENANT
@click.option("--rulebook", help="Whose results, where several rule the period.")
@click.option("--revision", type=click.IntRange(1), help="This revision; the last one unless told.")
@click.option("--standing", is_flag=True, help="As of now, in place of what was published.")
@click.option("--final", is_flag=True, help="Only what is final.")
@click.option("--group", help="Only this group.")
@click.option("--under", help="Only this organisation and all below it.")
@click.option("--tier", help="Only this tier.")
@click.option("--no-tier", help="Only who has no tier for this reason.")
@click.option("--outcome", help="Only for whom this outcome follows.")
@click.option("--sort", type=click.Choice(SORTS), help="In this order; by group and rank unless told.")
@click.option("--names", is_flag=True, help="With the names of workers.")
@click.option("--notice", is_flag=True, help="The list for public notice, names masked, as XLSX or HTML.")
@click.option("--fields", help="Of a notice: its fields, apart by commas.")
@click.option("--format", "form", type=click.Choice([*_RESULTS, "html"]), help="As FILE is called, unless told.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@WORDS
@JSON
def export_command(
    period: str,
    tenant: str,
    names: bool,
    notice: bool,
    form: str | None,
    out: Path,
    lang: Language,
    as_json: bool,
    **said: Any,
) -> None:
    """Write the results of PERIOD into a file: CSV, XLSX or NDJSON, or the list for public notice."""
    from service import exports
    from service.results import Filter

    form = form or out.suffix.removeprefix(".").lower()
    if form not in (known := _NOTICE if notice else _RESULTS):
        raise click.UsageError(f"--format is one of {', '.join(known)}")
    if notice and said["sort"]:
        raise click.UsageError("a notice is by group and rank: --sort doesn't go with --notice")
    with _problems(lang):
        asked = _asked(said)
        sought = Filter.of(asked)
        with _shown(tenant, period, **said) as (transaction, shown):
            rows = exports.count(transaction, shown, sought)
            with progress(rows if form == "csv" else 2 * rows) as tell:
                told = _adding(tell)
                if notice:
                    listed = exports.take_notice(transaction, shown, sought, lang, asked["fields"], told)
                    file = exports.written_notice(listed, form, told)
                else:
                    wanted = exports.Asked(form, sought, lang, names, asked["sort"])
                    table = exports.take(transaction, shown, wanted, told)
                    file = exports.written(table, form, told)
        with file, out.open("wb") as target:
            shutil.copyfileobj(file, target)
    click.echo(json.dumps({"file": str(out), "results": rows}) if as_json else f"{out}: {rows} results")


def _asked(said: dict[str, Any]) -> dict[str, Any]:
    """The filter and the fields. Problem request.invalid."""
    try:
        asked: dict[str, Any] = _Asked().load({name: said[name] for name in _WORDS if said[name] is not None})
    except ValidationError as error:
        raise Problem("request.invalid", findings_of(error)) from None
    return asked


@contextmanager
def _shown(
    tenant: str, period: str, rulebook: str | None, revision: int | None, standing: bool, final: bool, **_: Any
) -> "Iterator[tuple[Transaction, Shown]]":
    from service import journal, periods, results

    if standing and (revision or final):
        raise click.UsageError("--standing is no revision, and never final")
    with tenant_database(tenant) as (database, tenant_id):
        parsed, watermark = periods.parse(period), journal.sealed(database, tenant_id)
        with database.transaction(tenant_id) as transaction:
            yield transaction, results.show(transaction, parsed, rulebook, watermark, standing, revision, final)


def _adding(tell: Callable[[int, int], None]) -> Callable[[int], None]:
    """Tells how many rows there are by now, when it is told how many more."""
    so_far = 0

    def told(more: int) -> None:
        nonlocal so_far
        so_far += more
        tell(so_far, so_far)

    return told


@contextmanager
def _problems(lang: Language) -> Iterator[None]:
    """A refusal as lines: what it says, and each finding at its option."""
    try:
        yield
    except Problem as problem:
        found = [
            f"--{one.pointer.strip('/').replace('_', '-')} {sentence(one.code, one.values, lang)}"
            for one in problem.findings
        ]
        raise click.ClickException("\n".join([sentence(problem.code, problem.values, lang), *found])) from None
