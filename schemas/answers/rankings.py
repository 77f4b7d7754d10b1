"""What rankings answer: the page and its items, and the statistics."""

from typing import Any

from marshmallow import Schema, fields

from schemas.answers.heads import HeadOfResults


def _said(meaning: str, **options: Any) -> dict[str, Any]:
    return {"required": True, "metadata": {"description": meaning}, **options}


class TierShare(Schema):
    """The share that a tier has in a group, beside the one aimed at."""

    group = fields.String(required=True)
    tier = fields.String(required=True)
    about = fields.String(**_said("the share that the rulebook aims at, in per cent"))
    is_ = fields.String(data_key="is", **_said("the share that there is, in per cent", allow_none=True))
    subjects = fields.Integer(required=True)
    of = fields.Integer(**_said("of how many the share is taken"))


class RankAround(Schema):
    """A rank below an organisation, or in the cohort."""

    organisation = fields.String(metadata={"description": "the organisation; none for the cohort"})
    rank = fields.Integer(required=True)
    tied_with = fields.Integer(**_said("how many others have the same rank"))
    of = fields.Integer(**_said("how many are ranked there"))


class RankedCategoryPoints(Schema):
    """The points of a category."""

    id = fields.String(required=True)
    points = fields.String(**_said("decimal text"))


class RankInList(Schema):
    """A rank in a further list of the rulebook."""

    id = fields.String(required=True)
    group = fields.String(required=True)
    rank = fields.Integer(required=True)


class RankedItem(Schema):
    """What is told of a subject; of these, the fields that were asked for."""

    subject = fields.String(metadata={"description": "worker/<id> or organisation/<id>"})
    group = fields.String(metadata={"description": "the peer group, or the pool of the small ones"})
    organisation = fields.String(allow_none=True, metadata={"description": "where the subject is placed"})
    post = fields.String(allow_none=True)
    rank = fields.Integer(allow_none=True, metadata={"description": "1-2-2-4 in the group; null for who isn't ranked"})
    tied_with = fields.Integer(allow_none=True, metadata={"description": "how many others have the same rank"})
    total = fields.String(allow_none=True, metadata={"description": "decimal text; null where an import says none"})
    outcomes = fields.List(fields.String())
    tier = fields.String(metadata={"description": "the tier, of who has one"})
    no_tier = fields.String(metadata={"description": "why there is no tier, in its place"})
    ranks = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(RankAround, allow_none=True),
        metadata={"description": "by what ranks_in names; null for who has no rank or no such organisation"},
    )
    service_days = fields.Integer(allow_none=True)
    category_points = fields.List(fields.Nested(RankedCategoryPoints))
    lists = fields.List(fields.Nested(RankInList))


class RankingAnswer(HeadOfResults):
    """A page of a ranking. An item has the fields that were asked for."""

    shares = fields.List(fields.Nested(TierShare), metadata={"description": "where the rulebook aims at shares"})
    items = fields.List(fields.Nested(RankedItem), required=True)
    next = fields.String(**_said("the cursor of the next page; null on the last", allow_none=True))


class TierCount(Schema):
    """How many have a tier."""

    tier = fields.String(required=True)
    subjects = fields.Integer(required=True)


class ReasonCount(Schema):
    """How many have no tier for a reason."""

    no_tier = fields.String(required=True)
    subjects = fields.Integer(required=True)


class TotalsMeasured(Schema):
    """The totals of the ranked."""

    mean = fields.String(**_said("decimal text, rounded to the rulebook's step"))
    least = fields.String(required=True)
    p10 = fields.String(**_said("the least total that a tenth of the ranked reach at most; the others likewise"))
    p25 = fields.String(required=True)
    median = fields.String(required=True)
    p75 = fields.String(required=True)
    p90 = fields.String(required=True)
    most = fields.String(required=True)


class PartCounted(Schema):
    """What a part of the results comes to."""

    due = fields.Integer(**_said("the members of the cohort"))
    appraised = fields.Integer(**_said("who has a tier"))
    ranked = fields.Integer(**_said("who has a rank: appraised, and not vetoed"))
    tiers = fields.List(fields.Nested(TierCount), required=True)
    no_tier = fields.List(fields.Nested(ReasonCount), required=True)
    totals = fields.Nested(TotalsMeasured, **_said("of the ranked; null where there are none", allow_none=True))


class GroupCounted(PartCounted):
    """What a peer group comes to."""

    group = fields.String(required=True)


class OrganisationCounted(Schema):
    """What an organisation comes to."""

    organisation = fields.String(required=True)
    due = fields.Integer(required=True)
    appraised = fields.Integer(required=True)
    ranked = fields.Integer(required=True)
    mean = fields.String(**_said("decimal text, rounded to the rulebook's step; null without ranked", allow_none=True))


class TotalsBand(Schema):
    """How many totals lie in a band."""

    at_least = fields.String(**_said("decimal text"))
    below = fields.String(**_said("decimal text"))
    subjects = fields.Integer(required=True)


class StatisticsAnswer(HeadOfResults):
    """What the results that were asked for come to."""

    all = fields.Nested(PartCounted, required=True)
    groups = fields.List(fields.Nested(GroupCounted), required=True)
    organisations = fields.List(fields.Nested(OrganisationCounted), required=True)
    distribution = fields.List(fields.Nested(TotalsBand), required=True)
