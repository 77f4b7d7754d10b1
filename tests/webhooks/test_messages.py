"""What is sent is what the documentation says: a message of every type fits the shape of its type."""

import json
import re
from itertools import groupby
from typing import Any

from marshmallow import Schema

from schemas.answers.webhooks import MESSAGES, TEST_MESSAGE
from tests.county import NEXT_YEAR, County
from tests.http.test_feed import corrected
from tests.webhooks.receiver import Receiver
from tests.webhooks.telling import deliver, subscribe

STAFF = {"organisation": "east", "post": "staff", "from": "2024-01-01"}


def fits(shape: type[Schema], message: dict[str, Any]) -> None:
    """Every key, and no other."""
    assert shape().validate(message) == {}, message


def test_a_message_of_every_type_fits_its_shape_and_is_thin(told: County, receiver: Receiver) -> None:
    hook = subscribe(told, receiver.url, *MESSAGES)
    told.hr.put("/v1/workers/w1", {"name": "a name that stays at home", "assignments": [STAFF]})
    told.rule(NEXT_YEAR)
    corrected(told)
    told.hr.post("/v1/periods/2025-03/finalise")
    told.hr.post(f"/v1/webhooks/{hook['webhook']}/test")
    deliver(told)
    sent = [json.loads(message.body) for message in receiver.arrived]
    *of_the_feed, test = sorted(sent, key=lambda message: (message["type"] == "jifen.webhook.test", message["type"]))
    fits(TEST_MESSAGE, test)
    by_type = {type_: list(messages) for type_, messages in groupby(of_the_feed, lambda message: message["type"])}
    assert set(by_type) == set(MESSAGES)
    for type_, messages in by_type.items():
        for message in messages:
            fits(MESSAGES[type_], message)
    bodies = "".join(message.body.decode() for message in receiver.arrived)
    assert "stays at home" not in bodies
    assert "entered in error" not in bodies
    assert max(len(message.body) for message in receiver.arrived) < 2000
    assert re.findall(r"total|points", bodies) == []


def test_links_lead_to_what_is_told(told: County, receiver: Receiver) -> None:
    subscribe(told, receiver.url, *MESSAGES)
    corrected(told)
    deliver(told)
    said = [json.loads(message.body)["data"].get("links", {}) for message in receiver.arrived]
    links = {link for of_one in said for link in of_one.values()}
    assert len(links) > 5
    for link in links:
        assert told.hr.get(link).status_code == 200, link
