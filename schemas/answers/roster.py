"""Organisations and workers as they were last recorded."""

from marshmallow import Schema

from schemas.answers import keys
from schemas.answers.problems import Found


class AttributeRecorded(Schema):
    """A dated fact, on the days [from, to)."""

    name = keys.text()
    value = keys.text()
    from_ = keys.day(as_="from")
    to = keys.day(null=True)


class AliasRecorded(Schema):
    """What a source calls the worker."""

    source = keys.text()
    id = keys.text()


class AssignmentRecorded(Schema):
    """A post in an organisation on the days [from, to)."""

    organisation = keys.text()
    post = keys.text()
    from_ = keys.day(as_="from")
    to = keys.day(null=True)


class OrganisationRecorded(Schema):
    """A node of the tenant's tree."""

    id = keys.text()
    kind = keys.text()
    title = keys.text()
    parent = keys.text(null=True)
    path = keys.many(keys.text(), "the ids from the root down to it")
    attributes = keys.many(AttributeRecorded)


class WorkerRecorded(Schema):
    """Who is appraised, with personal data."""

    id = keys.text()
    name = keys.text(null=True)
    phone = keys.text(null=True)
    aliases = keys.many(AliasRecorded)
    assignments = keys.many(AssignmentRecorded)
    attributes = keys.many(AttributeRecorded)


class RosterStated(Schema):
    """What many records changed, and with ?partial=true which couldn't be stated."""

    changed = keys.many(keys.subject())
    unchanged = keys.whole()
    errors = keys.many(Found)
