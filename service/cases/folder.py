"""The cases of a rulebook among its files, for the command: judged beside the other rulebooks of the folder."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from service.cases import settling, written
from service.cases.judging import Judgement, judge
from service.cases.said import Said
from service.cases.settling import World
from service.cases.written import Check
from service.database.transactions import Transaction
from service.rulebooks import store, text
from service.rulebooks.files import Folder, reading

Node = dict[str, Any]
Second = Callable[[list[Node], World, Check], dict[str, Said]]


def judged(transaction: Transaction, folder: Folder, second: Second | None = None) -> tuple[Node, Judgement]:
    """The rulebook's header, and what comes of its cases. Unreadable where a file is not what it should be.

    `second` gives another opinion of a world, of which it is told the other rulebooks.
    """
    declared = {name: dict(said) for name, said in folder.declared().items()}
    with reading(folder.cases):
        source = folder.cases.read_bytes()
    with settling.ground(transaction, declared) as apart:
        others = _ruled(apart, folder)
        header = _drafted(apart, folder.rulebook)
        row = apart.one("rulebook_version", id=header["rulebook"], version=header["version"])
        with reading(folder.cases):
            cases = written.read(source, row.id, row.timezone, declared)
        opinion = partial(second, others) if second else None
        return header, judge(apart, row, cases, opinion)


def _ruled(apart: Transaction, folder: Folder) -> list[Node]:
    """Let the other rulebooks of the folder rule, an extension after the others; their whole documents."""
    with reading(folder.rulebook):
        own = text.read(folder.rulebook.read_bytes()).get("rulebook")
    documents = []
    for file, document in sorted(folder.others(), key=lambda one: "extends" in one[1]):
        # Nothing reads an extension of the rulebook itself, nor another version of it.
        if own not in (document["rulebook"], _parent(document)):
            header = _drafted(apart, file)
            row = apart.one("rulebook_version", id=header["rulebook"], version=header["version"])
            settling.rule(apart, row.document)
            documents.append(row.document)
    return documents


def _parent(document: Node) -> Any:
    extends = document.get("extends")
    return extends.get("rulebook") if isinstance(extends, dict) else None


def _drafted(apart: Transaction, file: Path) -> Node:
    with reading(file):
        return store.draft(apart, settling.AUTHOR, file.read_bytes()).header
