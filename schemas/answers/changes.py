"""What is answered of the changes between two revisions of a period."""

from marshmallow import Schema, fields

from schemas.answers.heads import Head


class _Outcome(Schema):
    id = fields.String(required=True)
    value = fields.String(required=True, allow_none=True, metadata={"description": "a decimal"})


class _Taken(Schema):
    total = fields.String(
        required=True, allow_none=True, metadata={"description": "a decimal; null where an import says none"}
    )
    tier = fields.String(required=True, allow_none=True)
    no_tier = fields.String(required=True, allow_none=True, metadata={"description": "why there is no tier"})
    outcomes = fields.List(fields.Nested(_Outcome), required=True)


class _Change(Schema):
    subject = fields.String(required=True, metadata={"description": "worker/<id> or organisation/<id>"})
    before = fields.Nested(_Taken, required=True, allow_none=True, metadata={"description": "null: it wasn't there"})
    after = fields.Nested(_Taken, required=True, allow_none=True, metadata={"description": "null: it is gone"})


class ChangesPage(Head):
    """A page of changes; `revision` is what to say as `since` the next time."""

    since = fields.Integer(required=True, metadata={"description": "the revision that was taken last"})
    items = fields.List(fields.Nested(_Change), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "`after` of the next page"})
