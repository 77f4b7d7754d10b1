"""The whole document: every operation, what their shapes say, and an example of each."""

from collections.abc import Iterable
from inspect import cleandoc
from typing import NamedTuple

from marshmallow import Schema

from schemas.answers.problems import Problem
from service.openapi import headers, problems
from service.openapi.examples import Examples
from service.openapi.operation import SCHEME, Operation, Parameters, Reference, described, public
from service.openapi.values import ANSWERS, Said
from service.openapi.webhooks import WEBHOOKS

_NOT_OURS = ("ErrorSchema", "PaginationMetadataSchema")  # flask-smorest's own, which nothing of ours answers
_ABOUT = """\
Facts about community workers in, exact points, tiers and rankings out, every number explained.
社区工作者的事实录入，得出精确的积分、等次与排名，每个数都有解释。

Decimals are text. A list is `items` and `next`, which is the `after` of the next page. An answer may have more keys in
time; a client ignores those that it doesn't know. 小数以文本表示；列表为 `items` 与 `next`（下一页的 `after`）；
应答今后可能增加字段，客户端应忽略未知字段。
"""


class Shapes(NamedTuple):
    """What apispec knows of shapes.

    How to refer to one; its fields as parameters; what it said of all that were referred to, and their classes.
    """

    reference: Reference
    parameters: Parameters
    schemas: Said
    classes: dict[str, type[Schema]]


class Names:
    """The names of shapes among the components: that of the class, with its module's where that is taken."""

    def __init__(self) -> None:
        """None yet."""
        self.classes: dict[str, type[Schema]] = {}

    def __call__(self, schema: type[Schema] | Schema) -> str:
        """The name of a shape; a second class of one name gets its module's too."""
        shape = schema if isinstance(schema, type) else type(schema)
        name = shape.__name__.lstrip("_")
        if self.classes.setdefault(name, shape) is not shape:
            name = shape.__module__.rpartition(".")[2].title().replace("_", "") + name
            self.classes[name] = shape
        return name


def complete(spec: Said, operations: Iterable[Operation], shapes: Shapes) -> Said:
    """The document of a spec with these operations."""
    shapes.reference(Problem)
    paths: Said = {}
    for one in sorted(operations, key=lambda one: (one.path, one.method)):
        said = _said(spec["paths"].get(one.path, {}), one.method)
        operation = described(one, said, shapes.reference, shapes.parameters)
        paths.setdefault(public(one.path), {})[one.method] = operation
    webhooks = {name: _webhook(name, shape, shapes.reference) for name, shape in WEBHOOKS.items()}
    ours = {name: said for name, said in shapes.schemas.items() if name not in _NOT_OURS}
    schemas = {name: _component(said, shapes.classes[name]) for name, said in sorted(ours.items())}
    document = {
        "openapi": spec["openapi"],
        "info": {**spec["info"], "description": _ABOUT},
        "tags": spec.get("tags", []),
        "security": [{SCHEME: []}],
        "paths": paths,
        **({"webhooks": webhooks} if webhooks else {}),
        "components": {
            "schemas": schemas,
            "headers": headers.OF_ANSWERS,
            "parameters": headers.PARAMETERS,
            "examples": problems.examples(),
            "securitySchemes": {
                SCHEME: {"type": "http", "scheme": "bearer", "description": "a token, from `jifen token create`"}
            },
        },
    }
    _show(document, Examples(schemas))
    return document


def _said(path: Said, method: str) -> Said:
    """What apispec says of an operation, with the parameters that its path has."""
    said = path.get(method, {})
    return {**said, "parameters": [*path.get("parameters", []), *said.get("parameters", [])]}


def _component(said: Said, shape: type[Schema]) -> Said:
    """A shape with what it says of itself; an answer may grow, and has more keys then."""
    described = {"description": cleandoc(shape.__doc__), **said} if shape.__doc__ else said
    if shape.__module__.startswith(ANSWERS):
        return {key: value for key, value in described.items() if key != "additionalProperties"}
    return described


def _webhook(name: str, shape: type[Schema], reference: Reference) -> Said:
    return {
        "post": {
            "summary": name,
            "requestBody": {"content": {"application/json": {"schema": reference(shape)}}, "required": True},
            "responses": {"2XX": {"description": "taken"}},
        }
    }


def _show(document: Said, examples: Examples) -> None:
    """Put an example beside every body, answer and parameter that has none."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                if "$ref" not in parameter:
                    parameter.setdefault("example", examples.of(parameter["schema"], parameter["name"]))
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for holder in (*bodies, *operation["responses"].values()):
                for media in holder.get("content", {}).values():
                    if "examples" not in media and "example" not in media:
                        media["example"] = examples.of(media["schema"])
    for webhook in document.get("webhooks", {}).values():
        for media in webhook["post"]["requestBody"]["content"].values():
            media["example"] = examples.of(media["schema"])
