"""The index of the words of the rulebook language: where each may stand, and the section that explains it.

The words come from the shapes; which section explains a shape or the words of a key is written here, once for each.
A word without a section breaks the page, and a test looks each one up in its section.
"""

from collections import defaultdict

from service.rulebooks.words import Word, every_word

_HEAD = """# The words of the rulebook language

Every word of language 1, where it may stand, and the section of [rulebook-language.md](rulebook-language.md) that
explains it. A key is a key of what is named; a value stands under the key that is named.

| word | where | § |
|---|---|---|"""

# Shapes: what they are called here, and the section of their keys.
_SHAPES = {
    "_Header": ("rulebook", "2"),
    "Rulebook": ("rulebook", "2"),
    "_Authority": ("`authority`", "2"),
    "_Effective": ("`effective`", "2"),
    "_Periods": ("`periods`", "2"),
    "_Notice": ("`notice`", "2"),
    "_Numbers": ("`numbers`", "2"),
    "_Orders": ("`orders`", "2"),
    "_Total": ("`total`", "2"),
    "Named": ("every item, category, tier, list and outcome", "2"),
    "_AppliesTo": ("`applies_to`", "4"),
    "EventType": ("event type", "5.1"),
    "FieldDeclaration": ("field of an event type", "5.1"),
    "Events": ("selection of events", "5.2"),
    "Read": ("selection of events", "5.2"),
    "Count": ("`count`", "5.4"),
    "Running": ("`running`", "5.4"),
    "Days": ("`days`", "5.4"),
    "Lasting": ("`lasts`", "5.2"),
    "State": ("`state`", "5.2"),
    "Once": ("`once`", "5.3"),
    "Repeated": ("`repeated`", "5.3"),
    "Share": ("`share`", "5.3"),
    "Cap": ("`caps`", "5.3"),
    "Classes": ("`classes`", "5.3"),
    "AtLeastShare": ("`at_least_share`", "5.3"),
    "Mean": ("`mean`", "5.3"),
    "EachEvent": ("`each_event`", "5.3"),
    "Ratio": ("`ratio`", "5.4"),
    "RatioSide": ("`num`, `den`", "5.4"),
    "Plurality": ("`plurality`", "5.4"),
    "Results": ("selection of results", "5.5"),
    "SomeResults": ("selection of results", "5.5"),
    "RunningResults": ("`running` of results", "5.5"),
    "Tenure": ("`tenure_months`", "5.6"),
    "Attribute": ("`attribute`", "5.6"),
    "Compare": ("`compare`", "6"),
    "Each": ("`each`", "7"),
    "Band": ("`bands`", "7"),
    "Linear": ("`linear`", "7"),
    "Ranks": ("`ranks`", "7"),
    "_Item": ("indicator, bonus item, part, multiplier", "2"),
    "Indicator": ("indicator", "2"),
    "BonusItem": ("bonus item", "2"),
    "Part": ("part", "10"),
    "Measure": ("measure", "11"),
    "Multiplier": ("multiplier", "9"),
    "Category": ("category", "9"),
    "Bonus": ("`bonus`", "9"),
    "NegativeItem": ("`negative_list`", "9"),
    "Restriction": ("restriction", "9"),
    "Rollup": ("`rollup`", "10"),
    "Rollups": ("`rollup`", "2"),
    "Condition": ("condition", "11"),
    "_Points": ("condition", "11"),
    "OfIndicator": ("condition", "11"),
    "OfCategory": ("condition", "11"),
    "OfMeasure": ("condition", "11"),
    "_Narrowed": ("gate", "14"),
    "_Participation": ("`participation`", "2"),
    "_PeerGroups": ("`peer_groups`", "13"),
    "RankedList": ("list", "13"),
    "Tier": ("tier", "14"),
    "Quota": ("`quota`", "14"),
    "TieBreak": ("`tie_breaks`", "14"),
    "Outcome": ("outcome", "15"),
    "Choose": ("`choose`", "15"),
    "Used": ("`used`", "15"),
    "_Place": ("`top`, `bottom`", "15"),
    "Top": ("condition", "15"),
    "Bottom": ("condition", "15"),
    "Extension": ("rulebook", "16"),
    "_LocalAdditions": ("`local_additions`", "16"),
    "_Version": ("`extends`", "16"),
}
# Keys that another section explains than that of their shape.
_KEYS = {
    ("_Item", "take"): "5",
    ("_Item", "compare"): "6",
    ("_Item", "prorate"): "6",
    ("_Item", "give"): "7",
    ("_Item", "min"): "8",
    ("_Item", "max"): "8",
    ("Indicator", "no_data"): "8",
    ("Rulebook", "assignment"): "4",
    ("Rulebook", "categories"): "9",
    ("Rulebook", "bonus"): "9",
    ("Rulebook", "negative_list"): "9",
    ("Rulebook", "multipliers"): "9",
    ("Rulebook", "restrictions"): "9",
    ("Rulebook", "rollup"): "10",
    ("Rulebook", "measures"): "11",
    ("Rulebook", "lists"): "13",
    ("Rulebook", "tiers"): "14",
    ("Rulebook", "tie_breaks"): "14",
    ("Rulebook", "outcomes"): "15",
    ("Rulebook", "local_additions"): "16",
    ("Rulebook", "extends"): "16",
    ("_Header", "applies_to"): "4",
    ("Plurality", "once"): "5.3",
    ("Running", "once"): "5.3",
    ("Days", "once"): "5.3",
    ("Count", "once"): "5.3",
    ("Read", "once"): "5.3",
    ("Plurality", "at_least_n"): "5.3",
    ("Plurality", "at_least_share"): "5.3",
}
# Values: the section, for each key that they stand under; else it is that of the shape.
_VALUES = {
    "take": "5.4",
    "give": "7",
    "no_data": "8",
    "period kind": "2",
    "value": "15",
    "counts": "9",
    "as": "6",
    "within": "6",
    "of": "14",
    "no_tier": "12",
    "no_negative": "9",
    "prorate": "6",
    "bonus": "2",
    "assignment": "4",
    "at_most": "14",
}
# Single values that another section explains than the others under their key.
_SINGLE = {
    **{(word, "take"): "5.6" for word in ("service_days", "tenure_months", "attribute", "fixed")},
    ("out", "value"): "5.2",
    **{(word, "as"): "5.6" for word in ("code", "number")},
    **{(word, "within"): "5.3" for word in ("period", "year", "months")},
    **{(word, "of"): "5.5" for word in ("own", "organisation")},
    **{(word, "of"): "5.4" for word in ("votes", "ballots")},
    **{(word, "no_tier"): "5.5" for word in ("breaks", "skips", "holds")},
    **{(word, "no_data"): "11" for word in ("unmet", "number", "code")},
    ("ignored", "bonus"): "9",
    **{(word, "condition"): "15" for word in ("tier", "top", "bottom", "total_at_least", "total_below")},
}


def section(word: Word) -> str:
    """The section that explains a word; KeyError where there is none."""
    own = _SHAPES[word.shape][1]
    if word.is_key:
        return _KEYS.get((word.shape, word.text), own)
    return _SINGLE.get(word[:2], _VALUES.get(word.place, own))


def page() -> str:
    """The index as a page."""
    places: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for word in every_word().values():
        places[word.text].setdefault((_where(word), section(word)))
    rows = [
        f"| `{text}` | {'; '.join(where for where, _ in found)} | {', '.join(dict.fromkeys(s for _, s in found))} |"
        for text, found in sorted(places.items())
    ]
    return "\n".join([_HEAD, *rows, ""])


def _where(word: Word) -> str:
    """A key of this, or a value under that."""
    if word.is_key:
        return f"key of {_SHAPES[word.shape][0]}"
    return {"period kind": "kind of period", "condition": "condition"}.get(word.place, f"value of `{word.place}`")
