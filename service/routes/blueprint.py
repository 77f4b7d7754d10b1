"""The blueprint that every resource uses: arguments read by our parser, answers documented by their shapes."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema

from service.http import Parser

View = TypeVar("View", bound=Callable[..., Any])


class Blueprint(SmorestBlueprint):
    """A resource below /v1."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: type[Schema] | Schema, **more: Any) -> Callable[[View], View]:
        """Read the arguments of a view by a shape, which is built once: to build it costs more than to read by it."""
        shape = schema() if isinstance(schema, type) else schema
        read: Callable[[View], View] = super().arguments(shape, **more)
        return read

    def answers(
        self, status: int, shape: type[Schema] | Schema | dict[str, Any], **more: Any
    ) -> Callable[[View], View]:
        """Document what a view answers. The view writes it: to dump a page by its shape costs more than to find it."""
        documented: Callable[[View], View] = self.alt_response(status, schema=shape, success=True, **more)
        return documented
