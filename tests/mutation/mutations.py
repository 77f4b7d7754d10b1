"""A mutation: one small change of one file, which can be shown and applied."""

from dataclasses import dataclass

_SHOWN = 160


@dataclass(frozen=True)
class Mutation:
    """The characters [start, end) of a file become others.

    `path` is relative to the project, `line` begins at 1, `within` names the statement or function, `code` is the line.
    """

    path: str
    line: int
    operator: str
    start: int
    end: int
    before: str
    after: str
    within: str = ""
    code: str = ""

    @property
    def is_sql(self) -> bool:
        """Whether a statement is changed."""
        return self.path.endswith(".sql")

    @property
    def is_drafting(self) -> bool:
        """Whether what is written when a rulebook is drafted may be another."""
        return self.path.startswith("service/rulebooks/")

    def applied(self, source: str) -> str:
        """The file's text with the change."""
        if source[self.start : self.end] != self.before:
            raise ValueError(f"{self.path} isn't the file that was read")
        return source[: self.start] + self.after + source[self.end :]

    def __str__(self) -> str:
        """Place, kind and change in one line."""
        place = f"{self.path}:{self.line} {self.within}".rstrip()
        return f"{place}, {self.operator}: {_shown(self.before)} → {_shown(self.after)}"


def line_at(source: str, offset: int) -> str:
    """The line of a text in which an offset lies, without the space around it."""
    end = source.find("\n", offset)
    return source[source.rfind("\n", 0, offset) + 1 : len(source) if end < 0 else end].strip()


def _shown(text: str) -> str:
    one_line = " ".join(text.split())
    return f"`{one_line if len(one_line) <= _SHOWN else one_line[:_SHOWN] + '…'}`"
