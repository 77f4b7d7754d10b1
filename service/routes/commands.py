"""What a person commands can be tried with ?dry_run=true, and sent again safely under an Idempotency-Key.

Every view that writes is a command, but for those of intake, whose events are tried in their own way and are safe to
repeat by their ids.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Flask, Response, current_app, request

from service import idempotency
from service.database.transactions import rehearsal
from service.errors import Problem, finding
from service.http import access, body, database, is_dry_run
from service.idempotency import Answer, Command

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_MOST = 255
_PATIENCE_SECONDS = (0.05, 0.1, 0.2, 0.4)
READS = {"GET", "HEAD", "OPTIONS"}
# Blueprints whose writes are events, or ask nothing but a question.
_OTHERS = ("events", "corrections", "files", "rejections", "trials")

View = Callable[..., Any]


def install(app: Flask) -> None:
    """Let every command of the application be tried and be sent again."""
    for rule in app.url_map.iter_rules():
        if (rule.methods or set()) - READS and is_command(rule.endpoint):
            app.view_functions[rule.endpoint] = _command(app.view_functions[rule.endpoint])


def told_once(view: View) -> View:
    """Declare that a view answers a secret: sent again under a key it is done once, and the secret isn't kept."""
    view.told_once = True  # type: ignore[attr-defined]
    return view


def is_command(endpoint: str) -> bool:
    """Whether an endpoint that writes is a command."""
    return endpoint.partition(".")[0] not in _OTHERS


def _command(view: View) -> View:
    @wraps(view)
    def commanded(**arguments: Any) -> Response:
        if is_dry_run():
            with rehearsal():
                response = current_app.make_response(view(**arguments))
            response.status_code = 200
            response.headers.pop("Location", None)
            return response
        key = _key()
        if key is None:
            return current_app.make_response(view(**arguments))
        is_kept = not getattr(view, "told_once", False)
        return _once(key, lambda: current_app.make_response(view(**arguments)), is_kept)

    commanded.is_command = True  # type: ignore[attr-defined]
    return commanded


def _once(key: str, carry_out: Callable[[], Response], is_kept: bool) -> Response:
    content = request.query_string + b"\0" + body()
    command = Command(access().token_id, f"{request.method} {request.path}", key, sha256(content).digest())
    if (before := _answered(command)) is not None:
        return before
    try:
        with idempotency.carrying_out(command):
            response = carry_out()
    except (idempotency.RepeatedError, Problem) as error:
        # Another request with the key may have been quicker, and left nothing to do.
        before = _answered(command)
        if before is not None:
            return before
        if isinstance(error, Problem):
            raise
        raise Problem("service.unavailable") from error
    if not is_kept:
        return response
    answer = Answer(response.status_code, response.get_data(), response.headers.get("Location"))
    # It is done, whether its answer can be kept or not.
    with suppress(idempotency.RepeatedError, Problem), database().transaction(access().tenant_id) as transaction:
        idempotency.keep(transaction, command, answer)
    return response


def _answered(command: Command) -> Response | None:
    for seconds in (*_PATIENCE_SECONDS, None):
        try:
            with database().transaction(access().tenant_id) as transaction:
                answer = idempotency.answered(transaction, command)
            break
        except Problem as problem:
            if problem.code != "idempotency.unanswered" or seconds is None:
                raise
            time.sleep(seconds)  # it may be carried out just now
    if answer is None:
        return None
    response = Response(answer.body, answer.status, mimetype="application/json")
    if answer.location:
        response.headers["Location"] = answer.location
    response.headers[REPLAYED] = "true"
    return response


def _key() -> str | None:
    """The key, with or without the quotes of a structured field (RFC 9651)."""
    said = request.headers.get(HEADER)
    if said is None:
        return None
    key = said[1:-1] if len(said) > 1 and said[0] == said[-1] == '"' else said
    if not (1 <= len(key) <= _MOST and key.isascii() and key.isprintable()):
        raise Problem("request.invalid", [finding(f"/{HEADER}", "idempotency.malformed", most=_MOST)])
    return key
