"""Findings in the shape: words, numbers and nodes, each judged where it stands."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "shapes",
    ("The shape", "格式"),
    [
        Explained(
            "field.required",
            ("Something is missing", "缺少必填项"),
            (
                "What a regulation leaves open must be said; the finding stands at what lacks it.",
                "条文未明说之处须写明；报告位置是缺少该项的那一处。",
            ),
            wrong="""
bonus: ▶{items: []}
""",
            right="""
bonus: {max: 5, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}}]}
""",
        ),
        Explained(
            "field.unknown",
            ("Unknown word", "未知的词"),
            (
                "The vocabulary is closed: a slip of the pen would otherwise change nothing in silence.",
                "词汇是封闭的，否则笔误会悄悄不起作用。",
            ),
            wrong="""
total: {full: 100, min: 0, max: 105, ▶maxx: 110}
""",
            right="""
total: {full: 100, min: 0, max: 105}
""",
        ),
        Explained(
            "field.object",
            ("Keys are needed here", "此处须为键值"),
            ("One value can't stand for several.", "一个值不能代替多个键值。"),
            wrong="""
total: ▶100
""",
            right="""
total: {full: 100, min: 0, max: 105}
""",
        ),
        Explained(
            "field.list",
            ("A list is needed here", "此处须为列表"),
            ("There may be several, so there is always a list.", "可能有多项，故一律写成列表。"),
            wrong="""
notes: ▶按户计算
""",
            right="""
notes: [按户计算]
""",
        ),
        Explained(
            "text.expected",
            ("Text is needed here", "此处须为文本"),
            ("A list or keys can't stand for a text.", "列表或键值不能代替文本。"),
            wrong="""
title: ▶[办法]
""",
            right="""
title: 办法
""",
        ),
        Explained(
            "text.length",
            ("Too long, or empty", "过长或为空"),
            ("Titles are shown in lists and on slips.", "名称会显示在列表和通知单上。"),
            wrong="""
title: ▶''
""",
            right="""
title: 办法
""",
        ),
        Explained(
            "id.malformed",
            ("Not an id", "编号不合法"),
            (
                "Ids stand in addresses and in results, so they are plain letters and digits.",
                "编号用于网址和结果，只用字母和数字。",
            ),
            wrong="""
rulebook: ▶云河
""",
            right="""
rulebook: yunhe
""",
        ),
        Explained(
            "id.personal",
            ("An identity number", "身份证号"),
            ("Personal data never stand in ids.", "编号中不得出现个人信息。"),
            wrong="""
rulebook: ▶'110101199003070000'
""",
            right="""
rulebook: yunhe
""",
        ),
        Explained(
            "code.unknown",
            ("Not one of the words", "不在可选词中"),
            ("Only the listed words mean something here.", "此处只有所列的词有意义。"),
            wrong="""
orders: {bonus: ▶before_limits, quota: after_ceilings}
""",
            right="""
orders: {bonus: before_limit, quota: after_ceilings}
""",
        ),
        Explained(
            "number.expected",
            ("Not a number", "不是数字"),
            (
                "A number is written plainly: no 1e2, no thousands separators, no unit.",
                "数字直接书写：不用 1e2、千分位或单位。",
            ),
            wrong="""
total: {full: ▶1e2, min: 0, max: 105}
""",
            right="""
total: {full: 100, min: 0, max: 105}
""",
        ),
        Explained(
            "number.inexact",
            ("Too many digits", "位数过多"),
            (
                "Every number is exact: 18 digits before and 6 after the point.",
                "一切数字精确计算：小数点前 18 位、后 6 位。",
            ),
            wrong="""
take: {fixed: ▶0.3333333}
""",
            right="""
take: {fixed: 0.33}
""",
        ),
        Explained(
            "number.whole",
            ("Not a whole number in range", "不是范围内的整数"),
            ("Here something is counted.", "此处是计数。"),
            wrong="""
peer_groups: {by: [post], min_size: ▶0, small_groups: keep_apart}
""",
            right="""
peer_groups: {by: [post], min_size: 2, small_groups: keep_apart}
""",
        ),
        Explained(
            "number.range",
            ("Out of range", "超出范围"),
            ("A month has no 32 days, a year no 13 months.", "一个月没有 32 天，一年没有 13 个月。"),
            wrong="""
participation: {min_service_days: {month: ▶32}}
""",
            right="""
participation: {min_service_days: {month: 15}}
""",
        ),
        Explained(
            "period.malformed",
            ("Not a period", "不是周期"),
            ("Periods are written one way everywhere.", "周期的写法处处相同。"),
            wrong="""
effective: {from: ▶2999年1月}
""",
            right="""
effective: {from: 2999-01}
""",
        ),
        Explained(
            "day.malformed",
            ("Not a day", "不是日期"),
            ("The field holds days, so only a day can equal it.", "该字段是日期，只能与日期比较。"),
            wrong="""
take: {count: {event: sanction.given, where: {ends_on: ▶2999-02-30}}}
""",
            right="""
take: {count: {event: sanction.given, where: {ends_on: 2999-02-28}}}
""",
        ),
        Explained(
            "percent.malformed",
            ("Not a share", "不是百分比"),
            (
                "A share is written with its sign, so that 0.2 and 20 can't be confused.",
                "比例须带百分号，以免 0.2 与 20 混淆。",
            ),
            wrong="""
rollup:
  year:
    min_periods: 6
    parts:
      - {id: monthly, title: 月均, take: {mean: {results: month}}, weight: ▶1.0, no_data: missing, ref: 第十条}
""",
            right="""
rollup:
  year:
    min_periods: 6
    parts:
      - {id: monthly, title: 月均, take: {mean: {results: month}}, weight: 100%, no_data: missing, ref: 第十条}
""",
        ),
        Explained(
            "range.malformed",
            ("Not a range", "不是区间"),
            ("Both ends are written, the lower one first.", "两端都须写明，先低后高。"),
            wrong="""
take: {sum: {event: visit.done, between: ▶[600, 1]}}
""",
            right="""
take: {sum: {event: visit.done, between: [1, 600]}}
""",
        ),
        Explained(
            "node.unknown",
            ("Not one of the nodes", "不在可选写法中"),
            ("One of these, and one alone, says what is meant.", "须用其中一种写法，且只用一种。"),
            wrong="""
take: ▶{cuont: {event: visit.done}}
""",
            right="""
take: {count: {event: visit.done}}
""",
        ),
        Explained(
            "where.values",
            ("A filter without values", "筛选缺少取值"),
            ("No event could equal nothing.", "没有事实能等于空。"),
            wrong="""
take: {count: {event: visit.done, where: ▶{household: []}}}
""",
            right="""
take: {count: {event: visit.done, where: {household: [h1, h2]}}}
""",
        ),
        Explained(
            "where.many",
            ("Too many combinations", "组合过多"),
            ("Each combination of values is a parameter of its own.", "每种取值组合都是一组参数。"),
            wrong="""
take:
  count:
    event: visit.done
    where: ▶{first: [true, false], household: [h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, h24, h25, h26, h27, h28, h29, h30, h31, h32, h33, h34, h35, h36, h37, h38, h39, h40, h41, h42, h43, h44, h45, h46, h47, h48, h49, h50]}
""",
            right="""
take:
  count:
    event: visit.done
    where: {first: true, household: [h1, h2]}
""",
        ),
        Explained(
            "words.exclusive",
            ("Words that exclude each other", "互斥的词"),
            ("Each says something else about the same thing.", "两者对同一事说法不同。"),
            wrong="""
take: {count: {event: sanction.given, window: ▶year, lasts: 3}}
""",
            right="""
take: {count: {event: sanction.given, lasts: 3}}
""",
        ),
        Explained(
            "lasts.malformed",
            ("How long isn't said", "时长未写明"),
            ("An event lasts months, months by a code, or until a day.", "时长为月数、按代码的月数，或到某日。"),
            wrong="""
take: {count: {event: sanction.given, lasts: ▶{field: kind}}}
""",
            right="""
take: {count: {event: sanction.given, lasts: {field: kind, months: {warning: 6, demerit: 12}}}}
""",
        ),
        Explained(
            "caps.bound",
            ("A cap without a bound", "限额没有界限"),
            ("It would hold nothing.", "它什么也限制不了。"),
            wrong="""
take: {each_event: {event: visit.done, caps: [▶{per: [day]}]}}
""",
            right="""
take: {each_event: {event: visit.done, caps: [{per: [day], max: 2}]}}
""",
        ),
        Explained(
            "bands.bound",
            ("A band without a bound", "档位没有界限"),
            ("Each row says from which number on it gives its points.", "每一行须写明自何数起得分。"),
            wrong="""
take: {count: {event: visit.done}}
give: {bands: [▶{points: 5}, {otherwise: true, points: 0}]}
""",
            right="""
take: {count: {event: visit.done}}
give: {bands: [{at_least: 3, points: 5}, {otherwise: true, points: 0}]}
""",
        ),
        Explained(
            "each.per",
            ("A unit of nothing", "单位为零"),
            ("A number can't be divided into units of nothing.", "数值不能按零为单位划分。"),
            wrong="""
take: {sum: {event: visit.done}}
give: {each: ▶{points: 1, per: 0}}
""",
            right="""
take: {sum: {event: visit.done}}
give: {each: {points: 1, per: 60}}
""",
        ),
        Explained(
            "each.bound",
            ("Both over and under", "over 与 under 并用"),
            ("Either what is beyond counts, or what is missing.", "要么计超出部分，要么计不足部分。"),
            wrong="""
take: {count: {event: visit.done}}
give: {each: ▶{points: 1, over: 3, under: 9}}
""",
            right="""
take: {count: {event: visit.done}}
give: {each: {points: 1, over: 3}}
""",
        ),
        Explained(
            "running.what",
            ("What runs isn't said", "未写明何为连续"),
            ("A run of results needs a tier or a rank that keeps it running.", "连续须有等次或名次作为标准。"),
            wrong="""
measures:
  - {id: streak, title: 连续优秀, take: {running: ▶{results: month, period: {before: 12}, no_tier: breaks}}, no_data: zero}
""",
            right="""
measures:
  - {id: streak, title: 连续优秀, take: {running: {results: month, period: {before: 12}, tier: [excellent], no_tier: breaks}}, no_data: zero}
""",
        ),
        Explained(
            "condition.unknown",
            ("Not a condition", "不是条件"),
            ("Only these can be asked.", "只能问这些。"),
            wrong="""
restrictions:
  - {id: idle, title: 未履职, when: ▶{indicater: visits, below: 1}, deduct: 2, ref: 第九条}
""",
            right="""
restrictions:
  - {id: idle, title: 未履职, when: {indicator: visits, below: 1}, deduct: 2, ref: 第九条}
""",
        ),
        Explained(
            "condition.test",
            ("A condition without a test", "条件没有界限"),
            ("Exactly one bound says when it holds.", "须有且仅有一个界限。"),
            wrong="""
restrictions:
  - {id: idle, title: 未履职, when: ▶{indicator: visits}, deduct: 2, ref: 第九条}
""",
            right="""
restrictions:
  - {id: idle, title: 未履职, when: {indicator: visits, below: 1}, deduct: 2, ref: 第九条}
""",
        ),
        Explained(
            "restriction.effect",
            ("None or several effects", "没有或有多种后果"),
            (
                "One restriction has one effect, so that it can be explained in a line.",
                "一条约束只有一种后果，才能用一行解释。",
            ),
            wrong="""
restrictions:
  - ▶{id: idle, title: 未履职, when: {indicator: visits, below: 1}, deduct: 2, ceiling: competent, ref: 第九条}
""",
            right="""
restrictions:
  - {id: idle, title: 未履职, when: {indicator: visits, below: 1}, ceiling: competent, ref: 第九条}
""",
        ),
        Explained(
            "quota.kind",
            ("Which quota isn't clear", "名额种类不明"),
            ("A quota is one of these.", "名额只能是其中一种。"),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, quota: ▶{at_most: 20%, seats: 3, of: ranked, rounding: down, ties: none_of_them}}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, quota: {seats: 3, ties: none_of_them}}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "quota.words",
            ("Words missing or too many", "名额的词不符"),
            (
                "What is counted, how it is rounded and what ties do must be said where it matters, and nowhere else.",
                "基数、取整与并列须在有意义处写明，且只在该处写。",
            ),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, quota: ▶{at_most: 20%, of: ranked}}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, quota: {at_most: 20%, of: ranked, rounding: down, ties: none_of_them}}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "choose.words",
            ("Seats said twice, or not at all", "名额写法不符"),
            (
                "There are so many seats, or a share of somebody, rounded; not both.",
                "名额要么是人数，要么是某基数取整后的比例，不能并用。",
            ),
            wrong="""
outcomes:
  - {id: praise, title: 通报表扬, in: month, choose: ▶{share: 30%, among: cohort, ties: none_of_them}}
""",
            right="""
outcomes:
  - {id: praise, title: 通报表扬, in: month, choose: {share: 30%, of: ranked, rounding: down, among: cohort, ties: none_of_them}}
""",
        ),
        Explained(
            "tie_break.key",
            ("What breaks the tie isn't said", "未写明比较什么"),
            ("A tie is broken by exactly one thing.", "并列时只比较一项。"),
            wrong="""
tie_breaks: [▶{order: high_first}]
""",
            right="""
tie_breaks: [{category: duty, order: high_first}]
""",
        ),
        Explained(
            "list.empty",
            ("Nothing in the list", "列表为空"),
            ("An empty list would say nothing, or bar everybody.", "空列表没有意义，或使所有人不符。"),
            wrong="""
applies_to: {posts: ▶[], under: yunhe}
""",
            right="""
applies_to: {posts: [staff, head], under: yunhe}
""",
        ),
        Explained(
            "list.repeated",
            ("The same thing twice", "重复列出"),
            ("The second one changes nothing; perhaps another was meant.", "第二个不起作用，或许本意是另一个。"),
            wrong="""
peer_groups: {by: ▶[post, post], min_size: 2, small_groups: keep_apart}
""",
            right="""
peer_groups: {by: [post], min_size: 2, small_groups: keep_apart}
""",
        ),
    ],
)
