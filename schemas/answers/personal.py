"""What erasure answers."""

from marshmallow import Schema

from schemas.answers import keys


class Erased(Schema):
    """How much there was to erase."""

    names = keys.whole("1: a name or a phone number was kept")
    aliases = keys.whole()
    reasons = keys.whole("emptied, or the name left out of them")
    rejections = keys.whole()
    answers = keys.whole("kept answers of commands")


class PersonErased(Schema):
    """A worker whose identity is gone."""

    worker = keys.text()
    erased = keys.inside(Erased)
