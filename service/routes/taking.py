"""The events of a request on their way through intake: stored, counted, and kept where they were refused."""

from collections.abc import Sequence
from typing import Any

from service import counting, intake, rejections
from service.http import access, database, settings
from service.intake import Item


def take(bodies: Sequence[Any], atomic: bool = False, dry_run: bool = False) -> list[Item]:
    """What became of each, once what is new is committed; of a dry run, what would become of each."""
    take_in = intake.tried if dry_run else intake.take
    with database().transaction(access().tenant_id, seconds=settings().intake_timeout_seconds) as transaction:
        items = take_in(transaction, access(), bodies, atomic)
    if not dry_run:
        tell(items)
    return items


def tell(items: Sequence[Item]) -> None:
    """Count what became of these, and keep what was refused."""
    counting.events(access(), items)
    rejections.keep(database(), settings(), access(), items)
