"""A public log of real work as input: the incidents of a service desk, each of them one event about who resolved it.

The log is not part of Jifen; the example takes its path, plain or gzipped (Amaral, Fantinato, Peres, Reijers: "Incident
management process enriched event log", UCI Machine Learning Repository, DOI 10.24432/C57S4H). It is dirty as real data
are: incidents that nobody resolved are sent as they are, and the service answers what is wrong with them.
`python -m examples.incidents PATH --url … --admin-token … --approver-token …` feeds a running service.
"""

from importlib.resources import files
from typing import Any

import yaml

from examples.incidents.feeding import Tally, feed, shuffled
from examples.incidents.log import SOURCE, events, roster

__all__ = ["SOURCE", "Tally", "cases", "event_types", "events", "feed", "roster", "rulebook", "shuffled"]


def event_types() -> dict[str, dict[str, Any]]:
    """The declaration of each event type, by its name."""
    declared: dict[str, dict[str, Any]] = yaml.safe_load(_file("event_types.yaml"))
    return declared


def rulebook() -> bytes:
    """The text of the service desk's rulebook."""
    return _file("rulebook.yaml")


def cases() -> bytes:
    """The cases of the rulebook, computed by hand."""
    return _file("cases.yaml")


def _file(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
