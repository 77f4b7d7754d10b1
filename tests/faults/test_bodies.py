"""Broken bodies, many: never a failure, an answer that can be relied on, nothing half-written, and no doubtful reading.

JIFEN_FAULT_BODIES says how many; a body that was found can be had again by JIFEN_FAULT_SEED.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.county import Client, County
from tests.faults import checker
from tests.faults.bodies import strict
from tests.faults.bodies.forms import Request
from tests.faults.bodies.fuzzing import fuzz
from tests.faults.bodies.judge import Answer, Judge, Send
from tests.faults.sizes import BODIES, SEED, tell

_FEW = 300  # for what is wrong on purpose


def to(client: Client) -> Send:
    """Sends to the application, without a network."""

    def send(request: Request) -> Answer:
        attributes: dict[str, str] = {}
        for name, said in request.attributes:
            key = "HTTP_" + name.upper().replace("-", "_")
            # Our server joins what is repeated by the end of a line.
            attributes[key] = f"{attributes[key]}\n{said}" if key in attributes else said
        answer = client._send(
            "POST",
            f"/v1/events?{request.query}",
            {"Content-Type": request.media_type} if request.media_type else {},
            data=request.body,
            environ_overrides=attributes,
        )
        return Answer(answer.status_code, answer.content_type, answer.get_data())

    return send


def judged(county: County, send: Send, bodies: int, seed: int) -> Judge:
    """The judge, after everything was sent and compared with what is stored."""
    judge = fuzz(send, bodies, seed)
    judge.compare(checker.stored(county.url, county.tenant_id))
    return judge


def test_no_broken_body_makes_a_failure_a_half_or_a_guess(county: County, pytestconfig: pytest.Config) -> None:
    """Invariants 1 and 2: 4xx means no event, what is created is stored as it was sent, known ones are known."""
    judge = judged(county, to(county.sender), BODIES, SEED)
    seen = Counter(judge.results)
    counts = ", ".join(f"{count} {result}" for result, count in seen.most_common())
    tell(pytestconfig, f"{BODIES} bodies, seed {SEED}: {counts}")
    assert not judge.wrong, "\n".join(judge.wrong)
    county.ranking("2025-03")  # seals
    assert checker.broken_journal(county.url, county.tenant_id) == []
    assert min(seen[result] for result in ("created", "duplicate", "conflict", "rejected")) > BODIES / 200
    assert seen["request.malformed"] > BODIES / 10


def _lenient(send: Send) -> Send:
    """Reads as the careless do, the last of two keys and floats, and passes on what it understood."""

    def lenient(request: Request) -> Answer:
        text = request.body.decode("utf-8", "replace").replace("\x00", "").replace("\\u0000", "")
        try:
            understood = json.dumps(json.loads(text))
        except (ValueError, RecursionError):
            return send(request)
        return send(request._replace(body=understood.encode()))

    return lenient


def _answering(change: Callable[[Answer], Answer], one_in: int = 1) -> Callable[[Send], Send]:
    """Tells something else than the service, now and then."""

    def flawed(send: Send) -> Send:
        sent = iter(range(10**9))
        return lambda request: change(send(request)) if next(sent) % one_in == 0 else send(request)

    return flawed


def _refusing(answer: Answer) -> Answer:
    body = {"type": "x", "title": "x", "status": 422, "code": "event.rejected", "request_id": "x"}
    return Answer(422, "application/problem+json", json.dumps(body).encode()) if answer.status == 201 else answer


def _asking(before: str, after: str) -> Callable[[Send], Send]:
    """Asks the service for something else than the sender did."""
    return lambda send: lambda request: send(request._replace(query=request.query.replace(before, after)))


def _careless_of_extensions(send: Send) -> Send:
    """Keeps something else than what a sender added."""
    return lambda request: send(request._replace(body=request.body.replace(b'"x1": "known"', b'"x1": 7')))


def _hasty(send: Send) -> Send:
    """Takes the last of two headers, and decodes what can't be decoded somehow."""

    def hasty(request: Request) -> Answer:
        headers = {name.lower(): quote(unquote(said)) for name, said in request.attributes}
        return send(request._replace(attributes=tuple(headers.items())))

    return hasty


_CONFLICT = b'"conflict","errors":[{"pointer":"","code":"event.conflict","detail":"other content"}]'
FLAWS: dict[str, Callable[[Send], Send]] = {
    "was read though it is doubtful": _lenient,
    "never answered created": _answering(_refusing, 5),
    "sender can be blamed for": _answering(lambda answer: answer._replace(status=500), 50),
    "code that isn't known": _answering(lambda a: a._replace(body=a.body.replace(b"malformed", b"misread"))),
    "error that isn't one": _answering(lambda a: a._replace(body=a.body.replace(b'"pointer":"/', b'"pointer":"'))),
    "answers to": _answering(
        lambda a: a._replace(body=a.body.replace(b'"items":[', b'"items":[{"result":"created"},'))
    ),
    "isn't stored": _answering(lambda a: a._replace(body=a.body.replace(b'"rejected"', b'"created"'))),
    "and was unknown": _answering(lambda a: a._replace(body=a.body.replace(b'"created"', b'"duplicate"'))),
    "means something else": _answering(lambda a: a._replace(body=a.body.replace(b'"conflict"', b'"duplicate"'))),
    "is the same": _answering(lambda a: a._replace(body=a.body.replace(b'"duplicate"', _CONFLICT))),
    "is no answer": _answering(lambda a: a._replace(body=b"<html>")),
    "is stored, and was never": _asking("dry_run=true", "dry_run=false"),
    "some of all or none": _asking("atomic=true", "atomic=false"),
    "no reason to abort": _answering(lambda a: a._replace(body=a.body.replace(b'"aborted"', b'"created"'))),
    "other lines were told": _answering(lambda a: a._replace(body=re.sub(rb'^{"line":1,.*\n', b"", a.body))),
    "summary that isn't": _answering(lambda a: a._replace(body=re.sub(rb'd":\d,"l', b'd":9,"l', a.body))),
    "is stored as": _careless_of_extensions,
    "binary was read though": _hasty,
}


@pytest.mark.parametrize("found", FLAWS)
def test_the_judge_finds_a_service_with_a_flaw(county: County, found: str) -> None:
    judge = judged(county, FLAWS[found](to(county.sender)), _FEW, 1)
    assert any(found in wrong for wrong in judge.wrong), judge.wrong[:3]


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 1}',
        b'{"a": 1, "\\u0061": 1}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": NaN}',
        b"{'a': 1}",
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_the_strict_reader_doubts_a_body(body: bytes) -> None:
    with pytest.raises(strict.Doubt):
        strict.read(body)


@pytest.mark.parametrize("text", [r'"\ud800"', r'"\u0000"', r'{"\udc00": 1}', "1e18", "1e-7", "[0.1234567]"])
def test_the_strict_reader_doubts_a_value(text: str) -> None:
    assert list(strict.doubts(strict.read(text.encode()))) != []


@pytest.mark.parametrize(
    "text", ["0e999", "-0.0", "1.50000000", "123456789012345678.123456", r'"\ud83d\ude00"', "1e17"]
)
def test_the_strict_reader_takes_what_is_clear(text: str) -> None:
    assert list(strict.doubts(strict.read(text.encode()))) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"stars": Decimal("4.50")}, {"stars": "4.5"}, True),
        ({"stars": Decimal(1)}, {"stars": True}, False),
        ({"stars": "1e0"}, {"stars": Decimal(1)}, False),
        ({"stars": None}, {}, False),
    ],
)
def test_the_strict_reader_tells_contents_apart(one: Any, other: Any, same: bool) -> None:
    event = {"type": "t", "subject": "worker/w1", "time": "2025-03-10T09:00:00+08:00"}
    moved = {**event, "time": "2025-03-10T01:00:00Z"}
    assert (strict.meaning({**event, "data": one}) == strict.meaning({**moved, "data": other})) is same
