"""Rulebooks as files, with what lies beside them: event_types.yaml, which declares what they read, and cases.yaml."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from marshmallow import ValidationError

from schemas.event_types import TYPE_NAME, EventType, stored
from schemas.faults import escape
from service.errors import Finding, Language, finding, findings_of, sentence
from service.rulebooks import text
from service.rulebooks.examination import Parents, examine
from service.rulebooks.lint import coverage
from service.rulebooks.lint.book import Declarations

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
        source = types_file or file.with_name("event_types.yaml")
        if types is None and source not in read and (types_file or source.exists()):
            read[source], wrong = declared(source.read_bytes())
            found += (FoundIn(source, one) for one in wrong)
        examined = examine(file.read_bytes(), types if types is not None else read.get(source), parents)
        found += (FoundIn(file, one) for one in (*_beside(file), *examined.findings))
    return found


def _beside(file: Path) -> Iterator[Finding]:
    cases = file.with_name("cases.yaml")
    yield from coverage.findings(cases.read_bytes() if cases.exists() else None)


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
