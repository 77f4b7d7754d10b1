"""Small changes of SQL that still mean something: another comparison, another bound, a condition less.

What concerns the tenant is left alone: row-level security hides other tenants whatever a statement says, and isolation
has tests of its own.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tests.mutation.mutations import Mutation, line_at
from tests.mutation.sql_tokens import Statement

_COMPARISONS = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "=": ("<>",),
    "<>": ("=",),
}
_ARITHMETIC = {"+": "-", "-": "+", "*": "+", "/": "*"}
_FUNCTIONS = {
    "MIN": ("max",),
    "MAX": ("min", "sum"),
    "SUM": ("max", "count"),
    "COUNT": ("sum", "max"),
    "LEAST": ("greatest",),
    "GREATEST": ("least",),
    "FLOOR": ("ceil",),
    "CEIL": ("floor",),
    "ROUND": ("trunc", "ceil"),
    "TRUNC": ("round",),
    "BOOL_OR": ("bool_and",),
    "BOOL_AND": ("bool_or",),
    "RANK": ("dense_rank", "row_number"),
    "DENSE_RANK": ("rank",),
    "ROW_NUMBER": ("rank",),
    "LOWER": ("upper",),
    "UPPER": ("lower",),
}
_LITERAL = re.compile(r"'[a-z_]+'")


class _Change(NamedTuple):
    """The tokens [first, stop) become a text."""

    operator: str
    first: int
    stop: int
    after: str


def mutations(path: str, source: str, start: int, end: int, name: str = "") -> Iterator[Mutation]:
    """Every mutation of the statement of that name, the part [start, end) of a file."""
    statement = Statement(source, start, end)
    words = sorted(set(_LITERAL.findall(source)))
    of_the_tenant = {at for first, stop in statement.conditions() for at in _of_the_tenant(statement, first, stop)}
    changes = [
        *_at_single_tokens(statement),
        *_words(statement, words),
        *_nulls_and_negations(statement),
        *_conditions(statement),
        *_orders(statement),
        *_branches(statement),
        *_defaults(statement),
        *_sets(statement),
    ]
    for change in changes:
        before = statement.text(change.first, change.stop)
        if change.first in of_the_tenant or before == change.after:
            continue
        begins, ends = statement.tokens[change.first].start, statement.tokens[change.stop - 1].end
        line = source.count("\n", 0, begins) + 1
        code = line_at(source, begins)
        yield Mutation(path, line, change.operator, begins, ends, before, change.after, name, code)


def _of_the_tenant(statement: Statement, first: int, stop: int) -> range:
    depth = statement.tokens[first].depth
    own = [token for token in statement.tokens[first:stop] if token.depth == depth]
    return range(first, stop) if any("TENANT" in token.word for token in own) else range(0)


def _at_single_tokens(statement: Statement) -> Iterator[_Change]:
    for at, token in enumerate(statement.tokens):
        if token.kind == "number":
            yield _Change("number", at, at + 1, _other_number(token.text))
        elif token.kind == "symbol" and token.text in _COMPARISONS:
            yield from (_Change("comparison", at, at + 1, other) for other in _COMPARISONS[token.text])
        elif token.kind == "symbol" and token.text in _ARITHMETIC:
            if statement.is_operand(at - 1):
                yield _Change("arithmetic", at, at + 1, _ARITHMETIC[token.text])
            elif token.text == "-":
                yield _Change("sign", at, at + 1, "+")
        elif token.word in ("AND", "OR"):
            yield _Change("and/or", at, at + 1, "OR" if token.word == "AND" else "AND")
        elif token.word in _FUNCTIONS and statement.word(at + 1) == "(":
            yield from (_Change("function", at, at + 1, other) for other in _FUNCTIONS[token.word])


def _other_number(text: str) -> str:
    if text in ("0", "1"):
        return "1" if text == "0" else "0"
    return str(int(text) + 1) if text.isdigit() else f"{text[:-1]}{(int(text[-1]) + 1) % 10}"


def _words(statement: Statement, words: list[str]) -> Iterator[_Change]:
    for at, token in enumerate(statement.tokens):
        if token.text in words and len(words) > 1:
            yield _Change("word", at, at + 1, words[(words.index(token.text) + 1) % len(words)])


def _nulls_and_negations(statement: Statement) -> Iterator[_Change]:
    for at, token in enumerate(statement.tokens):
        before, after = statement.word(at - 1), statement.word(at + 1)
        if token.word == "IS":
            if after == "NOT":
                yield _Change("null", at, at + 2, "IS")
            else:
                yield _Change("null", at, at + 1, "IS NOT")
        elif token.word == "NOT" and before != "IS" and after not in ("MATERIALIZED", "NULL"):
            yield _Change("negation", at, at + 1, "")
        elif token.word == "EXISTS" and before != "NOT":
            yield _Change("negation", at, at + 1, "NOT EXISTS")


def _conditions(statement: Statement) -> Iterator[_Change]:
    for first, stop in statement.conditions():
        neutral = "false" if "OR" in (statement.word(first - 1), statement.word(stop)) else "true"
        if statement.text(first, stop).upper() != "TRUE":
            yield _Change("condition", first, stop, neutral)


def _orders(statement: Statement) -> Iterator[_Change]:
    """Other directions; of what a DISTINCT ON lists first, the direction says nothing."""
    distinct: list[str] = []
    for at, token in enumerate(statement.tokens):
        if token.word == "ON" and statement.word(at - 1) == "DISTINCT":
            distinct += [statement.text(first, stop) for first, stop in statement.items(at + 2)]
        if token.word != "BY" or statement.word(at - 1) != "ORDER":
            continue
        for first, stop in statement.items(at + 1):
            if statement.word(stop - 1) == "DESC":
                yield _Change("order", stop - 1, stop, "ASC")
            elif statement.word(stop - 1) not in ("FIRST", "LAST") and statement.text(first, stop) not in distinct:
                last = stop - 1 if statement.word(stop - 1) == "ASC" else stop
                yield _Change("order", first, stop, f"{statement.text(first, last)} DESC")


def _branches(statement: Statement) -> Iterator[_Change]:
    """Two branches of a CASE, one after the other, change places."""
    for at, token in enumerate(statement.tokens):
        if token.word not in ("THEN", "ELSE"):
            continue
        stop = statement.span(at + 1, {"WHEN", "ELSE"})
        following = _next_branch(statement, stop)
        if following is None:
            continue
        first, last = following
        between = statement.source[statement.tokens[stop - 1].end : statement.tokens[first].start]
        swapped = statement.text(first, last) + between + statement.text(at + 1, stop)
        yield _Change("branches", at + 1, last, swapped)


def _next_branch(statement: Statement, at: int) -> tuple[int, int] | None:
    if statement.word(at) == "WHEN":
        at = statement.span(at, {"THEN"})
    if statement.word(at) not in ("THEN", "ELSE"):
        return None
    return at + 1, statement.span(at + 1, {"WHEN", "ELSE"})


def _defaults(statement: Statement) -> Iterator[_Change]:
    for at, token in enumerate(statement.tokens):
        if token.word == "COALESCE" and statement.word(at + 1) == "(":
            first, stop = next(statement.items(at + 2))
            last = statement.span(at + 2, ())
            yield _Change("default", at, last + 1, f"({statement.text(first, stop)})")


def _sets(statement: Statement) -> Iterator[_Change]:
    """Whole sets of rows: outer joins, DISTINCT, the arms of a union."""
    for at, token in enumerate(statement.tokens):
        after = statement.word(at + 1)
        if token.word == "LEFT" and after == "JOIN":
            yield _Change("join", at, at + 1, "")
        elif token.word == "DISTINCT" and statement.word(at - 1) in ("SELECT", "(") and after != "ON":
            yield _Change("distinct", at, at + 1, "")
        elif token.word == "UNION":
            second = at + 1 + (after == "ALL")
            yield _Change("union", at, statement.span(second, {"UNION", "ORDER", "LIMIT"}), "")
            first = at
            while first and statement.tokens[first - 1].depth >= token.depth and statement.word(first - 1) != "UNION":
                first -= 1
            yield _Change("union", first, second, "")
            if after != "ALL":
                yield _Change("union", at, at + 1, "UNION ALL")
