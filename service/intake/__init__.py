"""Intake: from bodies to events. One answer per event, in the order of the request; nothing is lost or half-written.

    dictionary   what senders' words mean, remembered by the process
    reading      a body against the dictionary: at a glance, or closely with everything that is wrong
    items        an event on its way in, and the texts in which it is stored
    here         what is known already, what is stored, and what each is answered

A known identity is answered before any other check: the same content is a duplicate (a success), other content a
conflict. What can't be accepted is rejected with a pointer at the field. Events that are new are stored by one
statement with one audit entry, and only while the dictionary stands by which they were read.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from service import clock, journal
from service.access import Access
from service.database import arrays
from service.database.transactions import Rollback, Transaction
from service.errors import Problem
from service.intake import dictionary, reading
from service.intake.dictionary import Dictionary
from service.intake.items import COLUMNS, FORM, Item, covered, form_of

__all__ = ["Item", "covered", "form_of", "take", "tried"]

_AHEAD = timedelta(hours=24)
_MOST_TRIES = 100  # each is lost to another writer who was quicker; so many in one request are none by chance


def take(transaction: Transaction, access: Access, bodies: Sequence[Any], atomic: bool = False) -> list[Item]:
    """Store the events that are new; one item for each body, in order.

    If `atomic`, all of them or none: where one is in conflict or rejected, all others are aborted.
    """
    items = [Item(body) for body in bodies]
    words = dictionary.remembered(transaction)
    for _ in range(_MOST_TRIES):
        waiting = [item for item in items if not item.outcome]
        strange = _glance(words, access, waiting)
        if strange and words.learn(transaction, reading.named([item.sent for item in strange])):
            strange = _glance(words, access, strange)
        if strange:
            words, before = dictionary.current(transaction), words
            if words is not before:
                continue
            _look_closely(transaction, access, words, strange)
        repeats = _answer_repeated(items)
        waiting = [item for item in items if not item.outcome]
        if atomic and any(item.outcome in ("conflict", "rejected") for item in items):
            _abort(transaction, items, repeats)
            return items
        if not waiting:
            return items
        if not _is_repetition(transaction, waiting) and _added(transaction, access, words, waiting):
            return items
        _answer_known(transaction, waiting, repeats)
        words = dictionary.current(transaction)
    raise Problem("service.unavailable")


def tried(transaction: Transaction, access: Access, bodies: Sequence[Any], atomic: bool = False) -> list[Item]:
    """What `take` would answer; nothing is stored."""
    items: list[Item] = []
    with transaction.savepoint():
        items = take(transaction, access, bodies, atomic)
        raise Rollback
    return items


def _glance(words: Dictionary, access: Access, items: list[Item]) -> list[Item]:
    """Read all at a glance; those of which it can't tell."""
    latest = (clock.now() + _AHEAD).isoformat(timespec="microseconds")
    return reading.at_a_glance(words, access, latest, items)


def _look_closely(transaction: Transaction, access: Access, words: Dictionary, items: list[Item]) -> None:
    """Answer those with a known identity, and say of the others all that is wrong."""
    latest = clock.now() + _AHEAD
    read = [reading.closely(item) for item in items]
    _answer_known(transaction, items)
    for one in read:
        if not one.item.outcome:
            reading.check(words, access, latest, one)


def _answer_known(transaction: Transaction, items: list[Item], repeats: Sequence[Item] = ()) -> None:
    """Measure what has no answer yet, and again what repeats others of the request, against what is stored."""
    for item in repeats:
        item.outcome = ""
    asked = [item for item in {*items, *repeats} if item.identity and not item.outcome]
    if not asked:
        return
    others = transaction.all(
        "events_other",
        event_id=arrays.uuids([item.identity for item in asked]),
        source=arrays.texts(item.sent["source"] for item in asked),
        id=arrays.texts(item.sent["id"] for item in asked),
        content_digest=arrays.byteas([item.digest for item in asked]),
    )
    is_taken = {row.number: row.is_taken for row in others}
    for number, item in enumerate(asked, 1):
        if number not in is_taken:
            item.outcome = "duplicate"
        elif is_taken[number]:
            item.outcome = "conflict"


def _answer_repeated(items: list[Item]) -> list[Item]:
    """The same id again in one request: once the first is to be stored, the others are measured against it alone."""
    if len({item.identity for item in items}) == len(items):
        return []
    first: dict[bytes, bytes] = {}
    repeats = []
    for item in items:
        if item.identity in first:
            item.outcome = "duplicate" if first[item.identity] == item.digest else "conflict"
            item.findings = ()
            repeats.append(item)
        elif item.identity and not item.outcome:
            first[item.identity] = item.digest
    return repeats


def _abort(transaction: Transaction, items: list[Item], repeats: list[Item]) -> None:
    """Nothing is stored for the sake of some; these are still told apart from the innocent."""
    _answer_known(transaction, items, repeats)
    _answer_repeated(items)
    for item in items:
        if item.outcome in ("", "duplicate"):
            item.outcome = "aborted"


def _is_repetition(transaction: Transaction, items: list[Item]) -> bool:
    """Whether one of a few of many is there already: most often all of a request are, or none.

    To find out costs less than the error. Of one event the statement that would store it finds out.
    """
    if len(items) == 1:
        return False
    few = arrays.uuids([item.identity for item in (items[0], items[len(items) // 2], items[-1])])
    return bool(transaction.all("events_known", events=few))


def _added(transaction: Transaction, access: Access, words: Dictionary, items: list[Item]) -> bool:
    """Add an audit entry and its events, which take one position each; all of them, or nothing and False.

    Nothing where another writer was quicker with an id, or changed the words.
    """
    content = b"".join([item.covered for item in items])
    many = len(items)
    entry = journal.entry("event.create", access.actor, {"events": many, "form": FORM}, size=many, content=content)
    rows = zip(*[item.row for item in items if item.row], strict=True)
    columns = {name: write(values) for (name, write), values in zip(COLUMNS.items(), rows, strict=True)}
    first = items[0].identity.hex()
    if not transaction.attempt("events_add", dictionary=words.entry, first=first, **entry, **columns):
        return False
    for item in items:
        item.outcome = "created"
    return True
