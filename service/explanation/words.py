"""A thing said in Chinese and in English at once, so that neither language can be forgotten.

Templates are filled part by part: a part that is itself said in both gives each language its own; a decimal is written
as decimal_text, and what isn't known can't be written at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from schemas.fields import decimal_text


@dataclass(frozen=True)
class Words:
    """The same in both languages."""

    zh: str
    en: str

    def __add__(self, other: "Words") -> "Words":
        """One after the other."""
        return Words(self.zh + other.zh, self.en + other.en)

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return bool(self.zh or self.en)

    def json(self) -> dict[str, str]:
        """As a sentence stands in an answer."""
        return {"zh": self.zh, "en": self.en}


Part = Words | Decimal | int | str
_BETWEEN = "，；、,; "
NOTHING = Words("", "")


def say(zh: str, en: str, **parts: Part) -> Words:
    """The two templates, each with the parts in its language."""
    said = {name: plain(part) for name, part in parts.items()}
    return Words(
        zh.format(**{name: part.zh for name, part in said.items()}),
        en.format(**{name: part.en for name, part in said.items()}),
    )


def plain(part: Part) -> Words:
    """A number, an id or a text of the rulebook, which is the same in both languages."""
    if isinstance(part, Words):
        return part
    text = part if isinstance(part, str) else decimal_text(part)
    return Words(text, text)


def joined(parts: Iterable[Part], zh: str = "、", en: str = ", ") -> Words:
    """The parts that say something, with the separator of each language between them."""
    said = [words for part in parts if (words := plain(part))]
    return Words(zh.join(words.zh for words in said), en.join(words.en for words in said))


def alternatives(parts: Iterable[Part]) -> Words:
    """One of these."""
    return joined(parts, "、", " | ")


def bare(words: Words) -> Words:
    """What goes on in a sentence, as it begins one."""
    return Words(words.zh.lstrip(_BETWEEN), words.en.lstrip(_BETWEEN))


def aside(parts: Iterable[Part]) -> Words:
    """What narrows a thing, in brackets; nothing where there is nothing to say."""
    said = joined(parts, "；", "; ")
    return say("（{said}）", " ({said})", said=said) if said else NOTHING
