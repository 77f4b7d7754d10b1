"""Tokens: given, read, rotated, taken back.

A token can be read only when it is given; what is stored is its SHA-256, and what it begins with. Who may give is asked
by whoever calls; that nobody gives what he hasn't is asked here.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service import clock, cursors, journal
from service.access import SCOPES, Access, hashed
from service.database.transactions import Transaction
from service.errors import Problem, finding, unknown

_SHOWN = 6  # characters of the secret that tell one token from another: 36 of its 256 bits
_GREATEST = 2**31 - 1
Said = dict[str, Any]


@dataclass(frozen=True)
class Grant:
    """What a token allows: whom it stands for, what that one may do, send as and see (None: everything), until when."""

    actor: str
    scopes: Sequence[str]
    sources: Sequence[str] = ()
    under: str | None = None
    expires_at: datetime | None = None


def create(transaction: Transaction, by: str, grant: Grant, giver: Access | None = None) -> tuple[str, Said]:
    """A new token, which can be read only now, and what is stored of it.

    A giver gives no scope that he hasn't; who has the database gives any. Problem access.scope, request.invalid.
    """
    _refuse(transaction, grant, giver)
    return _add(transaction, "token.create", by, grant)


def page(transaction: Transaction, sought: Said) -> Said:
    """A page of tokens, in the order in which they were given."""
    [after] = cursors.decode(sought["after"], int) if "after" in sought else [0]
    limit = sought["limit"]
    asked = {"token": None, "actor": sought.get("actor"), "state": sought.get("state")}
    rows = transaction.all("tokens", **asked, after=after, limit=limit + 1)
    following = cursors.encode(rows[limit - 1].token_id) if len(rows) > limit else None
    return {"items": [_shown(row) for row in rows[:limit]], "next": following}


def one(transaction: Transaction, number: int) -> Said:
    """What is stored of a token. Problem resource.unknown."""
    return _shown(_row(transaction, number))


def rotate(
    transaction: Transaction,
    by: str,
    number: int,
    hours: int,
    expires_at: datetime | None = None,
    giver: Access | None = None,
) -> tuple[str, Said]:
    """A new token in the place of another, which is good for so many hours more.

    It lives as long as that one was given for, unless told. Problem resource.unknown, token.state, and as `create`.
    """
    row = _held(transaction, number)
    if row.state != "usable" or row.issuer:
        raise Problem("token.state", state=row.state if row.issuer is None else "vouched")
    now = clock.now()
    grant = Grant(row.actor, row.scopes, row.sources, row.under, expires_at)
    if expires_at is None and row.expires_at is not None:
        grant = replace(grant, expires_at=now + (row.expires_at - row.created_at))
    _refuse(transaction, grant, giver)
    made = _add(transaction, "token.rotate", by, grant, replaces=number, hours=hours)
    transaction.do("token_end", token=number, now=now, hours=hours)
    return made


def revoke(transaction: Transaction, by: str, number: int) -> None:
    """Take a token back; once more changes nothing. Problem resource.unknown."""
    row = _held(transaction, number)
    if transaction.do("token_revoke", token=number, now=clock.now()):
        journal.record(transaction, "token.revoke", by, {"token": number, "actor": row.actor})


def revoke_all(transaction: Transaction, by: str, actor: str) -> int:
    """Take back every token of an actor; how many there were."""
    revoked = transaction.do("tokens_revoke", actor=actor)
    if revoked:
        journal.record(transaction, "token.revoke", by, {"actor": actor, "tokens": revoked})
    return revoked


def _refuse(transaction: Transaction, grant: Grant, giver: Access | None) -> None:
    known = ", ".join(SCOPES)
    found = [
        finding(f"/scopes/{n}", "code.unknown", codes=known) for n, s in enumerate(grant.scopes) if s not in SCOPES
    ]
    if grant.under is not None and not _is_organisation(transaction, grant.under):
        found.append(finding("/under", "organisation.unknown", id=grant.under))
    if grant.expires_at is not None and grant.expires_at <= clock.now():
        found.append(finding("/expires_at", "time.over"))
    if found:
        raise Problem("request.invalid", found)
    if giver and (lacking := sorted(set(grant.scopes) - giver.scopes)):
        raise Problem("access.scope", scope=", ".join(lacking))


def _is_organisation(transaction: Transaction, identifier: str) -> bool:
    return bool(transaction.all("subjects", kind="organisation", ids=[identifier]))


def _add(transaction: Transaction, action: str, by: str, grant: Grant, **more: int) -> tuple[str, Said]:
    begins = f"jifen_{_tenant(transaction)}_"
    token = begins + secrets.token_urlsafe(32)
    scopes, sources = sorted(set(grant.scopes)), sorted(set(grant.sources))
    detail: Said = {"actor": grant.actor, "scopes": scopes, "sources": sources, "under": grant.under, **more}
    detail["expires_at"] = grant.expires_at and grant.expires_at.isoformat()
    entry = journal.record(transaction, action, by, detail)
    transaction.do("dictionary_changed", entry=entry)
    transaction.do("sources_add", sources=sources)
    number = transaction.one(
        "token_add",
        hash=hashed(token),
        actor=grant.actor,
        scopes=scopes,
        sources=sources,
        under=grant.under,
        begins=token[: len(begins) + _SHOWN],
        expires_at=grant.expires_at,
    ).token_id
    return token, one(transaction, number)


def _tenant(transaction: Transaction) -> str:
    name: str = transaction.one("tenant_name").name
    return name


def _held(transaction: Transaction, number: int) -> Any:
    """A token that nobody else changes until the transaction ends."""
    if number <= _GREATEST:
        transaction.do("token_held", token=number)
    return _row(transaction, number)


def _row(transaction: Transaction, number: int) -> Any:
    asked = {"actor": None, "state": None, "after": 0, "limit": 1}
    row = transaction.maybe("tokens", token=number, **asked) if number <= _GREATEST else None
    if row is None:
        raise unknown("token", str(number))
    return row


def _shown(row: Any) -> Said:
    said = {key: getattr(row, key) for key in ("actor", "scopes", "sources", "under", "begins", "issuer", "state")}
    times = ("created_at", "expires_at", "revoked_at", "last_used_at")
    return {"id": row.token_id, **said, **{key: _text(getattr(row, key)) for key in times}}


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
