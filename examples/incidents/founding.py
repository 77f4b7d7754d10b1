"""Founding the desk in a tenant: event types, roster, and the rulebook, drafted by one and published by another.

What is there already stays as it is, so that the example may be run again.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from examples import incidents

Call = Callable[[str, str, Any], tuple[int, Any]]  # method, path and body in, status and JSON out

_ALREADY_PUBLISHED = 409
_GROUNDS = {"reason": "the log is fed after its months have ended", "document": "the example's own"}


class FoundingError(RuntimeError):
    """The service refused a part of the desk."""


def found(admin: Call, approver: Call, path: Path) -> None:
    """Declare, state, draft, keep the cases and publish. FoundingError where the service refuses."""
    for name, declaration in incidents.event_types().items():
        _done(admin("PUT", f"/v1/event-types/{name}", declaration))
    _done(admin("POST", "/v1/roster", incidents.roster(path)))
    drafted = _done(admin("POST", "/v1/rulebooks", incidents.rulebook()))
    version = f"{drafted['rulebook']}@{drafted['version']}"
    status, said = admin("PUT", f"/v1/rulebooks/{version}/cases", incidents.cases())
    if status != _ALREADY_PUBLISHED or not str(said.get("type", "")).endswith("rulebook.published"):
        _done((status, said))
        _done(approver("POST", f"/v1/rulebooks/{version}/publish", _GROUNDS))


def _done(answer: tuple[int, Any]) -> Any:
    status, said = answer
    if status not in (200, 201):
        raise FoundingError(f"the service answered {status}: {said}")
    return said
