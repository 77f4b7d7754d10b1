"""One operation of the document: what apispec says of its arguments, completed by what its view declares."""

from collections.abc import Callable
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from schemas.fields import Identifier, PeriodText
from service.openapi import headers, problems
from service.openapi.values import Said, of_field

SCHEME = "token"
# What stands in an address; what isn't found there is 404, whatever it looks like.
_IN_PATHS: dict[str, tuple[fields.Field[Any], str]] = {
    "id": (Identifier(), "the id of the worker, the organisation or the rulebook"),
    "version": (Identifier(), "the label of a version"),
    "period": (PeriodText(), "a period: 2026-03, 2026-Q1, 2026-H1 or 2026"),
    "line": (Identifier(), "the id of a line: an item of the rulebook"),
    "event": (fields.UUID(), "the id that the service gave it"),
    "objection": (fields.UUID(), "the id that the service gave it"),
}

Reference = Callable[[Any], Said]
Parameters = Callable[[type[Schema], str], list[Said]]


class Operation(NamedTuple):
    """What a view declares, of one method of one address."""

    path: str
    method: str
    name: str
    scopes: tuple[str, ...]
    instead: tuple[str, ...]
    is_public: bool
    is_command: bool
    answers: tuple[Any, ...]
    asks: tuple[Any, ...]
    takes: tuple[Any, ...]
    refuses: tuple[str, ...]


def public(path: str) -> str:
    """A path without the underscores that Python needs."""
    return path.replace("_}", "}")


def described(one: Operation, said: Said, reference: Reference, parameters: Parameters) -> Said:
    """One operation, of which apispec has said something."""
    asked = _asked(one, said, parameters)
    body = _body(one, said, reference)
    done: Said = {key: said[key] for key in ("tags", "summary", "description") if key in said}
    done |= {"operationId": one.name, "security": [] if one.is_public else _security(one)}
    if asked:
        done["parameters"] = asked
    if body:
        done["requestBody"] = body
    return done | {"responses": _responses(one, asked, body, reference)}


def _security(one: Operation) -> list[Said]:
    """All scopes of the first, or one of the others; of a bearer token they are listed, as of OAuth."""
    return [{SCHEME: list(one.scopes)}, *({SCHEME: [scope]} for scope in one.instead)]


def _asked(one: Operation, said: Said, parameters: Parameters) -> list[Said]:
    """The parameters, each once, and those that its kind has."""
    own = [*said["parameters"], *(p for ask in one.asks for p in parameters(ask.shape, ask.place))]
    shared = [*(headers.OF_COMMANDS if one.is_command else ()), *(("language",) if one.path.startswith("/v1/") else ())]
    shared += ["tag"] if any(answer.status == 304 for answer in one.answers) else []
    known = {parameter["name"] for parameter in own}
    return [
        *({(p["in"], p["name"]): _named(p) for p in own}.values()),
        *({"$ref": f"#/components/parameters/{name}"} for name in shared if name not in known),
    ]


def _named(parameter: Said) -> Said:
    """A parameter; what Python would take for a word of its own has an underscore in the code alone."""
    if parameter["in"] != "path":
        return parameter
    name = parameter["name"].removesuffix("_")
    if name not in _IN_PATHS:
        return {**parameter, "name": name}
    field, description = _IN_PATHS[name]
    schema = of_field(field, False) or {"type": "string", "format": "uuid"}
    return {**parameter, "name": name, "schema": schema, "description": description}


def _body(one: Operation, said: Said, reference: Reference) -> Said:
    if not one.takes:
        return dict(said.get("requestBody", {}))
    [(content, required)] = one.takes
    taken = {kind: {"schema": _schema(shape, reference)} for kind, shape in content.items()}
    return {"content": taken, "required": required}


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


def _responses(one: Operation, asked: list[Said], body: Said, reference: Reference) -> Said:
    done = _answered(one, reference)
    places = [parameter.get("in") for parameter in asked]
    has_query = "query" in places or one.is_command
    common = problems.codes_of(one.is_public, one.is_command, "path" in places, has_query, body.get("content", {}))
    for status, response in problems.responses({*common, *one.refuses}).items():
        if status in done:  # an answer of its own, such as not being ready
            done[status]["content"] |= response["content"]
            done[status]["x-codes"] = response["x-codes"]
        else:
            done[status] = response
    return dict(sorted(done.items()))


def _answered(one: Operation, reference: Reference) -> Said:
    """The answers by status; a command that is only tried, or was carried out before, answers with one of them."""
    done: Said = {}
    answers = list(one.answers)
    if one.is_command and answers and not any(answer.status == 200 for answer in answers):
        answers.insert(0, answers[0]._replace(status=200, description="of a dry run: what would be answered"))
    for answer in answers:
        named = (*answer.headers, *((headers.REPLAYED,) if one.is_command else ()))
        response = done.setdefault(str(answer.status), {"description": "", "headers": {}})
        response["description"] = answer.description or response["description"] or "done"
        response["headers"] |= headers.of_answer(named)
        if answer.shape is not None:
            content = response.setdefault("content", {})
            content[answer.content_type] = {"schema": _schema(answer.shape, reference)}
    return done
