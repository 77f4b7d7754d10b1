"""HTTP's side of every route: scopes, exact JSON, problem documents, request ids, request metrics.

A view declares its scope with @requires; one that doesn't is refused. Errors leave as RFC 9457 documents in the
caller's language, and as one log line with the same request id for the operator.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from secrets import token_hex
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache
from flask import Flask, Request, Response, current_app, g, jsonify, request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.exceptions import ClientDisconnected, HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from schemas.commands import Commanding
from service import __version__, canonical, journal, logs, metrics, waiting
from service.access import Access, Tokens
from service.budgets import Budgets
from service.database.transactions import Database
from service.errors import Language, Problem, findings_of
from service.settings import Settings
from service.stopping import Stopping
from service.trace_context import trace_id

PUBLIC = "public"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_MOST_QUERIES = 1000
_COMMANDING = Commanding()

View = TypeVar("View", bound=Callable[..., Any])


def requires(*scopes: str, instead: tuple[str, ...] = (), narrow: bool = False) -> Callable[[View], View]:
    """Declare the scopes that a view needs, all of them, or one of those `instead`; PUBLIC needs none.

    A `narrow` view tells who sees a part of the tree of nobody outside it; the others are closed to him.
    """

    def declare(view: View) -> View:
        view.scopes, view.instead, view.narrow = scopes, instead, narrow  # type: ignore[attr-defined]
        return view

    return declare


def scopes_of(app: Flask, endpoint: str) -> tuple[str, ...]:
    """The scopes that an endpoint declares; empty where it declares none, and nobody may call it."""
    return getattr(app.view_functions[endpoint], "scopes", ())


def instead_of(app: Flask, endpoint: str) -> tuple[str, ...]:
    """The scopes of which one will do in place of those that an endpoint declares."""
    return getattr(app.view_functions[endpoint], "instead", ())


def is_narrow(app: Flask, endpoint: str) -> bool:
    """Whether an endpoint tells who sees a part of the tree of nobody outside it."""
    return getattr(app.view_functions[endpoint], "narrow", False)


def _current() -> tuple[Any, Request]:
    """What is kept of the request, and the request itself, for who needs them often: a proxy looks again each time."""
    return g._get_current_object(), request._get_current_object()  # type: ignore[attr-defined]


def access() -> Access:
    """Who is asking."""
    found: Access = g.access
    return found


def still_allowed() -> None:
    """For whoever waits: the token is good yet. Problem access.unknown_token."""
    g.ask_again()


def stopping() -> Stopping:
    """Whether this process was told to stop."""
    found: Stopping = current_app.extensions["jifen.stopping"]
    return found


def database() -> Database:
    """The database of this application."""
    found: Database = current_app.extensions["jifen.database"]
    return found


def settings() -> Settings:
    """The settings of this application."""
    found: Settings = current_app.extensions["jifen.settings"]
    return found


def body() -> bytes:
    """The whole body. Problem request.incomplete, request.too_large."""
    with all_of_it():
        data = request.get_data()
        if len(data) < (request.content_length or 0):  # gunicorn takes a client that is gone for the end
            raise ClientDisconnected
    return data


@contextmanager
def all_of_it() -> Iterator[None]:
    """Inside, a client sends its whole body, and not for ever. Problem request.incomplete."""
    with reading(), waiting.at_most.get()(settings().sending_seconds):
        yield


class reading:  # noqa: N801 - as a function that is a context
    """Inside, a client may stop sending. Problem request.incomplete."""

    def __enter__(self) -> None:
        """From now on."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """It has sent, or not."""
        if isinstance(error, OSError | ClientDisconnected):
            stated = settings()
            seconds, most = stated.client_timeout_seconds, stated.sending_seconds
            raise Problem("request.incomplete", seconds=seconds, most=most) from error


class Answer(Response):
    """An answer that is whole: it says its length, and where something is in ASCII alone."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """As they are: to mend what may be wrong with those of others takes longer than to put ours together."""
        return self.headers


class Unchanged(Exception):
    """The client has what it asks for: 304, and nothing of it is sent."""


def tagged(*of: Any) -> bool:
    """Tag the answer as what is made of these, so that it can be asked for again; whether the client has it already."""
    kept, asked = _current()
    kept.tag = sha256(repr((__version__, asked.full_path, *of)).encode()).hexdigest()[:32]
    return _tag(kept) == asked.headers.get("If-None-Match") or asked.if_none_match.contains_weak(kept.tag)


def _tag(kept: Any) -> str:
    """As a header says it (RFC 9110, 8.8.3)."""
    return f'W/"{kept.tag}"'


def json_body() -> Any:
    """The body as exact JSON. Problem request.malformed, request.too_deep, and those of `body`."""
    return canonical.parse(body(), settings().max_depth)


def query(shape: Schema) -> dict[str, Any]:
    """The query, typed. Problem request.invalid with every finding."""
    try:
        found: dict[str, Any] = shape.load(request.args.to_dict())
    except ValidationError as error:
        raise Problem("request.invalid", findings_of(error)) from None
    return found


def is_command() -> bool:
    """Whether what is asked for is a command (service/routes/commands.py)."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "is_command", False)


def is_dry_run() -> bool:
    """Whether only to say what would be answered. Problem request.invalid."""
    return bool(query(_COMMANDING)["dry_run"])


def optional_body(shape: Schema) -> dict[str, Any] | None:
    """The JSON body, typed, or None where there is none. Problem request.invalid with every finding."""
    if not body():
        return None
    try:
        found: dict[str, Any] = shape.load(_plain_json(request))
    except ValidationError as error:
        raise Problem("request.invalid", findings_of(error)) from None
    return found


def _plain_json(req: Any) -> Any:
    if req.mimetype != "application/json":
        raise Problem("request.media_type", type=req.mimetype or "-")
    return json_body()


class Parser(FlaskParser):
    """Reads arguments for flask-smorest: JSON exactly, and findings where they are refused."""

    # Every shape says itself what it lets through.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012 - as in the class above it

    def __init__(self) -> None:
        """Remembers queries: what one says is a function of its text, and clients ask the same again and again."""
        super().__init__()
        self._queries: LRUCache[tuple[Any, bytes], dict[str, Any]] = LRUCache(_MOST_QUERIES)
        self._lock = Lock()

    def parse(self, argmap: Any, req: Any = None, *, location: str | None = None, **options: Any) -> Any:
        """What the request says there, by a shape."""
        if location != "query":
            return super().parse(argmap, req, location=location, **options)
        key = (argmap, request.query_string)
        with self._lock:
            found = self._queries.get(key)
        if found is None:
            found = super().parse(argmap, req, location=location, **options)
            with self._lock:
                self._queries[key] = found
        return dict(found)

    def _raw_load_json(self, req: Any) -> Any:
        return _plain_json(req)

    def load_querystring(self, req: Any, schema: Schema) -> Any:
        """The query but for dry_run, which every command understands, whatever its shape."""
        said = req.args
        if is_command() and "dry_run" not in schema.fields:
            said = MultiDict((name, value) for name, value in said.items(multi=True) if name != "dry_run")
        return MultiDictProxy(said, schema)

    def handle_error(self, error: Any, req: Any, schema: Any, *, error_status_code: Any, error_headers: Any) -> Any:
        """Refuse with every finding at its field."""
        findings = [f for location in error.messages.values() for f in findings_of(type(error)(location))]
        raise Problem("request.invalid", findings)


def install(app: Flask, tokens: Tokens, budgets: Budgets) -> None:
    """Put every request of the application through here."""

    @app.before_request
    def _enter() -> None:
        kept, asked = _current()
        kept.begun = time.perf_counter()
        kept.request_id = token_hex(16)
        kept.line = {"request_id": kept.request_id}
        journal.request_id.set(kept.request_id)
        if "\x00" in asked.path:
            raise Problem("resource.route")
        _authorise(app, tokens, budgets, kept, asked)

    @app.after_request
    def _leave(response: Response) -> Response:
        kept, asked = _current()
        headers, status = response.headers, response.status_code
        headers.add("X-Request-Id", kept.request_id)
        if "tag" in kept and status in (200, 304):
            # Kept by the client alone, and never shown without asking whether it still holds. Nobody said any of these
            # before, and to set one would look for it among all that there are.
            headers.add("Cache-Control", "private, no-cache")
            headers.add("ETag", _tag(kept))
            headers.add("Vary", "Accept-Language, Authorization")
        else:
            headers["Cache-Control"] = "no-store"
        rule = asked.url_rule.rule if asked.url_rule else "-"
        method = asked.method if asked.method in _METHODS else "other"
        metrics.requests.labels(rule, method, status).observe(time.perf_counter() - kept.begun)
        response.call_on_close(_line(kept, asked, rule, method, status))
        return response

    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _failure)


def _line(kept: Any, asked: Request, rule: str, method: str, status: int) -> Callable[[], None]:
    """Writes the request's line into the log, once its answer is sent, or its client gone."""
    line, begun = kept.line, kept.begun
    if trace := trace_id(asked.headers.get("traceparent")):
        line["trace_id"] = trace
    if "access" in kept:
        line |= {"tenant_id": kept.access.tenant_id, "actor": kept.access.actor}
    line |= {"route": rule, "method": method, "status": status}
    is_asked_all_the_time = asked.blueprint == "operations" and status < 400

    def write() -> None:
        line["seconds"] = round(time.perf_counter() - begun, 6)
        failure = line.pop("failure", None)
        if failure is None and is_asked_all_the_time:
            logs.logger().debug("request", **line)
        elif failure is None:
            logs.of_request(**line)
        elif failure.code == "service.failed":
            logs.logger().error("request", **line, exc_info=failure.__cause__ or failure)
        else:
            logs.logger().warning("request", **line, why=_first_line(failure.__cause__))

    return write


def _first_line(cause: BaseException | None) -> str | None:
    """Of what PostgreSQL or the pool says of a time-out, a lock or a connection; only further lines quote rows."""
    return next(iter(str(cause).splitlines()), "") if cause else None


def language() -> Language:
    """The caller's language: Chinese or English."""
    for tag, _ in request.accept_languages:
        match tag.partition("-")[0].lower():
            case "zh":
                return "zh"
            case "en":
                return "en"
    return "en"


def told(error: Exception) -> dict[str, Any]:
    """The problem document of what went wrong in the middle of an answer; the request's line tells of it too."""
    problem = error if isinstance(error, Problem) else _failed(error)
    _note(problem)
    return problem.body(language(), g.request_id)


def _authorise(app: Flask, tokens: Tokens, budgets: Budgets, kept: Any, asked: Request) -> None:
    endpoint = asked.endpoint
    if asked.url_rule is None or endpoint is None:
        return
    scopes = scopes_of(app, endpoint)
    if scopes == (PUBLIC,) or asked.method == "OPTIONS":
        return
    if waiting.seconds.get() > settings().pool_timeout_seconds:
        raise Problem("service.unavailable")
    kind, _, token = asked.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise Problem("access.unknown_token")
    kept.ask_again = partial(tokens.access, token.strip())
    kept.access = found = kept.ask_again()
    budgets.spend(found)
    _refuse_lacking(app, endpoint, scopes, found)


def _refuse_lacking(app: Flask, endpoint: str, scopes: tuple[str, ...], access: Access) -> None:
    lacking = [scope for scope in scopes or ("-",) if scope not in access.scopes]
    has_instead = access.scopes.intersection(instead_of(app, endpoint))
    if lacking and not has_instead:
        raise Problem("access.scope", scope=", ".join(lacking))
    # Who speaks for himself sees himself, whatever part of the tree he sees beside that.
    speaks_for_himself = lacking and has_instead == {"self"}
    if access.under is not None and not is_narrow(app, endpoint) and not speaks_for_himself:
        raise Problem("access.subtree", under=access.under)


def _problem(problem: Problem) -> Response:
    response = jsonify(problem.body(language(), g.request_id))
    response.status_code = problem.status
    response.content_type = "application/problem+json"
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 503:
        response.headers["Retry-After"] = "1"
    if problem.status == 429:
        response.headers["Retry-After"] = str(problem.values["seconds"])
    _note(problem)
    return response


def _note(problem: Problem) -> None:
    """The request's line tells it."""
    g.line["code"] = problem.code
    if problem.status >= 500:
        g.line["failure"] = problem


def _http_error(error: HTTPException) -> Response:
    if isinstance(error, NotFound):
        return _problem(Problem("resource.route"))
    if isinstance(error, MethodNotAllowed):
        response = _problem(Problem("resource.method"))
        response.headers["Allow"] = ", ".join(error.valid_methods or [])
        return response
    if isinstance(error, RequestEntityTooLarge):
        return _problem(Problem("request.too_large", most=settings().max_body_bytes))
    if error.code is not None and error.code < 500:
        return _problem(Problem("request.malformed"))
    return _failure(error)


def _failure(error: Exception) -> Response:
    return _problem(_failed(error))


def _failed(error: Exception) -> Problem:
    problem = Problem("service.failed")
    problem.__cause__ = error
    return problem
