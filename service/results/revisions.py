"""Where periods stand, and the revisions with everything that each depends on."""

from typing import Any

from service import inputs
from service.database.transactions import Transaction
from service.errors import unknown

_GREATEST = 2**63 - 1


def periods(transaction: Transaction) -> list[dict[str, Any]]:
    """Where every period stands that isn't simply open, and the notice of its current revision."""
    marks = inputs.marks(transaction)
    return [
        {
            "rulebook": row.rulebook,
            "period": row.period,
            "state": row.state,
            "revision": row.revision,
            "inputs_revised": marks.get(row.run_no, []),
            **_notice(row),
        }
        for row in transaction.all("period_states")
    ]


def runs(transaction: Transaction, rulebook: str | None, period: str | None) -> list[dict[str, Any]]:
    """Every revision, oldest first."""
    return [_run(row) for row in transaction.all("runs", run=None, rulebook_id=rulebook, period=period)]


def run(transaction: Transaction, number: int) -> dict[str, Any]:
    """A revision with everything that it depends on, and which of that was revised since. Problem resource.unknown."""
    row = numbered(transaction, number)
    read = transaction.all("run_inputs", run=number)
    reads = [
        {
            "run": one.input_run_no,
            "rulebook": one.rulebook,
            "period": one.period,
            "revision": one.revision,
            "digest": bytes(one.input_digest).hex(),
        }
        for one in read
    ]
    return {
        **_run(row),
        "group_digests": row.group_digests,
        "inputs": reads,
        "inputs_revised": inputs.revised(transaction, number),
    }


def numbered(transaction: Transaction, number: int) -> Any:
    """The row of a run. Problem resource.unknown, also for a number that no run can have."""
    row = transaction.maybe("runs", run=number, rulebook_id=None, period=None) if number <= _GREATEST else None
    if row is None:
        raise unknown("run", str(number))
    return row


def _run(row: Any) -> dict[str, Any]:
    return {
        "run": row.run_no,
        "rulebook": {"id": row.rulebook, "version": row.version, "hash": bytes(row.rulebook_hash).hex()},
        "language": row.language,
        "period": row.period,
        "revision": row.revision,
        "starts": row.starts_at.isoformat(),
        "ends": row.ends_at.isoformat(),
        "watermark": row.watermark,
        "roster_position": row.roster_position,
        "digest": bytes(row.digest).hex(),
        "published_by": row.actor,
        "published_at": row.published_at.isoformat(),
        "corrected_by": row.corrected_by,
        "reason": row.reason,
        "kind": row.kind,
        "completed": row.completed,
        "carries": {"run": row.base_run_no, "digest": bytes(row.base_digest).hex()} if row.base_run_no else None,
        "document": row.document,
        "answers": row.answers,
        **_notice(row),
        "calendar": row.calendar,
    }


def _notice(row: Any) -> dict[str, Any]:
    days = {"notice_until": row.notice_until, "objections_until": row.objections_until}
    return {**{key: day.isoformat() if day else None for key, day in days.items()}, "forced": row.forced}
