"""For who answers for results: verify what was published, try what a rulebook would change."""

import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from service.commands.common import JSON, LANGUAGE, TENANT, refusals, tenant_database
from service.errors import Language


@click.command("verify")
@TENANT
@click.option("--run", "runs", type=int, multiple=True, help="Only this run; may be repeated.")
@click.option("--sample", type=click.IntRange(1), help="Only so many of them, drawn by chance.")
@JSON
def verify_command(tenant: str, runs: tuple[int, ...], sample: int | None, as_json: bool) -> None:
    """Compute published runs once more and compare; exit code 1 where anything differs."""
    from service.verification import verify

    with tenant_database(tenant) as (database, tenant_id):
        found = []
        for one in verify(database, tenant_id, list(runs) or None, sample):
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


@click.command()
@click.argument("rulebook")
@TENANT
@click.option("--period", required=True, help="On whose events: 2025-03, 2025-Q1, 2025-H1 or 2025.")
@click.option("--against", help="RULEBOOK@VERSION to compare with; the one that rules the period unless told.")
@click.option("--names", is_flag=True, help="Tell names whole; without it they are masked.")
@click.option("--limit", type=click.IntRange(1, 5000), default=20, show_default=True, help="How many are told singly.")
@LANGUAGE
@JSON
def trial(
    rulebook: str, tenant: str, period: str, against: str, names: bool, limit: int, lang: Language, as_json: bool
) -> None:
    """What a rulebook (RULEBOOK@VERSION, or a file) would change in a period; nothing of it is kept."""
    from service import periods, trials
    from service.rulebooks.files import placed

    file = Path(rulebook)
    with refusals(lang, partial(placed, file)), tenant_database(tenant) as (database, tenant_id):
        tried = trials.Text("cli", file.read_bytes()) if file.is_file() else rulebook
        answer = trials.run(database, tenant_id, trials.Asked(tried, periods.parse(period), against, limit, names))
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else trials.page(answer, lang))
