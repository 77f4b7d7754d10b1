"""Mutations: valid events and bodies, some of their attributes, keys, values or bytes changed, by chance alone."""

import random
from collections.abc import Callable
from typing import Any

from tests.faults.bodies.writing import Pairs, Raw
from tests.faults.load import some_event

Event = dict[str, Any]
Change = Callable[[random.Random, Event], Any]

_NUMBERS = [
    *(b"5", b"4.50", b"4.5000000", b"0", b"-0", b"-0.0", b"0e0", b"5e0", b"50e-1", b"1E+0", b"1e400", b"1e-400"),
    *(b"1e999999999", b"1e-7", b"4.0000001", b"3.1000000000000000055511151231257827", b"4.9999999999999999999999999"),
    *(b"123456789012345678", b"1234567890123456789", b"9" * 400, b"9" * 5000, b"0." + b"3" * 400),
    *(b"NaN", b"Infinity", b"-Infinity", b"01", b"1.", b".5", b"+1", b"1_0", b"0x1", b"1e", b"--1", b"\xef\xbc\x95"),
]
_TEXTS = [
    *(rb'"\ud800"', rb'"\udc00\ud800"', rb'"\ud83d\ude00"', rb'"h\u0000"', b'"\x00"', b'"\n"', rb'"\n"', rb'"\x41"'),
    *(
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\xc0\xaf"',
        b'"\xf4\x90\x80\x80"',
        b'"\xef\xbf\xbf"',
        b'"\xef\xbb\xbfh"',
        b"'h'",
    ),
    *('"é"'.encode(), b'"e\xcc\x81"', '"\u202eh"'.encode(), '"\u2028"'.encode(), '"入户"'.encode(), b'""', b'" "'),
    *(b'"' + b"h" * 256 + b'"', b'"' + b"h" * 2001 + b'"', b'"h', rb'"\"', rb'"\u12"', rb'"\/"', rb'"\u0068"'),
]
_OTHERS = [
    b"null",
    b"true",
    b"false",
    b"{}",
    b"[]",
    b"[[]]",
    b'{"a": 1}',
    b"nul",
    b"",
    b"[" * 20 + b"]" * 20,
    b"{" * 500,
]
_DECIMAL_TEXTS = [
    "5",
    "4.50",
    "05",
    " 5",
    "5 ",
    "+5",
    "5.",
    ".5",
    "1e0",
    "NaN",
    "Infinity",
    "1_0",
    "４",
    "4.0000001",
    "-0",
]
_TIMES = [
    *("2025-03-10T01:00:00Z", "2025-03-10t01:00:00z", "2025-03-10T09:00:00+08:00", "2025-03-10T01:00:00-00:00"),
    *("2025-02-29T09:00:00Z", "2024-02-29T09:00:00Z", "2025-03-10T09:00:60Z", "2025-03-10T24:00:00Z"),
    *("2025-03-10T09:00:00", "2025-03-10 09:00:00Z", "2025-03-10T09:00Z", "20250310T090000Z", "2025-W11-1T09:00:00Z"),
    *("2025-03-10T09:00:00.1234567Z", "2025-03-10T09:00:00.123456Z", "2025-03-10T09:00:00,5Z", "2025-03-10T09:00:00.Z"),
    *("2025-03-10T09:00:00+24:00", "2025-03-10T09:00:00+08:60", "2025-03-10T09:00:00+0800", "2025-03-10T09:00:00+8"),
    *("0000-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "12025-03-10T09:00:00Z"),
    *("1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "٢٠٢٥-03-10T09:00:00Z", "infinity", "now", "1741597200", ""),
]
_SUBJECTS = [
    "worker/w2",
    "organisation/east",
    "worker/",
    "worker/w1/",
    "Worker/w1",
    "w1",
    "/w1",
    "worker//w1",
    "worker/w1 ",
]
_PERIODS = [
    "2025",
    "2025-03",
    "2025-Q1",
    "2025-H2",
    "2025-13",
    "2025-Q5",
    "25",
    "9999",
    "2025-3",
    "２０２５",
    "2025-03\n",
]
_VALUES: dict[str, list[Any]] = {
    "time": _TIMES,
    "subject": _SUBJECTS,
    "period": _PERIODS,
    "type": ["visit.done", "rating.resident", "assess.annual", "no.such", "Visit.Done", "violation.complaint"],
    "source": ["grid-app", "other", "grid-app "],
    "specversion": ["1.0", "0.3", "1.1", 1.0],
    "id": ["i" * 255, "i" * 256, "\u200b"],
    "data": [{"stars": "4"}, {"household": "h"}, {"points": 50}, {}, "text", [1]],
}
_ATTRIBUTES = [*_VALUES, "datacontenttype", "dataschema", "data_base64"]
_EXTENSIONS = [
    "traceparent",
    "x1",
    "X1",
    "a_b",
    "a" * 20,
    "a" * 21,
    "",
    "é",
    "id ",
    "ID",
    Raw(rb'"\ud800"'),
    Raw(rb'"\u0000"'),
]
_PIECES = [
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\n",
]
_PIECES += [
    b"\xef\xbb\xbf",
    b"\xc2\xa0",
    b"\x0b",
    b"e9",
    b"-",
    b".",
    b"0",
    b"1",
    b"null",
    b"NaN",
    b"//",
    b'"id": "x", ',
]
_ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-8-sig", "gb18030", "utf-7"]


def value(dice: random.Random) -> Any:
    """A value that may make trouble."""
    return Raw(dice.choice(dice.choice([_NUMBERS, _TEXTS, _OTHERS])))


def plain(dice: random.Random, event: Event) -> Any:
    """Nothing is changed."""
    return event


def attribute(dice: random.Random, event: Event) -> Any:
    """One attribute says something else."""
    name = dice.choice(_ATTRIBUTES)
    said = dice.choice(_VALUES[name]) if name in _VALUES and dice.random() < 0.6 else value(dice)
    return {**event, name: said}


def field(dice: random.Random, event: Event) -> Any:
    """One field of its data says something else."""
    name = dice.choice([*event["data"], "stars", "household", "x"])
    said = dice.choice(_DECIMAL_TEXTS) if dice.random() < 0.3 else value(dice)
    return {**event, "data": {**event["data"], name: said}}


def lacking(dice: random.Random, event: Event) -> Any:
    """An attribute is left out."""
    without = dice.choice(list(event))
    return {name: said for name, said in event.items() if name != without}


def extended(dice: random.Random, event: Event) -> Any:
    """An attribute that nobody knows."""
    said = "known" if dice.random() < 0.4 else value(dice)
    return Pairs([*event.items(), (dice.choice(_EXTENSIONS), said)])


def twice(dice: random.Random, event: Event) -> Any:
    """A key stands twice, perhaps written in another way, in the event or in its data."""
    within = bool(event["data"]) and dice.random() < 0.4
    pairs = list((event["data"] if within else event).items())
    name, said = dice.choice(pairs)
    written: Any = Raw(b'"' + b"".join(b"\\u%04x" % ord(character) for character in name) + b'"')
    again = (dice.choice([name, written]), dice.choice([said, value(dice)]))
    pairs.insert(dice.randrange(len(pairs) + 1), again)
    return {**event, "data": Pairs(pairs)} if within else Pairs(pairs)


def swapped(dice: random.Random, event: Event) -> Any:
    """Two attributes have each other's value."""
    one, other = dice.sample(list(event), 2)
    return {**event, one: event[other], other: event[one]}


def wrapped(dice: random.Random, event: Event) -> Any:
    """It isn't where it should be."""
    return dice.choice([[event], [[event]], {"event": event}, {"events": [event]}, [], None, 1, "text", {}])


CHANGES: tuple[Change, ...] = (plain, attribute, field, lacking, extended, twice, swapped, wrapped)
WEIGHTS = (6, 5, 5, 1, 3, 2, 1, 1)


def events(dice: random.Random, number: int, earlier: list[Event], many: bool) -> list[Any]:
    """Some events, new ones and such as were sent `earlier`, each as it is or changed."""
    found: list[Any] = []
    for _ in range(dice.choice([1, 1, 2, 3, 6]) if many else 1):
        known = earlier and dice.random() < 0.35
        if known:
            event = dice.choice(earlier)
        else:
            event = some_event(dice, number)
            event["id"] = f"{number}-{len(found)}" + dice.choice(["", "户", "😀"])
            earlier.append(event)
            del earlier[:-50]
        [change] = dice.choices(CHANGES, WEIGHTS) if not known or dice.random() < 0.6 else [plain]
        found.append(change(dice, event))
    if many and dice.random() < 0.1:
        found.append(dice.choice(found))
    return found


def bytes_of(dice: random.Random, body: bytes) -> bytes:
    """The body, a few of its bytes changed."""
    for _ in range(dice.choice([1, 1, 1, 2, 5])):
        place = dice.randrange(len(body) + 1)
        end = min(len(body), place + dice.choice([1, 1, 2, 8, 40]))
        match dice.randrange(7):
            case 0:
                body = body[:place] + bytes([dice.randrange(256)]) + body[place + 1 :]
            case 1:
                body = body[:place] + body[end:]
            case 2:
                body = body[:place] + dice.choice(_PIECES) + body[place:]
            case 3:
                body = body[:end] + body[place:end] + body[end:]
            case 4:
                body = body[:place]
            case 5:
                body = body.decode("utf-8", "replace").encode(dice.choice(_ENCODINGS), "replace")
            case 6:
                body = body[:place] + body[end:] + body[place:end]
    return body
