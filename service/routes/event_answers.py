"""What each event of a request is answered, as JSON: one of a batch's list, or a line of a stream."""

import json
from collections.abc import Iterable
from typing import Any

from schemas.event_types import json_text
from schemas.fields import storable
from service.catalogue import PROBLEMS
from service.http import language
from service.intake import Item

STORED = ("created", "duplicate")


def batch(items: Iterable[Item]) -> str:
    """The answer to a batch: what became of each, in the order of the request."""
    return f'{{"items":[{",".join(map(one, items))}]}}'


def one(item: Item) -> str:
    """What became of one event; what is stored, as nearly all are, is written without a detour."""
    if item.row is None or item.outcome not in STORED:
        return json.dumps(said(item), ensure_ascii=False, separators=(",", ":"))
    sent = item.sent
    source, identifier = json_text(sent["source"]), json_text(sent["id"])
    return f'{{"result":"{item.outcome}","source":{source},"id":{identifier},"event":"{item.event}"}}'


def said(item: Item) -> dict[str, Any]:
    """What became of one event: the result, its names, and what was found wrong."""
    answer: dict[str, Any] = {"result": item.outcome, **_named(item.sent)}
    if item.identity:
        answer["event"] = item.event
    if item.outcome == "rejected":
        answer["errors"] = [finding.body(language()) for finding in item.findings]
    if item.outcome == "conflict":
        answer["errors"] = [{"pointer": "", "code": "event.conflict", "detail": _conflict_words()}]
    return answer


def _named(sent: Any) -> dict[str, str]:
    """source and id as sent, as far as they are text, so that a sender finds its event again."""
    if not isinstance(sent, dict):
        return {}
    texts = {key: sent[key] for key in ("source", "id") if isinstance(sent.get(key), str)}
    return {key: text[:255] for key, text in texts.items() if storable(text)}


def _conflict_words() -> str:
    kind = PROBLEMS["event.conflict"]
    return kind.zh if language() == "zh" else kind.en
