"""Versions of rulebooks as they are answered: headers, documents, print-outs and differences."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.heads import Sentence
from schemas.answers.problems import Found


class Drafted(Schema):
    """The header of a version, and what is odd in it."""

    rulebook = keys.text()
    version = keys.text()
    hash = keys.digest("SHA-256 of its canonical form: what it is")
    findings = keys.many(Found, "what is odd")


class Published(Schema):
    """A version that rules now."""

    rulebook = keys.text()
    version = keys.text()
    published_by = keys.text()


class CasesKept(Schema):
    """The cases of a draft."""

    rulebook = keys.text()
    version = keys.text()
    cases = keys.digest("SHA-256 of their text")
    count = keys.whole()


class VersionListed(Schema):
    """A version without its document."""

    id = keys.text()
    version = keys.text()
    hash = keys.digest()
    title = keys.text()
    effective_from = keys.period()
    drafted_by = keys.text()
    published_by = keys.text("null: a draft", null=True)


class Versions(Schema):
    """All versions."""

    items = keys.many(VersionListed)
    next = keys.following()


class GroundsKept(Schema):
    """Why a version rules periods that had ended."""

    reason = keys.text()
    document = keys.text()


class VersionWithDocument(Schema):
    """A version with its document."""

    rulebook = keys.text()
    version = keys.text()
    hash = keys.digest()
    drafted_by = keys.text()
    published_by = keys.text("null: a draft", null=True)
    grounds = keys.inside(GroundsKept, null=True)
    document = keys.free("as docs/rulebook.schema.json says, every scalar as text")


class ArticlePrinted(Schema):
    """A numbered sentence of the print-out."""

    number = keys.whole()
    pointer = keys.text("where it stands in the document")
    chapter = keys.inside(Sentence)
    zh = keys.text()
    en = keys.text()


class Printed(Schema):
    """A version as a regulation."""

    rulebook = keys.text()
    version = keys.text()
    title = keys.text()
    items = keys.many(ArticlePrinted)


class Said(Schema):
    """One difference by meaning."""

    what = keys.word("new", "gone", "changed", "order")
    key = keys.text("of what is changed: which clause")
    from_ = keys.text("where it stands in the other version", null=True, as_="from")
    to = keys.text("where it stands in this one", null=True)
    before = keys.inside(Sentence, null=True)
    after = keys.inside(Sentence, null=True)
    zh = keys.text()
    en = keys.text()


class SaidOtherwise(Schema):
    """What a version says otherwise than another one."""

    items = keys.many(Said)
    next = keys.following()
