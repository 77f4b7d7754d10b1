"""Conditions as parameter rows: tests, and clauses of tests of which one must hold as a whole.

Whatever nesting of all, any and not a rulebook writes, the computation asks flat lists: a `not` is moved to the tests.
"""

from itertools import product
from typing import Any

from schemas.fields import decimal_text
from service.rulebooks.layout import Condition, Sheet

Row = dict[str, Any]
Clauses = list[tuple[int, ...]]


class Tests:
    """The tests of one sheet, each kept once, and the clauses of its conditions, numbered as they come."""

    def __init__(self, sheet: Sheet, tiers: list[str], lists: list[str]) -> None:
        """None yet."""
        self._sheet = sheet
        self._tiers, self._lists = tiers, lists
        self._numbers: dict[str, int] = {}
        self.tests: list[Row] = []
        self.clauses: list[Row] = []
        self._conditions = 0

    def add(self, condition: Condition) -> int:
        """The number of a new condition."""
        self._conditions += 1
        for n, tests in enumerate(self._alternatives(condition, False), 1):
            self.clauses.append({"condition_no": self._conditions, "clause_no": n, "test_nos": sorted(set(tests))})
        return self._conditions

    def _alternatives(self, condition: Condition, negated: bool) -> Clauses:
        kind, said = condition
        if kind == "not":
            return self._alternatives(said, not negated)
        if kind not in ("all", "any"):
            return [(self._test(kind, said, negated),)]
        parts = [self._alternatives(inner, negated) for inner in said]
        if (kind == "any") != negated:
            return [clause for part in parts for clause in part]
        return [tuple(n for clause in chosen for n in clause) for chosen in product(*parts)]

    def _test(self, kind: str, said: Any, negated: bool) -> int:
        row = {**self._row(kind, said), "negated": negated}
        if kind == "no_negative" or (isinstance(said, dict) and "below" in said) or kind == "total_below":
            row["negated"] = not negated
        key = repr(sorted(row.items()))
        if key not in self._numbers:
            self._numbers[key] = len(self.tests) + 1
            self.tests.append({**row, "test_no": self._numbers[key]})
        return self._numbers[key]

    def _row(self, kind: str, said: Any) -> Row:
        match kind:
            case "indicator" | "category" | "measure":
                return self._compared(kind, said)
            case "posts":
                return {"operand": "post", "codes": said}
            case "negative":
                return {"operand": "events", "numbers": [self._sheet.item_no(said)]}
            case "no_data":
                return {"operand": "no_data", "number": self._sheet.item_no(said)}
            case "no_negative":
                return {"operand": "events", "numbers": self._sheet.severity_nos(said)}
            case "tier":
                return {"operand": "tier", "numbers": [self._tiers.index(tier) + 1 for tier in said]}
            case "total_at_least" | "total_below":
                return {"operand": "total", "at_least": decimal_text(said)}
            case _:
                return self._place(kind, said)

    def _compared(self, kind: str, said: Row) -> Row:
        named = said[kind]
        number = self._sheet.category_no(named) if kind == "category" else self._sheet.item_no(named)
        if "is_" in said:
            return {"operand": "code", "number": number, "codes": said["is_"]}
        bound = decimal_text(said["at_least"] if "at_least" in said else said["below"])
        return {"operand": "item" if kind == "indicator" else kind, "number": number, "at_least": bound}

    def _place(self, kind: str, said: Row) -> Row:
        how, many = said[kind]
        return {
            "operand": "place",
            "number": 0 if said["of"] == "peer_group" else self._lists.index(said["of"]) + 1,
            "at_least" if how == "count" else "percent": str(many),
            "rounding": said.get("rounding"),
            "from_top": kind == "top",
            "all_ties": said["ties"] == "all_of_them",
        }
