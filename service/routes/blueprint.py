"""The blueprint that every resource uses: arguments read by our parser."""

from flask_smorest import Blueprint as SmorestBlueprint

from service.http import Parser


class Blueprint(SmorestBlueprint):
    """A resource below /v1."""

    ARGUMENTS_PARSER = Parser()
