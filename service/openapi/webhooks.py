"""What is sent to those who asked to be told: the shape of the message of each type."""

from marshmallow import Schema

from schemas.answers.webhooks import MESSAGES, TEST_MESSAGE

WEBHOOKS: dict[str, type[Schema]] = {**MESSAGES, "jifen.webhook.test": TEST_MESSAGE}
