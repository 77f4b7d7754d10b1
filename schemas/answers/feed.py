"""What the feed answers: a page of CloudEvents."""

from marshmallow import Schema, fields


class _Links(Schema):
    rulebook = fields.String(metadata={"description": "the version"})
    results = fields.String(metadata={"description": "the ranking of the revision"})
    run = fields.String(metadata={"description": "the revision with everything that it depends on"})
    diff = fields.String(metadata={"description": "who moved against the revision before; of no first revision"})
    result = fields.String(
        metadata={"description": "the subject's result; of one left out, that in the revision before"}
    )
    event = fields.String(metadata={"description": "the event that was taken back"})


class _Data(Schema):
    rulebook = fields.String()
    version = fields.String(metadata={"description": "of the rulebook"})
    hash = fields.String(metadata={"description": "SHA-256 of the rulebook's canonical form, in hexadecimal"})
    period = fields.String()
    revision = fields.Integer()
    run = fields.Integer()
    kind = fields.String(metadata={"description": "how the revision came about: computation, completion or import"})
    digest = fields.String(metadata={"description": "of the run's results, in hexadecimal"})
    subject = fields.String(metadata={"description": "worker/<id> or organisation/<id>"})
    outcome = fields.String(metadata={"description": "the id that the rulebook gives it"})
    change = fields.String(
        metadata={"description": "changed; taken_in or left_out where only one of the two revisions has the subject"}
    )
    event = fields.UUID()
    type = fields.String(metadata={"description": "of the event that was taken back"})
    replaced_by = fields.UUID(allow_none=True, metadata={"description": "of an amendment, the event in its place"})
    links = fields.Nested(_Links, metadata={"description": "where to read more, relative to the service's address"})


class FeedItem(Schema):
    """A CloudEvent 1.0."""

    specversion = fields.String(required=True, metadata={"description": "1.0"})
    id = fields.String(required=True, metadata={"description": "with source an identity for ever"})
    source = fields.String(required=True, metadata={"description": "urn:jifen:<tenant>"})
    type = fields.String(required=True, metadata={"description": "jifen.<what>.<happened>; says which data there are"})
    subject = fields.String(
        required=True,
        metadata={"description": "worker/<id>, organisation/<id>, rulebook/<id>@<version>, period/<rulebook>/<period>"},
    )
    time = fields.DateTime(required=True, metadata={"description": "when it was written"})
    datacontenttype = fields.String(required=True, metadata={"description": "application/json"})
    sequence = fields.String(required=True, metadata={"description": "grows in the order of the feed, as text"})
    data = fields.Nested(_Data, required=True)


class FeedPage(Schema):
    """What happened after a cursor, in order."""

    items = fields.List(fields.Nested(FeedItem), required=True, metadata={"description": "empty at the end"})
    next = fields.String(required=True, metadata={"description": "the cursor to go on with; never null"})
