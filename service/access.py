"""Access: a token stands for an actor of one tenant, with scopes and the sources that it may send as.

Only the SHA-256 of a token is stored. What was looked up is believed for a few seconds, so a revocation works in every
process within five.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from cachetools import TTLCache

from service import canonical, journal
from service.database.transactions import Database, Transaction
from service.errors import Problem, unknown
from service.identity_provider import IdentityProvider
from service.last_use import LastUse

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
    under: str | None = None

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

    def __init__(self, database: Database, identity_provider: IdentityProvider | None = None) -> None:
        """Over this database, and whom an identity provider vouches for."""
        self._identity_provider = identity_provider
        self._database = database
        self._last_use = LastUse(database)
        self._known: TTLCache[bytes, Access] = TTLCache(maxsize=10_000, ttl=_BELIEVED_SECONDS)
        self._lock = Lock()

    def access(self, token: str) -> Access:
        """The access of a token. Problem access.unknown_token."""
        digest = hashed(token)
        with self._lock:
            known = self._known.get(digest)
        if known is None:
            known = self._look_up(token, digest)
            self._last_use.note(known.tenant_id, known.token_id)
            with self._lock:
                self._known[digest] = known
        return known

    def write_uses(self) -> None:
        """Write what was used since it was written last, before the minute is over."""
        self._last_use.write()

    def _look_up(self, token: str, digest: bytes) -> Access:
        found = _TOKEN.fullmatch(token)
        if not found:
            return self._vouched(token)
        tenant = self._tenant(found[1])
        with self._database.transaction(tenant) as transaction:
            row = transaction.maybe("token_by_hash", hash=digest)
        if row is None:
            raise Problem("access.unknown_token")
        return Access(tenant, row.actor, frozenset(row.scopes), frozenset(row.sources), row.token_id, row.under)

    def _vouched(self, token: str) -> Access:
        """Whom the identity provider vouches for: known here from the first request on, so that he can be shut out."""
        if self._identity_provider is None or token.count(".") != 2:
            raise Problem("access.unknown_token")
        said, issuer = self._identity_provider.vouched(token), self._identity_provider.issuer
        tenant = self._tenant(said.tenant)
        with self._database.transaction(tenant) as transaction:
            number = _visitor(transaction, issuer, said.actor)
        return Access(tenant, said.actor, said.scopes.intersection(SCOPES), said.sources, number, said.under)

    def _tenant(self, name: str) -> int:
        with self._database.transaction() as transaction:
            row = transaction.maybe("tenant_by_name", tenant_name=name)
        if row is None:
            raise Problem("access.unknown_token")
        number: int = row.tenant_id
        return number


def _visitor(transaction: Transaction, issuer: str, actor: str) -> int:
    """The number by which somebody is known for whom a provider vouches. Problem access.unknown_token if taken back."""
    digest = sha256(canonical.exact([issuer, actor])).digest()  # no token of ours: it would begin with jifen_
    row = transaction.maybe("visitor", hash=digest)
    if row is None:
        if transaction.attempt("visitor_add", hash=digest, actor=actor, issuer=issuer):
            journal.record(transaction, "token.vouch", actor, {"actor": actor, "issuer": issuer})
        row = transaction.one("visitor", hash=digest)
    if row.revoked_at is not None:
        raise Problem("access.unknown_token")
    number: int = row.token_id
    return number


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


def hashed(token: str) -> bytes:
    """What is stored of a token."""
    return sha256(token.encode()).digest()
