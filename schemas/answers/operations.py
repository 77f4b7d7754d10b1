"""What those who run the service read."""

from marshmallow import Schema

from schemas.answers import keys


class Healthy(Schema):
    """The process answers."""

    status = keys.word("ok")
    version = keys.text()


class Readiness(Schema):
    """Whether the database answers and has the schema that this code needs."""

    status = keys.word("ready", "not ready", "stopping")
    schema = keys.whole("the schema that the database has; null: it doesn't answer", null=True)
    needs = keys.whole("the schema that this code needs")
