"""A subject's results from period to period."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.heads import Head


class TrendItem(Head):
    """What the current revision of a period says."""

    group = keys.text("the peer group", null=True)
    due = keys.whole("how many the group has")
    ranked = keys.whole("how many of the group are ranked")
    total = keys.decimal("null where an import says none", null=True)
    rank = keys.whole(null=True)
    tier = keys.text(null=True)
    no_tier = keys.text("why there is no tier", null=True)
    mean = keys.decimal(
        "of the totals of the ranked, to four places; null where it would tell others' totals", null=True
    )
    median = keys.decimal("as mean", null=True)


class TrendPage(Schema):
    """A page of results, the latest period first."""

    subject = keys.subject()
    items = keys.many(TrendItem)
    next = keys.following()
