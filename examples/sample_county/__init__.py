"""The sample county: 39 community workers of 柏乡县 (Baixiang), invented, and all that happened to them in 2025.

Roster, event types, rulebook and events have the shapes in which the API takes them. The events are invented by dice
that fall the same on every machine, so that results can be quoted; what decides about single people (violations,
honours, who came and who left) is written down by hand. `python -m examples.sample_county --events` prints the year
as NDJSON.
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import yaml

from examples.sample_county import daily, hotline, record, training
from examples.sample_county.facts import SOURCES, Event
from examples.sample_county.roster import organisations, presence, workers

TENANT = "demo"
YEAR = "2025"

__all__ = ["SOURCES", "TENANT", "YEAR", "cases", "event_types", "events", "organisations", "rulebook", "workers"]


def event_types() -> dict[str, dict[str, Any]]:
    """The declaration of each event type, by its name."""
    declared: dict[str, dict[str, Any]] = yaml.safe_load(_file("event_types.yaml"))
    return declared


def rulebook() -> bytes:
    """The text of the county's rulebook."""
    return _file("rulebook.yaml")


def cases() -> bytes:
    """The cases of the rulebook, computed by hand."""
    return _file("cases.yaml")


def events() -> Iterator[Event]:
    """Everything that happened in the year, in the order of time; events of one instant in the order of their ids."""
    happened = [*record.events()]
    for worker in workers():
        days = presence(worker["id"])
        for kind in (daily, hotline, training):
            happened += kind.events(worker["id"], days)
    yield from sorted(happened, key=lambda event: (event["time"], event["source"], event["id"]))


def _file(name: str) -> bytes:
    return files("examples").joinpath("baixiang", name).read_bytes()
