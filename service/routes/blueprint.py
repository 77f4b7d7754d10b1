"""The blueprint that every resource uses: arguments read by our parser, and words for what a view says of itself.

What a view declares is documentation, and costs a request nothing; that it is true is a matter of the tests. `tagged`
alone does something, too.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from flask import Response
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema

from service.catalogue import PROBLEMS
from service.http import Parser, Unchanged

View = TypeVar("View", bound=Callable[..., Any])
Shaped = type[Schema] | list[type[Schema]] | dict[str, Any] | None

JSON = "application/json"
TEXT: dict[str, Any] = {"type": "string"}
BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
# What several views refuse: no period, or no one rulebook that rules it; nothing to show of it; a page of another time.
RULING = ("resource.unknown", "rulebook.none", "rulebook.ambiguous", "period.kind")
SHOWN = (*RULING, "period.not_begun", "period.state")
PAGES = ("page.expired", "page.restored")


class Answer(NamedTuple):
    """What a view answers: a status, the shape of its body (none: it has none), its content type and its headers."""

    status: int
    shape: Shaped
    content_type: str = JSON
    description: str = ""
    headers: tuple[str, ...] = ()


class Ask(NamedTuple):
    """Parameters that a view reads itself: their shape, and where they stand."""

    shape: type[Schema]
    place: str = "query"


class Blueprint(SmorestBlueprint):
    """A resource below /v1."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: type[Schema] | Schema, **more: Any) -> Callable[[View], View]:
        """Read the arguments of a view by a shape, which is built once: to build it costs more than to read by it."""
        shape = schema() if isinstance(schema, type) else schema
        read: Callable[[View], View] = super().arguments(shape, **more)
        return read

    def answers(
        self,
        status: int,
        shape: Shaped = None,
        *,
        content_type: str = JSON,
        description: str = "",
        headers: tuple[str, ...] = (),
    ) -> Callable[[View], View]:
        """Document what a view answers. The view writes it: to dump a page by its shape costs more than to find it.

        `headers` are names that service.openapi.headers knows. What isn't JSON has a JSON Schema in place of a shape.
        """
        return _added("answers", (Answer(status, shape, content_type, description, headers),))

    def tagged(self, view: View) -> View:
        """Its answers have a tag, and who names it next time, and has the answer still, gets 304."""

        @wraps(view)
        def answered(*arguments: Any, **more: Any) -> Any:
            try:
                return view(*arguments, **more)
            except Unchanged:
                return Response(status=304)

        tagged = [answer._replace(headers=(*answer.headers, "ETag")) for answer in getattr(view, "answers", ())]
        unchanged = Answer(304, None, description="what the client has still holds", headers=("ETag",))
        answered.answers = (*tagged, unchanged)  # type: ignore[attr-defined]
        return cast(View, answered)

    def asks(self, shape: type[Schema], place: str = "query") -> Callable[[View], View]:
        """Document parameters that a view reads itself, in the query or among the headers."""
        return _added("asks", (Ask(shape, place),))

    def takes(self, content: Mapping[str, Shaped], required: bool = True) -> Callable[[View], View]:
        """Document the body that a view reads itself, by content type; a list of shapes is [shape]."""
        return _added("takes", ((content, required),))

    def refuses(self, *codes: str) -> Callable[[View], View]:
        """Document for which problems a view refuses, beside those that every route of its kind has."""
        if strange := [code for code in codes if code not in PROBLEMS]:
            raise ValueError(f"no such problem: {', '.join(strange)}")
        return _added("refuses", codes)


def _added(name: str, said: tuple[Any, ...]) -> Callable[[View], View]:
    """Put what is said before what the view says already, as decorators read from below."""

    def declare(view: View) -> View:
        setattr(view, name, (*said, *getattr(view, name, ())))
        return view

    return declare
