"""The sample county: the tenant `demo` with roster, rulebook and the events of 2025, and a token for each user."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from marshmallow import Schema

from examples import sample_county
from schemas.event_types import EventType, stored
from schemas.roster import Roster
from service import event_types, intake, journal, roster, tokens
from service.access import SCOPES, Access, create_tenant
from service.cases import gate
from service.database.transactions import Database, Transaction, owner_transaction
from service.rulebooks import store
from service.tokens import Grant

TENANT = "demo"
EVENTS_ABOUT = 57_000  # for a progress bar
_BATCH = 2000
_LOADED = "demo.load"  # the last entry of a whole load

USERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sender": ("posts events", ("events:write", "events:read")),
    "hr": (
        "keeps roster and rulebook, closes periods",
        (
            "roster:read",
            "roster:write",
            "rulebooks:read",
            "rulebooks:write",
            "results:read",
            "results:manage",
            "events:read",
        ),
    ),
    "approver": ("publishes rulebooks that HR drafted", ("rulebooks:read", "rulebooks:publish", "results:read")),
    "consumer": ("fetches results", ("results:read",)),
    "admin": ("everything", SCOPES),
}


def load(owner_url: str, database: Database, progress: Callable[[int], None] = lambda _: None) -> bool:
    """Load the sample county, or what an interrupted start left out of it; whether there was anything to do."""
    with owner_transaction(owner_url) as transaction:
        row = transaction.maybe("tenant_by_name", tenant_name=TENANT)
        tenant_id = row.tenant_id if row else create_tenant(transaction, "demo", TENANT)
    with database.transaction(tenant_id) as transaction:
        if transaction.one("entries_of", action=_LOADED).entries:
            return False
        _found(transaction)
    access = Access(tenant_id, "sample-county", frozenset(SCOPES), frozenset(sample_county.SOURCES))
    for batch in _batches(sample_county.events()):
        with database.transaction(tenant_id) as transaction:
            items = intake.take(transaction, access, batch)
        refused = [item for item in items if item.outcome not in ("created", "duplicate")]
        if refused:
            raise RuntimeError(f"the sample county's own event is {refused[0].outcome}: {refused[0].findings}")
        progress(len(items))
    with database.transaction(tenant_id) as transaction:
        journal.record(transaction, _LOADED, "demo", {})
    return True


def user_tokens(database: Database) -> dict[str, str]:
    """A new token for each kind of user; those of an earlier start are taken back."""
    with database.transaction() as transaction:
        tenant_id = transaction.one("tenant_by_name", tenant_name=TENANT).tenant_id
    with database.transaction(tenant_id) as transaction:
        made = {}
        for actor, (_, scopes) in USERS.items():
            tokens.revoke_all(transaction, "demo", actor)
            grant = Grant(actor, scopes, sample_county.SOURCES)
            made[actor], _ = tokens.create(transaction, "demo", grant)
        return made


def _found(transaction: Transaction) -> None:
    """Everything that comes before the events."""
    records = _loaded(Roster(), {"organisations": sample_county.organisations(), "workers": sample_county.workers()})
    roster.state(transaction, "hr", records["organisations"], records["workers"])
    transaction.do("sources_add", sources=list(sample_county.SOURCES))
    for name, declaration in sample_county.event_types().items():
        event_types.declare(transaction, "hr", name, stored(_loaded(EventType(), declaration)))
    draft = store.draft(transaction, "hr", sample_county.rulebook())
    if draft.is_new:
        header = draft.header
        grounds = store.Grounds("样例县 2025 年的数据", "云河示〔2025〕1 号")
        gate.keep(transaction, "hr", header["rulebook"], header["version"], sample_county.cases())
        gate.publish(transaction, "approver", header["rulebook"], header["version"], grounds)


def _loaded(schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = schema.load(value)
    return loaded


def _batches(events: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(events, _BATCH)):
        yield batch
