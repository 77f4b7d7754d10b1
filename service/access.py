"""Access: a token stands for an actor of one tenant, with scopes and the sources that it may send as.

Only the SHA-256 of a token is stored. What was looked up is believed for a few seconds, so a revocation works in every
process within five.
"""

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from cachetools import TTLCache

from service import journal
from service.database.transactions import Database, Transaction
from service.errors import Problem, unknown

SCOPES = (
    "events:write",
    "events:read",
    "roster:read",
    "roster:write",
    "rulebooks:read",
    "rulebooks:write",
    "rulebooks:publish",
    "results:read",
    "results:manage",
    "objections:write",
    "objections:decide",
    "webhooks:write",
    "audit:read",
    "self",
    "tenant:admin",
)
TENANT_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_TOKEN = re.compile(r"jifen_([a-z0-9][a-z0-9-]{0,39})_([A-Za-z0-9_-]{43})")
_BELIEVED_SECONDS = 3


@dataclass(frozen=True)
class Access:
    """Who is asking, and what they may do."""

    tenant_id: int
    actor: str
    scopes: frozenset[str]
    sources: frozenset[str]
    token_id: int = 0

    def only_self(self, *scopes: str) -> str | None:
        """Whom alone it may speak for, worker/<id>, unless it has one of the scopes that speak for anybody."""
        return None if self.scopes.intersection(scopes) else self.actor

    def only_own(self, subject: str, *scopes: str) -> bool:
        """Whether it asks for a subject as that subject itself, for want of these scopes.

        Problem resource.unknown where it lacks them and is another, who isn't told whether there is such a subject.
        """
        if self.scopes.issuperset(scopes):
            return False
        if self.actor != subject:
            raise unknown(*subject.split("/", 1))
        return True

    def label(self, source: Any) -> str:
        """A source as a metric's label: - unless it may send as that one, since what a sender chooses has no end."""
        return source if isinstance(source, str) and source in self.sources else "-"


class Tokens:
    """Answers who stands behind a token."""

    def __init__(self, database: Database) -> None:
        """Over this database."""
        self._database = database
        self._known: TTLCache[bytes, Access] = TTLCache(maxsize=10_000, ttl=_BELIEVED_SECONDS)
        self._lock = Lock()

    def access(self, token: str) -> Access:
        """The access of a token. Problem access.unknown_token."""
        hashed = _hash(token)
        with self._lock:
            known = self._known.get(hashed)
        if known is None:
            known = self._look_up(token, hashed)
            with self._lock:
                self._known[hashed] = known
        return known

    def _look_up(self, token: str, hashed: bytes) -> Access:
        found = _TOKEN.fullmatch(token)
        if not found:
            raise Problem("access.unknown_token")
        with self._database.transaction() as transaction:
            tenant = transaction.maybe("tenant_by_name", tenant_name=found[1])
        if tenant is None:
            raise Problem("access.unknown_token")
        with self._database.transaction(tenant.tenant_id) as transaction:
            row = transaction.maybe("token_by_hash", hash=hashed)
        if row is None:
            raise Problem("access.unknown_token")
        return Access(tenant.tenant_id, row.actor, frozenset(row.scopes), frozenset(row.sources), row.token_id)


def create_tenant(transaction: Transaction, by: str, name: str) -> int:
    """A new tenant, by the owner's transaction; its number. ValueError for a name that can't be, or that is taken."""
    if not TENANT_NAME.fullmatch(name):
        raise ValueError("a tenant's name has lower-case letters, digits and -, at most 40")
    if transaction.maybe("tenant_by_name", tenant_name=name) is not None:
        raise ValueError(f"tenant {name} exists")
    tenant_id: int = transaction.one("tenant_add", tenant_name=name).tenant_id
    transaction.tenant_id = tenant_id
    journal.record(transaction, "tenant.create", by, {"tenant": name})
    return tenant_id


def create_token(
    transaction: Transaction, by: str, tenant: str, actor: str, scopes: list[str], sources: list[str]
) -> str:
    """A new token of this actor; it can be read only now. ValueError for a scope that there isn't."""
    strange = sorted(set(scopes) - set(SCOPES))
    if strange:
        raise ValueError(f"no such scope: {', '.join(strange)}")
    token = f"jifen_{tenant}_{secrets.token_urlsafe(32)}"
    detail = {"actor": actor, "scopes": sorted(scopes), "sources": sorted(sources)}
    entry = journal.record(transaction, "token.create", by, detail)
    transaction.do("dictionary_changed", entry=entry)
    transaction.do("sources_add", sources=sources)
    transaction.one(
        "token_add", hash=_hash(token), actor=actor, scopes=sorted(set(scopes)), sources=sorted(set(sources))
    )
    return token


def revoke_tokens(transaction: Transaction, by: str, actor: str) -> int:
    """Take back every token of an actor; how many there were."""
    revoked = transaction.do("tokens_revoke", actor=actor)
    if revoked:
        journal.record(transaction, "token.revoke", by, {"actor": actor, "tokens": revoked})
    return revoked


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
