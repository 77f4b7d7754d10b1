"""What is sent to those who asked to be told: the shape of the message of each type."""

from marshmallow import Schema

WEBHOOKS: dict[str, type[Schema]] = {}
