"""Findings where a take reads results of periods: which kind, of whom, of which rulebook, and what of them."""

from service.errors import finding
from service.rulebooks.lint.book import Book, Found, length, not_empty, unknown
from service.rulebooks.nodes import Use

_PART_KINDS = {"H": "half_year", "Q": "quarter"}


def findings(book: Book) -> Found:
    """All of this family."""
    for use in book.uses:
        results = use.results
        if results is None:
            continue
        if results["read"][0] == "tier" and use.take[0] in ("sum", "mean"):
            yield finding(f"{use.source}/read", "results.tier")
        yield from not_empty(use.source, results, "tier")
        yield from _part_of_year(use)
        yield from _own(book, use) if book.is_own(results) else _others(book, use)


def _part_of_year(use: Use) -> Found:
    """H1 is a half-year, Q1 a quarter."""
    results = use.results or {}
    kind = _PART_KINDS.get(results["period"][0][0])
    if kind and results["results"] != kind:
        yield finding(f"{use.source}/period", "results.part", kind=kind)


def _own(book: Book, use: Use) -> Found:
    """What is read of oneself was made before: a shorter period, or an earlier one."""
    results, at = use.results or {}, use.source
    kind, (period, _) = results["results"], results["period"]
    if kind not in book.kinds:
        yield from unknown(f"{at}/results", [kind], book.kinds)
        return
    if results["of"][0] != "own":  # a rulebook has results of one kind of subject: these are another's
        yield finding(f"{at}/rulebook", "results.itself" if "rulebook" in results else "field.required")
    if period in ("same", "containing"):
        yield finding(f"{at}/period", "results.own")
    elif period not in ("before", "last_final"):
        shortest = min((k for k in use.kinds if k in book.kinds), key=length, default=None)
        if shortest and length(kind) >= length(shortest):
            yield finding(f"{at}/results", "results.shorter", kind=shortest)
    if "tier" in results:
        yield from unknown(f"{at}/tier", results["tier"], book.tiers)
    read, identifier = results["read"]
    if read in ("category", "indicator") and not book.has(kind, read, identifier):
        yield from unknown(f"{at}/read/{read}", [identifier], [n for n in book.names(read) if book.has(kind, read, n)])


def _others(book: Book, use: Use) -> Found:
    results, at = use.results or {}, use.source
    kind, (period, _) = results["results"], results["period"]
    # A kind of period in which there are none has no data; where every kind has none, the words are wrong.
    if not any(_fits(length(kind), period, length(sheet)) for sheet in use.kinds):
        yield finding(f"{at}/period", "results.period", kind=", ".join(use.kinds))


def _fits(kind: int, period: str, sheet: int) -> bool:
    """Whether a period of one length has results of another length inside, at, or around itself."""
    return {"inside": kind <= sheet, "same": kind == sheet, "containing": kind >= sheet}.get(period, True)
