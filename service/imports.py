"""Results of years before the service was used: imported as a revision of their own kind, and read as any other.

They are in the words of a published version, of a period that none rules. There is nothing to compute them from: an
import has no lines and is final at once; what it rests on is its document.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from schemas.fields import decimal_text
from service import canonical
from service.database.transactions import Transaction, json
from service.errors import Finding, Problem, finding
from service.freezing import Frozen, freeze
from service.periods import Period, parse
from service.rulebooks import layout, store
from service.rulebooks.store import Ruling

MOST = 50_000

Said = dict[str, Any]


def add(transaction: Transaction, actor: str, said: Said, watermark: int) -> Said:
    """Import results, all or none: the first revision of their period, or the next.

    Problem request.invalid with every row's findings; import.ruled, period.kind, period.not_ended.
    """
    transaction.do("rulebook_lock")  # so that no version begins to rule the period meanwhile
    ruling, period = _version(transaction, said["rulebook"]), parse(said["period"])
    _refuse_period(transaction, ruling, period)
    transaction.do("period_lock", rulebook_id=ruling.id, period=period.text)
    records = _records(transaction, ruling, said["results"])
    keys = {"rulebook_id": ruling.id, "period": period.text}
    frozen = Frozen(
        ruling,
        period,
        revision=(transaction.one("period_state", **keys).revision or 0) + 1,
        kind="import",
        watermark=watermark,
        digest=_digest(records),
        document=said["document"],
    )
    beside = {"version": ruling.version, "results": len(records)}
    run, entry = freeze(transaction, "results.import", actor, frozen, beside, said["reason"])
    transaction.do("imported_results_add", run=run, records=json(records))
    transaction.do("finalisation_add", **keys, revision=frozen.revision, entry=entry)
    transaction.do("period_state_set", **keys, state="final")
    return {**frozen.json(), **beside, "document": frozen.document, "run": run, "state": "final"}


def wrong(transaction: Transaction, run: Any) -> Iterator[str]:
    """What of an import isn't as it was imported: its digest is over what it said."""
    rows = transaction.all("imported_results", run=run.run_no)
    if _digest([row._asdict() for row in rows]) != run.digest:
        yield "the digest differs"
    yield from (f"the result of {row.subject} differs" for row in rows if row.altered)


def _version(transaction: Transaction, label: str) -> Ruling:
    identifier, _, version = label.partition("@")
    row = transaction.maybe("rulebook_version", id=identifier, version=version)
    if row is None or row.published_by is None:
        raise Problem("request.invalid", [finding("/rulebook", "import.version", rulebook=label)])
    return store.of_row(row)


def _refuse_period(transaction: Transaction, ruling: Ruling, period: Period) -> None:
    if period.kind not in layout.kinds(ruling.document):
        raise Problem("period.kind", period=period.text)
    first = transaction.all("rulebooks_published", id=ruling.id)[0]
    if first.effective_day < period.end_day:
        raise Problem("import.ruled", period=period.text, rulebook=ruling.id, since=first.effective_from)
    if not period.has_ended(ruling.timezone):
        raise Problem("period.not_ended", period=period.text)


def _records(transaction: Transaction, ruling: Ruling, said: list[Said]) -> list[Said]:
    """The rows with the numbers of what they name, by subject. Problem request.invalid."""
    if not 1 <= len(said) <= MOST:
        raise Problem("request.invalid", [finding("/results", "import.many", most=MOST)])
    loaded = ruling.loaded
    tiers = {tier["id"]: n for n, tier in enumerate(loaded["tiers"], 1)}
    step = Decimal(loaded["numbers"]["step"])
    subjects = _numbers(transaction, loaded["subject"], [_id(one["subject"]) for one in said])
    places = _numbers(transaction, "organisation", [one["organisation"] for one in said if "organisation" in one])
    wrong: list[Finding] = []
    seen: set[str] = set()
    for n, one in enumerate(said):
        wrong += _wrong(f"/results/{n}", one, loaded["subject"], subjects, places, tiers, step)
        if one["subject"] in seen:
            wrong.append(finding(f"/results/{n}/subject", "id.repeated"))
        seen.add(one["subject"])
    if wrong:
        raise Problem("request.invalid", wrong)
    records = [
        {
            "subject": one["subject"],
            "subject_no": subjects[_id(one["subject"])],
            "organisation": one.get("organisation"),
            "organisation_no": places.get(one.get("organisation", "")),
            "post": one.get("post"),
            "total": None if one.get("total") is None else decimal_text(one["total"]),
            "rank": one.get("rank"),
            "tier": one.get("tier"),
            "tier_no": tiers.get(one.get("tier", "")),
            "no_tier": one.get("no_tier"),
        }
        for one in said
    ]
    return sorted(records, key=lambda record: str(record["subject"]))


def _wrong(
    at: str, one: Said, kind: str, subjects: Said, places: Said, tiers: dict[str, int], step: Decimal
) -> Iterator[Finding]:
    if not one["subject"].startswith(f"{kind}/"):
        yield finding(f"{at}/subject", "import.subject", kind=kind)
    elif _id(one["subject"]) not in subjects:
        yield finding(f"{at}/subject", "subject.unknown", subject=one["subject"])
    if "tier" in one and one["tier"] not in tiers:
        yield finding(f"{at}/tier", "code.unknown", codes=", ".join(tiers))
    if "total" in one and one["total"] % step:
        yield finding(f"{at}/total", "number.step", step=step)
    if "organisation" in one and one["organisation"] not in places:
        yield finding(f"{at}/organisation", "organisation.unknown", id=one["organisation"])


def _id(subject: str) -> str:
    return subject.partition("/")[2]


def _numbers(transaction: Transaction, kind: str, ids: list[str]) -> dict[str, int]:
    return {row.id: row.subject_no for row in transaction.all("subjects", kind=kind, ids=sorted(set(ids)))}


def _digest(records: Sequence[Said]) -> bytes:
    """One line for each subject, in the order of their ids; no id holds what stands between the columns."""
    columns = ("subject", "organisation", "post", "total", "rank", "tier", "no_tier")
    return canonical.digest(["|".join(_text(record[column]) for column in columns) for record in records])


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return decimal_text(value) if isinstance(value, Decimal) else str(value)
