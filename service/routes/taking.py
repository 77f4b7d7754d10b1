"""The events of a request on their way through intake: stored, counted, and kept where they were refused."""

from collections.abc import Sequence
from typing import Any

from service import counting, intake, rejections
from service.http import access, database, settings
from service.intake import Item


def take(bodies: Sequence[Any], atomic: bool = False, dry_run: bool = False) -> list[Item]:
    """What became of each, once what is new is committed; of a dry run, what would become of each."""
    tenant, seconds = access().tenant_id, settings().intake_timeout_seconds
    if dry_run:
        with database().transaction(tenant, seconds=seconds) as transaction:
            return intake.tried(transaction, access(), bodies, atomic)
    with database().statements(tenant, seconds) as transaction:
        items = intake.take(transaction, access(), bodies, atomic)
    tell(items)
    return items


def tell(items: Sequence[Item]) -> None:
    """Count what became of these, and keep what was refused."""
    counting.events(access(), items)
    rejections.keep(database(), settings(), access(), items)
