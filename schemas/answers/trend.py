"""What is answered of a subject's results from period to period."""

from marshmallow import Schema, fields

from schemas.answers.heads import Head


class _Item(Head):
    group = fields.String(required=True, allow_none=True, metadata={"description": "whom it is ranked with"})
    due = fields.Integer(required=True, metadata={"description": "how many the group has"})
    ranked = fields.Integer(required=True, metadata={"description": "how many of the group are ranked"})
    total = fields.String(required=True, allow_none=True, metadata={"description": "a decimal"})
    rank = fields.Integer(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    no_tier = fields.String(required=True, allow_none=True, metadata={"description": "why there is no tier"})
    mean = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of the totals of the ranked, with up to four decimals"},
    )
    median = fields.String(required=True, allow_none=True, metadata={"description": "as mean"})


class TrendPage(Schema):
    """A page of results, the latest period first."""

    subject = fields.String(required=True, metadata={"description": "worker/<id> or organisation/<id>"})
    items = fields.List(fields.Nested(_Item), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "`after` of the next page"})
