"""What a table of results holds: one list of columns for every kind of file, headed in the words of the rulebook.

The columns of the lines are those that can be other than zero by this rulebook, so that they add up to the total in
every row. What can never be there has no column.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from service.explanation.book import Book
from service.explanation.items import take_of
from service.explanation.words import Words
from service.results import Shown
from service.rulebooks.layout import Item

Said = dict[str, Any]
Kind = Literal["text", "whole", "number", "points"]


class Column(NamedTuple):
    """A column: the key by which programs know it, and what people read above it."""

    key: str
    heading: Words
    kind: Kind = "text"


class Line(NamedTuple):
    """A column of points: of a category, or of a line of this kind; `place` is where an array of a result has them."""

    kind: str
    id: str
    place: int
    heading: Words

    @property
    def column(self) -> Column:
        """As a column of a table."""
        return Column(f"{self.id}:{self.kind}", self.heading, "points")


NAME = Column("name", Words("名称", "name"))
# In the order of the statement `export`; the name, before them, isn't for everybody.
FIXED = (
    Column("subject", Words("对象", "subject")),
    Column("organisation", Words("组织编号", "organisation")),
    Column("organisation_title", Words("组织", "organisation title")),
    Column("post", Words("岗位", "post")),
    Column("group", Words("组别", "group")),
    Column("rank", Words("名次", "rank"), "whole"),
    Column("total", Words("总分", "total"), "points"),
    Column("tier", Words("等次编号", "tier")),
    Column("tier_title", Words("等次", "tier title")),
    Column("no_tier", Words("不定等次编号", "no tier")),
    Column("reason", Words("不定等次原因", "reason")),
    Column("outcomes", Words("结果运用编号", "outcomes")),
    Column("outcome_titles", Words("结果运用", "outcome titles")),
)


def categories(shown: Shown) -> list[Line]:
    """The points of the categories that the rulebook declares, numbered from 1; an import has none."""
    if shown.is_import:
        return []
    return [
        Line("category", category.id, number, _of(category.said, "小计", "in all"))
        for number, category in enumerate(shown.sheet.categories, 1)
        if category.kind == "indicator"
    ]


def lines(shown: Shown, book: Book) -> list[Line]:
    """The lines that a result can have by its sheet, in the order in which they are explained; an import has none."""
    if shown.is_import:
        return []
    found = [*_of_items(book, "indicator"), *_of_items(book, "part"), *_of_categories(book)]
    found += [*_of_items(book, "bonus"), *_of_bonus(book)]
    if book.sheet.is_base:
        found += _of_items(book, "deduction")
    return [*found, *_of_restrictions(book), *_of_total(book)]


def _of_items(book: Book, kind: str) -> Iterator[Line]:
    for number, item in enumerate(book.sheet.items, 1):
        if item.kind == kind:
            said = item.said
            yield Line(kind, said["id"], book.lines.item(number) + 1, Words(said["title"], said["id"]))
            if _is_bounded(item):
                yield Line("cap", said["id"], book.lines.cap(number) + 1, _of(said, "上下限", "bounds"))


def _is_bounded(item: Item) -> bool:
    _, source = take_of(item)
    return "max" in item.said or "min" in item.said or (isinstance(source, dict) and "caps" in source)


def _of_categories(book: Book) -> Iterator[Line]:
    for number, category in enumerate(book.sheet.categories, 1):
        said, of = category.said, category.id
        if category.kind != "indicator":
            continue
        if "max" in said or "min" in said or said["counts"] != "sum":
            yield Line("category_cap", of, book.lines.category_cap(number) + 1, _of(said, "上下限", "bounds"))
        if "weight" in said:
            yield Line("weight", of, book.lines.weight(number) + 1, _of(said, "权重", "weight"))
        if factor := _multiplier(book, number):
            yield Line("multiplier", factor["id"], book.lines.multiplier(number) + 1, _of(factor, "系数", "multiplier"))


def _of_bonus(book: Book) -> Iterator[Line]:
    for number, category in enumerate(book.sheet.categories, 1):
        if category.kind == "bonus" and "max" in category.said:
            yield Line(
                "bonus_cap", "bonus", book.lines.category_cap(number) + 1, Words("加分项（上限）", "bonus (bound)")
            )


def _of_restrictions(book: Book) -> Iterator[Line]:
    for number, said in enumerate(book.sheet.restrictions, 1):
        if "deduct" in said:
            heading = Words(said["title"], said["id"])
            yield Line("restriction", said["id"], book.lines.restriction(number) + 1, heading)


def _of_total(book: Book) -> Iterator[Line]:
    if factor := _multiplier(book, None):
        yield Line("multiplier", factor["id"], book.lines.total_multiplier + 1, _of(factor, "系数", "multiplier"))
    yield Line("limit", "total", book.lines.limit + 1, Words("总分（上下限）", "total (bounds)"))


def _multiplier(book: Book, category: int | None) -> Said | None:
    """The factor of a category, or of the total."""
    factors = (item for item in book.sheet.items if item.kind == "multiplier" and item.category == category)
    return next((item.said for item in factors), None)


def _of(said: Said, zh: str, en: str) -> Words:
    return Words(f"{said['title']}（{zh}）", f"{said['id']} ({en})")
