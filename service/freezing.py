"""Freezing: results become a run, and what the run depends on is written down: in its row, and the same in its entry.

It doesn't know how the results came about, whether computed, completed or imported; who calls it puts them beside the
run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from service import journal
from service.database.transactions import Transaction, json
from service.periods import Period
from service.rulebooks.store import Ruling


@dataclass(frozen=True)
class Frozen:
    """The next revision of a period, with everything that it depends on."""

    ruling: Ruling
    period: Period
    revision: int
    kind: Literal["computation", "completion", "import"]
    watermark: int
    digest: bytes
    group_digests: Mapping[str, str] = field(default_factory=dict)  # in hexadecimal
    read_runs: Sequence[int] = ()
    asked_by: int | None = None  # of a correction, the entry that asked for it
    base: Any = None  # of a completion, the run whose results it carries
    document: str | None = None  # of an import, the document that says the results

    def json(self) -> dict[str, Any]:
        """Which revision it is, as it is told."""
        keys = {"rulebook": self.ruling.id, "period": self.period.text, "revision": self.revision}
        return {**keys, "digest": self.digest.hex()}


def freeze(
    transaction: Transaction,
    action: str,
    actor: str,
    frozen: Frozen,
    beside: dict[str, Any],
    reason: str | None = None,
) -> tuple[int, int]:
    """Add a run and its audit entry, which says as well what is kept beside the run; the numbers of both."""
    ruling, period, base = frozen.ruling, frozen.period, frozen.base
    roster_position = transaction.one("roster_position", watermark=frozen.watermark).position
    starts, ends = period.bounds(ruling.timezone)
    # Each column stands in the entry too, so that the chain covers it.
    depends = {
        "kind": frozen.kind,
        "group_digests": dict(frozen.group_digests),
        "hash": ruling.hash.hex(),
        "language": ruling.language,
        "watermark": frozen.watermark,
        "roster_position": roster_position,
        "inputs": sorted(frozen.read_runs),
        "asked_by": frozen.asked_by,
        "carries": base.run_no if base else None,
        "carried_digest": base.digest.hex() if base else None,
        "document": frozen.document,
    }
    entry = journal.record(transaction, action, actor, {**frozen.json(), **depends, **beside}, reason=reason)
    run: int = transaction.one(
        "run_add",
        rulebook_id=ruling.id,
        period=period.text,
        revision=frozen.revision,
        kind_of_run=frozen.kind,
        rulebook=ruling.number,
        rulebook_hash=ruling.hash,
        language=ruling.language,
        watermark=frozen.watermark,
        roster_position=roster_position,
        starts=starts,
        ends=ends,
        digest=frozen.digest,
        group_digests=json(dict(frozen.group_digests)),
        asked_by=frozen.asked_by,
        base_run=base.run_no if base else None,
        base_digest=base.digest if base else None,
        imported_from=frozen.document,
        entry=entry,
    ).run_no
    transaction.do("run_inputs_add", run=run, read_runs=list(frozen.read_runs))
    return run, entry
