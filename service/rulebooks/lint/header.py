"""Findings in the head of a rulebook: kinds of period, the cohort, peer groups, lists, ids, local additions."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from schemas.faults import Slip
from service.errors import finding
from service.periods import parse as parse_period
from service.rulebooks.lint.book import Book, Found, length, not_empty, repeated, unknown

_LONGEST = {"month": 31, "quarter": 92, "half_year": 184, "year": 366}  # days


def findings(book: Book) -> Found:
    """All of this family."""
    yield from _periods(book)
    yield from _notice(book)
    yield from _participation(book)
    yield from _cohort(book)
    yield from _peers(book)
    yield from _lists(book)
    yield from _ids(book)
    yield from not_empty("", book.said, "categories", "indicators", "tiers")
    yield from _local_additions(book)


def _periods(book: Book) -> Found:
    periods = book.said["periods"]
    try:
        ZoneInfo(periods["timezone"])
    except (ValueError, OSError, LookupError):
        slip = Slip(periods["timezone"], _zones())
        yield finding("/periods/timezone", "timezone.unknown", slip, zone=periods["timezone"])
    if parse_period(book.said["effective"]["from_"]).kind != book.base:
        yield finding("/effective/from", "effective.kind", kind=book.base)
    yield from repeated("/periods/rollups", periods["rollups"])
    for n, kind in enumerate(periods["rollups"]):
        if length(kind) <= length(book.base):
            yield finding(f"/periods/rollups/{n}", "rollup.kind", kind=book.base)
        if kind not in book.said["rollup"]:
            yield finding(f"/rollup/{kind}", "field.required")
    for kind in book.said["rollup"]:
        if kind not in periods["rollups"]:
            yield finding(f"/rollup/{kind}", "rollup.unlisted", of_key=True)


def _notice(book: Book) -> Found:
    said = book.said.get("notice")
    if said and said["objection_days"] < said["days"]:
        yield finding("/notice/objection_days", "notice.unheard", days=said["days"])


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _participation(book: Book) -> Found:
    for kind, days in book.said["participation"]["min_service_days"].items():
        pointer = f"/participation/min_service_days/{kind}"
        yield from unknown(pointer, [kind], book.kinds, of_key=True)
        if days > _LONGEST[kind]:
            yield finding(pointer, "number.range", least=0, most=_LONGEST[kind])


def _cohort(book: Book) -> Found:
    said = book.said["applies_to"]
    subject = book.said["subject"]
    wanted, unwanted = ("posts", "kinds") if book.workers else ("kinds", "posts")
    if wanted not in said:
        yield finding(f"/applies_to/{wanted}", "field.required")
    if unwanted in said:
        yield finding(f"/applies_to/{unwanted}", "subject.words", subject=subject)
    yield from not_empty("/applies_to", said, wanted)
    if book.workers and "assignment" not in book.said:
        yield finding("/assignment", "field.required")
    if not book.workers and "assignment" in book.said:
        yield finding("/assignment", "subject.words", subject=subject)


def _peers(book: Book) -> Found:
    yield from _by(book, "/peer_groups/by", book.said["peer_groups"]["by"])


def _by(book: Book, pointer: str, by: list[str]) -> Found:
    yield from repeated(pointer, by)
    unfit = "kind" if book.workers else "post"
    if unfit in by:
        yield finding(f"{pointer}/{by.index(unfit)}", "subject.words", subject=book.said["subject"])


def _lists(book: Book) -> Found:
    cohort = book.said["applies_to"]
    wanted, unwanted = ("posts", "kinds") if book.workers else ("kinds", "posts")
    for n, ranked in enumerate(book.said["lists"]):
        pointer = f"/lists/{n}"
        yield from _by(book, f"{pointer}/by", ranked["by"])
        yield from not_empty(pointer, ranked, wanted)
        yield from unknown(f"{pointer}/{wanted}", ranked.get(wanted, []), cohort.get(wanted, []))
        if unwanted in ranked:
            yield finding(f"{pointer}/{unwanted}", "subject.words", subject=book.said["subject"])
        if ranked["id"] == "peer_group":
            yield finding(f"{pointer}/id", "id.reserved")


def _ids(book: Book) -> Found:
    """Items, multipliers, measures and restrictions share one space; the others have their own."""
    restrictions = [(f"/restrictions/{n}", said["id"]) for n, said in enumerate(book.said["restrictions"])]
    spaces = [[*((use.pointer, use.id) for use in book.uses), *restrictions]]
    for key in ("categories", "tiers", "lists", "outcomes"):
        spaces.append([(f"/{key}/{n}", said["id"]) for n, said in enumerate(book.said[key])])
    for space in spaces:
        seen: set[str] = set()
        for pointer, identifier in space:
            if identifier in seen:
                yield finding(f"{pointer}/id", "id.repeated")
            seen.add(identifier)
    for n, category in enumerate(book.said["categories"]):
        if category["id"] == "total":  # what a multiplier calls the total
            yield finding(f"/categories/{n}/id", "id.reserved")


def _local_additions(book: Book) -> Found:
    said = book.said.get("local_additions")
    if not said:
        return
    yield from unknown("/local_additions/into", [said["into"]], book.categories)
    if book.parts(said["into"]):
        yield finding("/local_additions/into", "category.both")
    if said["points"] < 0:
        yield finding("/local_additions/points", "number.negative")
