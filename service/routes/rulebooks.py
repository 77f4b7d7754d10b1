"""/v1/rulebooks: draft, publish by a second person, read."""

from typing import Any

from flask import Response, jsonify, request

from schemas.answers.rulebooks import (
    CasesKept,
    Drafted,
    Printed,
    Published,
    SaidOtherwise,
    Versions,
    VersionWithDocument,
)
from schemas.fields import Code, Identifier, Shape
from schemas.publication import Grounds
from service import regulation
from service.cases import gate
from service.errors import Problem, unknown
from service.http import access, body, database, language, optional_body, requires
from service.routes.blueprint import JSON, TEXT, Blueprint, Shaped
from service.rulebooks import store

blueprint = Blueprint("rulebooks", __name__, description="The rules as data")

_PLAIN = "text/plain; charset=utf-8"
_YAML = ("application/yaml", "application/x-yaml", "text/yaml")
_DOCUMENT: dict[str, Shaped] = dict.fromkeys(_YAML, TEXT)


class _InWords(Shape):
    lang = Code("zh", "en")


class _Diff(_InWords):
    from_ = Identifier(required=True, data_key="from")


@blueprint.post("/v1/rulebooks")
@requires("rulebooks:write")
@blueprint.answers(200, Drafted, description="it was known; or, of a dry run, what would be stored")
@blueprint.answers(201, Drafted)
@blueprint.takes(_DOCUMENT)
@blueprint.refuses("rulebook.exists")
def post_rulebook() -> Response:
    """Store a version as a draft, and tell what is odd in it; the body is its YAML."""
    source = _yaml()
    with database().transaction(access().tenant_id) as transaction:
        draft = store.draft(transaction, access().actor, source)
    response = jsonify({**draft.header, "findings": [one.body(language()) for one in draft.findings]})
    response.status_code = 201 if draft.is_new else 200
    return response


@blueprint.post("/v1/rulebooks/<id_>@<version>/publish")
@requires("rulebooks:publish")
@blueprint.answers(200, Published)
@blueprint.takes({JSON: Grounds}, required=False)
@blueprint.refuses(
    "resource.unknown", "access.second_person", "rulebook.published", "rulebook.untested", "rulebook.grounds"
)
@blueprint.refuses("rulebook.overlap", "rulebook.timezone", "rulebook.kinds", "rulebook.circle", "rulebook.retroactive")
@blueprint.refuses("rulebook.claimed")
def publish_rulebook(id_: str, version: str) -> dict[str, Any]:
    """Let a version rule whose cases hold; never by its author, and with grounds where its first period has ended."""
    said = optional_body(Grounds())
    grounds = store.Grounds(**said) if said else None
    with database().transaction(access().tenant_id) as transaction:
        gate.publish(transaction, access().actor, id_, version, grounds)
    return {"rulebook": id_, "version": version, "published_by": access().actor}


@blueprint.put("/v1/rulebooks/<id_>@<version>/cases")
@requires("rulebooks:write")
@blueprint.answers(200, CasesKept)
@blueprint.takes(_DOCUMENT)
@blueprint.refuses("request.invalid", "resource.unknown", "rulebook.published")
def put_cases(id_: str, version: str) -> dict[str, Any]:
    """Keep the cases of a draft; the body is their YAML."""
    source = _yaml()
    with database().transaction(access().tenant_id) as transaction:
        return gate.keep(transaction, access().actor, id_, version, source)


@blueprint.get("/v1/rulebooks/<id_>@<version>/cases")
@requires("rulebooks:read", narrow=True)
@blueprint.answers(200, TEXT, content_type=_YAML[0])
@blueprint.refuses("resource.unknown")
def get_cases(id_: str, version: str) -> Response:
    """The cases of a version, as they were written."""
    with database().transaction(access().tenant_id) as transaction:
        return Response(gate.kept(transaction, id_, version), mimetype=_YAML[0])


@blueprint.get("/v1/rulebooks")
@requires("rulebooks:read", narrow=True)
@blueprint.answers(200, Versions)
def get_rulebooks() -> dict[str, Any]:
    """All versions."""
    with database().transaction(access().tenant_id) as transaction:
        return {"items": [row._asdict() for row in transaction.all("rulebooks")], "next": None}


@blueprint.get("/v1/rulebooks/<id_>@<version>")
@requires("rulebooks:read", narrow=True)
@blueprint.answers(200, VersionWithDocument)
@blueprint.refuses("resource.unknown")
def get_rulebook(id_: str, version: str) -> dict[str, Any]:
    """One version with its document."""
    with database().transaction(access().tenant_id) as transaction:
        row = transaction.maybe("rulebook_version", id=id_, version=version)
    if row is None:
        raise unknown("rulebook", f"{id_}@{version}")
    document: dict[str, Any] = row.document
    return {
        "rulebook": row.id,
        "version": row.version,
        "hash": bytes(row.hash).hex(),
        "drafted_by": row.drafted_by,
        "published_by": row.published_by,
        "grounds": {"reason": row.reason, "document": row.ordered_by} if row.reason else None,
        "document": document,
    }


@blueprint.get("/v1/rulebooks/<id_>@<version>/text")
@requires("rulebooks:read", narrow=True)
@blueprint.answers(200, TEXT, content_type=_PLAIN)
@blueprint.answers(200, Printed)
@blueprint.refuses("resource.unknown")
@blueprint.arguments(_InWords, location="query")
def get_rulebook_text(query: dict[str, Any], id_: str, version: str) -> Response:
    """A version as a regulation: numbered sentences, as text or as JSON with both languages."""
    with database().transaction(access().tenant_id) as transaction:
        said = regulation.of_version(transaction, id_, version)
    return _in_words(said.text(query.get("lang", language())), said.json())


@blueprint.get("/v1/rulebooks/<id_>@<version>/diff")
@requires("rulebooks:read", narrow=True)
@blueprint.answers(200, TEXT, content_type=_PLAIN)
@blueprint.answers(200, SaidOtherwise)
@blueprint.refuses("resource.unknown")
@blueprint.arguments(_Diff, location="query")
def get_rulebook_diff(query: dict[str, Any], id_: str, version: str) -> Response:
    """What a version says otherwise than another one, by meaning."""
    with database().transaction(access().tenant_id) as transaction:
        before = regulation.of_version(transaction, id_, query["from_"])
        after = regulation.of_version(transaction, id_, version)
    found = regulation.differences(before, after)
    lines = [one.text(query.get("lang", language())) for one in found]
    return _in_words("".join(f"{line}\n" for line in lines), {"items": [one.json() for one in found], "next": None})


def _in_words(text: str, document: dict[str, Any]) -> Response:
    """Text, unless JSON is what the caller prefers."""
    if request.accept_mimetypes.best_match(["text/plain", JSON], "text/plain") == "text/plain":
        return Response(text, content_type=_PLAIN)
    return jsonify(document)


def _yaml() -> bytes:
    if request.mimetype not in _YAML:
        raise Problem("request.media_type", type=request.mimetype or "-")
    return body()
