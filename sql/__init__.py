"""Every statement that the service sends to the database, by name.

A file under queries/ is a list of statements, each opened by `-- name: <name>` and a line that says its purpose. A
name with a leading underscore is a fragment, which others take in with `-- include: <name>`. This package knows neither
psycopg nor the service: it hands out text.
"""

import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_INCLUDE = re.compile(r"^-- include: (\w+)$", re.MULTILINE)
_PARAMETER = re.compile(r"%\((\w+)\)s")
# What a statement asks to know whether it is about everybody.
_EVERYBODY = re.compile(r"%\(subjects\)s::integer\[\] IS NULL|%\(asks_all\)s")


def statement(name: str) -> str:
    """The statement of that name, its fragments put in; KeyError where there is none."""
    return statements()[name]


@cache
def statement_of_some(name: str) -> str:
    """The statement of that name where it is about some subjects: whether it is about everybody isn't asked.

    Its plan is then the same whoever they are, so that the database can keep it.
    """
    return _EVERYBODY.sub("false", statement(name))


@cache
def numbered(text: str) -> tuple[str, list[str]]:
    """A statement with numbers for its parameters, as PostgreSQL takes it, and their names in this order."""
    names = list(dict.fromkeys(_PARAMETER.findall(text)))
    return _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", text), names


@cache
def statements() -> dict[str, str]:
    """All statements by name, fragments left out."""
    blocks = _blocks()
    return {name: _with_fragments(text, blocks) for name, text in blocks.items() if not name.startswith("_")}


def every_migration() -> list[tuple[int, str, str]]:
    """The migrations in order: number, name, text."""
    found = [f for f in (files(__name__) / "migrations").iterdir() if f.name.endswith(".sql")]
    return sorted((int(f.name[:4]), f.name.removesuffix(".sql"), f.read_text("utf-8")) for f in found)


def _blocks() -> dict[str, str]:
    blocks: dict[str, str] = {}
    for file in _query_files():
        _, *parts = _NAME.split(file.read_text("utf-8"))
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            if name in blocks:
                raise ValueError(f"two statements are named {name}")
            blocks[name] = text.strip()
    return blocks


def _query_files() -> list[Traversable]:
    return sorted((f for f in (files(__name__) / "queries").iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)


def _with_fragments(text: str, blocks: dict[str, str]) -> str:
    return _INCLUDE.sub(lambda found: _with_fragments(blocks[found[1]], blocks), text)
