"""The application: settings and a database in, a WSGI application out."""

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider

from service import __version__, http, routes
from service.access import Tokens
from service.budgets import Budgets
from service.database.transactions import Database
from service.feed import Feed
from service.identity_provider import IdentityProvider
from service.routes import commands, contract
from service.settings import Settings
from service.stopping import Stopping


class Json(DefaultJSONProvider):
    """JSON as Flask reads and writes it, but for answers, which msgspec writes in a tenth of the time."""

    ensure_ascii = False
    sort_keys = False

    def response(self, *values: Any, **named: Any) -> Response:
        """An answer of these values, as `jsonify` takes them, and the end of its line, for terminals."""
        said = msgspec.json.encode(self._prepare_response_obj(values, named))
        return http.Answer(said + b"\n", mimetype=self.mimetype)


class Application(Flask):
    """Flask with our JSON, and views that are functions, so that nobody need ask of each call whether it is one."""

    json_provider_class = Json

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(settings: Settings, database: Database) -> Flask:
    """The service over an open database."""
    app = Application("service", static_folder=None)
    app.config.update(
        API_TITLE="Jifen",
        API_VERSION=f"v1 ({__version__})",
        OPENAPI_VERSION="3.1.0",
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
    )
    app.extensions["jifen.settings"] = settings
    app.extensions["jifen.database"] = database
    app.extensions["jifen.feed"] = Feed(database, settings.feed_days, settings.threads // 2)
    app.extensions["jifen.stopping"] = Stopping(settings.stop_seconds)
    contract.install(app, routes.BLUEPRINTS)
    commands.install(app)
    tokens = app.extensions["jifen.tokens"] = Tokens(
        database, IdentityProvider(settings) if settings.jwt_jwks else None
    )
    http.install(app, tokens, Budgets(database, settings))  # after Api, whose own error documents it replaces
    return app
