"""The journal, as it is answered."""

from marshmallow import Schema

from schemas.answers import keys


class Change(Schema):
    """A thing that was changed, as it was before and after; of a worker's personal data salted hashes."""

    of = keys.text("what it is, as kind/id")
    before = keys.free("null: there was nothing", null=True)
    after = keys.free("null: there is nothing any more", null=True)


class Entry(Schema):
    """One write: who did what, when, why."""

    position = keys.whole("the first that it has")
    size = keys.whole("how many positions it has: one for each of its events")
    action = keys.text()
    actor = keys.text()
    recorded_at = keys.moment()
    request_id = keys.text("of the request; - where there was none")
    reason = keys.text("empty: it was erased; null: none was asked for", null=True)
    detail = keys.free("what the entry says; nothing personal")
    changed = keys.whole("how many things it changed")
    changes = keys.many(Change, "in a list the first 20")
    digest = keys.digest("covers all of it but the text of the reason")


class EntryPage(Schema):
    """A page of entries, the newest first."""

    items = keys.many(Entry)
    next = keys.following()
