"""Binary mode: the attributes of an event in headers, as careful and careless senders write them, and read strictly."""

import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.faults.bodies import strict
from tests.faults.bodies.forms import Request, read_plain
from tests.faults.bodies.writing import Pairs, Raw, text

_NAME = re.compile(r"[A-Za-z0-9_-]*")  # others never get through a server
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MEDIA_TYPES = ("application/json", "application/json; charset=utf-8", "application/vnd.grid+json", "", "text/plain")
_BROKEN = ("%", "%4", "%zz", "%FF", "%C0%AF", "%ED%A0%80", "%00", "é", "%2541", '"', r'"\"q\" %41"')
_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")


def write(dice: random.Random, events: list[Any]) -> Request:
    """The event in headers and its data in the body; what has no attributes is the body alone."""
    [event] = events
    if not isinstance(event, dict | Pairs):
        return Request("application/json", text(event))
    pairs = list(event.items()) if isinstance(event, dict) else event.pairs
    data = [text(said) for name, said in pairs if name == "data"]
    sent = [(name, said) for name, said in pairs if _is_name(name) and (name != "data" or dice.random() < 0.02)]
    headers = [(name, _value(dice, said)) for name, said in sent]
    if headers and dice.random() < 0.2:
        place = dice.randrange(len(headers))
        name, said = headers[place]
        match dice.randrange(3):
            case 0:
                headers[place] = (name, said + dice.choice(_BROKEN))
            case 1:
                headers.append((dice.choice([name, name.upper()]), dice.choice([said, "other"])))
            case 2:
                headers[place] = (name, dice.choice(_BROKEN))
    [media_type] = dice.choices(_MEDIA_TYPES, (12, 2, 2, 1, 1))
    return Request(media_type, b"".join(data[:1]), tuple((f"ce-{name}", said) for name, said in headers))


def read(request: Request) -> list[Any]:
    """The event; Doubt where a header isn't percent-encoded UTF-8, stands twice, or has no place there."""
    if not request.attributes:
        return read_plain(request)
    event: dict[str, Any] = {}
    for header, said in request.attributes:
        name = header.removeprefix("ce-").lower()
        if name in event or name in ("data", "datacontenttype"):
            raise strict.Doubt(f"the header of {name!a}")
        event[name] = _decoded(said)
    if "specversion" not in event:
        raise strict.Doubt("is no CloudEvent without specversion")
    if request.media_type:
        event["datacontenttype"] = request.media_type
    if request.body:
        event["data"] = strict.read(request.body)
    return [event]


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and bool(_NAME.fullmatch(name))


def _value(dice: random.Random, said: Any) -> str:
    if isinstance(said, Raw):
        said = said.text.decode("latin-1")
    elif not isinstance(said, str):
        said = text(said).decode("latin-1")
    if dice.random() < 0.9:
        return quote(said, safe=dice.choice(["/:+", "", "/:+ ,@"]), errors="surrogatepass")
    return _UNSENDABLE.sub("", said.encode("utf-8", "surrogatepass").decode("latin-1")).strip()


def _decoded(said: str) -> str:
    """Quotes off, then percent-decoded once (CloudEvents, HTTP binding 3.1.3.2; RFC 7230, 3.2.6)."""
    try:
        unquoted = "".join(_unquoted(said)).encode("ascii")
        pieces = _ESCAPED.split(unquoted)
        if any(b"%" in piece for piece in pieces[::2]):
            raise strict.Doubt(f"the percent signs of {said!a}")
        pieces[1::2] = [bytes.fromhex(piece.decode()) for piece in pieces[1::2]]
        return b"".join(pieces).decode("utf-8")
    except UnicodeError as error:
        raise strict.Doubt(str(error)) from None


def _unquoted(said: str) -> Iterator[str]:
    place = 0
    while place < len(said):
        end = _end_of_quotes(said, place) if said[place] == '"' else 0
        if not end:
            yield said[place]
            place += 1
            continue
        place += 1
        while place < end - 1:
            place += said[place] == "\\"
            yield said[place]
            place += 1
        place = end


def _end_of_quotes(said: str, start: int) -> int:
    """Behind the quotes that begin there; 0 where they never end."""
    place = start + 1
    while place < len(said):
        if said[place] == '"':
            return place + 1
        place += 2 if said[place] == "\\" else 1
    return 0
