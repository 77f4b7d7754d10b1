"""When tokens were used last: gathered in memory, and written beside requests, once a minute for all of a process."""

from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from threading import Lock, Timer

from service import clock
from service.database.transactions import Database
from service.errors import Problem

_EVERY_SECONDS = 60
_PATIENCE_SECONDS = 2


class LastUse:
    """Notes that tokens are used."""

    def __init__(self, database: Database) -> None:
        """Over this database."""
        self._database = database
        self._used: dict[int, dict[int, datetime]] = defaultdict(dict)
        self._is_due = False
        self._lock = Lock()

    def note(self, tenant: int, token: int) -> None:
        """A token is used now; it is written within a minute."""
        with self._lock:
            self._used[tenant][token] = clock.now()
            begin, self._is_due = not self._is_due, True
        if begin:
            timer = Timer(_EVERY_SECONDS, self.write)
            timer.daemon = True
            timer.start()

    def write(self) -> None:
        """Write what was noted; what can't be written is forgotten, since it keeps nobody from working."""
        with self._lock:
            used, self._used = self._used, defaultdict(dict)
            self._is_due = False
        for tenant, at in used.items():
            with suppress(Problem), self._database.transaction(tenant, seconds=_PATIENCE_SECONDS) as transaction:
                transaction.do("tokens_used", tokens=list(at), used=list(at.values()))
