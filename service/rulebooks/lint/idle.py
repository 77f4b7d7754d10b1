"""Findings in what changes nothing: words that nobody asks for, weights of nothing, consequences without a cause."""

from service.errors import finding
from service.rulebooks import layout
from service.rulebooks.lint.book import Book, Found


def findings(book: Book) -> Found:
    """All of this family."""
    yield from _measures(book)
    yield from _weights(book)
    yield from _bonus(book)
    yield from _negative(book)
    yield from _tiers(book)
    choosing = [outcome["choose"]["ties"] for outcome in book.said["outcomes"] if "choose" in outcome]
    if book.said["tie_breaks"] and not ("tie_breaks" in choosing or any(map(_breaks_ties, book.said["tiers"]))):
        yield finding("/tie_breaks", "tie_breaks.unused")
    for n, outcome in enumerate(book.said["outcomes"]):
        if not {"when", "value", "choose"} & set(outcome):
            yield finding(f"/outcomes/{n}", "outcome.everyone")


def _measures(book: Book) -> Found:
    asked = {identifier for rule in book.rules for what, identifier in layout.named_in(rule.when) if what == "measure"}
    asked |= {said["measure"] for said in book.said["tie_breaks"] if "measure" in said}
    for tier in book.said["tiers"]:
        numbers = (tier.get("total_at_least"), tier.get("quota", {}).get("at_most"))
        asked |= {number[1] for number in numbers if number and number[0] == "measure"}
    for use in book.measures.values():
        if use.id not in asked:
            yield finding(use.pointer, "measure.unused")


def _weights(book: Book) -> Found:
    weighed = [(use.pointer, use.said) for use in book.uses if use.role == "part"]
    weighed += [(f"/categories/{n}", said) for n, said in enumerate(book.said["categories"])]
    yield from (finding(f"{pointer}/weight", "weight.nothing") for pointer, said in weighed if said["weight"] == 0)


def _bonus(book: Book) -> Found:
    bonuses = [("/bonus", book.said.get("bonus"))]
    bonuses += [(f"/rollup/{kind}/bonus", said.get("bonus")) for kind, said in book.said["rollup"].items()]
    yield from (finding(f"{at}/items", "bonus.empty") for at, bonus in bonuses if bonus and not bonus["items"])


def _negative(book: Book) -> Found:
    asked = {asked.said for asked in book.asked if asked.name == "negative"}
    severities = {one for asked in book.asked if asked.name == "no_negative" for one in asked.said}
    for n, item in enumerate(book.said["negative_list"]):
        is_asked = item["id"] in asked or item["severity"] in severities
        if item["deduct"] == ("fixed", 0) and not is_asked and not {"ceiling", "veto"} & set(item):
            yield finding(f"/negative_list/{n}", "negative.idle")


def _tiers(book: Book) -> Found:
    tiers = book.said["tiers"]
    for n, tier in enumerate(tiers[:-1]):
        quota = tier.get("quota", {})
        for kind, nothing in (("at_most", ("percent", 0)), ("seats", 0)):
            if quota.get(kind) == nothing:
                yield finding(f"/tiers/{n}/quota/{kind}", "quota.nobody")
        binds = "total_at_least" in tier or tier["gates"] or {"at_most", "seats"} & set(quota)
        pushed = any("at_least" in below.get("quota", {}) for below in tiers[n + 1 :])
        if not binds and not pushed and "otherwise" not in tier:
            yield finding(f"/tiers/{n}", "tier.free")


def _breaks_ties(tier: dict[str, object]) -> bool:
    quota = tier.get("quota")
    return isinstance(quota, dict) and quota.get("ties") == "tie_breaks"
