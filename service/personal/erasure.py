"""Erasure: a person's identity goes, and events and results stay as they are, about somebody who has only an id.

Gone are name, phone number and aliases with the salt of their hashes, the reasons of what was done about the worker,
and, in any other reason, the name and the phone number; refused bodies and kept answers that name the worker. What the
hash chain covers is left alone, so every proof holds afterwards. Backups made before still have it all.
"""

import json
from datetime import date, timedelta
from typing import Any

from service import clock, journal, roster
from service.database.transactions import Transaction

Said = dict[str, Any]
ACTOR = "jifen"  # of what nobody commanded
_LEAST_CHARACTERS = 2  # of a name that is looked for in a text: one character stands in too many
_LEFT_OUT = "**"
_MOST_AT_ONCE = 100


def erase(transaction: Transaction, actor: str, identifier: str, reason: str) -> Said:
    """Erase the identity of a worker; how much of it there was. Nothing is written where there was none.

    Problem resource.unknown.
    """
    transaction.do("roster_lock")
    known = roster.worker(transaction, identifier)
    [worker] = [row.subject_no for row in transaction.all("subjects", kind="worker", ids=[identifier])]
    named = [text for text in (known["name"], known["phone"]) if text and len(text) >= _LEAST_CHARACTERS]
    pieces = _pieces([*named, f'"worker/{identifier}"'])
    erased = {
        "reasons": transaction.do("remarks_erase", worker=worker) + _reword(transaction, named),
        "rejections": transaction.do("rejections_erase", worker=worker, pieces=pieces),
        "answers": transaction.do("answers_erase", route=f"PUT /v1/workers/{identifier}", pieces=pieces),
        "names": transaction.do("person_erase", worker=worker),
        "aliases": transaction.do("aliases_forget", workers=[worker]),
    }
    transaction.do("salt_erase", worker=worker)
    if any(erased.values()):
        detail = {"worker": identifier, "erased": erased}
        entry = journal.record(transaction, "person.erase", actor, detail, reason=_without(named, reason))
        transaction.do("dictionary_changed", entry=entry)
    return {"worker": identifier, "erased": erased}


def expire(transaction: Transaction, days: int, today: date | None = None) -> list[str]:
    """Erase who left so many days ago, some at a time; their ids."""
    end_day = (today or clock.now().date()) - timedelta(days=days)
    gone = [row.id for row in transaction.all("workers_gone", end_day=end_day, limit=_MOST_AT_ONCE)]
    for identifier in gone:
        erase(transaction, ACTOR, identifier, f"left before {end_day.isoformat()}")
    return gone


def _reword(transaction: Transaction, named: list[str]) -> int:
    rows = transaction.all("remarks_naming", named=named)
    for row in rows:
        transaction.do("remark_reword", entry=row.entry_id, reason=_without(named, row.reason))
    return len(rows)


def _without(named: list[str], text: str) -> str:
    for name in named:
        text = text.replace(name, _LEFT_OUT)
    return text


def _pieces(texts: list[str]) -> list[bytes]:
    """The texts as they stand in a body: as they are, or as JSON that is ASCII alone writes them."""
    found: set[bytes] = set()
    for text in texts:
        escaped = json.dumps(text)[1:-1].replace('\\"', '"')
        upper = "".join(f"\\u{ord(c):04X}" if ord(c) > 127 else c for c in text if ord(c) < 0x10000)
        found |= {text.encode(), escaped.encode(), upper.encode()}
    return sorted(found)
