"""Words for numbers: what a stored line, gate, tier and outcome says, in Chinese and in English.

Reads a stored result and the rulebook that made it; computes nothing.
"""

from decimal import Decimal
from typing import Any

from schemas.fields import decimal_text
from service.rulebooks.layout import Item, Sheet

Words = dict[str, str]
Titles = dict[str, str]


def lines(rulebook: dict[str, Any], sheet: Sheet, row: Any, titles: Titles) -> list[dict[str, Any]]:
    """The lines of a result in the order of the rulebook; their points add up to the total, always."""
    found: list[dict[str, Any]] = []
    for kind in ("indicator", "bonus", "deduction", "part"):
        if kind == "deduction" and sheet.is_rollup:
            continue  # deducted in the base periods; here the items only bind
        for number, item in enumerate(sheet.items, 1):
            if item.kind == kind:
                found += _item_lines(number, item, row, titles)
        found += _category_caps(sheet, row, kind)
    if row.total_limit:
        found.append(_limit(rulebook, row))
    return found


def gates(rulebook: dict[str, Any], sheet: Sheet, row: Any) -> list[dict[str, Any]]:
    """Every gate of the sheet: whether it holds, and what it compares."""
    said = []
    for gate, holds in zip(sheet.gates, row.gates, strict=True):
        tier = rulebook["tiers"][gate.tier - 1]
        said.append(
            {"tier": tier["id"], "index": gate.place, "holds": holds, "sentence": _gate_words(tier, gate.said, holds)}
        )
    return said


def verdict(rulebook: dict[str, Any], sheet: Sheet, row: Any, total: str) -> Words:
    """The result in one sentence, with what barred a better tier."""
    if row.no_tier:
        zh, en = _NO_TIER[row.no_tier]
        return {"zh": f"总分 {total}；不定等次：{zh}。", "en": f"Total {total}; no tier: {en}."}
    tier = rulebook["tiers"][row.tier_no - 1]
    zh, en = f"总分 {total}，等次“{tier['title']}”", f"Total {total}, tier {tier['id']}"
    if row.veto_no:
        items = _binding(sheet, row, "veto")
        return {"zh": f"{zh}：因{items['zh']}一票否决，不排名。", "en": f"{en}: vetoed by {items['en']}, not ranked."}
    if row.ceiling_no:
        items, best = _binding(sheet, row, "ceiling"), rulebook["tiers"][row.ceiling_no - 1]
        zh += f"（因{items['zh']}，不高于“{best['title']}”）"
        en += f" (no better than {best['id']}, by {items['en']})"
    return {
        "zh": f"{zh}，在组 {row.pool} 的 {row.ranked} 人中排第 {row.rank}。",
        "en": f"{en}, rank {row.rank} of {row.ranked} in the group {row.pool}.",
    }


def _binding(sheet: Sheet, row: Any, word: str) -> Words:
    """The items of the negative list that set a ceiling or a veto here."""
    items = [
        item.said
        for n, item in enumerate(sheet.items)
        if word in item.said and sheet.kind in item.said["binds"] and row.counts[n]
    ]
    return {
        "zh": "、".join(f"“{said['title']}”{_ref(said)['zh']}" for said in items),
        "en": ", ".join(f"{said['id']}{_ref(said)['en']}" for said in items),
    }


def outcome(said: dict[str, Any], row: Any) -> Words:
    """Why an outcome follows."""
    last = said["when"]["bottom"]
    return {
        "zh": f"{said['title']}：在组 {row.pool} 的 {row.ranked} 名排名者中排第 {row.rank}，属末 {last} 名。",
        "en": f"{said['id']}: rank {row.rank} of {row.ranked} in the group {row.pool}, among the last {last}.",
    }


_SEVERITIES = {"minor": "轻微", "serious": "较重", "grave": "严重"}
_NO_TIER = {
    "service_short": ("在岗天数不足", "too few service days"),
    "few_periods": ("已考核的月份不足", "too few appraised months"),
    "data_missing": ("必需的数据缺失", "required data are missing"),
}


def _item_lines(number: int, item: Item, row: Any, titles: Titles) -> list[dict[str, Any]]:
    said, n = item.said, number - 1
    missing = number in row.no_data and item.kind != "deduction"
    measure, count = row.measures[n], row.counts[n]
    if item.kind == "deduction":
        measure = Decimal(count)
    line = {
        "kind": item.kind,
        "id": said["id"],
        "title": said["title"],
        "ref": said.get("ref"),
        "category": said.get("category"),
        "points": row.points[n],
        "measure": None if measure is None else decimal_text(measure),
        "count": count,
        "no_data": said["no_data"][0] if missing else None,
    }
    line["sentence"] = _no_data_words(item, line) if missing else _words(item, line, titles)
    found = [line]
    if row.caps[n] and item.kind == "deduction":
        found.append(_deduction_cap(said, row.caps[n]))
    elif row.caps[n]:
        bound = said["max"] if row.caps[n] < 0 else said["min"]
        found.append(_cap("cap", said["id"], row.caps[n], bound, said["title"], said["id"]))
    return found


def _category_caps(sheet: Sheet, row: Any, kind: str) -> list[dict[str, Any]]:
    return [
        _cap(
            f"{'category' if kind == 'indicator' else kind}_cap",
            c.id,
            points,
            c.said["max"],
            c.said.get("title", "加分项"),
            c.id,
        )
        for c, points in zip(sheet.categories, row.category_caps, strict=True)
        if c.kind == kind and points
    ]


def _cap(kind: str, identifier: str, points: Decimal, bound: Any, title: str, english: str) -> dict[str, Any]:
    amount, limit = decimal_text(points), decimal_text(bound)
    word = ("最多", "at most") if points < 0 else ("最低", "at least")
    sentence = {
        "zh": f"{title}{word[0]}计 {limit} 分，本行调整 {amount} 分。",
        "en": f"{english}: {word[1]} {limit} points; this line is {amount}.",
    }
    return _bound_line(kind, identifier, title, points, sentence)


def _deduction_cap(said: dict[str, Any], points: Decimal) -> dict[str, Any]:
    amount, limit = decimal_text(points), decimal_text(said["max"])
    sentence = {
        "zh": f"{said['title']}最多扣 {limit} 分，本行调整 {amount} 分。",
        "en": f"{said['id']}: at most {limit} points are deducted; this line is {amount}.",
    }
    return _bound_line("cap", said["id"], said["title"], points, sentence)


def _bound_line(kind: str, identifier: str, title: str, points: Decimal, sentence: Words) -> dict[str, Any]:
    line = {"kind": kind, "id": identifier, "title": title, "ref": None, "category": None, "points": points}
    return {**line, "measure": None, "count": None, "no_data": None, "sentence": sentence}


def _limit(rulebook: dict[str, Any], row: Any) -> dict[str, Any]:
    bound = rulebook["total"]["max" if row.total_limit < 0 else "min"]
    return _cap("limit", "total", row.total_limit, bound, "总分", "The total")


def _words(item: Item, line: dict[str, Any], titles: Titles) -> Words:
    taken = _deduction_words(item, line, titles) if item.kind == "deduction" else _taken_words(item, line, titles)
    points, said, ref = decimal_text(line["points"]), item.said, _ref(item.said)
    weight = {"zh": "", "en": ""}
    if "weight" in said:
        weight = {"zh": f"，权重 {decimal_text(said['weight'])}%", "en": f", weight {decimal_text(said['weight'])}%"}
    return {
        "zh": f"{said['title']}{ref['zh']}：{taken['zh']}{weight['zh']}，计 {points} 分。",
        "en": f"{said['id']}{ref['en']}: {taken['en']}{weight['en']}: {points} points.",
    }


def _ref(said: dict[str, Any]) -> Words:
    """The paragraph, where one is named."""
    return {"zh": f"（{said['ref']}）", "en": f" ({said['ref']})"} if said.get("ref") else {"zh": "", "en": ""}


def _deduction_words(item: Item, line: dict[str, Any], titles: Titles) -> Words:
    of, each = _selected(item.said, titles), decimal_text(item.said["deduct"])
    return {
        "zh": f"{of['zh']}{line['count']} 次，每次扣 {each} 分",
        "en": f"{line['count']} of {of['en']}, {each} deducted for each",
    }


def _taken_words(item: Item, line: dict[str, Any], titles: Titles) -> Words:
    take, node = item.said["take"]
    measure, count = line["measure"], line["count"]
    if take == "mean_of":
        taken = {"zh": f"{count} 个月总分的平均 {measure}", "en": f"the mean of {count} monthly totals, {measure}"}
    elif take == "ratio":
        num, den = _selected(node["num"], titles), _selected(node["den"], titles)
        taken = {"zh": f"{num['zh']}与{den['zh']}之比 {measure}", "en": f"{num['en']} ÷ {den['en']} = {measure}"}
    else:
        taken = _events_words(take, node, measure, count, _selected(node, titles))
    give, said = item.said["give"]
    given = _given_words(give, said, measure)
    return {language: taken[language] + given[language] for language in ("zh", "en")}


def _selected(node: dict[str, Any], titles: Titles) -> Words:
    """Which events: the type, and what they must be."""
    event = node["event"]
    conditions = ", ".join(f"{name} = {' | '.join(values)}" for name, values in node["where"].items())
    condition = {"zh": f"（{conditions}）", "en": f" ({conditions})"} if conditions else {"zh": "", "en": ""}
    return {"zh": f"“{titles.get(event, event)}”{condition['zh']}", "en": f"{event}{condition['en']}"}


def _events_words(take: str, node: dict[str, Any], measure: str | None, count: int, of: Words) -> Words:
    if take == "count" and node.get("distinct"):
        field = node["distinct"]
        return {"zh": f"{of['zh']}按 {field} 去重 {measure} 个", "en": f"{measure} different {field} of {of['en']}"}
    zh, en = {
        "count": (f"{of['zh']}{measure} 次", f"{measure} of {of['en']}"),
        "sum": (f"{of['zh']}{count} 次，合计 {measure}", f"{count} of {of['en']}, together {measure}"),
        "mean": (f"{of['zh']}{count} 次，平均 {measure}", f"{count} of {of['en']}, on average {measure}"),
        "each_event": (f"{of['zh']}{count} 次，逐次计分", f"{count} of {of['en']}, each by itself"),
        "level": (f"{of['zh']}{count} 次，取其一", f"one of {count} of {of['en']}"),
        "given": (f"{of['zh']}评分 {measure}", f"given by {of['en']}, {measure}"),
    }[take]
    return {"zh": zh, "en": en}


def _given_words(give: str, node: Any, measure: str | None) -> Words:
    if give == "each":
        return {"zh": f"，每 1 计 {decimal_text(node)} 分", "en": f", {decimal_text(node)} for each"}
    if give == "linear":
        (low, high), (least, most) = ([decimal_text(x) for x in node[key]] for key in ("from_", "to"))
        return {
            "zh": f"，{low} 至 {high} 按比例计 {least} 至 {most} 分",
            "en": f", {low} to {high} in proportion to {least} to {most}",
        }
    if give == "bands" and measure is not None:
        return _band_words(node, Decimal(measure))
    zh, en = {
        "as_is": ("，按原值计分", ", as it is"),
        "bands": ("，按分档计分", ", by bands"),
        "table": ("，按对照表计分", ", by table"),
    }[give]
    return {"zh": zh, "en": en}


def _band_words(bands: list[dict[str, Any]], measure: Decimal) -> Words:
    """The row of the bands that the number reaches."""
    for band in bands:
        if "at_least" in band and measure >= band["at_least"]:
            bound = decimal_text(band["at_least"])
            return {"zh": f"，达到 {bound} 一档", "en": f", the band from {bound}"}
    return {"zh": "，未达到任何一档", "en": ", below every band"}


def _no_data_words(item: Item, line: dict[str, Any]) -> Words:
    points, ref = decimal_text(line["points"]), _ref(item.said)
    _, node = item.said["take"]
    needed = node.get("at_least_n", 1) if isinstance(node, dict) else 1
    why = {"zh": "本期无数据", "en": "no data in this period"}
    if line["count"] and needed > 1:
        why = {"zh": f"仅 {line['count']} 次，不足 {needed} 次", "en": f"only {line['count']} of at least {needed}"}
    return {
        "zh": f"{line['title']}{ref['zh']}：{why['zh']}，按办法规定计 {points} 分。",
        "en": f"{line['id']}{ref['en']}: {why['en']}; the rulebook gives {points} points.",
    }


def _gate_words(tier: dict[str, Any], gate: dict[str, Any], holds: bool) -> Words:
    met = ("已满足", "holds") if holds else ("未满足", "does not hold")
    if "no_negative" in gate:
        listed = ", ".join(gate["no_negative"])
        named = "、".join(_SEVERITIES[severity] for severity in gate["no_negative"])
        return {
            "zh": f"“{tier['title']}”要求本期无负面清单的{named}事项：{met[0]}。",
            "en": f"{tier['id']} needs no event of the negative list that is {listed}: it {met[1]}.",
        }
    name, bound = gate.get("indicator") or gate["category"], decimal_text(gate["at_least"])
    return {
        "zh": f"“{tier['title']}”要求 {name} 不低于 {bound} 分：{met[0]}。",
        "en": f"{tier['id']} needs at least {bound} points in {name}: it {met[1]}.",
    }
