"""One subject's result with all that it is made from and a sentence for each."""

from typing import Any

from service import distance, explanation, inputs
from service.database.transactions import Transaction
from service.errors import unknown
from service.results.shown import Shown


def result(transaction: Transaction, shown: Shown, kind: str, identifier: str) -> dict[str, Any]:
    """One subject's result with all that it is made from and a sentence for each. Problem resource.unknown."""
    row = transaction.maybe("result_of", **shown.keys, kind=kind, id=identifier)
    if row is None:
        raise unknown("result", f"{kind}/{identifier}")
    # What was carried is told as it was told when it was computed: "second of four", though there are five by now.
    [at] = shown.computed_at(transaction, [row.subject_no])
    keys = shown.keys | {"run": at.run}
    if keys != shown.keys:
        row = transaction.one("result_of", **keys, kind=kind, id=identifier)
    book = shown.book(transaction)
    return {
        **shown.head(),
        **inputs.mark(transaction, shown.run),
        "subject": f"{kind}/{identifier}",
        **placed(shown, row),
        "lines": with_points(shown, lines(shown, book, row)),
        "category_points": [] if shown.is_import else with_points(shown, explanation.category_points(book, row)),
        "measures": [] if shown.is_import else explanation.measures(book, row),
        **beside(shown, book, row),
        "next_tier": None if shown.is_import else distance.next_tier(transaction, keys, book, row),
        **_completion(transaction, shown, book, row),
    }


def lines(shown: Shown, book: explanation.Book, row: Any) -> list[dict[str, Any]]:
    """Every line of a result; an imported one has none."""
    return [] if shown.is_import else explanation.lines(book, row)


def beside(shown: Shown, book: explanation.Book, row: Any) -> dict[str, Any]:
    """What is said of a result beside its place and its lines, and the sentence of the whole."""
    if shown.is_import:
        sentence = explanation.imported(book, row, shown.run.document)
        nothing: list[Any] = []
        said = dict.fromkeys(("gates", "restrictions", "lists", "outcomes", "unanswered", "not_chosen"), nothing)
        return {**said, "sentence": sentence}
    return {
        "gates": explanation.gates(book, row),
        "restrictions": explanation.restrictions(book, row),
        "lists": explanation.lists(book, row),
        "outcomes": explanation.outcomes(book, row),
        "unanswered": explanation.unanswered(book, row),
        "not_chosen": explanation.not_chosen(book, row),
        "sentence": explanation.verdict(book, row),
    }


def _completion(transaction: Transaction, shown: Shown, book: explanation.Book, row: Any) -> dict[str, Any]:
    """That the tier was filled in later, where it was."""
    [at] = shown.computed_at(transaction, [row.subject_no])
    filled_in = at.revision if at.kind == "completion" else None
    return {"completion": explanation.completion(book, row, filled_in)} if filled_in else {}


def placed(shown: Shown, row: Any) -> dict[str, Any]:
    """Where a subject stands: its place, total, rank and tier, and what bars a better one."""
    tiers = [None, *(tier["id"] for tier in shown.rulebook["tiers"])]
    return {
        "organisation": row.organisation,
        "post": row.post,
        "group": row.pool,
        "due": row.due,
        "ranked": row.ranked,
        "service_days": row.service_days,
        "total": shown.points(row.total),
        "rank": row.rank,
        "tier": tiers[row.tier_no or 0],
        "no_tier": row.no_tier,
        "ceiling": tiers[row.ceiling_no or 0],
        "veto": tiers[row.veto_no or 0],
    }


def with_points(shown: Shown, said: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines, their points as they are displayed."""
    return [{**one, "points": shown.points(one["points"])} for one in said]
