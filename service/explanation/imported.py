"""What a result says of itself that was imported: there are no lines, only a document."""

from typing import Any

from service.explanation.book import Book
from service.explanation.placing import REASONS
from service.explanation.words import NOTHING, Words, say

# Those that a rulebook gives, and those that a computation finds by itself.
NO_TIER = {
    **REASONS,
    "service_short": Words("在岗天数不足", "too few service days"),
    "few_periods": Words("已考核的周期不足", "too few appraised periods"),
    "data_missing": Words("必需的数据缺失", "required data are missing"),
}


def imported(book: Book, row: Any, document: str) -> dict[str, str]:
    """The result in one sentence, with the document that says it."""
    total = NOTHING if row.total is None else say("总分 {n}，", "total {n}, ", n=row.total)
    if row.no_tier:
        place = say("不定等次：{why}", "no tier: {why}", why=NO_TIER[row.no_tier])
    else:
        place = say("等次{tier}", "tier {tier}", tier=book.tier_no(row.tier_no))
    rank = NOTHING if row.rank is None else say("，排第 {n}", ", rank {n}", n=row.rank)
    return say(
        "依据“{document}”导入：{total}{place}{rank}。",
        "Imported from {document}: {total}{place}{rank}.",
        document=document,
        total=total,
        place=place,
        rank=rank,
    ).json()
