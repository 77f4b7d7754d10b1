"""A rulebook's text examined: everything that is wrong or odd in it, at once, each with its place in the text.

YAML first, then the shape, then how the parts fit; a later stage is reached when the earlier one left something to look
at. Knows no database: who asks brings the event types and, for an extension, the way to its parent.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError

from schemas.rulebook import Extension, Rulebook
from service.errors import Finding, finding, findings_of
from service.rulebooks import extension, lint, text
from service.rulebooks.lint.book import Declarations

RULEBOOK, EXTENSION = Rulebook(), Extension()
_INHERITED = "/extends/"  # where findings in the parent stand

Parents = Callable[[str, str], dict[str, Any] | None]  # of id and version


@dataclass(frozen=True)
class Examined:
    """What a text says, and what was found in it.

    `document` is the whole rulebook, an extension with its parent; it and `loaded`, its typed form, are None where the
    text doesn't come to that.
    """

    document: dict[str, Any] | None = None
    loaded: dict[str, Any] | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """The findings for which it is refused."""
        return [one for one in self.findings if one.level == "error"]


def examine(source: bytes, types: Declarations | None = None, parents: Parents | None = None) -> Examined:
    """Everything there is to say about a rulebook's text; without types or parents, less. Problem request.too_large."""
    parsed = text.parse(source)
    if parsed.document is None:
        return Examined(findings=parsed.findings)
    examined = _extended(parsed.document, types, parents) if "extends" in parsed.document else _whole(parsed, types)
    # What YAML refuses of a value leaves a gap there, which the shape would only call by another name.
    gaps = {one.pointer for one in parsed.findings}
    found = [*parsed.findings, *(one for one in examined.findings if one.pointer not in gaps or one.of_key)]
    if types is None:
        found.append(finding("", "types.missing"))
    return Examined(examined.document, examined.loaded, parsed.placed(found))


def typed(document: dict[str, Any], shape: Schema = RULEBOOK) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The typed form of a document, or what is wrong with its shape."""
    try:
        loaded: dict[str, Any] = shape.load(document)
    except ValidationError as error:
        return None, findings_of(error)
    return loaded, []


def _whole(parsed: text.Parsed, types: Declarations | None) -> Examined:
    loaded, found = typed(parsed.document or {})
    return Examined(parsed.document, loaded, found if loaded is None else lint.findings(loaded, types))


def _extended(document: dict[str, Any], types: Declarations | None, parents: Parents | None) -> Examined:
    """What an extension makes with its parent, which must be there and allow it."""
    own, found = typed(document, EXTENSION)
    if own is None:
        return Examined(findings=found)
    if parents is None:
        return Examined(findings=[finding("/extends", "extension.unchecked")])
    parent = parents(document["extends"]["rulebook"], document["extends"]["version"])
    if parent is None:
        return Examined(findings=[finding("/extends", "extension.parent", **document["extends"])])
    if found := extension.findings(document, parent):
        return Examined(findings=found)
    composed = extension.compose(document, parent)
    loaded, found = typed(composed)
    if loaded is not None:
        found = lint.findings(loaded, types)
    found = [
        one
        for one in extension.at_home(found, parent)
        if one.level == "error" or not one.pointer.startswith(_INHERITED)  # the parent has been warned of
    ]
    return Examined(composed, loaded, found)
