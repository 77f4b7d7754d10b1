"""Reads the events of a request: CloudEvents 1.0 over HTTP, structured, batched and binary, and the same as plain JSON.

Whatever the mode, an event leaves here as the JSON object that structured mode would have sent. It doesn't know what
the attributes mean; what is refused here can't be read.
"""

import codecs
import re
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from flask import request

from schemas.answers.events import EventSent, EventsSent, Line
from schemas.events import Envelope
from service import http
from service.errors import Finding, Problem, finding

STREAM = "application/x-ndjson"
_ONE, _BATCH, _PLAIN = "application/cloudevents+json", "application/cloudevents-batch+json", "application/json"
# What stands in the OpenAPI document, which has words neither for lines nor for binary mode.
TAKEN: dict[str, Any] = {
    _PLAIN: {"oneOf": [Envelope, [Envelope]], "description": "in binary mode, the data of the event"},
    _ONE: Envelope,
    _BATCH: [Envelope],
    STREAM: {"type": "string", "description": "an event a line", "x-lines": Envelope},
}
ANSWERED: dict[str, Any] = {"oneOf": [EventSent, EventsSent]}
ANSWERED_LINES: dict[str, Any] = {"type": "string", "description": "a line each, and a summary", "x-lines": Line}
_JSON = re.compile(r"application/json|[^/]+/[^/]+\+json|text/json")
_UTF_8 = ("utf-8", "UTF-8")  # of many spellings those that nearly all use
_NO_ATTRIBUTES = ("data", "datacontenttype")  # the body and its Content-Type are these
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


class Sent(NamedTuple):
    """The events of a request, each as it was sent, and whether they came as a list, to be answered by one."""

    bodies: list[Any]
    is_batch: bool


def is_stream() -> bool:
    """Whether the request holds an event a line, however many. Problem request.charset."""
    _check_charset()
    return request.mimetype == STREAM


def read() -> Sent:
    """The events of the request, one or many.

    Problem request.media_type, request.too_many, event.rejected (a header that can't be read), and those of
    `http.json_body`.
    """
    mimetype = request.mimetype
    if mimetype not in (_ONE, _BATCH) and (attributes := _attributes()):
        return Sent([_binary(attributes)], False)
    if mimetype not in (_ONE, _BATCH, _PLAIN):
        raise Problem("request.media_type", type=mimetype or "-")
    body = http.json_body()
    if mimetype == _ONE or (mimetype == _PLAIN and not isinstance(body, list)):
        return Sent([body], False)
    if not isinstance(body, list):
        raise Problem("request.malformed")
    most = http.settings().max_batch_events
    if len(body) > most:
        raise Problem("request.too_many", most=most)
    return Sent(body, True)


def _check_charset() -> None:
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset in _UTF_8:
        return
    try:
        known = codecs.lookup(charset).name
    except (LookupError, ValueError):
        known = ""
    if known != "utf-8":
        raise Problem("request.charset", charset=charset)


def _attributes() -> dict[str, str]:
    """The headers of binary mode by the name of their attribute."""
    return {name[3:].lower(): value for name, value in request.headers if name[:3].lower() == "ce-"}


def _binary(sent: dict[str, str]) -> dict[str, Any]:
    if request.mimetype and not _JSON.fullmatch(request.mimetype):
        raise Problem("request.media_type", type=request.mimetype)
    event: dict[str, Any] = {}
    findings: list[Finding] = [] if "specversion" in sent else [finding("/specversion", "field.required")]
    for name, header in sent.items():
        # A server joins what is repeated, ours by what no header holds.
        if name in _NO_ATTRIBUTES or "\n" in header:
            findings.append(
                finding(f"/{name}", "attribute.repeated" if "\n" in header else "field.unknown", of_key=True)
            )
        elif (value := _decoded(header)) is None:
            findings.append(finding(f"/{name}", "attribute.encoding"))
        else:
            event[name] = value
    if findings:
        raise Problem("event.rejected", findings)
    if request.content_type:
        event["datacontenttype"] = request.content_type
    if http.body():
        event["data"] = http.json_body()
    return event


def _decoded(header: str) -> str | None:
    """A header's text: quotes taken off, then percent-decoded once (HTTP binding 3.1.3.2); None where it can't be."""
    text = _QUOTED.sub(lambda quoted: re.sub(r"\\(.)", r"\1", quoted[0][1:-1]), header)
    if _BAD_PERCENT.search(text) or not text.isascii():
        return None
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return None
