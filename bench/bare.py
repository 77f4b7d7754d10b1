"""The service without four things that no setting of it turns off, to see what they cost together:

    access              whoever asks is one actor who may do all: no token, scope or budget is looked at
    row-level security  the connections are the owner's
    audit               events have no entry of their own, no digest of it, and wait for no position
    metrics             nothing is counted

All else is the service itself under its own server. What is cut out of its code and its statement is named here to
the letter, so that a change of either is noticed, and fails.
"""

import inspect
import sys
import textwrap
from typing import Any

from flask import g

import sql
from bench.world import SOURCE
from service import access, app, counting, http, journal, logs, metrics, serve, settings
from service.access import Access
from service.database.transactions import Database
from service.intake import items

_ENTRY = """INSERT INTO audit_entry (tenant_id, action, actor, request_id, recorded_at, size, detail, digest)
    SELECT %(tenant)s, %(action)s, %(actor)s, %(request_id)s, %(recorded_at)s, %(size)s, %(detail)s, %(digest)s
    FROM dictionary"""
_RETURNED = """
    RETURNING entry_id
),
waiting AS (
    INSERT INTO unsealed (tenant_id, entry_id) SELECT %(tenant)s, entry_id FROM entry
)
"""
_COVERS = """
    self.covered = self.identity + self.digest + b"\\0"
    exactly = None if text == content else text
    if subject.by_alias or period or exactly or more:
        whom = json_text(subject.name) if subject.by_alias else "null"
        beside = f"[{whom},{within},{exactly or 'null'},{more or 'null'}]"
        self.covered = self.identity + self.digest + beside.encode() + b"\\0"
"""


class Changed(RuntimeError):
    """What is to be cut out isn't there as it was: look at what it became, and cut that."""


class OwnersDatabase(Database):
    """A pool of connections that no row-level security holds for."""

    def _configure(self, connection: Any) -> None:
        super()._configure(connection)
        connection.execute("RESET ROLE")


class _Uncounted:
    """A metric that forgets."""

    def labels(self, *_: Any) -> "_Uncounted":
        return self

    def inc(self, *_: Any) -> None:
        pass

    observe = observe_all = set = inc


def strip(tenant_id: int) -> None:
    """Take all four out of this process, for good; whoever asks is of this tenant."""
    _strip_access(tenant_id)
    _strip_audit()
    _strip_metrics()


def statement() -> str:
    """The statement that stores events, under the entry by which the words of senders were read."""
    return _replaced(
        _replaced(sql.statement("events_add"), _ENTRY, "SELECT entry_id FROM dictionary"), _RETURNED, "\n)\n"
    )


def written() -> Any:
    """`Item.write` without what the chain covers."""
    text = _replaced(textwrap.dedent(inspect.getsource(items.Item.write)), _COVERS, "\n")
    found: dict[str, Any] = {}
    exec(text, vars(items), found)
    return found["write"]


def main() -> None:
    """Serve until told to stop."""
    stated = settings.read()
    serve.prepare(stated)
    logs.begin(stated.log_format, stated.log_level)
    strip(int(sys.argv[1]))
    server = serve._server(stated, stated.database_url)
    server.load = lambda: app.create_app(stated, OwnersDatabase(stated.database_url, stated))
    server.run()


def _strip_access(tenant_id: int) -> None:
    anybody = Access(tenant_id, "bench", frozenset(access.SCOPES), frozenset([SOURCE]))
    http._authorise = lambda *_: setattr(g, "access", anybody)


def _strip_audit() -> None:
    sql.statements()["events_add"] = statement()
    items.Item.write = written()
    journal.entry = lambda *_, size=1, **__: {"size": size}


def _strip_metrics() -> None:
    for name, measured in list(vars(metrics).items()):
        if isinstance(measured, metrics.MetricWrapperBase):
            setattr(metrics, name, _Uncounted())
    counting.events = lambda *_: None


def _replaced(text: str, part: str, by: str) -> str:
    if text.count(part) != 1:
        raise Changed(f"not once in it:\n{part}")
    return text.replace(part, by)


if __name__ == "__main__":
    main()
