"""/v1/corrections: events taken back or amended, many at once."""

from typing import Any

from flask import Response, jsonify, request

from schemas.answers.events import Corrected
from schemas.corrections import Correction as Correctable
from schemas.fields import Shape, Switch, storable
from service import corrections, counting, http
from service.corrections import INNOCENT, Correction
from service.errors import Problem, finding
from service.http import access, database, language, requires
from service.routes.blueprint import JSON, Blueprint

blueprint = Blueprint("corrections", __name__, description="Events taken back, and others in their place")


class _How(Shape):
    atomic = Switch(load_default=False)
    dry_run = Switch(load_default=False)


@blueprint.post("/v1/corrections")
@requires("events:write")
@blueprint.arguments(_How, location="query")
@blueprint.takes({JSON: [Correctable]})
@blueprint.answers(200, Corrected, description="all are created or duplicates")
@blueprint.answers(207, Corrected, description="some are neither")
@blueprint.refuses("event.aborted", "request.too_many")
def post_corrections(how: dict[str, bool]) -> Response:
    """Take events back, or put others in their place; each is answered by itself, as if they had come one by one.

    With ?atomic=true all or none, with ?dry_run=true nothing is written.
    """
    bodies = _bodies()
    with database().transaction(access().tenant_id) as transaction:
        done = corrections.correct(transaction, access(), bodies, **how)
    if not how["dry_run"]:
        _count(done)
    items = [_answer(one, body) for one, body in zip(done, bodies, strict=True)]
    all_done = all(one.outcome in INNOCENT for one in done)
    if how["atomic"] and not all_done:
        raise Problem("event.aborted", items=items)
    response = jsonify({"items": items})
    response.status_code = 200 if all_done else 207
    return response


def _bodies() -> list[Any]:
    if request.mimetype != "application/json":
        raise Problem("request.media_type", type=request.mimetype or "-")
    body = http.json_body()
    if not isinstance(body, list):
        raise Problem("request.invalid", [finding("", "field.list")])
    most = http.settings().max_batch_events
    if len(body) > most:
        raise Problem("request.too_many", most=most)
    return body


def _count(done: list[Correction]) -> None:
    """Replacements are events that came in."""
    stored = [one.replacement for one in done if one.replacement and one.outcome != "aborted"]
    counting.events(access(), stored)


def _answer(one: Correction, body: Any) -> dict[str, Any]:
    """The result, with the event as it was named; what was done says what stands in its place."""
    named = {key: body[key] for key in ("event", "source", "id") if key in body} if isinstance(body, dict) else {}
    texts = {key: text[:255] for key, text in named.items() if isinstance(text, str) and storable(text)}
    answer: dict[str, Any] = {"result": one.outcome, **texts}
    if one.outcome in INNOCENT:
        return {**answer, **one.json()}
    if one.refusal:
        answer["errors"] = [found.body(language()) for found in one.findings]
    return answer
