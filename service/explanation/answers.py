"""What a result says of outcomes that don't simply follow (§15): history too short, and a place among candidates."""

from typing import Any

from service.explanation.book import Book, head
from service.explanation.conditions import condition
from service.explanation.sources import is_of_results
from service.explanation.words import NOTHING, Words, joined, say
from service.rulebooks.layout import named_in

Said = dict[str, Any]

_NO_SEAT = Words("未入选", "not chosen")


def unanswered(book: Book, row: Any) -> list[Said]:
    """The outcomes whose condition stays open, why, and the measures of results that have no data."""
    found = []
    for number in row.unanswered:
        said = book.sheet.outcomes[number - 1]
        lacking = _without_history(book, row, said)
        sentence = say(
            "{head}：往期结果不足，暂不能认定（{lacking}）；条件为{asked}。",
            "{head}: insufficient history, not answered yet ({lacking}); the condition is {asked}.",
            head=head(said),
            lacking=joined(book.named("item", one) for one in lacking),
            asked=condition(book, row, said["when"]),
        )
        about = {"why": "insufficient_history", "measures": lacking, "sentence": sentence.json()}
        found.append({"id": said["id"], "title": said["title"], "ref": said.get("ref"), **about})
    return found


def not_chosen(book: Book, row: Any) -> list[Said]:
    """The outcomes for which the subject is a candidate without a seat."""
    found = []
    for number, *_ in row.candidacies:
        if number not in row.outcomes:
            said = book.sheet.outcomes[number - 1]
            sentence = say(
                "{head}：{no}{seat}。", "{head}: {no}{seat}.", head=head(said), no=_NO_SEAT, seat=seat(row, number)
            )
            found.append(
                {"id": said["id"], "title": said["title"], "ref": said.get("ref"), **seats(row, number)}
                | {"sentence": sentence.json()}
            )
    return found


def seats(row: Any, number: int) -> dict[str, int]:
    """The place among the candidates of an outcome, its seats, how many are used, and how many are left."""
    for outcome, place, many, used in row.candidacies:
        if outcome == number:
            return {"place": place, "seats": many, "used": used, "left": max(many - used, 0)}
    return {}


def seat(row: Any, number: int) -> Words:
    """The same in words; nothing where nobody is chosen."""
    known = seats(row, number)
    if not known:
        return NOTHING
    zh = "，候选人中排第 {place}（名额 {seats} 个，已用 {used} 个，余 {left} 个）"
    return say(zh, ", candidate {place} (seats {seats}, used {used}, left {left})", **known)


def _without_history(book: Book, row: Any, said: Said) -> list[str]:
    """The measures of results that a condition asks for and that have neither number nor code."""
    named = dict.fromkeys(identifier for kind, identifier in named_in(said["when"]) if kind == "measure")
    of_results = {one["id"] for one in book.rulebook["measures"] if is_of_results(one["take"])}
    return [one for one in named if one in of_results and _is_empty(row, book.sheet.item_no(one))]


def _is_empty(row: Any, number: int) -> bool:
    return row.measures[number - 1] is None and row.codes[number - 1] is None
