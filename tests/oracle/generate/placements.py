"""What follows from a total: peer groups, tiers with gates and quotas, tie-breaks, outcomes."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.oracle.generate.texts import Draw, falling, on_step, rarely, some_of, sometimes, text

SHARES = ("20%", "10%", "33.3%", "50%", "100%")

Rulebook = dict[str, Any]


@st.composite
def peer_groups(draw: Draw) -> Rulebook:
    """A few words to group by, and what to do with small groups."""
    return {
        "by": draw(
            st.one_of(
                st.just([]),
                st.just([]),
                st.just(["post"]),
                some_of(["post", "organisation", "street", "county"], 0),
            )
        ),
        "min_size": draw(st.sampled_from(["1", "2", "3", "5"])),
        "small_groups": draw(st.sampled_from(["keep_apart", "pool_in_tenant"])),
    }


@st.composite
def tiers(draw: Draw, rulebook: Rulebook, tier_ids: list[str], kinds: list[str]) -> list[Rulebook]:
    """The tiers, best first, with strictly falling thresholds between the limits of the total."""
    thresholds = draw(_thresholds(rulebook, len(tier_ids) - 1))
    vetoes = {item.get("veto") for item in rulebook.get("negative_list", [])}
    made = []
    for tier_id, threshold in zip(tier_ids, thresholds, strict=False):
        tier: Rulebook = {
            "id": tier_id,
            "title": tier_id,
            "total_at_least": text(threshold),
            "ref": "第十二条",
        }
        if tier_id not in vetoes and not rarely(draw):
            tier["quota"] = draw(_quota())
        if rarely(draw):
            tier["gates"] = draw(st.lists(_gate(rulebook, kinds), min_size=1, max_size=2))
        made.append(tier)
    return [*made, {"id": tier_ids[-1], "title": tier_ids[-1], "otherwise": "true"}]


@st.composite
def tie_breaks(draw: Draw, rulebook: Rulebook) -> Rulebook:
    """Tie-breaks by indicators, categories and parts; always some where a quota asks for them."""
    quotas = [tier["quota"] for tier in rulebook["tiers"] if "quota" in tier]
    if all(quota["ties"] != "tie_breaks" for quota in quotas) and not rarely(draw):
        return {}
    references = [{"indicator": name} for name in _maxima(rulebook, "indicators")]
    references += [{"category": name} for name in _maxima(rulebook, "categories")]
    references += [{"indicator": name} for name in _part_ids(rulebook)]
    chosen = draw(st.lists(st.sampled_from(references), min_size=1, max_size=3, unique_by=str))
    return {"tie_breaks": [one | {"order": draw(st.sampled_from(["high_first", "low_first"]))} for one in chosen]}


@st.composite
def outcomes(draw: Draw, kinds: list[str]) -> Rulebook:
    """Up to two outcomes for the last of a pool, in any kind of period."""
    count = draw(st.integers(0, 2))
    return {"outcomes": [draw(_outcome(f"o{n}", kinds)) for n in range(1, count + 1)]} if count else {}


@st.composite
def _thresholds(draw: Draw, rulebook: Rulebook, count: int) -> list[Decimal]:
    step = rulebook["numbers"]["step"]
    low, high = (int(Decimal(rulebook["total"][end])) for end in ("min", "max"))
    # Whole numbers, so that the totals of small sheets meet them; then perhaps a finer one.
    found = draw(falling([Decimal(n) for n in range(low, high + 1)], count, count))
    if rarely(draw) and found[0] < high:
        found[0] = max(found[0], draw(on_step(step, int(found[0]), high)))
    return found


@st.composite
def _quota(draw: Draw) -> Rulebook:
    return {
        "at_most": draw(st.sampled_from(SHARES)),
        "of": draw(st.sampled_from(["due", "appraised", "ranked"])),
        "rounding": draw(st.sampled_from(["down", "up", "half_up"])),
        "ties": draw(st.sampled_from(["none_of_them", "tie_breaks", "tie_breaks"])),
    }


@st.composite
def _gate(draw: Draw, rulebook: Rulebook, kinds: list[str]) -> Rulebook:
    """A gate of one of the three kinds, on something that the rulebook has."""
    severities = sorted({item["severity"] for item in rulebook.get("negative_list", [])})
    if severities and sometimes(draw):
        gate: Rulebook = {"no_negative": draw(some_of(severities))}
        return gate | ({"in": draw(some_of(kinds))} if sometimes(draw) else {})
    references = [("indicator", name, "month") for name in _maxima(rulebook, "indicators")]
    references += [("category", name, "month") for name in _maxima(rulebook, "categories")]
    references += [("indicator", name, "year") for name in _part_ids(rulebook)]
    word, name, kind = draw(st.sampled_from(references))
    most = _maxima(rulebook, "indicators") | _maxima(rulebook, "categories")
    high = int(Decimal(most.get(name, "1")))
    gate = {word: name, "at_least": text(draw(on_step(rulebook["numbers"]["step"], 0, high)))}
    return gate | ({"in": [kind]} if rarely(draw) else {})


def _outcome(name: str, kinds: list[str]) -> st.SearchStrategy[Rulebook]:
    when = st.fixed_dictionaries(
        {
            "bottom": st.sampled_from(["1", "2", "3"]),
            "of": st.just("peer_group"),
            "ties": st.sampled_from(["all_of_them", "none_of_them"]),
        }
    )
    said = {"id": st.just(name), "title": st.just("约谈提醒"), "in": st.sampled_from(kinds), "when": when}
    return st.fixed_dictionaries(said)


def _maxima(rulebook: Rulebook, key: str) -> dict[str, str]:
    return {item["id"]: item["max"] for item in rulebook[key]}


def _part_ids(rulebook: Rulebook) -> list[str]:
    return [part["id"] for part in rulebook.get("rollup", {}).get("year", {}).get("parts", [])]
