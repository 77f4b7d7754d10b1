"""Webhooks as somebody keeps them: made, changed, given another secret, taken away."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from service import clock, feed, journal
from service.access import Access
from service.database.transactions import Transaction
from service.errors import Problem, finding, unknown
from service.webhooks import calling, signing
from service.webhooks.terms import Terms

Said = dict[str, Any]
MOST = 20  # of a tenant: each may hold up a thread


def add(transaction: Transaction, access: Access, terms: Terms, said: Said) -> Said:
    """A new webhook, told of what is committed from now on, and its secret, which can be read only now.

    Problem request.invalid for an URL that messages can't go to, webhook.too_many.
    """
    _check(terms, said["url"])
    transaction.do("webhooks_lock")
    if len(transaction.all("webhooks")) >= MOST:
        raise Problem("webhook.too_many", most=MOST)
    identifier, place = uuid4(), feed.head(transaction)
    columns = {"url": said["url"], "types": sorted(set(said["types"])), **place._asdict()}
    transaction.do("webhook_add", webhook=identifier, now=clock.now(), **columns)
    secret = _new_secret(transaction, terms, identifier)
    detail = {"webhook": str(identifier), "host": _host(said["url"]), "types": columns["types"]}
    journal.record(transaction, "webhook.create", access.actor, detail)
    return {**one(transaction, str(identifier)), "secret": secret}


def one(transaction: Transaction, identifier: str) -> Said:
    """A webhook, without its secrets. Problem resource.unknown."""
    number = numbered(identifier)
    row = transaction.maybe("webhook", webhook=number)
    if row is None:
        raise unknown("webhook", identifier)
    return _shown(transaction, row)


def every(transaction: Transaction) -> Said:
    """All webhooks, oldest first: there are few."""
    return {"items": [_shown(transaction, row) for row in transaction.all("webhooks")], "next": None}


def change(transaction: Transaction, access: Access, terms: Terms, identifier: str, said: Said) -> Said:
    """State some of it anew. One that is made active again goes on where it stopped.

    Problem resource.unknown, request.invalid.
    """
    number = lock(transaction, identifier)
    if "url" in said:
        _check(terms, said["url"])
    before = one(transaction, identifier)
    after = {**{key: before[key] for key in ("url", "types", "state")}, **said}
    after["types"] = sorted(set(after["types"]))
    transaction.do("webhook_change", webhook=number, **after)
    detail = {"webhook": str(number), "host": _host(after["url"]), "types": after["types"]}
    journal.record(transaction, "webhook.change", access.actor, {**detail, "state": after["state"]})
    return one(transaction, identifier)


def rotate(transaction: Transaction, access: Access, terms: Terms, identifier: str, hours: int) -> Said:
    """A new secret, which can be read only now; the newest before signs beside it for so many hours.

    Problem resource.unknown.
    """
    number = lock(transaction, identifier)
    now = clock.now()
    until = now + timedelta(hours=hours)
    transaction.do("webhook_secrets_end", webhook=number, now=now, until=until)
    secret = _new_secret(transaction, terms, number)
    detail = {"webhook": str(number), "before_until": until.isoformat()}
    journal.record(transaction, "webhook.rotate", access.actor, detail)
    return {**one(transaction, identifier), "secret": secret}


def remove(transaction: Transaction, access: Access, identifier: str) -> None:
    """Take a webhook away with its messages; what is under way is the last that it hears. Problem resource.unknown."""
    number = lock(transaction, identifier)
    transaction.do("webhook_delete", webhook=number)
    journal.record(transaction, "webhook.delete", access.actor, {"webhook": str(number)})


def lock(transaction: Transaction, identifier: str) -> UUID:
    """The id of a webhook that stays as it is until the transaction ends. Problem resource.unknown."""
    number = numbered(identifier)
    if transaction.maybe("webhook_lock", webhook=number) is None:
        raise unknown("webhook", identifier)
    return number


def numbered(identifier: str, what: str = "webhook") -> UUID:
    """An id as it is stored. Problem resource.unknown for what is none."""
    try:
        return UUID(identifier)
    except ValueError:
        raise unknown(what, identifier) from None


def _check(terms: Terms, url: str) -> None:
    """Refuse what can never be sent to; names are looked up when they are called."""
    try:
        where = calling.parsed(url)
    except calling.Malformed:
        raise Problem("request.invalid", [finding("/url", "url.malformed")]) from None
    if where.is_plain and not terms.reachable.has_private:
        raise Problem("request.invalid", [finding("/url", "url.plain")])
    if not terms.reachable.may_literal(where.host, where.is_plain):
        raise Problem("request.invalid", [finding("/url", "url.private")])


def _new_secret(transaction: Transaction, terms: Terms, webhook: UUID) -> str:
    secret = signing.new_secret()
    transaction.do("webhook_secret_add", webhook=webhook, kept=terms.keys.kept(secret), now=clock.now())
    return secret


def _host(url: str) -> str:
    """What the journal keeps of an URL, whose path may be a secret."""
    return urlsplit(url).netloc


def _shown(transaction: Transaction, row: Any) -> Said:
    secrets = transaction.all("webhook_secrets", webhook=row.webhook_id, now=clock.now())
    return {
        "webhook": str(row.webhook_id),
        "url": row.url,
        "types": row.types,
        "state": row.state,
        "failing_since": row.failing_since.isoformat() if row.failing_since else None,
        "created_at": row.created_at.isoformat(),
        "secrets": [
            {"created_at": s.created_at.isoformat(), "ends_at": s.ends_at.isoformat() if s.ends_at else None}
            for s in secrets
        ],
        "pending": row.pending,
        "failed": row.failed,
    }
