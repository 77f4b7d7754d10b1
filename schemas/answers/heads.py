"""What stands at the head of whatever is shown of a period: where its numbers come from."""

from marshmallow import Schema, fields


class _Version(Schema):
    id = fields.String(required=True)
    version = fields.String(required=True)
    hash = fields.String(required=True, metadata={"description": "SHA-256 of the canonical form, in hexadecimal"})


class _Imported(Schema):
    document = fields.String(required=True, metadata={"description": "the document that says these results"})


class Head(Schema):
    """Rulebook, state, and the revision or the position up to which events count."""

    period = fields.String(required=True)
    rulebook = fields.Nested(_Version, required=True)
    state = fields.String(required=True, metadata={"description": "open, closing, provisional or final"})
    watermark = fields.Integer(required=True, metadata={"description": "the last position that counts"})
    revision = fields.Integer(metadata={"description": "of what is published"})
    digest = fields.String(metadata={"description": "of what is published"})
    imported = fields.Nested(_Imported, metadata={"description": "of results of years before"})
