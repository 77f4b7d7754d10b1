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
from service.intake.dictionary import Dictionary, Named, Type
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


def at_a_glance(dictionary: Dictionary, access: Access, latest: str, items: Sequence[Item]) -> list[Item]:
    """Write down the events that are right in every respect; those of which a glance can't tell."""
    types, sources, subjects = dictionary.types, dictionary.sources, dictionary.subjects
    strange = []
    for item in items:
        body = item.sent
        try:
            said_source, said_subject = body["source"], body["subject"]
            type_, source, subject = types[body["type"]], sources[said_source], subjects[said_source, said_subject]
            time = utc_text(body["time"])
            data, faults = type_.check(body.get("data", _NO_DATA))
            is_usual = len(body) == 5 + ("data" in body) + ("specversion" in body)
            period, extensions = (None, None) if is_usual else _beside(body)
            right = (
                not faults
                and time <= latest
                and is_text(body["id"])
                and said_source in access.sources
                and body.get("specversion", "1.0") == "1.0"
                and type_.subject == subject.kind
                and type_.dated_by == ("time" if period is None else "period")
            )
        except (AttributeError, KeyError, TypeError, ValidationError):
            right = False
        if right:
            item.write(type_, source, subject, time, data, period, extensions)
        else:
            strange.append(item)
    return strange


def _beside(body: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    """The period and the extensions. ValidationError where one is wrong of all that few events say."""
    extensions = {key: body[key] for key in body.keys() - ATTRIBUTES}
    right = (
        ("period" not in body or is_period(body["period"]))
        and ("datacontenttype" not in body or is_text(body["datacontenttype"]))
        and ("dataschema" not in body or is_text(body["dataschema"]))
        and not faults_of_extensions(extensions)
    )
    if not right:
        raise ValidationError("not at a glance")
    return body.get("period"), extensions or None


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
    item.known_type = type_.name
    data, faults = type_.check(said["data"])
    item.reject(*_misplaced(said, type_), *(Finding(f"/data{at}", str(fault), fault.values) for at, fault in faults))
    if source and subject and not item.outcome:
        time = said["time"].isoformat(timespec="microseconds")
        item.write(type_, source, subject, time, data, said.get("period"), said["extensions"] or None)


def _misplaced(said: dict[str, Any], type_: Type) -> Iterator[Finding]:
    if split_subject(said["subject"])[0] != type_.subject:
        yield finding("/subject", "subject.kind", kind=type_.subject)
    if type_.dated_by == "period" and "period" not in said:
        yield finding("/period", "period.missing")
    if type_.dated_by == "time" and "period" in said:
        yield finding("/period", "period.unwanted")
