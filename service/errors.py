"""Everything that can be refused: one exception, whose code the catalogue knows with status and sentences.

    Problem             a request that is refused as a whole (RFC 9457); its code is a key of PROBLEMS
      findings          what is wrong with which field; their codes are keys of PROBLEMS or FAULTS

This room knows neither HTTP's machinery nor the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from marshmallow import ValidationError

from schemas.faults import Fault, Slip, pointers
from service.catalogue import FAULTS, PROBLEMS, WARNINGS, WILL_BE_ERRORS

Language = Literal["en", "zh"]
Level = Literal["error", "warning", "will-be-error"]


class Place(NamedTuple):
    """A place in a text: line and column of a character, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one field: its JSON pointer, a code, the values of the sentence.

    `slip` knows what may have been meant; `of_key` says that the key is wrong, not its value; `place` is known where
    a text was read.
    """

    pointer: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    slip: Slip | None = None
    of_key: bool = False
    place: Place | None = None

    @property
    def suggestion(self) -> str | None:
        """What may have been meant."""
        return self.slip.meant() if self.slip else None

    @property
    def level(self) -> Level:
        """The level of its code."""
        return level_of(self.code)

    def body(self, language: Language) -> dict[str, Any]:
        """As it stands in `errors` of a problem document; of a text with line, column, level and suggestion."""
        said = {"pointer": self.pointer, "code": self.code, "detail": sentence(self.code, self.values, language)}
        if self.place is None:
            return said
        return {**said, **self.place._asdict(), "level": self.level, "suggestion": self.suggestion}


class Problem(Exception):
    """A refusal with a code of PROBLEMS; the values fill its sentence."""

    def __init__(
        self,
        code: str,
        findings: Iterable[Finding] = (),
        items: list[dict[str, Any]] | None = None,
        oldest: str | None = None,
        **values: Any,
    ) -> None:
        """Refuse with this code; `items` say what became of each part of the request, `oldest` where to go on."""
        super().__init__(code)
        self.code = code
        self.findings = list(findings)
        self.items = items
        self.oldest = oldest
        self.values = values

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.code].status

    def body(self, language: Language, request_id: str) -> dict[str, Any]:
        """The problem document (RFC 9457)."""
        document = {
            "type": f"urn:jifen:problem:{self.code}",
            "title": sentence(self.code, self.values, language),
            "status": self.status,
            "code": self.code,
            "request_id": request_id,
        }
        if self.findings:
            document["errors"] = [finding.body(language) for finding in self.findings]
        if self.items is not None:
            document["items"] = self.items
        if self.oldest is not None:
            document["oldest"] = self.oldest
        return document


def level_of(code: str) -> Level:
    """Whether a code is refused, only told, or refused by the next version of the language."""
    if code in WILL_BE_ERRORS:
        return "will-be-error"
    return "warning" if code in WARNINGS else "error"


def sentence(code: str, values: dict[str, Any], language: Language) -> str:
    """The sentence of a code, its values put in."""
    if code in PROBLEMS:
        text = PROBLEMS[code].en if language == "en" else PROBLEMS[code].zh
    else:
        text = (FAULTS.get(code) or WARNINGS.get(code) or WILL_BE_ERRORS[code])[0 if language == "en" else 1]
    return text.format_map({key: _short(_said(value, language)) for key, value in values.items()})


def findings_of(error: ValidationError, below: str = "") -> list[Finding]:
    """The findings of a failed validation, their pointers below a path."""
    return [_of_fault(pointer, fault) for pointer, fault in pointers(error.messages, below)]


def finding(pointer: str, fault: str, slip: Slip | None = None, of_key: bool = False, **values: Any) -> Finding:
    """One finding; the values are those of its sentence."""
    return _of_fault(pointer, Fault(fault, slip, of_key, **values))


def unknown(what: str, identifier: str) -> Problem:
    """There is no such thing."""
    return Problem("resource.unknown", what=what, id=identifier)


def _said(value: Any, language: Language) -> Any:
    """A value, or the sentence of a finding that is one."""
    return sentence(value.code, value.values, language) if isinstance(value, Finding) else value


def _of_fault(pointer: str, fault: Fault) -> Finding:
    return Finding(pointer, str(fault), fault.values, fault.slip, fault.of_key)


def _short(value: Any) -> str:
    text = str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= 200 else text[:200] + "…"
