"""The roster: organisations, workers with dated assignments and attributes, aliases.

A write states whole records, stores those that changed, and leaves one audit entry. Many at once are all or nothing,
unless `partial` is asked for. Names and phone numbers go to the table of personal data and nowhere else.
"""

from typing import Any, NamedTuple

from service import journal
from service.database.transactions import Transaction, json
from service.errors import Finding, Problem, finding, unknown

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
    paths, findings = _paths(tree, organisations)
    findings += _repeated("organisations", organisations) + _repeated("workers", workers)
    findings += _unknown_organisations(paths, workers) + _taken_aliases(transaction, workers)
    if findings and not partial:
        raise Problem("request.invalid", findings)
    refused = {tuple(f.pointer.split("/")[1:3]) for f in findings}
    organisations = [o for n, o in enumerate(organisations) if ("organisations", str(n)) not in refused]
    placed = {n: _plain(w) for n, w in enumerate(workers) if ("workers", str(n)) not in refused}
    moved = _changed_organisations(tree, paths, organisations)
    numbers = _numbers(transaction, "worker", [w["id"] for w in placed.values()])
    known = {row.id: row for row in transaction.all("workers", workers=list(numbers.values()))}
    changed = {n: w for n, w in placed.items() if not _stands_already(known.get(w["id"]), w)}
    if moved or changed:
        detail = {"organisations": [o["id"] for o in moved], "workers": [w["id"] for w in changed.values()]}
        entry = journal.record(transaction, "roster.state", actor, detail)
        _store_organisations(transaction, entry, moved)
        _store_workers(transaction, entry, changed, numbers)
    stated = {o["id"] for o in organisations}
    ids = [f"organisation/{o['id']}" for o in moved if o["id"] in stated]
    ids += [f"worker/{w['id']}" for w in changed.values()]
    return Stated(ids, len(organisations) + len(placed) - len(ids), findings)


def organisation(transaction: Transaction, identifier: str) -> Record:
    """One organisation as last recorded. Problem resource.unknown."""
    for row in transaction.all("organisations"):
        if row.id == identifier:
            parent = row.path[-2] if len(row.path) > 1 else None
            return {"id": row.id, "kind": row.kind, "title": row.title, "parent": parent, "path": row.path}
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


def _plain(worker: Record) -> Record:
    """The record in JSON's terms, as it is stored and compared: days as text, aliases in order."""

    def dated(item: Record) -> Record:
        end = item.get("valid_to")
        kept = {key: value for key, value in item.items() if key not in ("valid_from", "valid_to")}
        return {**kept, "from": item["valid_from"].isoformat(), "to": end and end.isoformat()}

    return {
        **worker,
        "assignments": [dated(a) for a in worker["assignments"]],
        "attributes": [dated(a) for a in worker["attributes"]],
        "aliases": [{"source": s, "id": i} for s, i in sorted({(a["source"], a["id"]) for a in worker["aliases"]})],
    }


def _repeated(name: str, records: list[Record]) -> list[Finding]:
    seen: set[str] = set()
    again = []
    for n, record in enumerate(records):
        if record["id"] in seen:
            again.append(finding(f"/{name}/{n}/id", "id.repeated"))
        seen.add(record["id"])
    return again


def _paths(tree: dict[str, Any], stated: list[Record]) -> tuple[dict[str, tuple[list[str], list[str]]], list[Finding]]:
    """Path and kinds of every organisation after the write, and what is wrong with the parents."""
    nodes = {i: (row.path[-2] if len(row.path) > 1 else None, row.kind) for i, row in tree.items()}
    nodes |= {o["id"]: (o.get("parent"), o["kind"]) for o in stated}
    findings = []
    for n, node in enumerate(stated):
        pointer = f"/organisations/{n}/parent"
        if node.get("parent") is not None and node["parent"] not in nodes:
            findings.append(finding(pointer, "organisation.unknown", id=node["parent"]))
        elif _climb(nodes, node["id"]) is None:
            findings.append(finding(pointer, "organisation.cycle"))
    paths = {}
    for identifier in nodes:
        if (path := _climb(nodes, identifier)) is not None:
            paths[identifier] = (path, [nodes[i][1] for i in path])
    return paths, findings


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


def _taken_aliases(transaction: Transaction, workers: list[Record]) -> list[Finding]:
    """Aliases that stand for somebody else: in the roster (unless that record is stated anew), or earlier in here."""
    named = [alias for worker in workers for alias in worker["aliases"]]
    stated = {worker["id"] for worker in workers}
    holders = {
        (row.source, row.external_id): row.id
        for row in transaction.all("alias_holders", named=json(named))
        if row.id not in stated
    }
    return [
        finding(f"/workers/{n}/aliases/{m}", "alias.taken")
        for n, worker in enumerate(workers)
        for m, alias in enumerate(worker["aliases"])
        if holders.setdefault((alias["source"], alias["id"]), worker["id"]) != worker["id"]
    ]


def _changed_organisations(tree: dict[str, Any], paths: dict[str, Any], stated: list[Record]) -> list[Record]:
    """Records to store: those stated that differ, and those below a node that moved."""
    titles = {i: row.title for i, row in tree.items()} | {o["id"]: o["title"] for o in stated}
    changed = []
    for identifier, (path, kinds) in paths.items():
        before = tree.get(identifier)
        now = (titles[identifier], path, kinds)
        if before is None or (before.title, before.path, before.path_kinds) != now:
            changed.append({"id": identifier, "title": titles[identifier], "path": path, "path_kinds": kinds})
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


def _store_workers(transaction: Transaction, entry: int, changed: dict[int, Record], numbers: dict[str, int]) -> None:
    if not changed:
        return
    records = [{**w, "worker_no": numbers[w["id"]]} for w in changed.values()]
    transaction.do("worker_records_add", entry=entry, records=json(records))
    transaction.do("persons_set", records=json(records))
    transaction.do("aliases_forget", workers=[r["worker_no"] for r in records])
    aliases = [{**alias, "worker_no": r["worker_no"]} for r in records for alias in r["aliases"]]
    if transaction.do("aliases_add", records=json(aliases)) < len(aliases):
        # A worker that was refused here still holds one.
        raise Problem("request.invalid", [finding("/workers", "alias.taken")])


def _numbers(transaction: Transaction, kind: str, ids: list[str]) -> dict[str, int]:
    """The numbers of these subjects, new ones given where needed."""
    transaction.do("subjects_add", kind=kind, ids=sorted(ids))
    return {row.id: row.subject_no for row in transaction.all("subjects", kind=kind, ids=ids)}
