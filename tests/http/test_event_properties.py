"""POST /v1/events whatever the body: an answer below 500, and nothing written unless it says `created`."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.county import County, visit
from tests.http.asking import written

SETTINGS = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CONTENT_TYPES = st.sampled_from(
    ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json"]
)

# Joined by hand: an alphabet that is a union would hardly ever hold the characters that make trouble.
awkward = st.sampled_from("\ud800\udfff\x00/~_ 0")
anything = st.lists(st.characters(exclude_categories=()) | awkward, max_size=6).map("".join)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals(allow_nan=False).map(str) | anything,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(anything, inner, max_size=4),
    max_leaves=12,
)
attributes = st.sampled_from(["id", "source", "type", "subject", "time", "period", "data", "specversion", "x1"])


@st.composite
def nearly_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event of a known type with some of its attributes, or fields of data, replaced by anything."""
    said: dict[str, Any] = visit("w1", draw(anything) or "h1")
    for name in draw(st.lists(attributes, max_size=2)):
        said[name] = draw(values)
    if isinstance(said["data"], dict):
        said["data"] = {**said["data"], **draw(st.dictionaries(anything, values, max_size=2))}
    for name in draw(st.lists(st.sampled_from(sorted(said)), max_size=1)):
        del said[name]
    return said


def assert_answered(county: County, body: str | bytes, content_type: str) -> None:
    """The answer is no failure, and what it says is what was written."""
    before = written(county)
    answer = county.sender.post_text("/v1/events", body, content_type)
    assert answer.status_code < 500, (body, answer.text)
    results = [item["result"] for item in answer.json.get("items", [answer.json]) if "result" in item]
    created = results.count("created")
    assert written(county) == (before[0] + created, before[1] + bool(created))


@SETTINGS
@given(body=values, content_type=CONTENT_TYPES)
def test_any_json_value_is_answered(shared: County, body: Any, content_type: str) -> None:
    """Invariant 1: 4xx means no event and no change of state."""
    assert_answered(shared, json.dumps(body), content_type)


@SETTINGS
@given(events=st.lists(nearly_events(), min_size=1, max_size=4))
def test_any_list_of_nearly_events_is_answered(shared: County, events: list[dict[str, Any]]) -> None:
    """Invariant 1: what is refused leaves nothing, what is created is there."""
    assert_answered(shared, json.dumps(events), "application/json")


@SETTINGS
@given(body=st.binary(max_size=64), content_type=CONTENT_TYPES)
def test_any_bytes_are_answered(shared: County, body: bytes, content_type: str) -> None:
    """Invariant 1: 4xx means no event and no change of state."""
    assert_answered(shared, body, content_type)
