"""Where a rulebook to print comes from: a version that is stored, or files."""

from pathlib import Path
from typing import Any

from schemas.rulebook import Extension
from service import event_types
from service.database.transactions import Transaction
from service.errors import Problem, finding, unknown
from service.regulation.printed import Regulation, regulation
from service.rulebooks import extension, store, text
from service.rulebooks.files import Folder, reading


def of_version(transaction: Transaction, identifier: str, version: str) -> Regulation:
    """The regulation of a version, with the titles of the tenant's event types. Problem resource.unknown."""
    row = transaction.maybe("rulebook_version", id=identifier, version=version)
    if row is None:
        raise unknown("rulebook", f"{identifier}@{version}")
    types = event_types.all_types(transaction)
    return regulation(store.load(row.document), {name: one.declaration["title"] for name, one in types.items()})


def of_file(file: Path, types: Path | None = None, parent: Path | None = None) -> Regulation:
    """The regulation of a file, and of its parent's where it extends one. Unreadable."""
    folder = Folder.of(file, types=types)
    with reading(file):
        document = text.read(file.read_bytes())
        if "extends" in document:
            document = _composed(document, parent)
        loaded = store.load(document)
    declared = folder.declared() if types or folder.types.exists() else {}
    return regulation(loaded, {name: said["title"] for name, said in declared.items()})


def _composed(document: dict[str, Any], parent: Path | None) -> dict[str, Any]:
    said = store.load(document, Extension())["extends"]
    above: dict[str, Any] = {}
    if parent:
        with reading(parent):
            above = text.read(parent.read_bytes())
            store.load(above)
    if {key: above.get(key) for key in said} != said:
        raise Problem("request.invalid", [finding("/extends", "extension.file", **said)])
    if found := extension.findings(document, above):
        raise Problem("request.invalid", found)
    return extension.compose(document, above)
