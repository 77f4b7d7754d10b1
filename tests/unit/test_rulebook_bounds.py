"""Which bounds do nothing: what could still be reached, or could fail, is never called idle."""

from typing import Any

import pytest

from schemas.rulebook import Rulebook
from service.rulebooks import lint
from tests.http.broken.changes import COUNT, Change, at, bonus, both, measure, multipliers, negative, restriction, taken
from tests.http.broken.changes import take as takes
from tests.unit.test_rulebook_lint import DECLARED, document

FAMILY = {"bands.unreached", "max.unreached", "max.cuts", "total.unreached", "gate.always", "range.never"}
STARS = {"event": "rating.resident"}
BANDS = [{"at_least": "4", "points": "60"}, {"at_least": "2", "points": "20"}, {"otherwise": "true", "points": "0"}]
ATTRIBUTE = {"attribute": {"name": "factor", "as": "number"}}
COUNTED = measure(COUNT, no_data="zero")
FULL = at("total/max", "100")

REACHED: dict[str, Change] = {
    "rows between the bounds of the type": takes({"mean": STARS}, {"bands": BANDS}),
    "a row at the greatest number": takes(
        {"best": STARS}, {"bands": [{"at_least": "5", "points": "60"}, {"otherwise": "true", "points": "0"}]}
    ),
    "a maximum that only no data reaches": takes(
        {"mean": STARS}, {"bands": [{**row, "points": "5"} for row in BANDS]}, no_data="full"
    ),
    "a maximum under which points are lost, of a number without a bound": takes(COUNT, {"each": "100"}),
    "what is over a bound, in begun units": takes(
        {"mean": STARS}, {"each": {"points": "60", "per": "10", "over": "4", "units": "started"}}
    ),
    "what is missing to a bound": takes({"mean": STARS}, {"each": {"points": "20", "under": "4"}}),
    "full marks less deductions": takes(COUNT, {"each": {"points": "-2", "start": "60"}}, no_data="full", min="0"),
    "a falling line": takes({"mean": STARS}, {"linear": {"from": ["1", "5"], "to": ["60", "0"]}}),
    "points of several events under one maximum": taken("each_event", {"each": "60"}),
    "an indicator that only deducts": both(
        at("indicators/2", {"id": "errors", "title": "差错", "category": "duty", "max": "0", "take": COUNT,
                            "give": {"each": "-1"}, "no_data": "zero", "ref": "一"}),
    ),
    "a total that bonus lifts": both(bonus("before_limit", {"max": "5"}), at("total/max", "105")),
    "a total that a multiplier lifts": both(multipliers("total", take=ATTRIBUTE), at("total/max", "130")),
    "a total that bonus without a bound lifts, counted for nothing in the year": both(
        bonus("before_limit", {"max": "none"}),
        at("rollup/year/parts/0/weight", "0%"),
        at("rollup/year/parts/1/weight", "100%"),
        at("total/max", "900"),
    ),
    "a total that a part lifts where it has no data": both(
        at("rollup/year/parts/0/no_data", {"points": "90"}), at("total/max", "120")
    ),
    "a threshold above the least total": at("tiers/2/total_at_least", "0.01"),
    "a threshold under a bonus that may take points": both(
        bonus("after_limit", {"max": "5"}), at("tiers/2/total_at_least", "0"), FULL
    ),
    "a bound at the maximum": restriction({"indicator": "rating", "below": "40"}),
    "a bound that no data misses": at("tiers/0/gates/0", {"indicator": "rating", "at_least": "0.01"}),
    "no points where points may be taken": restriction({"category": "duty", "at_least": "0"}),
    "a measure that may be unmet": both(measure(COUNT), restriction({"measure": "m", "at_least": "0"})),
    "one more than nothing": both(COUNTED, restriction({"measure": "m", "at_least": "1"})),
    "some of the posts": both(at("applies_to/posts", ["staff", "head"]), restriction({"posts": ["staff"]})),
    "numbers at the edge of the type": takes({"mean": {**STARS, "between": ["5", "9"]}}, {"each": "20"}),
    "one of several values": taken("count", event="rating.resident", where={"stars": ["9", "5"]}),
    "a price that is the maximum": negative(deduct="9"),
}  # fmt: skip
IDLE: dict[str, tuple[Change, str, str]] = {
    "a row above": (takes({"mean": STARS}, {"bands": [{"at_least": "6", "points": "60"}, *BANDS]}), "/indicators/0/give/bands/0", "bands.unreached"),
    "a row below": (takes({"mean": STARS}, {"bands": [*BANDS[:1], {"at_least": "1", "points": "9"}, {"at_least": "0", "points": "5"}, BANDS[2]]}), "/indicators/0/give/bands/2", "bands.unreached"),
    "too few points for each": (takes({"mean": STARS}, {"each": "11.99"}), "/indicators/0/max", "max.unreached"),
    "whole units": (takes({"mean": STARS}, {"each": {"points": "50", "per": "3", "units": "whole"}}), "/indicators/0/max", "max.unreached"),
    "a part by its weight": (at("rollup/year/parts/1/max", "30.01"), "/rollup/year/parts/1/max", "max.unreached"),
    "a part cut by its weight": (at("rollup/year/parts/1/max", "29.99"), "/rollup/year/parts/1/max", "max.cuts"),
    "a price above the maximum": (negative(deduct="9.01"), "/negative_list/0/max", "max.cuts"),
    "a total beyond all": (at("total/max", "105"), "/total/max", "total.unreached"),
    "a total beyond the bonus": (both(bonus("before_limit", {"max": "5"}), at("total/max", "105.01")), "/total/max", "total.unreached"),
    "a bonus that comes after the limit": (both(bonus("after_limit", {"max": "5"}), at("total/max", "105")), "/total/max", "total.unreached"),
    "a threshold at the least total": (at("tiers/2/total_at_least", "0"), "/tiers/2/total_at_least", "gate.always"),
    "nothing asked of an indicator": (at("tiers/0/gates/0", {"indicator": "rating", "at_least": "0"}), "/tiers/0/gates/0/at_least", "gate.always"),
    "nothing asked of a measure": (both(COUNTED, restriction({"measure": "m", "at_least": "0"})), "/restrictions/0/when/at_least", "gate.always"),
    "all of the posts": (restriction({"posts": ["staff", "staff"]}), "/restrictions/0/when/posts", "gate.always"),
    "numbers beyond the type": (takes({"mean": {**STARS, "between": ["5.01", "9"]}}, {"each": "20"}), "/indicators/0/take/mean/between", "range.never"),
    "values beyond the type": (taken("count", event="rating.resident", where={"stars": ["9", "0"]}), "/indicators/0/take/count/where/stars", "range.never"),
}  # fmt: skip


def idle(change: Change) -> list[tuple[str, str]]:
    """What the family finds in a changed rulebook, whose total is bounded by its categories."""
    said: dict[str, Any] = document()
    FULL(said)
    change(said)
    return [(one.pointer, one.code) for one in lint.findings(Rulebook().load(said), DECLARED) if one.code in FAMILY]


def test_the_rulebook_itself_has_none() -> None:
    assert idle(FULL) == []


@pytest.mark.parametrize("change", REACHED.values(), ids=REACHED)
def test_what_may_be_reached_is_not_idle(change: Change) -> None:
    assert idle(change) == []


@pytest.mark.parametrize(("change", "pointer", "code"), IDLE.values(), ids=IDLE)
def test_what_cannot_be_reached_is_found(change: Change, pointer: str, code: str) -> None:
    assert (pointer, code) in idle(change)
