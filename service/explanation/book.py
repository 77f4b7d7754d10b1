"""What a rulebook calls its things: titles in Chinese, ids in English, and the paragraphs that they come from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from service.explanation.words import NOTHING, Words, say
from service.rulebooks import nodes
from service.rulebooks.layout import Lines, Sheet

Said = dict[str, Any]


@dataclass(frozen=True)
class Book:
    """A loaded rulebook, the sheet of the period, and the titles of the tenant's event types."""

    rulebook: Said
    sheet: Sheet
    types: dict[str, str]

    @cached_property
    def lines(self) -> Lines:
        """The places of the lines in a result."""
        return Lines(self.sheet)

    @cached_property
    def _titles(self) -> dict[str, dict[str, str]]:
        listed = {kind: self.rulebook[key] for kind, key in (("category", "categories"), ("tier", "tiers"))}
        titles = {kind: {said["id"]: said["title"] for said in some} for kind, some in listed.items()}
        return {**titles, "item": {use.id: use.said["title"] for use in nodes.uses(self.rulebook)}}

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
        return Words(f"“{self.types.get(name, name)}”", name)

    def named(self, kind: str, identifier: str) -> Words:
        """An item, a category or a tier of this rulebook, anywhere in it."""
        return Words(f"“{self._titles[kind].get(identifier, identifier)}”", identifier)

    def tier_no(self, number: int) -> Words:
        """The tier of that number."""
        return named(self.rulebook["tiers"][number - 1])


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
