"""Findings in the words of a single aggregate: what it needs, and what it can't be made of."""

from service.errors import finding
from service.rulebooks.lint.book import Book, Found, not_empty, repeated
from service.rulebooks.nodes import Use, selections


def findings(book: Book) -> Found:
    """All of this family."""
    for use in book.uses:
        name, said = use.take
        at = use.source
        if name == "days" and "lasts" not in said:
            yield finding(f"{at}/lasts", "field.required")
        if name == "plurality":
            yield from repeated(f"{at}/order", said["order"])
        if name == "tenure_months":
            yield from _tenure(book, use)
        if name == "ratio":
            yield from (
                finding(f"{side.pointer}/distinct", "words.exclusive", word="field")
                for side in selections(use)
                if {"distinct", "field"} <= set(side.said)
            )


def _tenure(book: Book, use: Use) -> Found:
    if not book.workers:
        yield finding(use.source, "subject.words", subject=book.said["subject"])
    yield from not_empty(use.source, use.take[1], "posts")
