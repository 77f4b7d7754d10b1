"""What is sent to those who asked to be told: a name and a shape for each kind of message."""

from typing import NamedTuple

from marshmallow import Schema


class Webhook(NamedTuple):
    """A message: in a sentence when it is sent, and its shape."""

    summary: str
    shape: type[Schema]


WEBHOOKS: dict[str, Webhook] = {}
