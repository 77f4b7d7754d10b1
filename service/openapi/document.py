"""The whole document: what apispec makes of arguments, completed by what the views declare."""

from collections.abc import Callable, Iterable
from inspect import cleandoc
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from schemas.answers.problems import Problem
from schemas.fields import Identifier, PeriodText
from service.openapi import headers, problems
from service.openapi.examples import Examples
from service.openapi.values import ANSWERS, Said, of_field
from service.openapi.webhooks import WEBHOOKS

_SCHEME = "token"
_NOT_OURS = ("ErrorSchema", "PaginationMetadataSchema")  # flask-smorest's own, which nothing of ours answers
_ABOUT = """\
Facts about community workers in, exact points, tiers and rankings out, every number explained.
社区工作者的事实录入，得出精确的积分、等次与排名，每个数都有解释。

Decimals are text. A list is `items` and `next`, which is the `after` of the next page. An answer may have more keys in
time; a client ignores those that it doesn't know. 小数以文本表示；列表为 `items` 与 `next`（下一页的 `after`）；
应答今后可能增加字段，客户端应忽略未知字段。
"""
# What stands in an address; what isn't found there is 404, whatever it looks like.
_IN_PATHS: dict[str, tuple[fields.Field[Any], str]] = {
    "id": (Identifier(), "the id of the worker, the organisation or the rulebook"),
    "version": (Identifier(), "the label of a version"),
    "period": (PeriodText(), "a period: 2026-03, 2026-Q1, 2026-H1 or 2026"),
    "line": (Identifier(), "the id of a line: an item of the rulebook"),
}

Reference = Callable[[Any], Said]
Parameters = Callable[[Any, str], list[Said]]


class Operation(NamedTuple):
    """What a view declares, of one method of one address."""

    path: str
    method: str
    name: str
    scopes: tuple[str, ...]
    instead: tuple[str, ...]
    is_public: bool
    answers: tuple[Any, ...]
    asks: tuple[Any, ...]
    takes: tuple[Any, ...]
    refuses: tuple[str, ...]


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
    reference = shapes.reference
    reference(Problem)
    paths: Said = {}
    for one in sorted(operations, key=lambda one: (one.path, one.method)):
        said = _said(spec["paths"].get(one.path, {}), one.method)
        paths.setdefault(public(one.path), {})[one.method] = _operation(said, one, shapes)
    webhooks = {name: _webhook(one.summary, one.shape, reference) for name, one in WEBHOOKS.items()}
    ours = {name: said for name, said in shapes.schemas.items() if name not in _NOT_OURS}
    kept = {name: _component(said, shapes.classes[name]) for name, said in ours.items()}
    document = {
        "openapi": spec["openapi"],
        "info": {**spec["info"], "description": _ABOUT},
        "tags": spec.get("tags", []),
        "security": [{_SCHEME: []}],
        "paths": paths,
        **({"webhooks": webhooks} if webhooks else {}),
        "components": {
            "schemas": dict(sorted(kept.items())),
            "headers": headers.OF_ANSWERS,
            "parameters": {"language": headers.LANGUAGE},
            "examples": problems.examples(),
            "securitySchemes": {
                _SCHEME: {"type": "http", "scheme": "bearer", "description": "a token, from `jifen token create`"}
            },
        },
    }
    _show(document, Examples(kept))
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


def public(path: str) -> str:
    """A path without the underscores that Python needs."""
    return path.replace("_}", "}")


def _operation(said: Said, one: Operation, shapes: Shapes) -> Said:
    """One operation: as apispec says it, but for the responses."""
    reference = shapes.reference
    asked = {(p["in"], p["name"]): p for ask in one.asks for p in shapes.parameters(ask.shape, ask.place)}
    parameters = [_named(parameter) for parameter in [*said["parameters"], *asked.values()]]
    done: Said = {key: said[key] for key in ("tags", "summary", "description") if key in said}
    done["operationId"] = one.name
    done["security"] = [] if one.is_public else _security(one)
    if one.path.startswith("/v1/"):
        parameters.append({"$ref": "#/components/parameters/language"})
    if parameters:
        done["parameters"] = parameters
    if body := _body(said, one, reference):
        done["requestBody"] = body
    done["responses"] = _responses(one, parameters, body, reference)
    return done


def _security(one: Operation) -> list[Said]:
    """All scopes of the first, or one of the others; of a bearer token they are listed, as of OAuth."""
    return [{_SCHEME: list(one.scopes)}, *({_SCHEME: [scope]} for scope in one.instead)]


def _named(parameter: Said) -> Said:
    """A parameter; what Python would take for a word of its own has an underscore in the code alone."""
    if parameter.get("in") != "path":
        return parameter
    name = parameter["name"].removesuffix("_")
    field, description = _IN_PATHS.get(name, (None, ""))
    schema = of_field(field, False) if field else parameter["schema"]
    if name in ("event", "objection"):
        schema = {"type": "string", "format": "uuid"}
    return {**parameter, "name": name, "schema": schema, **({"description": description} if description else {})}


def _body(said: Said, one: Operation, reference: Reference) -> Said:
    if not one.takes:
        return dict(said.get("requestBody", {}))
    [(content, required)] = one.takes
    return {"content": {kind: _media(shape, reference) for kind, shape in content.items()}, "required": required}


def _media(shape: Any, reference: Reference) -> Said:
    return {"schema": _schema(shape, reference)}


def _schema(shape: Any, reference: Reference) -> Said:
    """A shape by reference; a list of one; or a JSON Schema, with shapes in it, as it is."""
    match shape:
        case [inner]:
            return {"type": "array", "items": _schema(inner, reference)}
        case {"oneOf": alternatives}:
            return {**shape, "oneOf": [_schema(one, reference) for one in alternatives]}
        case {"x-lines": line}:
            return {**shape, "x-lines": _schema(line, reference)}
        case dict():
            return dict(shape)
        case _:
            return reference(shape)


def _responses(one: Operation, parameters: list[Said], body: Said, reference: Reference) -> Said:
    done: Said = {}
    for answer in one.answers:
        response = done.setdefault(
            str(answer.status), {"description": "", "headers": headers.of_answer(answer.headers)}
        )
        response["description"] = answer.description or response["description"] or "done"
        if answer.shape is not None:
            response.setdefault("content", {})[answer.content_type] = _media(answer.shape, reference)
    places = {place: [p for p in parameters if p.get("in") == place] for place in ("path", "query")}
    common = problems.codes_of(
        one.is_public, [p["name"] for p in places["path"]], bool(places["query"]), body.get("content", {})
    )
    refused = problems.responses({*common, *one.refuses})
    for status, response in refused.items():
        if status in done:  # not ready is an answer of its own
            done[status]["content"] |= response["content"]
            done[status]["x-codes"] = response["x-codes"]
        else:
            done[status] = response
    return dict(sorted(done.items()))


def _webhook(summary: str, shape: type[Schema], reference: Reference) -> Said:
    return {
        "post": {
            "summary": summary,
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
