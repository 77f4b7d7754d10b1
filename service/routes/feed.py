"""/v1/feed: what happened, in order, after a cursor."""

from typing import Any, ClassVar

from flask import current_app
from marshmallow import fields

from schemas.answers.feed import FeedPage
from schemas.faults import invalid
from schemas.fields import Code, Shape, Text
from schemas.results import Limit
from service.feed import TYPES, Feed, Wanted
from service.http import access, requires, still_allowed
from service.routes.blueprint import Blueprint

blueprint = Blueprint("feed", __name__, description="What happened, in order")

_LONGEST_SECONDS = 30


class _Wait(fields.Field[int]):
    """How many seconds an empty page may wait for something to happen, up to 30."""

    json_schema: ClassVar = {"type": "integer", "minimum": 0, "maximum": _LONGEST_SECONDS}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        whole = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 2
        if not whole or int(value) > _LONGEST_SECONDS:
            raise invalid("number.whole", least=0, most=_LONGEST_SECONDS)
        return int(value)


class _Asked(Shape):
    after = Text(most=500)
    type = Code(*sorted(TYPES))
    limit = Limit()
    wait = _Wait(load_default=0)


@blueprint.get("/v1/feed")
@requires("results:read")
@blueprint.answers(200, FeedPage)
@blueprint.refuses("feed.expired", "page.restored")
@blueprint.arguments(_Asked, location="query")
def get_feed(asked: dict[str, Any]) -> dict[str, Any]:
    """What happened after a cursor, in the order of positions, as CloudEvents; `next` is the cursor to go on with.

    Without `after` it begins with the oldest that is told, with `after=now` at the end. An empty page is the end; with
    `wait` it comes only when something happens, or after so many seconds.
    """
    feed: Feed = current_app.extensions["jifen.feed"]
    types = {asked["type"]} if "type" in asked else TYPES
    wanted = Wanted(access().tenant_id, types, asked["limit"])
    return feed.page(wanted, asked.get("after"), asked["wait"], still_allowed)
