"""A statement as tokens with their depth, and the spans between them: no grammar, only what mutations need.

Whatever isn't valid SQL after a change is refused by the database and counted as stillborn, so that a span that was cut
wrongly costs a try and nothing else.
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<space> \s+ )
    | (?P<text> [eE]?'(?:[^']|'')*' )
    | (?P<parameter> %\(\w+\)s )
    | (?P<number> \d+(?:\.\d+)? )
    | (?P<word> [A-Za-z_]\w* | "[^"]*" )
    | (?P<symbol> :: | ->> | -> | @> | <@ | \|\| | <= | >= | <> | != | %% | . )
    """,
    re.VERBOSE | re.DOTALL,
)
# What ends a condition, an item of a list, an arm of a union.
CLAUSES = frozenset(
    (
        *("WHERE", "FROM", "GROUP", "HAVING", "ORDER", "LIMIT", "WINDOW", "UNION", "RETURNING", "FOR"),
        *("JOIN", "LEFT", "CROSS", "INNER", "ON", "SET", "RANGE", "ROWS"),
    )
)


class Token(NamedTuple):
    """A token; `word` is upper case for comparison, `depth` counts the brackets and CASEs around it."""

    kind: str
    word: str
    text: str
    start: int
    end: int
    depth: int


def tokens(source: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of a part of a file, comments and space left out."""
    found, depth = [], 0
    for match in _TOKEN.finditer(source, start, len(source) if end is None else end):
        kind = match.lastgroup or ""
        if kind in ("comment", "space"):
            continue
        word = match[0].upper()
        depth -= word in (")", "]", "END")
        found.append(Token(kind, word, match[0], match.start(), match.end(), depth))
        depth += word in ("(", "[", "CASE")
    return found


class Statement:
    """The tokens of one statement, and the spans of them that mutations are about."""

    def __init__(self, source: str, start: int, end: int) -> None:
        """A part of a file."""
        self.source = source
        self.tokens = tokens(source, start, end)

    def word(self, at: int) -> str:
        """The word there; nothing outside."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def text(self, first: int, stop: int) -> str:
        """The text of the tokens [first, stop)."""
        return self.source[self.tokens[first].start : self.tokens[stop - 1].end] if first < stop else ""

    def span(self, first: int, stops: Collection[str]) -> int:
        """Where what begins here ends: before a stop at the same depth, or where the brackets around it close."""
        depth, at, between = self.tokens[first].depth if first < len(self.tokens) else 0, first, False
        while at < len(self.tokens) and self.tokens[at].depth >= depth:
            token = self.tokens[at]
            if token.depth == depth and at > first and token.word in stops and not (token.word == "AND" and between):
                break
            if token.depth == depth and token.word in ("AND", "BETWEEN"):
                between = token.word == "BETWEEN"
            at += 1
        return at

    def items(self, first: int, stops: Collection[str] = CLAUSES) -> Iterator[tuple[int, int]]:
        """The items of a list that begins here, as spans."""
        while True:
            stop = self.span(first, {",", *stops})
            yield first, stop
            if self.word(stop) != "," or self.tokens[stop].depth != self.tokens[first].depth:
                return
            first = stop + 1

    def is_operand(self, at: int) -> bool:
        """Whether something ends here that an operator can follow."""
        if at < 0:
            return False
        token = self.tokens[at]
        if token.kind == "symbol":
            return token.text in (")", "]")
        return token.kind != "word" or token.word not in _BEFORE_OPERANDS

    def conditions(self) -> Iterator[tuple[int, int]]:
        """The operands of every AND and OR, and the conditions that stand alone."""
        stops = CLAUSES | {"AND", "OR", "THEN", ";", ","}
        for at, token in enumerate(self.tokens):
            opens = token.word in ("WHERE", "HAVING", "ON", "AND", "OR", "WHEN")
            if not opens or at + 1 == len(self.tokens) or self.word(at - 1) == "DISTINCT":
                continue
            stop = self.span(at + 1, stops)
            if token.word == "WHEN" and self.word(stop) not in ("AND", "OR"):
                continue
            if not (token.word == "AND" and self._is_of_between(at)):
                yield at + 1, stop

    def _is_of_between(self, at: int) -> bool:
        depth = self.tokens[at].depth
        for token in reversed(self.tokens[:at]):
            if token.depth < depth or (token.depth == depth and token.word in ("AND", "OR", *CLAUSES)):
                return False
            if token.depth == depth and token.word == "BETWEEN":
                return True
        return False


_BEFORE_OPERANDS = frozenset(
    (
        *("SELECT", "DISTINCT", "RETURNING", "WHERE", "ON", "AND", "OR", "NOT", "CASE", "WHEN", "THEN", "ELSE"),
        *("BY", "IN", "BETWEEN", "FROM", "SET", "AS", "HAVING"),
    )
)
