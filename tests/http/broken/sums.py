"""Rulebooks whose maxima, weights, bonus and multipliers can't be right."""

from tests.http.broken.changes import FIRST, ITEM, Example, at, bonus, both, multipliers, nested

SUMS: list[Example] = [
    (at("total/full", "1e2"), "/total/full", "number.expected"),
    (at("total/full", "0.0000001"), "/total/full", "number.inexact"),
    (at("total/full", "99"), "/total/full", "sum.categories"),
    (at("categories/0/weight", "50%"), "/total/full", "sum.categories"),
    (at("total/max", "99"), "/total", "total.order"),
    (at("total/min", "0.001"), "/total/min", "number.step"),
    (at("categories/2", {"id": "empty", "title": "x", "max": "0"}), "/categories/2", "category.empty"),
    (at("categories/2", {"id": "empty", "title": "x", "max": "-1"}), "/categories/2/max", "number.negative"),
    (at("categories/0/in", "duty"), "/categories/0/in", "category.itself"),
    (at("categories/0/in", "imagined"), "/categories/0/in", "reference.unknown"),
    (nested({}, {"in": "duty"}), "/categories/2/in", "category.deep"),
    (both(nested({}), at("indicators/0/category", "service")), "/categories/1", "category.both"),
    (nested({"weight": "50%"}), "/categories/1/max", "sum.nested"),
    (at("indicators/1/max", "39"), "/categories/1/max", "sum.indicators"),
    (at("categories/1/counts", "median"), "/categories/1/counts", "code.unknown"),
    (at("indicators/0/category", "imagined"), f"{FIRST}/category", "reference.unknown"),
    (at("indicators/0/min", "61"), f"{FIRST}/min", "range.malformed"),
    (at("indicators/1/no_data/points", "0.005"), "/indicators/1/no_data/points", "number.step"),
    (at("indicators/1/no_data/points", "x"), "/indicators/1/no_data/points", "number.expected"),
    (at("rollup/year/parts/0/weight", "60%"), "/rollup/year/parts", "sum.weights"),
    (at("rollup/year/parts/0/weight", "0.7"), "/rollup/year/parts/0/weight", "percent.malformed"),
    (at("rollup/year/parts/0/weight", "101%"), "/rollup/year/parts/0/weight", "percent.malformed"),
    (at("rollup/year/min_periods", "13"), "/rollup/year/min_periods", "number.range"),
    (bonus("before_limit", {"max": "0.005"}), "/bonus/max", "number.step"),
    (bonus("before_limit", {"max": "-1"}), "/bonus/max", "number.negative"),
    (bonus("before_limit", {"into": "duty"}), "/bonus/into", "bonus.into"),
    (bonus("before_weights", {}), "/bonus/into", "field.required"),
    (bonus("before_weights", {"into": "imagined"}), "/bonus/into", "reference.unknown"),
    (
        both(bonus("before_weights", {"into": "duty"}), at("categories/0/counts", "best")),
        "/bonus/into",
        "bonus.category",
    ),
    (
        both(
            at("orders/bonus", "before_weights"), at("rollup/year/bonus", {"max": "none", "into": "duty", "items": []})
        ),
        "/rollup/year/bonus/into",
        "reference.unknown",
    ),
    (bonus("before_limit", {"items": [{**ITEM, "no_data": "full"}]}), "/bonus/items/0/no_data", "no_data.full"),
    (multipliers("imagined"), "/multipliers/0/of", "reference.unknown"),
    (multipliers("total", "total"), "/multipliers/1/of", "multiplier.twice"),
    (multipliers("duty", in_=["year"]), "/multipliers/0/in_", "field.unknown"),
    (multipliers("duty", **{"in": ["year"]}), "/multipliers/0/in", "gate.elsewhere"),
    (multipliers("duty", **{"in": []}), "/multipliers/0/in", "list.empty"),
    (both(nested({}), multipliers("inner")), "/multipliers/0/of", "multiplier.nested"),
]
