"""What an entry changed: each thing with what there was before it and after it; null where there was nothing.

An entry's detail says what was stated, so what there was before is the detail of the entry before about the same thing.
Of the roster it is the record before, where personal data are salted hashes; of intake, nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any

from service.database.transactions import Transaction, json

Said = dict[str, Any]
Changes = dict[int, list[Said]]

# Which keys of a detail say what it is about, as the column `about` does; the others are what was stated.
_NAMING = ("actor", "tenant", "type", "webhook", "worker", "year")
# The state that an action leaves behind, where it is all that it changes; of an objection's end the detail says it.
_STATES = {
    "event.reverse": "reversed",
    "objection.end": "",
    "objection.enter": "open",
    "period.close": "closing",
    "period.finalise": "final",
    "period.publish": "provisional",
    "period.reopen": "closing",
    "rejection.erase": "erased",
    "results.import": "imported",
    "rulebook.draft": "draft",
    "rulebook.publish": "published",
    "webhook.gone": "gone",
}
# The state of what nobody has done anything to.
_BEGINNINGS = {"event": {"state": "counts"}, "period": {"state": "open"}, "rejection": {"state": "kept"}}
_NEW = ("token.create", "token.rotate", "token.vouch")  # one more, whatever there was
_ENDING = ("token.revoke", "webhook.delete")


def of(transaction: Transaction, entries: Sequence[Any], most: int | None = None) -> Changes:
    """What each of these entries changed, by entry id; of each at most so many."""
    found: Changes = {entry.entry_id: [] for entry in entries}
    _add_events(transaction, [e for e in entries if e.action == "event.create"], most, found)
    _add_roster(transaction, [e for e in entries if e.action == "roster.state"], most, found)
    _add_stated(transaction, [e for e in entries if e.about is not None], found)
    return found


def count(entry: Any) -> int:
    """How many things an entry changed."""
    match entry.action:
        case "event.create":
            return int(entry.size)
        case "roster.state":
            return len(entry.detail["organisations"]) + len(entry.detail["workers"])
        case _:
            return 0 if entry.about is None else 1


def _add_events(transaction: Transaction, entries: Sequence[Any], most: int | None, found: Changes) -> None:
    if not entries:
        return
    ids = sorted(entry.entry_id for entry in entries)
    rows = transaction.all("trail_events", first_entry=ids[0], last_entry=ids[-1], entries=ids, most=most)
    for row in rows:
        after = {"type": row.type, "subject": row.subject, "time": row.time.isoformat()}
        found[row.entry_id].append({"of": f"event/{row.event_id}", "before": None, "after": after})


def _add_roster(transaction: Transaction, entries: Sequence[Any], most: int | None, found: Changes) -> None:
    asked: dict[str, list[Said]] = {"organisations": [], "workers": []}
    for entry in entries:
        named = [(kind, id_) for kind in asked for id_ in entry.detail[kind]]
        for kind, id_ in named[:most]:
            asked[kind].append({"entry_id": entry.entry_id, "id": id_})
    if rows := asked["organisations"]:
        _pair(transaction.all("trail_organisations", rows=json(rows)), "organisation", _organisation, found)
    if rows := asked["workers"]:
        _pair(transaction.all("trail_workers", rows=json(rows)), "worker", _worker, found)


def _pair(rows: Sequence[Any], kind: str, record: Callable[[Any], Said], found: Changes) -> None:
    sides: dict[tuple[int, str], dict[str, Said]] = {}
    for row in rows:
        sides.setdefault((row.of_entry, row.id), {})[row.side] = record(row)
    for (entry, id_), said in sides.items():
        found[entry].append({"of": f"{kind}/{id_}", "before": said.get("before"), "after": said.get("after")})


def _organisation(row: Any) -> Said:
    return {"kind": row.kind, "title": row.title, "path": row.path, "attributes": row.attributes}


def _worker(row: Any) -> Said:
    hashed = {"name": row.name, "phone": row.phone, "aliases": row.aliases}
    return {"assignments": row.assignments, "attributes": row.attributes, "hashed": hashed}


def _add_stated(transaction: Transaction, entries: Sequence[Any], found: Changes) -> None:
    rows = [{"entry_id": entry.entry_id, "about": entry.about} for entry in entries]
    before = {row.entry_id: row for row in transaction.all("trail_before", rows=json(rows))} if rows else {}
    for entry in entries:
        last = None if entry.action in _NEW else before.get(entry.entry_id)
        was = _after(last.action, last.detail) if last else _BEGINNINGS.get(entry.about.partition("/")[0])
        changed = {"of": entry.about, "before": was, "after": _after(entry.action, entry.detail)}
        found[entry.entry_id].append(changed)


def _after(action: str, detail: Said) -> Said | None:
    if action in _ENDING:
        return None
    if action in _STATES:
        return {"state": _STATES[action] or detail["state"]}
    return {key: value for key, value in detail.items() if key not in _NAMING}
