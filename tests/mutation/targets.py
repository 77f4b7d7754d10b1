"""What is changed: the statements that a recomputation runs, and the Python that computes around them.

Modules are named by what they aren't rather than by what they are where others may join them. What is left out is left
out by its own reason: it's read or written over HTTP, and tests of its own say whether it does that well.
"""

import random
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from tests.mutation import python_operators, sql_operators
from tests.mutation.mutations import Mutation

QUERIES = "sql/queries"
_NOT_COMPUTING = {"access", "events", "journal", "operations", "rankings", "results", "roster", "rulebooks"}
# The yardstick itself; how something is computed, which changes nothing but the time that it takes; and a first guess,
# which is settled anyway.
_LEFT_ALONE = {"standing_said", "standing_plan", "standing_size", "_tier_of_most"}
_HOW_NOT_WHAT = re.compile("standing_plan|_PICKED_ONE_OF|_MOST_KEPT")
# Of the rulebook: reading its text, refusing and explaining it, walking it for those, keeping its versions, listing its
# words.
_RULEBOOKS, _NOT_ROWS = (
    "service/rulebooks",
    (
        "__init__",
        "text",
        "lint",
        "store",
        "extension",
        "examination",
        "explained",
        "files",
        "claims",
        "json_schema",
        "nodes",
        "words",
    ),
)
_AROUND = ("service/standings.py", "service/pools.py", "service/sources.py")
# Of what shows results only the functions from which numbers come; the others find words.
_SHOWING = {
    "service/results": {"points", "keys", "result", "placed", "with_points"},
    "service/explanation": {
        *("lines", "measures", "category_points", "_of_items", "_of_categories", "_bonus_cap", "_of_restrictions"),
        *("_of_total", "_multiplied", "gates", "restrictions", "lists", "outcomes"),
    },
}
# Who is computed or settled again comes out the same, so that whatever only makes these more changes nothing but the
# time.
_MORE_IS_THE_SAME = {"changed_subjects"}
# What parts the placement has is asked of these; one that it hasn't finds nobody.
_PARTS, _OF_PARTS = "sheet_needs", ("o.", "l.", "t.")
_THE_FEW = "(%(asks_all)s OR s.subject_no = ANY"
_WIDENED = {("condition", "true"), ("and/or", "OR"), ("union", "UNION ALL")}
_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_INCLUDE = re.compile(r"^-- include: (\w+)$", re.MULTILINE)


def drawn(root: Path, run: Collection[str], seed: int) -> list[Mutation]:
    """All mutations, in an order drawn by the seed; `run` are the statements that a recomputation runs."""
    found = [*sql_mutations(root, run), *python_mutations(root)]
    random.Random(seed).shuffle(found)
    return [mutation for mutation in found if not (_HOW_NOT_WHAT.search(mutation.before) or _is_more(mutation))]


def _is_more(mutation: Mutation) -> bool:
    """Whether a statement without a negation answers at least what it did, and more of it is the same."""
    if mutation.before.startswith(_THE_FEW):
        return mutation.after == "true"
    if mutation.within == _PARTS and mutation.before.startswith(_OF_PARTS):
        return (mutation.operator, mutation.after) in _WIDENED
    return mutation.within in _MORE_IS_THE_SAME and (mutation.operator, mutation.after) in _WIDENED


def sql_mutations(root: Path, run: Collection[str]) -> Iterator[Mutation]:
    """Those of the statements that are run, and of what they include."""
    blocks = list(_blocks(root))
    reached = _reached(blocks, {name for path, name, *_ in blocks if name in run and path.stem not in _NOT_COMPUTING})
    for path, name, start, end, source in blocks:
        if name in reached - _LEFT_ALONE and path.stem not in _NOT_COMPUTING:
            yield from sql_operators.mutations(path.relative_to(root).as_posix(), source, start, end, name)


def left_out(root: Path, run: Collection[str]) -> list[str]:
    """The statements of the same files that no recomputation runs."""
    names = {name for path, name, *_ in _blocks(root) if path.stem not in _NOT_COMPUTING and not name.startswith("_")}
    return sorted(names - set(run) | names & _LEFT_ALONE)


def python_mutations(root: Path) -> Iterator[Mutation]:
    """Those of the modules around the statements."""
    for path in _modules(root, _RULEBOOKS):
        if not any(part.startswith(_NOT_ROWS) for part in path.relative_to(root / _RULEBOOKS).parts):
            yield from python_operators.mutations(path.relative_to(root).as_posix(), path.read_text("utf-8"))
    for name in _AROUND:
        for path in _modules(root, name):
            yield from python_operators.mutations(path.relative_to(root).as_posix(), path.read_text("utf-8"))
    for name, functions in _SHOWING.items():
        for path in _modules(root, name):
            source = path.read_text("utf-8")
            if here := functions & python_operators.functions_in(source):
                yield from python_operators.mutations(path.relative_to(root).as_posix(), source, here)


def missing(root: Path) -> list[str]:
    """What is named here and isn't there any more."""
    said = [name for name in (_RULEBOOKS, *_AROUND, *_SHOWING) if not _modules(root, name)]
    for name, functions in _SHOWING.items():
        texts = [path.read_text("utf-8") for path in _modules(root, name)]
        there = {function for text in texts for function in python_operators.functions_in(text)}
        said += [f"{name} {function}" for function in sorted(functions - there)]
    return said


def _modules(root: Path, name: str) -> list[Path]:
    """The module of that name, or all modules of the package that it was or became."""
    package = (root / name).with_suffix("")
    module = package.with_suffix(".py")
    return [module] if module.is_file() else sorted(package.rglob("*.py"))


def _blocks(root: Path) -> Iterator[tuple[Path, str, int, int, str]]:
    """Every statement and fragment: file, name, where its text begins and ends, the text of the file."""
    for path in sorted((root / QUERIES).rglob("*.sql")):
        source = path.read_text("utf-8")
        opened = list(_NAME.finditer(source))
        ends = [match.start() for match in opened[1:]] + [len(source)]
        for match, end in zip(opened, ends, strict=True):
            yield path, match[1], match.end(), end, source


def _reached(blocks: list[tuple[Path, str, int, int, str]], names: set[str]) -> set[str]:
    """The names and all that they include, at any depth."""
    included = {name: _INCLUDE.findall(source[start:end]) for _, name, start, end, source in blocks}
    reached, waiting = set(names), list(names)
    while waiting:
        fresh = set(included.get(waiting.pop(), [])) - reached
        reached |= fresh
        waiting += fresh
    return reached
