"""What follows from the results of a period, for whom and why: the list for those who carry it out.

Beside it, for whom an outcome can't be answered because history is too short, and who was a candidate without a seat.
"""

from typing import Any

from service import cursors, explanation, inputs
from service.database.transactions import Transaction
from service.errors import Problem, finding
from service.explanation import Book
from service.results import Shown, below, placed, with_points
from service.rulebooks.layout import Sheet, named_in

Said = dict[str, Any]


# What may be asked of outcomes, and who says it of a result.
ANSWERS = {
    "follows": explanation.outcomes,
    "insufficient_history": explanation.unanswered,
    "not_chosen": explanation.not_chosen,
}


def page(
    transaction: Transaction,
    shown: Shown,
    group: str | None,
    outcome: str | None,
    answer: str,
    after: str | None,
    limit: int,
    sees: str | None = None,
) -> Said:
    """A page by outcome and subject, of those whom the reader `sees`.

    Problem page.expired when the standing changed in between.
    """
    ids = [said["id"] for said in shown.sheet.outcomes]
    if outcome is not None and outcome not in ids:
        raise Problem("request.invalid", [finding("/outcome", "code.unknown", codes=", ".join(ids) or "-")])
    of, outcome_no, subject = cursors.decode(after, str, int, int) if after else (shown.identity, 0, 0)
    cursors.refuse_other(of, shown.identity)
    rows = transaction.all(
        "outcomes",
        **shown.keys,
        pool=group,
        organisations=None if sees is None else below(transaction, shown, sees),
        outcome=ids.index(outcome) + 1 if outcome else None,
        answer=answer,
        after_outcome=outcome_no,
        after_subject=subject,
        limit=limit + 1,
    )
    last = rows[limit - 1] if len(rows) > limit else None
    book = shown.book(transaction)
    numbers = list({row.subject_no for row in rows[:limit]})
    results = {row.subject_no: row for row in transaction.all("results_of", **shown.keys, subjects=numbers)}
    items = [_item(shown, book, answer, row, results[row.subject_no]) for row in rows[:limit]]
    following = cursors.encode(shown.identity, last.outcome_no, last.subject_no) if last else None
    return {**shown.head(), **inputs.mark(transaction, shown.run), "items": items, "next": following}


def _item(shown: Shown, book: Book, answer: str, row: Any, result: Any) -> Said:
    """One outcome, where its subject stands, and what its condition asks of the lines and measures."""
    asked = _asked(shown.sheet, shown.sheet.outcomes[row.outcome_no - 1])
    lines = [line for line in explanation.lines(book, result) if line["id"] in asked]
    return {
        **ANSWERS[answer](book, result)[row.place - 1],
        "subject": row.subject,
        **placed(shown, result),
        "lines": with_points(shown, lines),
        "measures": [measure for measure in explanation.measures(book, result) if measure["id"] in asked],
    }


def _asked(sheet: Sheet, outcome: Said) -> set[str]:
    """The ids that a condition asks for; of a category, with those of the items and categories in it."""
    found: set[str] = set()
    for kind, identifier in named_in(outcome["when"]) if "when" in outcome else ():
        found.add(identifier)
        if kind == "category":
            numbers = {sheet.category_no(identifier)}
            numbers |= {n for n, one in enumerate(sheet.categories, 1) if one.parent in numbers}
            found |= {sheet.categories[n - 1].id for n in numbers}
            found |= {item.said["id"] for item in sheet.items if item.category in numbers}
    return found
