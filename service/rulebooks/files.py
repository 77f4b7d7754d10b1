"""A rulebook among its files: event_types.yaml, which declares what it reads, cases.yaml, other rulebooks beside it.

What is found in them is told with file, line and column. It knows what files say, not what comes of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from marshmallow import ValidationError

from schemas.event_types import TYPE_NAME, EventType, stored
from schemas.faults import escape
from service.errors import Finding, Language, Problem, finding, findings_of, sentence, unknown
from service.rulebooks import text
from service.rulebooks.examination import Parents, examine
from service.rulebooks.lint import coverage
from service.rulebooks.lint.book import Declarations

CASES, TYPES = "cases.yaml", "event_types.yaml"
_SHAPE = EventType()
_WORDS: dict[Language, dict[str, str]] = {
    "en": {"warning": " (warning)", "will-be-error": " (will be an error)", "meant": ' – did you mean "{}"?'},
    "zh": {"warning": "（提示）", "will-be-error": "（将成为错误）", "meant": " – 是否指“{}”？"},
}


class FoundIn(NamedTuple):
    """A finding and the file in which it stands."""

    file: Path
    finding: Finding

    def line(self, language: Language) -> str:
        """As a terminal shows it: file:line:column CODE message – did you mean …?"""
        found, words = self.finding, _WORDS[language]
        level = words.get(found.level, "")
        meant = words["meant"].format(found.suggestion) if found.suggestion else ""
        message = f"{found.pointer} {sentence(found.code, found.values, language)}".strip()
        line, column = found.place or (1, 1)
        return f"{self.file}:{line}:{column} {found.code} {message}{level}{meant}"

    def body(self) -> dict[str, Any]:
        """As programs read it, the message in both languages."""
        found = self.finding
        line, column = found.place or (1, 1)
        return {
            "file": str(self.file),
            "line": line,
            "column": column,
            "pointer": found.pointer,
            "level": found.level,
            "code": found.code,
            "message": {language: sentence(found.code, found.values, language) for language in _WORDS},
            "suggestion": found.suggestion,
        }


class Unreadable(Exception):
    """A file can't be what it should be; what was found in it."""

    def __init__(self, file: Path, problem: Problem) -> None:
        """In this file."""
        super().__init__(str(file))
        self.file, self.problem = file, problem

    @property
    def found(self) -> list[FoundIn]:
        """What was found, where it stands."""
        problem = self.problem
        return placed(self.file, problem.findings or [finding("", problem.code, **problem.values)])


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """What is refused in here is Unreadable in that file, and so is that there is no such file."""
    try:
        yield
    except Problem as problem:
        raise Unreadable(file, problem) from None
    except FileNotFoundError:
        raise Unreadable(file, unknown("file", file.name)) from None


def placed(file: Path, found: list[Finding]) -> list[FoundIn]:
    """The findings of a file where they stand in it, as far as it can be read."""
    with suppress(OSError, Problem):
        found = text.parse(file.read_bytes()).placed(found)
    return [FoundIn(file, one) for one in found]


@dataclass(frozen=True)
class Folder:
    """The files of a rulebook."""

    rulebook: Path
    cases: Path
    types: Path

    @classmethod
    def of(cls, rulebook: Path, cases: Path | None = None, types: Path | None = None) -> "Folder":
        """A rulebook and what lies beside it, where nothing else is named."""
        return cls(rulebook, cases or rulebook.with_name(CASES), types or rulebook.with_name(TYPES))

    def declared(self) -> Declarations:
        """The event types, as they are stored. Unreadable."""
        return declarations(self.types)

    def others(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The other rulebooks of the folder, and what they say; a text without id or version is none. Unreadable."""
        beside = self.rulebook.parent
        named = {file.resolve() for file in (self.rulebook, self.cases, self.types, beside / CASES, beside / TYPES)}
        for file in sorted(beside.glob("*.yaml")):
            if file.resolve() not in named:
                with reading(file):
                    document = text.read(file.read_bytes())
                if {"rulebook", "version"} <= document.keys():
                    yield file, document


def findings(
    files: Iterable[Path],
    types_file: Path | None = None,
    types: Declarations | None = None,
    parents: Parents | None = None,
) -> list[FoundIn]:
    """Everything that is wrong or odd in files; the types are given, or those of a file, or of the one beside each.

    OSError where a file can't be read; Problem request.too_large.
    """
    found: list[FoundIn] = []
    read: dict[Path, Declarations] = {}
    for file in files:
        folder = Folder.of(file, types=types_file)
        source = folder.types
        if types is None and source not in read and (types_file or source.exists()):
            read[source], wrong = declared(source.read_bytes())
            found += (FoundIn(source, one) for one in wrong)
        examined = examine(file.read_bytes(), types if types is not None else read.get(source), parents)
        found += (FoundIn(file, one) for one in (*_beside(folder.cases), *examined.findings))
    return found


def _beside(cases: Path) -> Iterator[Finding]:
    yield from coverage.findings(cases.read_bytes() if cases.exists() else None)


def declarations(file: Path) -> Declarations:
    """The event types that a file declares, as they are stored. Unreadable."""
    with reading(file):
        found, wrong = declared(file.read_bytes())
        if wrong:
            raise Problem("request.invalid", wrong)
        return found


def declared(source: bytes) -> tuple[Declarations, list[Finding]]:
    """The event types that a text declares, by name, and what is wrong with it."""
    parsed = text.parse(source)
    found = list(parsed.findings)
    types = {}
    for name, said in (parsed.document or {}).items():
        pointer = f"/{escape(name)}"
        if not TYPE_NAME.fullmatch(name) or len(name) > 100:
            found.append(finding(pointer, "type.name", of_key=True))
        try:
            types[name] = stored(_SHAPE.load(_with_flags(said)))
        except ValidationError as error:
            found += findings_of(error, pointer)
    return types, parsed.placed(found)


def _with_flags(said: Any) -> Any:
    """In a text `required: true` is text too; the shape is that of JSON."""
    fields = said.get("fields") if isinstance(said, Mapping) else None
    if not isinstance(fields, Mapping):
        return said
    typed = {name: _with_flag(field) for name, field in fields.items()}
    return {**said, "fields": typed}


def _with_flag(field: Any) -> Any:
    flags = {"true": True, "false": False}
    if not isinstance(field, Mapping) or field.get("required") not in ("true", "false"):
        return field
    return {**field, "required": flags[field["required"]]}
