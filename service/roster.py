"""The roster: organisations, workers with dated assignments and attributes, aliases.

A write states whole records, stores those that changed, and leaves one audit entry. Many at once are all or nothing,
unless `partial` is asked for. Names and phone numbers go to the table of personal data and nowhere else.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from service import canonical, journal
from service.database.transactions import Transaction, json
from service.errors import Finding, Problem, finding, unknown
from service.personal import hashes

Record = dict[str, Any]


class Stated(NamedTuple):
    """What a write did: records that are new or changed, how many stood already, what was refused."""

    changed: list[str]
    unchanged: int
    findings: list[Finding]


def state(
    transaction: Transaction, actor: str, organisations: list[Record], workers: list[Record], partial: bool = False
) -> Stated:
    """State records (each with its `id`) as they are now. Problem request.invalid with all findings, unless partial."""
    transaction.do("roster_lock")
    tree = {row.id: row for row in transaction.all("organisations")}
    placed, paths, findings = _accepted_organisations(tree, organisations)
    accepted, refusals = _accepted_workers(transaction, paths, workers)
    findings += refusals
    if findings and not partial:
        raise Problem("request.invalid", findings)
    stated = {o["id"]: o for o in placed.values()}
    moved = _changed_organisations(tree, paths, stated)
    plain = [_plain(w) for w in accepted.values()]
    numbers = _numbers(transaction, "worker", [w["id"] for w in plain])
    known = {row.id: row for row in transaction.all("workers", workers=list(numbers.values()))}
    changed = [{**w, "worker_no": numbers[w["id"]]} for w in plain if not _stands_already(known.get(w["id"]), w)]
    if moved or changed:
        kept = hashes.of_records(transaction, changed)
        changed = [{**w, "hashes": kept.get(w["worker_no"], {})} for w in changed]
        detail = {
            "organisations": [o["id"] for o in moved],
            "workers": [w["id"] for w in changed],
            "records": covered([*map(_organisation_said, moved), *map(_worker_said, changed)]).hex(),
        }
        entry = journal.record(transaction, "roster.state", actor, detail)
        transaction.do("dictionary_changed", entry=entry)
        _store_organisations(transaction, entry, moved)
        _store_workers(transaction, entry, changed)
    ids = [f"organisation/{o['id']}" for o in moved if o["id"] in stated]
    ids += [f"worker/{w['id']}" for w in changed]
    return Stated(ids, len(placed) + len(accepted) - len(ids), findings)


def covered(said: Iterable[list[Any]]) -> bytes:
    """What the chain covers of the records of one entry, as `record_said` words them: their SHA-256, by subject."""
    texts = (canonical.exact(record) for record in sorted(said, key=lambda record: str(record[0])))
    return sha256(b"\n".join(texts)).digest()


def record_said(
    subject: str,
    attributes: list[Record],
    assignments: list[Record],
    node: tuple[str, list[str], list[str]] | None = None,
    hashed: hashes.Hashes | None = None,
) -> list[Any]:
    """A record as it is covered: of an organisation with its `node`, the title and the path with its kinds; of a
    worker with personal data with their hashes.
    """
    personal = {field: value for field, value in (hashed or {}).items() if value}
    return [subject, attributes, assignments, node and list(node), *([personal] if personal else [])]


def _organisation_said(record: Record) -> list[Any]:
    node = (record["title"], record["path"], record["path_kinds"])
    return record_said(f"organisation/{record['id']}", record["attributes"], [], node)


def _worker_said(record: Record) -> list[Any]:
    return record_said(f"worker/{record['id']}", record["attributes"], record["assignments"], None, record["hashes"])


def organisation(transaction: Transaction, identifier: str) -> Record:
    """One organisation as last recorded. Problem resource.unknown."""
    for row in transaction.all("organisations"):
        if row.id == identifier:
            parent = row.path[-2] if len(row.path) > 1 else None
            record = {"id": row.id, "kind": row.kind, "title": row.title, "parent": parent, "path": row.path}
            return {**record, "attributes": row.attributes}
    raise unknown("organisation", identifier)


def worker(transaction: Transaction, identifier: str) -> Record:
    """One worker as last recorded, with personal data. Problem resource.unknown."""
    numbers = transaction.all("subjects", kind="worker", ids=[identifier])
    rows = transaction.all("workers", workers=[row.subject_no for row in numbers])
    if not rows:
        raise unknown("worker", identifier)
    row = rows[0]
    kept = ("id", "name", "phone", "aliases", "assignments", "attributes")
    return {key: getattr(row, key) for key in kept}


def names(transaction: Transaction, subjects: list[str], whole: bool) -> dict[str, str]:
    """What subjects are called, as far as it is known; unless `whole`, masked: 王**."""
    found = {row.subject: row.name for row in transaction.all("names", ids=subjects)}
    return found if whole else {subject: masked(name) for subject, name in found.items()}


def masked(name: str) -> str:
    """A name as it is told to who needs no more: 王**."""
    return name[:1] + "*" * (len(name) - 1)


def _plain(worker: Record) -> Record:
    """The record in JSON's terms, as it is stored and compared: days as text, aliases in order."""
    return {
        **worker,
        "assignments": [_dated(a) for a in worker["assignments"]],
        "attributes": [_dated(a) for a in worker["attributes"]],
        "aliases": [{"source": s, "id": i} for s, i in sorted({(a["source"], a["id"]) for a in worker["aliases"]})],
    }


def _dated(item: Record) -> Record:
    end = item.get("valid_to")
    kept = {key: value for key, value in item.items() if key not in ("valid_from", "valid_to")}
    return {**kept, "from": item["valid_from"].isoformat(), "to": end and end.isoformat()}


def _accepted_organisations(
    tree: dict[str, Any], stated: list[Record]
) -> tuple[dict[int, Record], dict[str, tuple[list[str], list[str]]], list[Finding]]:
    """Those that can be stated by their place in the request, the paths of the whole tree then, and why others can't.

    What is refused leaves before the rest is looked at again, so that nothing of it is stored.
    """
    findings = _repeated("organisations", stated)
    kept = _without(findings, dict(enumerate(stated)))
    while True:
        nodes = {i: (row.path[-2] if len(row.path) > 1 else None, row.kind) for i, row in tree.items()}
        nodes |= {o["id"]: (o.get("parent"), o["kind"]) for o in kept.values()}
        misplaced = [found for n, o in kept.items() for found in _misplaced(n, o, nodes)]
        if not misplaced:
            paths = {i: _climb(nodes, i) or [] for i in nodes}
            return kept, {i: (path, [nodes[o][1] for o in path]) for i, path in paths.items()}, findings
        findings += misplaced
        kept = _without(misplaced, kept)


def _accepted_workers(
    transaction: Transaction, paths: dict[str, Any], stated: list[Record]
) -> tuple[dict[int, Record], list[Finding]]:
    """Those that can be stated by their place in the request, and why others can't."""
    findings = _repeated("workers", stated) + _unknown_organisations(paths, stated)
    kept = _without(findings, dict(enumerate(stated)))
    taken = _taken_aliases(transaction, kept)
    return _without(taken, kept), findings + taken


def _without(findings: list[Finding], records: dict[int, Record]) -> dict[int, Record]:
    refused = {int(f.pointer.split("/")[2]) for f in findings}
    return {n: record for n, record in records.items() if n not in refused}


def _repeated(name: str, records: list[Record]) -> list[Finding]:
    seen: set[str] = set()
    again = []
    for n, record in enumerate(records):
        if record["id"] in seen:
            again.append(finding(f"/{name}/{n}/id", "id.repeated"))
        seen.add(record["id"])
    return again


def _misplaced(number: int, record: Record, nodes: dict[str, tuple[str | None, str]]) -> list[Finding]:
    pointer, parent = f"/organisations/{number}/parent", record.get("parent")
    if parent is not None and parent not in nodes:
        return [finding(pointer, "organisation.unknown", id=parent)]
    return [finding(pointer, "organisation.cycle")] if _climb(nodes, record["id"]) is None else []


def _climb(nodes: dict[str, tuple[str | None, str]], identifier: str) -> list[str] | None:
    """The ids from the root down to the node; None where the way up ends nowhere or in a circle."""
    path: list[str] = []
    at: str | None = identifier
    while at is not None:
        if at in path or at not in nodes:
            return None
        path.append(at)
        at = nodes[at][0]
    return path[::-1]


def _unknown_organisations(paths: dict[str, Any], workers: list[Record]) -> list[Finding]:
    return [
        finding(f"/workers/{n}/assignments/{m}/organisation", "organisation.unknown", id=a["organisation"])
        for n, worker in enumerate(workers)
        for m, a in enumerate(worker["assignments"])
        if a["organisation"] not in paths
    ]


def _taken_aliases(transaction: Transaction, workers: dict[int, Record]) -> list[Finding]:
    """Aliases that stand for somebody else: in the roster (unless that record is stated anew), or earlier in here."""
    named = [alias for worker in workers.values() for alias in worker["aliases"]]
    stated = {worker["id"] for worker in workers.values()}
    holders = {
        (row.source, row.external_id): row.id
        for row in transaction.all("alias_holders", named=json(named))
        if row.id not in stated
    }
    return [
        finding(f"/workers/{n}/aliases/{m}", "alias.taken")
        for n, worker in workers.items()
        for m, alias in enumerate(worker["aliases"])
        if holders.setdefault((alias["source"], alias["id"]), worker["id"]) != worker["id"]
    ]


def _changed_organisations(tree: dict[str, Any], paths: dict[str, Any], stated: dict[str, Record]) -> list[Record]:
    """Records to store: those stated that differ, and those below a node that moved."""
    said = {i: (row.title, row.attributes) for i, row in tree.items()}
    said |= {i: (o["title"], [_dated(a) for a in o["attributes"]]) for i, o in stated.items()}
    changed = []
    for identifier, (path, kinds) in paths.items():
        before = tree.get(identifier)
        title, attributes = said[identifier]
        if before is None or (before.title, before.attributes, before.path, before.path_kinds) != (
            title,
            attributes,
            path,
            kinds,
        ):
            record = {"id": identifier, "title": title, "attributes": attributes}
            changed.append({**record, "path": path, "path_kinds": kinds})
    return changed


def _stands_already(row: Any, stated: Record) -> bool:
    return row is not None and stated == {
        **{key: value for key, value in (("name", row.name), ("phone", row.phone)) if value is not None},
        "id": row.id,
        "aliases": row.aliases,
        "assignments": row.assignments,
        "attributes": row.attributes,
    }


def _store_organisations(transaction: Transaction, entry: int, moved: list[Record]) -> None:
    if not moved:
        return
    numbers = _numbers(transaction, "organisation", [o["id"] for o in moved])
    records = [{**o, "organisation_no": numbers[o["id"]], "kind": o["path_kinds"][-1]} for o in moved]
    transaction.do("organisation_records_add", entry=entry, records=json(records))


def _store_workers(transaction: Transaction, entry: int, records: list[Record]) -> None:
    if not records:
        return
    transaction.do("worker_records_add", entry=entry, records=json(records))
    transaction.do("persons_set", records=json(records))
    transaction.do("aliases_forget", workers=[r["worker_no"] for r in records])
    aliases = [{**alias, "worker_no": r["worker_no"]} for r in records for alias in r["aliases"]]
    if transaction.do("aliases_add", records=json(aliases)) < len(aliases):
        # It moved here from a worker of this request who was found unchanged and so isn't stored.
        raise Problem("request.invalid", [finding("/workers", "alias.taken")])


def _numbers(transaction: Transaction, kind: str, ids: list[str]) -> dict[str, int]:
    """The numbers of these subjects, new ones given where needed."""
    transaction.do("subjects_add", kind=kind, ids=sorted(ids))
    return {row.id: row.subject_no for row in transaction.all("subjects", kind=kind, ids=ids)}
