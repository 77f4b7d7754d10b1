"""The roster on the wire: organisations and workers, whole records."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.faults import Fault
from schemas.fields import Day, Identifier, Inner, Listed, Shape, Text, refuse_identity_number


class ExternalId(Text):
    """The id by which another system calls a worker; never an identity number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        return refuse_identity_number(super()._deserialize(value, attr, data))


class Alias(Shape):
    """What a source calls the worker."""

    source = Text(required=True)
    id = ExternalId(required=True)


class _Dated(Shape):
    valid_from = Day(required=True, data_key="from")
    valid_to = Day(data_key="to", allow_none=True)

    @validates_schema
    def _ends_after_it_begins(self, loaded: dict[str, Any], **_: Any) -> None:
        end = loaded.get("valid_to")
        if end is not None and "valid_from" in loaded and end <= loaded["valid_from"]:
            raise ValidationError({"to": [Fault("day.order")]})


class Assignment(_Dated):
    """A post in an organisation on the days [from, to)."""

    organisation = Identifier(required=True)
    post = Identifier(required=True)


class Attribute(_Dated):
    """A dated fact, such as a certificate or the number of households."""

    name = Identifier(required=True)
    value = Text(required=True)


class Organisation(Shape):
    """A node of the tenant's tree."""

    kind = Identifier(required=True)
    parent = Identifier()
    title = Text(required=True)
    attributes = Listed(Inner(Attribute), load_default=list)


class Worker(Shape):
    """Who is appraised. `name` and `phone` are personal data and stay out of everything that is computed."""

    name = Text(most=100)
    phone = Text(most=30)
    aliases = Listed(Inner(Alias), load_default=list)
    assignments = Listed(Inner(Assignment), load_default=list)
    attributes = Listed(Inner(Attribute), load_default=list)


class OrganisationWithId(Organisation):
    """An organisation in a list."""

    id = Identifier(required=True)


class WorkerWithId(Worker):
    """A worker in a list."""

    id = Identifier(required=True)


class Roster(Shape):
    """Many at once: organisations (parents before children or not), then workers."""

    organisations = Listed(Inner(OrganisationWithId), load_default=list)
    workers = Listed(Inner(WorkerWithId), load_default=list)
