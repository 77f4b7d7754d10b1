"""/openapi.json and /docs: what the service takes and answers, for programs and for readers; nothing from outside."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import flask_swagger_ui
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, current_app, send_from_directory
from flask_smorest import Api
from flask_smorest.spec.plugins import FlaskPlugin
from marshmallow import Schema
from werkzeug.routing import Rule

from service.errors import Problem
from service.http import PUBLIC, instead_of, requires, scopes_of
from service.openapi.document import Names, Shapes, complete
from service.openapi.operation import Operation, public
from service.openapi.values import Said, described
from service.routes import commands
from service.routes.blueprint import BINARY, JSON, TEXT, Blueprint

blueprint = Blueprint("contract", __name__, description="This document, and a page that shows it")

_HTML = "text/html; charset=utf-8"
_UI = Path(str(files(flask_swagger_ui))) / "dist"
_ASSETS = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png")
# Swagger UI writes styles into elements, and its icons are data; everything else is ours.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """\
<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<title>Jifen 积分</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon-32x32.png">
</head>
<body>
<div id="ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/begin.js"></script>
</body>
</html>
"""
_BEGIN = """\
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  validatorUrl: null
});
"""


@blueprint.get("/openapi.json")
@requires(PUBLIC)
@blueprint.answers(200, {"type": "object"}, description="an OpenAPI 3.1 document")
def get_openapi() -> Response:
    """This document."""
    return Response(current_app.extensions["jifen.document.text"](), content_type=JSON)


@blueprint.get("/docs")
@requires(PUBLIC)
@blueprint.answers(200, TEXT, content_type=_HTML)
def get_docs() -> Response:
    """A page that shows this document, and from which requests can be sent."""
    return _guarded(Response(_PAGE, content_type=_HTML))


@blueprint.get("/docs/<asset>")
@requires(PUBLIC)
@blueprint.answers(200, BINARY, content_type="*/*", headers=("ETag", "Content-Disposition"))
def get_asset(asset: str) -> Response:
    """What the page is made of."""
    if asset == "begin.js":
        return _guarded(Response(_BEGIN, content_type="text/javascript; charset=utf-8"))
    if asset not in _ASSETS:
        raise Problem("resource.route")
    return _guarded(send_from_directory(_UI, asset))


def install(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    """Register the blueprints, and let the application show the document of what they say of themselves."""
    names = Names()
    api = Api(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=names)})
    converter: Any = api.ma_plugin.converter
    converter.add_attribute_function(described)
    for one in blueprints:
        api.register_blueprint(one)

    def parameters(shape: type[Schema], place: str) -> list[Said]:
        found: list[Said] = converter.schema2parameters(shape(), location=place)
        return found

    @cache
    def written() -> Said:
        shapes = Shapes(converter.resolve_nested_schema, parameters, api.spec.components.schemas, names.classes)
        return complete(api.spec.to_dict(), _operations(app), shapes)

    app.extensions["jifen.document"] = written
    app.extensions["jifen.document.text"] = cache(lambda: app.json.dumps(written()))


def document(app: Flask) -> Said:
    """The OpenAPI document of an application, made once."""
    said: Said = app.extensions["jifen.document"]()
    return said


def _operations(app: Flask) -> list[Operation]:
    found = []
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        scopes = scopes_of(app, rule.endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found.append(
                Operation(
                    path=FlaskPlugin.flaskpath2openapi(rule.rule),
                    method=method.lower(),
                    name=view.__name__,
                    scopes=scopes,
                    instead=instead_of(app, rule.endpoint),
                    is_public=scopes == (PUBLIC,),
                    is_command=method not in commands.READS and commands.is_command(rule.endpoint),
                    answers=getattr(view, "answers", ()),
                    asks=getattr(view, "asks", ()),
                    takes=getattr(view, "takes", ()),
                    refuses=getattr(view, "refuses", ()),
                )
            )
    return found


def path_of(rule: Rule) -> str:
    """The path of the document that a rule of the application has."""
    return public(FlaskPlugin.flaskpath2openapi(rule.rule))


def _guarded(response: Response) -> Response:
    """A page that may fetch nothing from elsewhere, and be shown in no other."""
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
