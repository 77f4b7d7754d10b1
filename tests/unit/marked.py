"""Further broken pieces of a rulebook, each with a mark where its finding must stand; what a piece lacks is as in docs."""

from service.rulebooks.explained.examples import Explained

_PIECES: list[tuple[str, str]] = [
    ("yaml.encoding", "title: 办法\nnotes: [第六条, ▶\udcff]"),
    ("yaml.syntax", "title: 办法\nnotes:\n▶\t- 第六条"),
    ("yaml.syntax", "title: 办法\nnotes: [第六条▶\x07]"),
    ("yaml.syntax", "title: ▶%办法"),
    ("yaml.anchor", "title: ▶&title 办法"),
    ("yaml.anchor", "notes:\n  - 第六条\n  - ▶*title"),
    ("yaml.tag", "notes:\n  - ▶!note 第六条"),
    ("yaml.depth", "notes:\n" + "".join(f"{'  ' * depth}- \n" for depth in range(1, 39)) + f"{'  ' * 40}- ▶[第六条]"),
    ("yaml.key", "title: 办法\nauthority: {title: 办法, ▶{number: 1}: 号}"),
    ("yaml.duplicate", "peer_groups: {by: [post], min_size: 2, small_groups: keep_apart, ▶by: [street]}"),
    ("yaml.duplicate", "title: 办法\n# 又写了一遍\n▶title: 办法"),
    ("text.character", 'notes: [第六条, ▶"a\\0b"]'),
    ("id.personal", "applies_to: {posts: [staff], under: ▶'11010119900307123X'}"),
    ("notice.unheard", "notice: {days: 5, objection_days: ▶3, answer_days: 15, counted: working}"),
    ("effective.past", "title: 办法\neffective:\n  from: ▶2025-06"),
    ("date.later", "negative_list:\n  - {id: late, title: 迟到, severity: minor, event: violation.complaint, deduct: 1,\n     ref: ▶2999年3月1日印发的补充规定}"),
    ("total.unreached", "total:\n  full: 100\n  min: 0\n  max: ▶105.01"),
    ("bonus.empty", "rollup:\n  year:\n    min_periods: 6\n    parts:\n      - {id: monthly, title: 月均, take: {mean: {results: month}}, weight: 100%, no_data: missing}\n    bonus: {max: 3, items: ▶[]}"),
    ("max.unreached", "take: {mean: {event: vote.cast}}\ngive: {linear: {from: [0, 10], to: [0, 10]}}\nmax: ▶10"),
    ("max.unreached", "take: {mean: {event: vote.cast}}\ngive: {each: 1.5}\nmax: ▶10"),
    ("max.unreached", "take: {count: {event: visit.done}}\ngive: {each: {points: -1, over: 3, start: 9}}\nmax: ▶10"),
    ("max.cuts", "take: {given: {event: unit.inspected, about: organisation}}\ngive: as_is\nmax: ▶40"),
    ("max.cuts", "negative_list:\n  - id: late\n    title: 迟到\n    severity: minor\n    event: violation.complaint\n    deduct: 5\n    max: ▶4"),
    ("weight.nothing", "categories:\n  - {id: duty, title: 日常履职, max: 60, weight: ▶0%}\n  - {id: service, title: 群众评价, max: 40}"),
    ("bands.unreached", "take: {best: {event: vote.cast}}\ngive:\n  bands:\n    - {at_least: 1, points: 5}\n    - ▶{at_least: 0, points: 1}\n    - {otherwise: true, points: 0}"),
    ("bands.unreached", "take: {count: {event: visit.done}}\ncompare: {as: rank, within: cohort}\ngive: {bands: [{at_least: 1, points: 5}, ▶{at_least: 0, points: 1}, {otherwise: true, points: 0}]}"),
    ("range.never", "take:\n  count:\n    event: visit.done\n    where:\n      minutes: ▶[601, 700]"),
    ("gate.always", "tiers:\n  - {id: excellent, title: 优秀, total_at_least: ▶0}\n  - {id: incompetent, title: 不称职, otherwise: true}"),
    ("gate.always", "restrictions:\n  - {id: idle, title: 未履职, when: {any: [{indicator: visits, below: 1}, {indicator: rating, below: ▶41}]}, deduct: 1}"),
    ("gate.always", "outcomes:\n  - {id: paid, title: 发放, in: year, when: {total_below: ▶106}}"),
    ("gate.always", "measures:\n  - {id: visited, title: 次数, take: {count: {event: visit.done}}, no_data: zero}\nrestrictions:\n  - {id: idle, title: 未履职, when: {measure: visited, at_least: ▶0}, deduct: 1}"),
    ("measure.unused", "measures:\n  - {id: used, title: 用, take: {count: {event: visit.done}}, no_data: zero}\n  - ▶{id: spare, title: 备, take: {count: {event: visit.done}}, no_data: zero}\ntie_breaks: [{measure: used, order: high_first}]"),
    ("tier.free", "tiers:\n  - ▶{id: competent, title: 称职}\n  - {id: incompetent, title: 不称职, otherwise: true}"),
    ("quota.nobody", "tiers:\n  - {id: excellent, title: 优秀, quota: {at_most: ▶0%, of: due, rounding: up, ties: none_of_them}}\n  - {id: incompetent, title: 不称职, otherwise: true}"),
    ("negative.idle", "negative_list:\n  - ▶id: late\n    title: 迟到\n    severity: minor\n    event: violation.complaint\n    deduct: 0"),
    ("outcome.everyone", "outcomes:\n  - ▶id: paid\n    title: 发放\n    in: year"),
    ("tie_breaks.unused", "tie_breaks:\n  ▶- {indicator: visits, order: low_first}"),
    ("ref.missing", "restrictions:\n  - ▶{id: idle, title: 未履职, when: {indicator: visits, below: 1}, deduct: 1}"),
    ("id.meaningless", "restrictions:\n  - {id: ▶r1, title: 未履职, when: {indicator: visits, below: 1}, deduct: 1}"),
    ("title.repeated", "outcomes:\n  - {id: again, title: 警示, in: month, when: {tier: [incompetent]}}\n  - {id: warned, title: ▶警 示, in: month, when: {tier: [incompetent]}}"),
    ("text.unfinished", "title: ▶考核办法（TODO）"),
    ("act.counted", "take: {each_event: {event: ▶dispute.settled}}\ngive: {each: 1}"),
    ("act.other", "take:\n  count:\n    event: dispute.settled\n    once:\n      per: ▶agreement\n      keep: best"),
    ("state.undeclared", "take:\n  count:\n    event: honour.given\n    state: {event: honour.noted, same: case, field: ▶mood, counts: [good], without: counts, as_of: latest}"),
    ("evidence.undeclared", "negative_list:\n  - id: sanctioned\n    title: 受处分\n    severity: grave\n    event: ▶sanction.given\n    veto: incompetent"),
]  # fmt: skip
_HEAD = "rulebook: west\nversion: 2025-1\nlanguage: 1\ntitle: 西街\neffective: {from: 2999-01}\napplies_to: {posts: [staff], under: west}\n"
_ITEM = "{id: patrol, title: 巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 5, no_data: zero}"
_EXTENDS = "extends: {rulebook: yunhe, version: 2025-1}\n"
_EXTENSIONS: list[tuple[str, str]] = [
    ("extension.parent", f"{_HEAD}indicators: [{_ITEM}]\nextends:\n  ▶rulebook: nobody\n  version: 2025-1"),
    ("extension.none", f"{_HEAD}indicators: [{_ITEM}]\nextends:\n  ▶version: 2024-1\n  rulebook: yunhe"),
    ("extension.itself", f"{_EXTENDS}{_HEAD.replace('west', '▶yunhe', 1)}indicators: [{_ITEM}]"),
    ("extension.items", f"{_HEAD}{_EXTENDS}indicators: ▶[{_ITEM}, {_ITEM}, {_ITEM}, {_ITEM}]"),
    ("extension.into", f"{_HEAD}{_EXTENDS}indicators: [{_ITEM}, {_ITEM.replace('duty', '▶other')}]"),
    ("extension.points", f"{_HEAD}{_EXTENDS}indicators: [{_ITEM.replace('max: 5', 'max: ▶5.01')}]"),
]
_TYPE = "title: 走访, subject: worker, dated_by: time"
_TYPES: list[tuple[str, str]] = [
    ("type.name", f"visit.done: {{{_TYPE}}}\n▶走访: {{{_TYPE}}}"),
    ("field.name", f"visit.done:\n  {_TYPE.replace(', ', f'{chr(10)}  ')}\n  fields:\n    ▶9lives: {{kind: number}}"),
    ("boolean.expected", f"visit.done: {{{_TYPE}, fields: {{a: {{kind: text, required: ▶'1'}}}}}}"),
    ("declaration.codes", f"visit.done: {{{_TYPE}, fields: {{a: {{kind: code, codes: ▶[x, x]}}}}}}"),
    ("declaration.between", f"visit.done: {{{_TYPE}, fields: {{a: {{kind: text, between: ▶[0, 1]}}}}}}"),
    ("declaration.act", f"visit.done: {{{_TYPE}, act: ▶[b], fields: {{a: {{kind: text}}}}}}"),
    ("declaration.evidence", f"visit.done: {{{_TYPE}, evidence: ▶[a], fields: {{a: {{kind: text}}}}}}"),
    ("declaration.state", f"visit.done: {{{_TYPE}, state: ▶a, fields: {{a: {{kind: text}}}}}}"),
    ("declaration.quantity", f"visit.done: {{{_TYPE}, quantity: ▶b, fields: {{a: {{kind: number}}}}}}"),
]


def _marked(code: str, wrong: str, about: str = "rulebook") -> Explained:
    return Explained(code, ("", ""), ("", ""), wrong, "", about)


MARKED = [
    *(_marked(code, wrong) for code, wrong in [*_PIECES, *_EXTENSIONS]),
    *(_marked(code, wrong, "event types") for code, wrong in _TYPES),
    _marked(
        "extension.unchecked",
        f"{_HEAD}indicators: [{_ITEM}]\nextends:\n  ▶rulebook: yunhe\n  version: 2025-1",
        "no parent",
    ),
    _marked("types.missing", "# 示例\n▶title: 办法", "no types"),
    _marked("cases.missing", "▶title: 办法", "no cases"),
]
