"""Budgets: how many requests a token may send, counted in the database for all processes together.

A token has a burst of requests, and gains some every second. A process leases a few at once, spends them in memory, and
loses after a second what it didn't spend: so a limit costs about ten statements a second, and is never exceeded.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

from cachetools import TTLCache

from service.access import Access
from service.database.transactions import Database
from service.errors import Problem
from service.settings import Settings

_LEASED_SECONDS = 1
_LEASES = 10  # that a second's requests are cut into, and a burst: what one process holds, another can't let through
_MOST_TOKENS = 10_000


@dataclass
class _Lease:
    """Requests that this process may let through."""

    requests: int


class Budgets:
    """Lets requests through, or refuses them."""

    def __init__(self, database: Database, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        """Over this database; `clock` tells seconds."""
        self._database, self._clock = database, clock
        self._rate = settings.rate_per_second
        self._burst = settings.rate_burst or settings.rate_per_second
        self._wanted = max(1, min(self._rate, self._burst) // _LEASES)
        self._wait_seconds = settings.pool_timeout_seconds
        self._leases: TTLCache[int, _Lease] = TTLCache(_MOST_TOKENS, _LEASED_SECONDS, clock)
        self._refused_until: TTLCache[int, float] = TTLCache(_MOST_TOKENS, _LEASED_SECONDS, clock)
        self._lock = Lock()

    def spend(self, access: Access) -> None:
        """Let one request of a token through. Problem request.rate."""
        if not self._rate or self._had(access.token_id):
            return
        leased, available = self._lease(access)
        with self._lock:
            if leased:
                kept = self._leases.setdefault(access.token_id, _Lease(0))
                kept.requests += leased - 1
                return
            seconds = float((1 - available) / self._rate)
            self._refused_until[access.token_id] = self._clock() + seconds
        raise _refusal(seconds)

    def _had(self, token: int) -> bool:
        """Whether a request could be taken from a lease. Problem request.rate where none can be leased yet."""
        with self._lock:
            lease = self._leases.get(token)
            if lease and lease.requests:
                lease.requests -= 1
                return True
            seconds = self._refused_until.get(token, 0) - self._clock()
        if seconds > 0:
            raise _refusal(seconds)
        return False

    def _lease(self, access: Access) -> tuple[int, Decimal]:
        """How many requests there were to be leased, and how many are left."""
        asked = {"token": access.token_id, "burst": self._burst}
        limits = {**asked, "rate": self._rate, "wanted": self._wanted}
        with self._database.transaction(access.tenant_id, seconds=self._wait_seconds) as transaction:
            row = transaction.maybe("budget_lease", **limits)
            if row is None:
                transaction.do("budget_begin", **asked)
                row = transaction.one("budget_lease", **limits)
        return row.leased, row.available


def _refusal(seconds: float) -> Problem:
    return Problem("request.rate", seconds=max(1, math.ceil(seconds)))
