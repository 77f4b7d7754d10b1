"""What several answers say of where their numbers come from, and how they say a sentence."""

from marshmallow import Schema

from schemas.answers import keys

STATES = ("open", "closing", "provisional", "final")


class Sentence(Schema):
    """The same in Chinese and in English."""

    zh = keys.text()
    en = keys.text()


class Version(Schema):
    """A version of a rulebook."""

    id = keys.text()
    version = keys.text("its label")
    hash = keys.digest("SHA-256 of its canonical form: what it is")


class InputRevised(Schema):
    """A result that was read, and that was revised since or is about to be."""

    rulebook = keys.text()
    period = keys.period()
    revision = keys.whole("the revision that was read")
    newest = keys.whole("the newest one")
    state = keys.word(*STATES)


class Document(Schema):
    """The document that says what was imported."""

    document = keys.text()


class Head(Schema):
    """Where the numbers come from: a revision where there is one, or else the standing up to a position."""

    period = keys.period()
    rulebook = keys.inside(Version)
    state = keys.word(*STATES)
    watermark = keys.whole("the position up to which events and the roster count")
    revision = keys.whole("of a revision: its number", seldom=True)
    digest = keys.digest("of a revision: SHA-256 of all its results", seldom=True)
    imported = keys.inside(Document, "where the results were imported", seldom=True)


class HeadOfResults(Head):
    """The same, and which results that it read were revised since."""

    inputs_revised = keys.many(InputRevised, "of a revision", seldom=True)
