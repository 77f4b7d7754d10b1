"""What a reader of results may ask for."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from schemas.events import SubjectText
from schemas.faults import Fault, Slip, invalid
from schemas.fields import MESSAGES, Code, Inner, Listed, Shape, Text, is_text, storable
from schemas.rulebook_placing import NO_TIER_REASONS

# Why somebody has no tier: what a rulebook says, and what a computation finds by itself.
NO_TIER = (*NO_TIER_REASONS, "service_short", "few_periods", "data_missing")

_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


class Limit(fields.Field[int]):
    """How many items a page has, 1 to 5,000."""

    def __init__(self, **options: Any) -> None:
        """100 unless told."""
        super().__init__(load_default=100, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value) or not 1 <= int(value) <= 5000:
            raise invalid("number.whole", least=1, most=5000)
        return int(value)


class Revision(fields.Field[int]):
    """The number of a revision, from 1."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value) or int(value) < 1:
            raise invalid("number.whole", least=1, most=9999)
        return int(value)


class RunNumber(fields.Field[int]):
    """The number of a run."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if not isinstance(value, str) or not _NUMBER.fullmatch(value) or int(value) < 1:
            raise invalid("number.whole", least=1, most=10**18 - 1)
        return int(value)


class Reopening(Shape):
    """Why a published period is corrected, and which late events are let in; or whose tier is filled in."""

    reason = Text(most=1000, required=True)
    admit = Listed(fields.UUID(error_messages={**MESSAGES, "invalid_uuid": Fault("field.invalid")}), load_default=list)
    complete = Listed(SubjectText(), load_default=list)

    @validates_schema
    def _complete_alone(self, said: dict[str, Any], **_: Any) -> None:
        """A completion moves nobody else, which late events would."""
        if said.get("admit") and said.get("complete"):
            raise ValidationError({"complete": [Fault("words.exclusive", word="admit")]})


class _Force(Shape):
    reason = Text(most=1000, required=True)


class Step(Shape):
    """What may be said of a step of a period: why it is taken before its time."""

    force = Inner(_Force)


class View(Code):
    """`current`: the revision, or before there is one the standing; or one of the two."""

    def __init__(self) -> None:
        """current unless told."""
        super().__init__("current", "standing", "revision", load_default="current")


class Filtered(Shape):
    """Which results: of a group, of an organisation and all below it, with a tier, a no-tier reason or an outcome."""

    group = Text()
    under = Text()
    tier = Text()
    no_tier = Code(*NO_TIER)
    outcome = Text()

    @validates_schema
    def _placed_once(self, said: dict[str, Any], **_: Any) -> None:
        if "tier" in said and "no_tier" in said:
            raise ValidationError({"no_tier": [Fault("words.exclusive", word="tier")]})


# What a ranking tells of each: the usual, and what is told only to who asks for it.
FIELDS = ("subject", "group", "organisation", "post", "rank", "tied_with", "total", "tier", "no_tier", "outcomes")
MORE_FIELDS = ("service_days", "category_points", "lists")
SORTS = ("rank", "total", "-total", "subject", "organisation")
_MOST_KINDS = 5


class Words(fields.Field[list[str]]):
    """Words between commas, each once; of a closed list, or any."""

    def __init__(self, *words: str, most: int = 100, **options: Any) -> None:
        """Each one of these words."""
        super().__init__(**options)
        self.words = words
        self.most = most
        word = f"(?:{'|'.join(map(re.escape, words))})" if words else "[^,]+"
        examples = [",".join(words[:2]) or "street,community"]
        self.json_schema = {"type": "string", "pattern": f"^{word}(?:,{word})*$", "examples": examples}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> list[str]:
        found = str(value).split(",")
        for word in found:
            if not is_text(word):
                raise invalid("text.length", most=255) if storable(word) else invalid("text.character")
            if self.words and word not in self.words:
                raise invalid("code.unknown", slip=Slip(word, self.words), codes=", ".join(self.words))
        if len(set(found)) < len(found):
            raise invalid("list.repeated")
        if len(found) > self.most:
            raise invalid("list.long", most=self.most)
        return found


class Sorted(Filtered):
    """Which results, and in which order."""

    sort = Code(*SORTS, load_default="rank")


class Ranked(Sorted):
    """A ranking: which results, in which order, what of each, and which page."""

    fields_ = Words(*FIELDS, *MORE_FIELDS, data_key="fields", attribute="fields")
    ranks_in = Words(most=_MOST_KINDS, load_default=list)
    after = Text(most=500)
    limit = Limit()


class Counted(Filtered):
    """Statistics: of which results, and at which kind of organisation means are taken."""

    by = Text()
