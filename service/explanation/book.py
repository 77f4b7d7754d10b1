"""What a rulebook calls its things: titles in Chinese, ids in English, and the paragraphs that they come from."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from service.explanation.words import NOTHING, Words, say
from service.rulebooks import nodes
from service.rulebooks.layout import Lines, Sheet

Said = dict[str, Any]


@dataclass(frozen=True)
class Names:
    """A loaded rulebook, and the titles of the tenant's event types."""

    rulebook: Said
    types: dict[str, str]

    @cached_property
    def _titles(self) -> dict[str, dict[str, str]]:
        listed = (("category", "categories"), ("tier", "tiers"), ("list", "lists"))
        titles = {kind: _telling((one["id"], one["title"]) for one in self.rulebook[key]) for kind, key in listed}
        items = _telling((use.id, use.said["title"]) for use in nodes.uses(self.rulebook))
        return {**titles, "item": items, "event": _telling(self.types.items())}

    @property
    def base(self) -> str:
        """The kind of period that is computed from events."""
        base: str = self.rulebook["periods"]["base"]
        return base

    @property
    def counted(self) -> str:
        """The Chinese measure word for the subjects."""
        return "人" if self.rulebook["subject"] == "worker" else "个"

    def event(self, name: str) -> Words:
        """A type of event."""
        return self.named("event", name)

    def named(self, kind: str, identifier: str) -> Words:
        """An item, a category, a tier or a list of this rulebook, anywhere in it, or a type of event."""
        return Words(self._titles[kind].get(identifier, f"“{identifier}”"), identifier)

    def tier_no(self, number: int) -> Words:
        """The tier of that number."""
        return named(self.rulebook["tiers"][number - 1])


@dataclass(frozen=True)
class Book(Names):
    """The names of a rulebook, with the sheet of the period of a result, and which of its items read imported ones."""

    sheet: Sheet
    imported: Mapping[int, list[str]] = field(default_factory=dict)

    @cached_property
    def lines(self) -> Lines:
        """The places of the lines in a result."""
        return Lines(self.sheet)


def _telling(titled: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each id is called in Chinese: its title, with the id where the title alone doesn't tell it."""
    titles = dict(titled)
    times = Counter(titles.values())
    return {one: f"“{title}”" if times[title] == 1 else f"“{title}”（{one}）" for one, title in titles.items()}


def ref(said: Said) -> Words:
    """The paragraph, where one is named."""
    return say("（{ref}）", " ({ref})", ref=said["ref"]) if said.get("ref") else NOTHING


def named(said: Said) -> Words:
    """A thing within a sentence."""
    return Words(f"“{said['title']}”", said["id"])


def cited(said: Said) -> Words:
    """A thing within a sentence, with its paragraph."""
    return named(said) + ref(said)


def head(said: Said) -> Words:
    """A thing that begins its sentence, with its paragraph."""
    return Words(said["title"], said["id"]) + ref(said)
