"""Event types as data: what a kind of event holds. A declaration may grow; it never takes back what it promised."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from schemas.event_types import DataChecker
from schemas.faults import escape
from service import journal
from service.database.transactions import Transaction, json
from service.errors import Problem, finding, unknown

Result = Literal["new", "grown", "unchanged"]


class EventType(NamedTuple):
    """A declared type, its number, and the checker of its data."""

    number: int
    type: str
    declaration: dict[str, Any]
    checker: DataChecker


def all_types(transaction: Transaction) -> dict[str, EventType]:
    """Every declared type of the tenant, by name."""
    rows = transaction.all("event_types")
    return {row.type: EventType(row.type_no, row.type, row.declaration, DataChecker(row.declaration)) for row in rows}


def one(transaction: Transaction, name: str) -> EventType:
    """The type of that name. Problem resource.unknown."""
    found = all_types(transaction).get(name)
    if found is None:
        raise unknown("event type", name)
    return found


def declare(transaction: Transaction, actor: str, name: str, declaration: dict[str, Any]) -> bool:
    """Declare a type; whether it is new. Problem event_type.narrowed where stored events would mean something else."""
    transaction.do("rulebook_lock")  # one change of the rules at a time, so that none is lost
    before = all_types(transaction).get(name)
    if before and before.declaration == declaration:
        return False
    if before and not _grows(before.declaration, declaration):
        raise Problem("event_type.narrowed")
    if before:
        _refuse_codes_without_points(transaction, before, declaration)
    entry = journal.record(transaction, "event_type.declare", actor, {"type": name, "declaration": declaration})
    transaction.do("dictionary_changed", entry=entry)
    transaction.do("event_type_set", type=name, declaration=json(declaration))
    return before is None


def declare_all(transaction: Transaction, actor: str, declarations: Mapping[str, Any]) -> dict[str, Result]:
    """Declare types, all or none, and say of each what it is now.

    Problem event_type.narrowed, event_type.table: each with a finding at the name of its type.
    """
    before = all_types(transaction)
    done: dict[str, Result] = {}
    for name, declaration in declarations.items():
        try:
            is_new = declare(transaction, actor, name, declaration)
        except Problem as problem:
            found = finding(f"/{escape(name)}", problem.code, **problem.values)
            raise Problem(problem.code, [found], **problem.values) from None
        is_same = name in before and before[name].declaration == declaration
        done[name] = "new" if is_new else "unchanged" if is_same else "grown"
    return done


def _refuse_codes_without_points(transaction: Transaction, before: EventType, now: dict[str, Any]) -> None:
    """A published table has a row for every code; an event with a new one would count without a word."""
    tables = transaction.all("tables_of_type", type_no=before.number)
    for table in tables:
        lacking = sorted(set(now["fields"][table.field].get("codes", [])) - set(table.codes))
        if lacking:
            rulebook = f"{table.id}@{table.version}"
            raise Problem("event_type.table", rulebook=rulebook, field=table.field, codes=", ".join(lacking))


def _grows(before: dict[str, Any], now: dict[str, Any]) -> bool:
    if any(before.get(key) != now.get(key) for key in ("subject", "dated_by", "quantity")):
        return False
    if any(key in before and before[key] != now.get(key) for key in ("act", "state")):
        return False
    if not set(before.get("evidence", [])) <= set(now.get("evidence", [])):
        return False
    return all(
        name in now["fields"] and _field_grows(declared, now["fields"][name])
        for name, declared in before["fields"].items()
    )


def _field_grows(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Same kind and range, no code taken away; required or not is a matter of intake alone."""
    return (
        before["kind"] == now["kind"]
        and before.get("between") == now.get("between")
        and set(before.get("codes", [])) <= set(now.get("codes", []))
    )
