"""Reading an event against the dictionary: at a glance, and where that isn't enough, closely.

Nearly every event is right in every respect, and a glance tells. It never refuses: what it can't take is looked at
closely, which says all that is wrong, in the words of the schemas. What both take, they take for the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from schemas.events import ATTRIBUTES, Envelope, faults_of_extensions, split_subject
from schemas.fields import is_period, is_text, storable, utc_text
from service import canonical
from service.access import Access
from service.errors import Finding, finding, findings_of
from service.event_types import EventType
from service.intake.dictionary import Dictionary, Named
from service.intake.items import Item

_ENVELOPE = Envelope()
_NO_DATA: dict[str, Any] = {}


def named(bodies: Sequence[Any]) -> set[Named]:
    """The sources and the subjects as they call them, as far as they can be read."""
    found = set()
    for body in bodies:
        try:
            pair = (body["source"], body["subject"])
            if "/" in pair[1] and pair not in found and storable(pair[0]) and storable(pair[1]):
                found.add(pair)
        except (KeyError, TypeError):
            continue
    return found


def at_a_glance(dictionary: Dictionary, access: Access, latest: str, item: Item) -> bool:
    """Whether the event is right in every respect; if so it is written down."""
    body = item.sent
    try:
        type_ = dictionary.types[body["type"]]
        source = dictionary.sources[body["source"]]
        subject = dictionary.subjects[body["source"], body["subject"]]
        time = utc_text(body["time"])
        extensions = None if body.keys() <= ATTRIBUTES else {key: body[key] for key in body.keys() - ATTRIBUTES}
        data, faults = type_.checker.check(body.get("data", _NO_DATA))
        period = body.get("period")
        right = (
            not faults
            and time <= latest
            and is_text(body["id"])
            and body["source"] in access.sources
            and body.get("specversion", "1.0") == "1.0"
            and type_.declaration["subject"] == subject.kind
            and type_.declaration["dated_by"] == ("period" if "period" in body else "time")
            and ("period" not in body or is_period(period))
            and ("datacontenttype" not in body or is_text(body["datacontenttype"]))
            and ("dataschema" not in body or is_text(body["dataschema"]))
            and not (extensions and faults_of_extensions(extensions))
        )
    except (AttributeError, KeyError, TypeError, ValidationError):
        return False
    if right:
        item.write(type_, source, subject, time, period, data, extensions)
    return right


@dataclass
class Read:
    """An event that was looked at closely: its attributes, or why they can't be read."""

    item: Item
    said: dict[str, Any]
    malformed: list[Finding]


def closely(item: Item) -> Read:
    """Read the attributes, and give the item its identity where it has one: a known one is answered even when the
    rest can't be read.
    """
    body = item.sent
    if not isinstance(body, dict):
        return Read(item, {}, [finding("", "field.object")])
    try:
        said = _ENVELOPE.load(body)
    except ValidationError as error:
        if not {"source", "id"} & error.messages_dict.keys():
            item.identity = canonical.event_id(body["source"], body["id"]).bytes
        return Read(item, {}, findings_of(error))
    item.identity = canonical.event_id(said["source"], said["id"]).bytes
    item.digest = canonical.content_digest(
        said["type"], said["subject"], said["time"], said.get("period"), said["data"]
    )
    return Read(item, said, [])


def check(dictionary: Dictionary, access: Access, latest: datetime, read: Read) -> None:
    """Write the event down, or reject it with everything that is wrong."""
    item, said = read.item, read.said
    item.reject(*read.malformed)
    if not said:
        return
    source = dictionary.sources.get(said["source"])
    if said["source"] not in access.sources or source is None:
        item.reject(finding("/source", "source.forbidden", source=said["source"]))
    if said["time"] > latest:
        item.reject(finding("/time", "time.future"))
    subject = dictionary.subjects.get((said["source"], said["subject"]))
    if subject is None:
        item.reject(finding("/subject", "subject.unknown", subject=said["subject"]))
    type_ = dictionary.types.get(said["type"])
    if type_ is None:
        item.reject(finding("/type", "type.unknown", type=said["type"]))
        return
    item.known_type = type_.type
    data, faults = type_.checker.check(said["data"])
    item.reject(*_misplaced(said, type_), *(Finding(f"/data{at}", str(fault), fault.values) for at, fault in faults))
    if source and subject and not item.outcome:
        time = said["time"].isoformat(timespec="microseconds")
        item.write(type_, source, subject, time, said.get("period"), data, said["extensions"] or None)


def _misplaced(said: dict[str, Any], type_: EventType) -> Iterator[Finding]:
    kind, dated_by = type_.declaration["subject"], type_.declaration["dated_by"]
    if split_subject(said["subject"])[0] != kind:
        yield finding("/subject", "subject.kind", kind=kind)
    if dated_by == "period" and "period" not in said:
        yield finding("/period", "period.missing")
    if dated_by == "time" and "period" in said:
        yield finding("/period", "period.unwanted")
