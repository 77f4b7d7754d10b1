"""Every word of the rulebook language by its path, and what a rulebook says by the same paths.

A path is written with dots, a value that is a word with `=`: `take.plurality.wins=most`. WORDS is written out by hand
from docs/rulebook-language.md; a word that no world has is a word that no random test tries.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

DEPTH = 5
SELECTION = "event where about window lasts state"
ROWS = "count sum mean best worst latest given plurality running days each_event"
READ = "sum mean best worst latest given each_event"
RESULTS = "count sum mean best worst latest running"

WORDS = {
    "subject": "=worker =organisation",
    "effective": ".from",
    "authority": ".title .number .issued",
    "applies_to": ".posts .kinds .under .except",
    "assignment": "=at_end =longest =split_by_days",
    "periods": ".base=month .base=quarter .base=half_year .base=year .timezone"
    " .rollups=quarter .rollups=half_year .rollups=year .late=refuse .late=carry .late_days",
    "notice": ".days .objection_days .answer_days .counted=working .counted=calendar",
    "numbers": ".measure_decimals=0 .measure_decimals=6 .step=0.01 .step=0.1 .step=0.5 .step=1",
    "orders": ".bonus=before_weights .bonus=before_limit .bonus=after_limit"
    " .quota=before_ceilings .quota=after_ceilings",
    "local_additions": ".items .points .into",
    # 5
    "take": "=service_days .tenure_months.posts .attribute.name .attribute.as=code .attribute.as=number .fixed",
    "about": "=subject =organisation .organisation=street .organisation=county .organisation=community .members",
    "window": "=year .last",
    "lasts": ".field .months .until",
    "take.days.lasts": "=1 =12 .field .until",
    "state": ".event .same .field .counts=accepted .without=counts .without=waits .as_of=latest .as_of=period_end",
    "once": ".per .keep=first .keep=latest .keep=best .keep=worst",
    "take.each_event.once.across": "=item =category =sheet",
    "take.each_event.repeated": ".within=period .within=year .within.months .per .times",
    "take.each_event.share": ".per .by=equally .by=hours",
    "take.each_event.caps": ".per=day .per=month .per=kind .max .min",
    "take.mean.classes": ".field .weights .empty=spread .empty=zero .empty=no_data",
    "take.mean": ".at_least_n .at_least_share.field .at_least_share.shares",
    "take.plurality": ".at_least_n .at_least_share.field .order .of=votes .of=ballots"
    " .wins=most .wins=more_than_half .wins=two_thirds .tie=better .tie=worse .tie=no_data",
    "take.count": ".distinct .at_least_n",
    "take.ratio": ".num.event .den.event .num.field .den.field .num.distinct .den.distinct"
    " .num.where .num.about .num.window .num.lasts .num.state",
    "take.running": ".is .at_least_n .no_tier=breaks .no_tier=skips .no_tier=holds",
    "results": "=month =quarter =half_year =year",
    "of": "=own =organisation .organisation=street",
    "period": "=inside =same =containing .before =last_final =H1 =H2 =Q1 =Q2 =Q3 =Q4",
    "read": "=total =tier =rank .category .indicator",
    # 6, 7, 8
    "prorate": "=service_days",
    "compare": ".as=rank .as=share_of_first .order=high_first .order=low_first .within=peer_group .within=cohort",
    "give": "=as_is .each .bands .linear .ranks .table .ranks.points .ranks.others",
    "give.each": ".points .per .units=exact .units=whole .units=started .over .under .start",
    "give.bands": ".at_least .points .otherwise",
    "give.linear": ".from .to",
    "no_data": "=zero =full =missing .points",
    # 9, 10
    "categories": ".max .min .ref .in .weight .counts=sum .counts=mean .counts=best .counts=worst",
    "indicators": ".category .max .min .compare .prorate",
    "bonus": ".max .max=none .into .items.take .items.give .items.max .items.min .items.no_data .items.compare",
    "negative_list": ".severity=minor .severity=serious .severity=grave .deduct .max .min .ceiling .veto .ref"
    " .where .about .window .lasts .state .field .value .between .once .repeated .share .caps"
    " .binds=month .binds=quarter .binds=half_year .binds=year"
    " .deduct.table .deduct.bands .deduct.each .deduct.linear .deduct=as_is",
    "restrictions": ".when .in .deduct .ceiling .tier .bonus=ignored .no_tier=probation .no_tier=long_leave"
    " .no_tier=under_investigation .no_tier=under_sanction .no_tier=other",
    "multipliers": ".of=total .of=c1 .take .give .no_data.points .min .max .in .compare",
    "rollup": ".quarter.parts.take .half_year.parts.take .year.parts.take .year.parts.give .year.bonus.into",
    "parts.take": ".mean.results=month .mean.results=quarter",
    "parts": ".weight .max .min .no_data=full .no_data=missing .no_data=zero .no_data.points .compare .prorate",
    "rollup.year": ".min_periods .bonus.items",
    # 11, 12
    "measures": ".take .give .compare .prorate .no_data=zero .no_data=unmet .no_data.number .no_data.code .in",
    "when": ".indicator .category .measure .posts .negative .no_data .no_negative .all .any .not .at_least .below .is"
    " .all.all .all.not .any.not .not.any .tier .total_at_least .total_below .top .bottom",
    "participation": ".min_service_days.month .min_service_days.quarter .min_service_days.year",
    # 13, 14
    "peer_groups": ".by=post .by=organisation .by=street .by=community .by=county .by=kind .min_size"
    " .small_groups=keep_apart .small_groups=pool_in_tenant",
    "lists": ".by .posts .kinds .method=competition .method=dense",
    "tiers": ".total_at_least .total_at_least.measure .otherwise .gates .quota",
    "tiers.gates": ".in .indicator .category .measure .posts .negative .no_data .no_negative .all .any .not .is",
    "quota": ".at_most=50% .at_most.measure .seats .at_least .about .of=due .of=appraised .of=ranked"
    " .rounding=down .rounding=up .rounding=half_up .ties=none_of_them .ties=tie_breaks .ties=all_of_them",
    "tie_breaks": ".indicator .category .measure .order=high_first .order=low_first",
    # 15
    "outcomes": ".in=month .in=quarter .in=half_year .in=year .when .value.tier .value.total .choose",
    "choose": ".seats .share=50% .of=due .of=appraised .of=ranked .rounding=down .rounding=up .rounding=half_up"
    " .among=peer_group .among=cohort .among=l1 .ties=none_of_them .ties=all_of_them .ties=tie_breaks",
    "choose.used": ".event .where .window=year .window.last",
    "outcomes.when": ".top=1 .top=30% .bottom=1 .bottom=30% .of=peer_group .of=l1 .rounding=down .rounding=up"
    " .rounding=half_up .ties=all_of_them .ties=none_of_them",
}


def words() -> set[str]:
    """The whole language: what is written above, and each aggregate with each word that it may have."""
    listed = {path + word for path, inner in WORDS.items() for word in inner.split()}
    pairs = [
        (ROWS, f"{SELECTION} once"),
        (READ, "field value between"),
        (RESULTS, "results of period tier rulebook"),
        ("count mean best worst running", "top"),
        ("sum mean best worst latest", "read"),
    ]
    # Who asks for days says how long an event lasts, and so nothing of a window.
    return listed | {
        f"take.{aggregate}.{word}"
        for aggregates, inner in pairs
        for aggregate, word in product(aggregates.split(), inner.split())
        if (aggregate, word) != ("days", "window")
    }


def said(node: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every path of a rulebook, from each of the keys on it, with and without its value."""
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _tails((*path, key))
            yield from said(inner, (*path, key))
    elif isinstance(node, list):
        for inner in node:
            yield from said(inner, path)
    else:
        yield from _tails(path, f"={node}")


def _tails(path: tuple[str, ...], value: str = "") -> Iterator[str]:
    for length in range(1, min(DEPTH, len(path)) + 1):
        yield ".".join(path[-length:]) + value
