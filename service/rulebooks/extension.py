"""A rulebook that extends another: the parent's document with a head and items of its own.

Works on documents as they are parsed, every scalar a text; the extension's shape has been checked (schemas.rulebook).
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from service.errors import Finding, finding

_OWN = ("rulebook", "version", "language", "title", "authority", "notes", "effective", "applies_to", "extends")


def compose(extension: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    """The whole rulebook. What the extension's head doesn't say (authority, notes) stays the parent's."""
    composed = {key: said for key, said in parent.items() if key != "local_additions"}
    composed |= {key: extension[key] for key in _OWN if key in extension}
    composed["indicators"] = [*parent["indicators"], *extension["indicators"]]
    return composed


def findings(extension: dict[str, Any], parent: dict[str, Any]) -> list[Finding]:
    """What the parent doesn't allow."""
    allowed = parent.get("local_additions")
    name = f"{parent['rulebook']}@{parent['version']}"
    if allowed is None:
        return [finding("/extends", "extension.none", parent=name)]
    found = []
    if extension["rulebook"] == parent["rulebook"]:
        found.append(finding("/rulebook", "extension.itself"))
    if len(extension["indicators"]) > int(allowed["items"]):
        found.append(finding("/indicators", "extension.items", most=allowed["items"]))
    for n, indicator in enumerate(extension["indicators"]):
        if indicator["category"] != allowed["into"]:
            found.append(finding(f"/indicators/{n}/category", "extension.into", category=allowed["into"]))
        if Decimal(indicator["max"]) > Decimal(allowed["points"]):
            found.append(finding(f"/indicators/{n}/max", "extension.points", most=allowed["points"]))
    return found


def at_home(found: list[Finding], parent: dict[str, Any]) -> list[Finding]:
    """Findings of the composed document, as pointers into the extension; those in the parent stand below /extends."""
    return [replace(one, pointer=_home(one.pointer, len(parent["indicators"]))) for one in found]


def _home(pointer: str, inherited: int) -> str:
    key, *below = pointer.split("/")[1:] or [""]
    if key in _OWN:
        return pointer
    if key == "indicators" and below and int(below[0]) >= inherited:
        return "/".join(["", key, str(int(below[0]) - inherited), *below[1:]])
    return f"/extends{pointer}"
