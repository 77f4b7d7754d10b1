"""Which results of a period are asked for: one filter for rankings, statistics and exports."""

from dataclasses import dataclass
from typing import Any

from service.database.transactions import Transaction
from service.errors import Finding, Problem, finding, unknown
from service.results.shown import Shown


@dataclass(frozen=True)
class Filter:
    """A group, an organisation with all that is below it, a tier, a no-tier reason, an outcome; None asks for all.

    `sees` is no question but an answer: the organisation below which whoever asks may see, None for everything.
    """

    group: str | None = None
    under: str | None = None
    tier: str | None = None
    no_tier: str | None = None
    outcome: str | None = None
    sees: str | None = None

    @classmethod
    def of(cls, query: dict[str, Any], sees: str | None = None) -> "Filter":
        """What a query (schemas/results.py: Filtered) asks for, by somebody who sees so much."""
        return cls(**{name: query.get(name) for name in _ASKED}, sees=sees)

    @property
    def is_for_all(self) -> bool:
        """Whether it lets everybody through."""
        return self == _EVERYBODY

    def parameters(self, transaction: Transaction, shown: Shown) -> dict[str, Any]:
        """What the fragment _filtered needs to know. Problem request.invalid where these results know no such thing."""
        found: list[Finding] = []
        values: dict[str, Any] = {
            "pool": self.group,
            "organisations": None,
            "tier": _number(self.tier, "/tier", [tier["id"] for tier in shown.rulebook["tiers"]], found),
            "no_tier": self.no_tier,
            "outcome": _number(self.outcome, "/outcome", [said["id"] for said in shown.sheet.outcomes], found),
        }
        if self.under is not None:
            values["organisations"] = _below(transaction, shown, self.under, found)
        if found:
            raise Problem("request.invalid", found)
        if self.sees is not None:
            seen = below(transaction, shown, self.sees)
            asked = values["organisations"]
            values["organisations"] = seen if asked is None else sorted(set(asked).intersection(seen))
        return values


_ASKED = ("group", "under", "tier", "no_tier", "outcome")
_EVERYBODY = Filter()


def below(transaction: Transaction, shown: Shown, under: str) -> list[int]:
    """An organisation and all below it, in the tree as these results read it; none where it wasn't there."""
    return [
        row.organisation_no for row in transaction.all("organisations_under", under=under, watermark=shown.watermark)
    ]


def refuse_unseen(transaction: Transaction, shown: Shown, sees: str | None, kind: str, identifier: str) -> None:
    """Problem resource.unknown for a result whose place isn't below the organisation below which somebody sees."""
    if sees is None:
        return
    row = transaction.maybe("result_place", **shown.keys, kind=kind, id=identifier)
    if row is None or row.organisation_no not in below(transaction, shown, sees):
        raise unknown("result", f"{kind}/{identifier}")


def _number(word: str | None, pointer: str, words: list[str], found: list[Finding]) -> int | None:
    if word is None:
        return None
    if word not in words:
        found.append(finding(pointer, "code.unknown", codes=", ".join(words) or "-"))
        return None
    return words.index(word) + 1


def _below(transaction: Transaction, shown: Shown, under: str, found: list[Finding]) -> list[int]:
    """The same for an organisation that is asked for; a finding where it wasn't there."""
    numbers = below(transaction, shown, under)
    if not numbers:
        found.append(finding("/under", "subject.unknown", subject=f"organisation/{under}"))
    return numbers
