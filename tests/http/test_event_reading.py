"""Reading at a glance and closely: two ways to read an event, and one meaning."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from schemas.fields import decimal_text
from service import canonical
from service.access import Access
from service.database.transactions import Database
from service.intake import dictionary, reading
from service.intake.dictionary import Dictionary
from service.intake.items import COLUMNS, FORM, Item, covered, form_of
from tests.county import SOURCE, County
from tests.http.test_event_properties import values

SETTINGS = settings(max_examples=300, deadline=None)
ACCESS = Access(1, "sender", frozenset(), frozenset({SOURCE}))
LATEST = datetime(2026, 1, 1, tzinfo=UTC)
TYPE: dict[str, Any] = {
    "title": "Everything",
    "subject": "worker",
    "dated_by": "time",
    "quantity": "hours",
    "fields": {
        "hours": {"kind": "number", "required": False, "between": ["-5", "1000"]},
        "grade": {"kind": "code", "required": False, "codes": ["5", "5.0", "-0", "好"]},
        "note": {"kind": "text", "required": False},
        "on": {"kind": "date", "required": False},
        "done": {"kind": "boolean", "required": True},
    },
}

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00") | st.sampled_from('\\"\t\x1f\x7f 0.5'),
    min_size=1,
    max_size=8,
)
decimals = st.decimals(-5, 1000, places=3)
instants = st.sampled_from(
    ["2025-03-01T09:00:00+08:00", "2025-03-01t01:00:00.5z", "2025-02-28T23:59:59.999999-01:30", "2025-12-31T00:00:00Z"]
)


@st.composite
def right(draw: DrawFn) -> dict[str, Any]:
    """An event that can be accepted, each part of it said in any way that means it."""
    number = draw(decimals)
    data = {
        "hours": draw(st.sampled_from([number, f"{number:.6f}", decimal_text(number), int(number)])),
        "grade": draw(st.sampled_from(TYPE["fields"]["grade"]["codes"])),
        "note": draw(texts | decimals.map(str)),
        "on": draw(st.dates().map(str)),
        "done": draw(st.booleans()),
    }
    kept = draw(st.sets(st.sampled_from(sorted(data)))) | {"done"}
    more = draw(st.dictionaries(st.sampled_from(["traceparent", "x1"]), texts | st.booleans() | st.integers(0, 9)))
    return {
        "specversion": "1.0",
        "id": draw(texts),
        "source": SOURCE,
        **draw(st.sampled_from([{"type": "everything"}, {"type": "of_period", "period": "2025-03"}])),
        "subject": draw(st.sampled_from(["worker/w1", "worker/E-17"])),
        "time": draw(instants),
        "data": {name: value for name, value in data.items() if name in kept},
        **more,
    }


@st.composite
def doubtful(draw: DrawFn) -> dict[str, Any]:
    """The same with one part of it replaced or taken away."""
    said = draw(right())
    name = draw(st.sampled_from([*sorted(said), "period", "datacontenttype", "other"]))
    return (
        {**said, name: draw(values | st.sampled_from([None, "2025-03"]))}
        if draw(st.booleans())
        else {k: v for k, v in said.items() if k != name}
    )


@pytest.fixture(scope="module")
def words(module_url: str, module_database: Database) -> Dictionary:
    """A dictionary that knows an event type with every kind of field, and an alias."""
    county = County.empty(module_url, module_database)
    county.state([], [{"id": "w1"}, {"id": "w2", "aliases": [{"source": SOURCE, "id": "E-17"}]}])
    county.declare({"everything": TYPE, "of_period": {**TYPE, "dated_by": "period"}})
    with module_database.transaction(county.tenant_id) as transaction:
        found = dictionary.current(transaction)
        found.learn(transaction, {(SOURCE, "worker/w1"), (SOURCE, "worker/E-17")})
    return found


def read_both_ways(words: Dictionary, body: dict[str, Any]) -> tuple[bool, Item, Item]:
    glanced, looked = Item(body), Item(body)
    taken = not reading.at_a_glance(words, ACCESS, LATEST.isoformat(timespec="microseconds"), [glanced])
    reading.check(words, ACCESS, LATEST, reading.closely(looked))
    return taken, glanced, looked


def written(item: Item) -> list[Any]:
    """All that a glance and a close look must agree on."""
    return [item.identity, item.digest, item.known_type, item.covered, item.row]


@SETTINGS
@given(body=right())
def test_a_glance_takes_what_is_right_for_what_a_close_look_takes_it(words: Dictionary, body: dict[str, Any]) -> None:
    taken, glanced, looked = read_both_ways(words, body)
    assert (taken, looked.findings) == (True, ())
    assert written(glanced) == written(looked)


@SETTINGS
@given(body=doubtful())
def test_a_glance_takes_nothing_that_a_close_look_refuses(words: Dictionary, body: dict[str, Any]) -> None:
    taken, glanced, looked = read_both_ways(words, body)
    assert taken == (not looked.findings)
    assert not taken or written(glanced) == written(looked)


@SETTINGS
@given(body=right())
def test_what_is_written_down_is_what_is_read_again_later(words: Dictionary, body: dict[str, Any]) -> None:
    """Invariant 5: the digest and what the chain covers can be computed from the stored row."""
    _, item, _ = read_both_ways(words, body)
    assert item.row is not None
    row = dict(zip(COLUMNS, item.row, strict=True))
    data = canonical.parse(str(row["data"]).encode(), 16)
    time = datetime.fromisoformat(str(row["time"]))
    identity = canonical.event_id(body["source"], body["id"])
    assert (item.event_id, row["event_id"]) == (identity, identity.bytes)
    assert item.digest == canonical.content_digest(
        body["type"], body["subject"], time, body.get("period"), body["data"]
    )
    assert item.digest == canonical.content_digest(body["type"], body["subject"], time, body.get("period"), data)
    subject = "worker/w2" if row["sent_subject"] else body["subject"]
    extensions = row["extensions"] and canonical.parse(row["extensions"].encode(), 16)
    said = [body["type"], subject, row["sent_subject"], body.get("period"), data, extensions]
    assert item.covered == covered(identity, item.digest, said)


SAID = ["meeting.held", "worker/w1", None, None, {"household": "5"}, None]


@pytest.mark.parametrize(
    ("place", "other"),
    [(1, "worker/w2"), (2, "worker/w1"), (3, "2025"), (3, "2025.0"), (4, {"household": "5.0"}), (5, {"batch": "1"})],
)
def test_what_a_digest_takes_for_the_same_the_chain_tells_apart(place: int, other: Any) -> None:
    """Invariant 15: the digest of the content may be the same of both."""
    said = [*SAID[:1], "worker/w1", "worker/E-17", *SAID[3:]] if place == 1 else SAID
    changed = [*said[:place], other, *said[place + 1 :]]
    identity, digest = UUID(int=1), bytes(32)
    for form in (1, FORM):
        assert covered(identity, digest, said, form) != covered(identity, digest, changed, form)


def test_of_most_events_the_chain_covers_identity_and_digest_alone() -> None:
    assert covered(UUID(int=1), bytes(32), SAID) == bytes(15) + b"\1" + bytes(33)
    assert covered(UUID(int=1), bytes(32), SAID, form=1) == (
        bytes(15) + b"\1" + bytes(32) + b'["meeting.held","worker/w1",null,null,{"household":"5"},null]\0'
    )


def test_an_entry_that_names_no_form_is_of_the_first() -> None:
    assert [form_of(detail) for detail in ({"events": 1}, {"events": 1, "form": 2}, [], None)] == [1, 2, 1, 1]
