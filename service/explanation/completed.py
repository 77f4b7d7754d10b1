"""What a result says of itself whose tier was filled in later, by a completion."""

from typing import Any

from service.explanation.book import Book
from service.explanation.words import NOTHING, Words, joined, say

Said = dict[str, Any]

FILLED_IN = Words("等次由补定得出，其他对象均未变动。", "Its tier was filled in later; nobody else was moved.")


def completion(book: Book, row: Any, revision: int) -> Said:
    """With which revision the tier was filled in, and for which better tiers there was no seat left."""
    taken = _taken(book, row)
    none_left = say(
        "；{tiers}已无剩余名额", "; no seat was left in {tiers}", tiers=joined(book.tier_no(n) for n in taken)
    )
    sentence = say(
        "等次由第 {n} 个修订版补定，其他对象均未变动{none_left}。",
        "Its tier was filled in with revision {n}, and nobody else was moved{none_left}.",
        n=revision,
        none_left=none_left if taken else NOTHING,
    )
    tiers = book.rulebook["tiers"]
    return {"revision": revision, "no_seat_in": [tiers[n - 1]["id"] for n in taken], "sentence": sentence.json()}


def _taken(book: Book, row: Any) -> list[int]:
    """The tiers whose conditions hold and that are better than the one that was had: each has a quota."""
    if row.veto_no:
        return []
    return [n for n in row.eligible if (row.ceiling_no or 1) <= n < row.tier_no and _has_seats(book, n)]


def _has_seats(book: Book, number: int) -> bool:
    quota = book.rulebook["tiers"][number - 1].get("quota", {})
    return "at_most" in quota or "seats" in quota
