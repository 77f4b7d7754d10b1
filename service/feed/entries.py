"""What an entry of the journal tells: by its action one item, which a publication follows up for each subject.

`_in_feed` in sql/queries/feed.sql names the same actions, as the sealer marks their entries.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from service.feed.items import Item, Said, link
from service.feed.places import Place


class Kind(NamedTuple):
    """The type of an action's item, and what says its subject and its data."""

    type: str
    said: Callable[[Any], tuple[str, Said]]


def first(row: Any) -> Item:
    """The item that an entry tells by itself; of a publication, the first."""
    kind = KINDS[row.action]
    subject, data = kind.said(row)
    return Item(Place(row.position, 0), bytes(row.digest), kind.type, subject, row.recorded_at, data)


def _rulebook(row: Any) -> tuple[str, Said]:
    name = f"{row.rulebook}@{row.version}"
    said = {"rulebook": row.rulebook, "version": row.version, "hash": row.hash}
    return f"rulebook/{name}", {**said, "links": {"rulebook": link("rulebooks", name)}}


def _period(row: Any) -> tuple[str, Said]:
    return f"period/{row.rulebook}/{row.period}", {"rulebook": row.rulebook, "period": row.period}


def _revision(row: Any) -> tuple[str, Said]:
    subject, said = _period(row)
    links = {"results": link("rankings", row.period, rulebook=row.rulebook, revision=row.revision)}
    return subject, {**said, "revision": row.revision, "links": links}


def _published(row: Any) -> tuple[str, Said]:
    subject, said = _revision(row)
    run = str(row.run)
    links = {**said["links"], "run": link("runs", run)}
    links |= {"diff": link("runs", run, "diff")} if row.revision > 1 else {}
    said |= {"run": row.run, "kind": row.kind, "version": row.version, "digest": row.run_digest}
    return subject, {**said, "links": links}


def _reversed(row: Any) -> tuple[str, Said]:
    said = {"event": row.event, "type": row.type, "replaced_by": row.replaced_by}
    return row.subject, {**said, "links": {"event": link("events", row.event)}}


KINDS = {
    "rulebook.publish": Kind("jifen.rulebook.published", _rulebook),
    "period.close": Kind("jifen.period.closed", _period),
    "period.publish": Kind("jifen.revision.published", _published),
    "results.import": Kind("jifen.revision.published", _published),
    "period.finalise": Kind("jifen.period.finalised", _revision),
    "period.reopen": Kind("jifen.period.reopened", _revision),
    "event.reverse": Kind("jifen.event.reversed", _reversed),
}
PUBLISHING = {"period.publish", "results.import"}
