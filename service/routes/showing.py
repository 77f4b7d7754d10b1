"""What several routes show of a period: found by period and query, and tagged, so that a client may have it already."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from schemas.fields import Code, Shape, Text
from schemas.results import Revision, View
from service import inputs, journal, periods, results
from service.database.transactions import Transaction
from service.errors import Problem, finding
from service.http import Unchanged, access, database, settings, tagged
from service.results import Shown


class Of(Shape):
    """Which rulebook, and whether its standing, a revision, or only what is final."""

    rulebook = Text()
    view = View()
    revision = Revision()
    state = Code("final")


@contextmanager
def showing(
    period: str, query: dict[str, Any], worded: bool = True, brief: bool = False, also: tuple[Any, ...] = ()
) -> Iterator[tuple[Transaction, Shown]]:
    """What is asked for, and a transaction in which to read it, unless the client has it: http.Unchanged.

    What is there already is read as it is: in one snapshot or, if that is `brief`, by statements of their own whose
    plans are kept, between which a standing may move. What is `worded` tells titles too, which may change; the answer
    depends on what is named in `also`, too.
    """
    parsed = periods.parse(period)
    final, live = "state" in query, query["view"] == "standing"
    if final and (live or "revision" in query):
        word = "view=standing" if live else "revision"
        raise Problem("request.invalid", [finding("/state", "words.exclusive", word=word)])
    asked = {"rulebook": query.get("rulebook"), "live": live, "revision": query.get("revision"), "final": final}
    found, unchanged, tenant_id = None, False, access().tenant_id
    reading = (
        database().statements(tenant_id, settings().statement_timeout_seconds)
        if brief
        else database().transaction(tenant_id, frozen=True)
    )
    with reading as transaction:
        found = results.at_hand(transaction, parsed, **asked)
        if found and not (unchanged := _is_known(transaction, found, query, worded, also)):
            yield transaction, found
    if not found:
        watermark = journal.sealed(database(), tenant_id)
        with database().transaction(tenant_id, by_key=True) as transaction:
            found = results.show(transaction, parsed, watermark=watermark, **asked)
            if not (unchanged := _is_known(transaction, found, query, worded, also)):
                yield transaction, found
    if unchanged:
        raise Unchanged


def _is_known(
    transaction: Transaction, shown: Shown, query: dict[str, Any], worded: bool, also: tuple[Any, ...]
) -> bool:
    """Whether the client has the answer to this already, which is tagged for the next time."""
    if query["view"] == "revision" and shown.run is None:
        raise Problem("request.invalid", [finding("/view", "view.unpublished")])
    words = transaction.one("dictionary").entry_id if worded else None
    return tagged(shown.identity, shown.state, inputs.mark(transaction, shown.run), words, access().under, *also)
