"""A rulebook among its files, for the command: event types, cases, and the other rulebooks of the folder."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from service.cases import settling, written
from service.cases.judging import Judgement, judge
from service.cases.said import Said
from service.cases.settling import World
from service.cases.written import Check
from service.database.transactions import Transaction
from service.errors import Problem, unknown
from service.rulebooks import files, store, text

Node = dict[str, Any]
CASES, TYPES = "cases.yaml", "event_types.yaml"
Second = Callable[[list[Node], World, Check], dict[str, Said]]


class Unreadable(Exception):
    """A file can't be what it should be; what was found in it."""

    def __init__(self, file: Path, problem: Problem) -> None:
        """In this file."""
        super().__init__(str(file))
        self.file, self.problem = file, problem


@dataclass(frozen=True)
class Folder:
    """The files of a rulebook."""

    rulebook: Path
    cases: Path
    types: Path

    @classmethod
    def of(cls, rulebook: Path, cases: Path | None = None, types: Path | None = None) -> "Folder":
        """A rulebook and what lies beside it, where nothing else is named."""
        return cls(rulebook, cases or rulebook.parent / CASES, types or rulebook.parent / TYPES)

    @property
    def others(self) -> list[Path]:
        """The other rulebooks of the folder."""
        named = [self.rulebook, self.cases, self.types, *(self.rulebook.parent / name for name in (CASES, TYPES))]
        known = {file.resolve() for file in named}
        return [file for file in sorted(self.rulebook.parent.glob("*.yaml")) if file.resolve() not in known]


def judged(transaction: Transaction, folder: Folder, second: Second | None = None) -> tuple[Node, Judgement]:
    """The rulebook's header, and what comes of its cases. Unreadable where a file is not what it should be.

    `second` gives another opinion of a world, of which it is told the other rulebooks.
    """
    declared = _declared(folder.types)
    with settling.ground(transaction, declared) as apart:
        others = _ruled(apart, folder)
        header = _drafted(apart, folder.rulebook)
        row = apart.one("rulebook_version", id=header["rulebook"], version=header["version"])
        with _read(folder.cases):
            cases = written.read(_bytes(folder.cases), row.id, row.timezone, declared)
        opinion = partial(second, others) if second else None
        return header, judge(apart, row, cases, opinion)


@contextmanager
def _read(file: Path) -> Iterator[None]:
    """What is found in here is found in that file."""
    try:
        yield
    except Problem as problem:
        raise Unreadable(file, problem) from None


def _bytes(file: Path) -> bytes:
    """The text of a file. Problem resource.unknown where there is none."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise unknown("file", file.name) from None


def _declared(file: Path) -> dict[str, Node]:
    """The event types of a file, as they are stored."""
    with _read(file):
        found, wrong = files.declared(_bytes(file))
        if wrong:
            raise Problem("request.invalid", wrong)
        return {name: dict(said) for name, said in found.items()}


def _ruled(apart: Transaction, folder: Folder) -> list[Node]:
    """Let the other rulebooks of the folder rule, an extension after the others; their whole documents."""
    with _read(folder.rulebook):
        own = text.read(folder.rulebook.read_bytes()).get("rulebook")
    found = []
    for file in folder.others:
        with _read(file):
            found.append((file, text.read(file.read_bytes())))
    documents = []
    for file, document in sorted(found, key=lambda one: "extends" in one[1]):
        # Nothing reads an extension of the rulebook itself, nor another version of it.
        if own not in (document.get("rulebook"), _parent(document)):
            header = _drafted(apart, file)
            row = apart.one("rulebook_version", id=header["rulebook"], version=header["version"])
            settling.rule(apart, row.document)
            documents.append(row.document)
    return documents


def _parent(document: Node) -> Any:
    extends = document.get("extends")
    return extends.get("rulebook") if isinstance(extends, dict) else None


def _drafted(apart: Transaction, file: Path) -> Node:
    with _read(file):
        header, _ = store.draft(apart, settling.AUTHOR, file.read_bytes())
        return header
