"""How the tests of explanations ask: a small rulebook with other parts, a row made by hand, sentences held whole."""

import re
from decimal import Decimal
from itertools import chain
from types import SimpleNamespace
from typing import Any

import yaml

from schemas.rulebook import Rulebook
from service import explanation
from service.rulebooks import layout
from tests.county import RULEBOOK
from tests.oracle.generate.texts import text

Said = dict[str, Any]

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What is left where a piece of a sentence is missing.
BROKEN = re.compile(
    r"None|Decimal|Words|[{}]|\(\s*\)|（\s*）|[，；、：]\s*[，；、：。]|[,;:]\s*[,;:.]|  | ,|“”|: \.$|^[：，,]"
)
COUNTY: Said = yaml.load(RULEBOOK, yaml.BaseLoader)
SHAPE = Rulebook()
TITLES = {"visit.done": "入户走访", "act.reviewed": "复核"}
VISITS = {"event": "visit.done"}
VALUED = {**VISITS, "field": "grade", "value": {"good": "100", "poor": "60", "unsure": "out"}}


def words(schema: Any, name: str) -> tuple[str, ...]:
    """The closed list of words of a field."""
    field = schema._declared_fields[name]
    found: tuple[str, ...] = field.words
    return found


def book(kind: str = "month", **more: Any) -> explanation.Book:
    """The small county's rulebook with other parts."""
    rulebook = SHAPE.load(plain({**COUNTY, **more}))
    return explanation.Book(rulebook, TITLES, layout.sheet(rulebook, kind))


def plain(value: Any) -> Any:
    """As a rulebook is read: everything is text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return text(value) if isinstance(value, Decimal) else str(value)


def stored(of: explanation.Book, **more: Any) -> Any:
    """A stored row of zeros, with other values."""
    sheet, lists = of.sheet, len(of.rulebook["lists"])
    items, outcomes = len(sheet.items), len(sheet.outcomes)
    row = {
        "lines": [Decimal(0)] * (of.lines.limit + 1),
        "measures": [Decimal(0)] * items,
        "codes": [None] * items,
        "counts": [0] * items,
        "no_data": [],
        "category_points": [Decimal(0)] * len(sheet.categories),
        "met": [],
        "total": Decimal(0),
        "no_tier": None,
        "ceiling_no": None,
        "veto_no": None,
        "rank": 1,
        "tier_no": 1,
        "pool": "staff",
        "due": 3,
        "ranked": 3,
        "list_groups": ["*"] * lists,
        "list_ranks": [1] * lists,
        "outcomes": list(range(1, outcomes + 1)),
        "outcome_values": [None] * outcomes,
        "unanswered": [],
        "candidacies": [],
        "organisation": "county",
        "post": "staff",
        "service_days": 31,
    }
    assert not more.keys() - row.keys()
    return SimpleNamespace(**{**row, **more})


def everything(of: explanation.Book, row: Any) -> list[Said]:
    """Whatever has a sentence."""
    parts = (explanation.lines, explanation.measures, explanation.gates, explanation.restrictions)
    placed = (explanation.lists, explanation.outcomes, explanation.unanswered, explanation.not_chosen)
    found = chain.from_iterable(part(of, row) for part in (*parts, *placed))
    return [*found, {"sentence": explanation.verdict(of, row)}]


def check(said: list[Said]) -> list[Said]:
    """The same, when every sentence is whole in both languages."""
    for one in said:
        assert set(one["sentence"]) == {"zh", "en"}
        assert CHINESE.search(one["sentence"]["zh"]), one
        assert re.search("[a-z]", one["sentence"]["en"]), one
        for sentence in one["sentence"].values():
            assert not BROKEN.search(sentence), sentence
    return said


def measured(take: Any, give: Any = "as_is", no_data: Any = "unmet", **more: Any) -> Said:
    """A measure; the words of `take` and `give` are those of every item."""
    return {"id": "m1", "title": "计量一", "take": take, "give": give, "no_data": no_data, **more}


def sentence(take: Any, give: Any = "as_is", row: Said | None = None, **more: Any) -> Said:
    """What the only measure says of itself."""
    of = book(measures=[measured(take, give, **more)])
    known = {name: [None] * (len(of.sheet.items) - 1) + [value] for name, value in (row or {}).items()}
    defaults = {"counts": [0] * (len(of.sheet.items) - 1) + [3]}
    [found] = check(explanation.measures(of, stored(of, **{**defaults, **known})))
    said: Said = found["sentence"]
    return said
