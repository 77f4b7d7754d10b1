"""Findings in the head: dates and versions, kinds of period, ids, local additions."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "heads",
    ("The head: dates and versions", "表头：日期与版本"),
    [
        Explained(
            "language.newer",
            ("A newer language", "语言版本较新"),
            (
                "Its words would all be called unknown, so this is the only finding.",
                "其用词都会被当作未知，故只报此一项。",
            ),
            wrong="""
language: ▶2
""",
            right="""
language: 1
""",
        ),
        Explained(
            "timezone.unknown",
            ("Unknown time zone", "未知时区"),
            ("Local midnights decide in which month an event lies.", "当地零点决定事实属于哪个月。"),
            wrong="""
periods: {base: month, rollups: [year], timezone: ▶Asia/Shangai}
""",
            right="""
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
""",
        ),
        Explained(
            "effective.kind",
            ("Not a base period", "不是基础周期"),
            (
                "Each base period is ruled by one version, so a version begins with one.",
                "每个基础周期由一个版本管辖，版本须自某一基础周期起。",
            ),
            wrong="""
effective: {from: ▶2999-Q1}
""",
            right="""
effective: {from: 2999-01}
""",
        ),
        Explained(
            "effective.past",
            ("Rules what has ended", "自已结束的周期起施行"),
            (
                "People worked without knowing the rules; perhaps the year is wrong.",
                "当时人们并不知道规则；也可能年份写错。",
            ),
            wrong="""
effective: {from: ▶2024-01}
""",
            right="""
effective: {from: 2999-01}
""",
        ),
        Explained(
            "date.later",
            ("Quotes a later text", "引用了更晚的文件"),
            (
                "A rule can't come from a text that was issued after it began; a date is wrong.",
                "规则不能来自施行之后才印发的文件；其中一个日期有误。",
            ),
            wrong="""
effective: {from: 2999-01}
authority: {title: 考核办法, issued: ▶2999-06-10}
""",
            right="""
effective: {from: 2999-01}
authority: {title: 考核办法, issued: 2998-12-10}
""",
        ),
        Explained(
            "rollup.unlisted",
            ("A roll-up that isn't listed", "汇总未列出"),
            ("periods.rollups says which longer periods there are.", "periods.rollups 说明有哪些更长的周期。"),
            wrong="""
periods: {base: month, rollups: [], timezone: Asia/Shanghai}
rollup:
  ▶year: {min_periods: 6, parts: [{id: monthly, title: 月均, take: {mean: {results: month}}, weight: 100%, no_data: missing}]}
""",
            right="""
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
rollup:
  year: {min_periods: 6, parts: [{id: monthly, title: 月均, take: {mean: {results: month}}, weight: 100%, no_data: missing}]}
""",
        ),
        Explained(
            "rollup.kind",
            ("A roll-up that isn't longer", "汇总不长于基础周期"),
            ("A longer period is made of shorter ones.", "较长的周期由较短的组成。"),
            wrong="""
effective: {from: 2999-Q1}
periods: {base: quarter, rollups: [year, ▶month], timezone: Asia/Shanghai}
""",
            right="""
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
""",
        ),
        Explained(
            "notice.unheard",
            ("Objections end before the notice", "异议期早于公示期结束"),
            (
                "Whoever reads the notice on its last day must still be able to object.",
                "公示最后一天看到结果的人也应能提出异议。",
            ),
            wrong="""
notice: {days: 5, objection_days: ▶3, answer_days: 15, counted: working}
""",
            right="""
notice: {days: 5, objection_days: 5, answer_days: 15, counted: working}
""",
        ),
        Explained(
            "subject.words",
            ("A word of the other subject", "不属于该对象的词"),
            ("Workers have posts, organisations have kinds.", "人员有岗位，组织有类别。"),
            wrong="""
peer_groups: {by: [▶kind], min_size: 2, small_groups: keep_apart}
""",
            right="""
peer_groups: {by: [post], min_size: 2, small_groups: keep_apart}
""",
        ),
        Explained(
            "id.repeated",
            ("An id stands twice", "编号重复"),
            (
                "Indicators, bonus items, negative list, parts, measures, multipliers and restrictions share one space of ids.",
                "指标、加分项、负面清单、部分、计量值、系数与约束共用一套编号。",
            ),
            wrong="""
measures:
  - {id: ▶visits, title: 走访次数, take: {count: {event: visit.done}}, no_data: zero}
""",
            right="""
measures:
  - {id: visit_count, title: 走访次数, take: {count: {event: visit.done}}, no_data: zero}
""",
        ),
        Explained(
            "id.reserved",
            ("An id that is a word", "编号是保留词"),
            ("Elsewhere this word means something of its own.", "该词在别处另有含义。"),
            wrong="""
lists: [{id: ▶peer_group, title: 全县榜, by: [], method: dense}]
""",
            right="""
lists: [{id: county_list, title: 全县榜, by: [], method: dense}]
""",
        ),
        Explained(
            "extension.parent",
            ("No such parent", "没有这个上级办法"),
            ("Only a published version can be extended.", "只能扩展已发布的版本。"),
            wrong="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: ▶{rulebook: yunhe, version: 2023-9}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
            right="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
        ),
        Explained(
            "extension.none",
            ("No additions allowed", "不允许增设"),
            (
                "Only a rulebook with local_additions lets streets add something.",
                "只有写明 local_additions 的办法才允许增设。",
            ),
            wrong="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: ▶{rulebook: yunhe, version: 2024-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
            right="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
        ),
        Explained(
            "extension.itself",
            ("Extends itself", "扩展自身"),
            ("It is another rulebook, with an id of its own.", "它是另一个办法，须有自己的编号。"),
            wrong="""
rulebook: ▶yunhe
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
            right="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
        ),
        Explained(
            "extension.items",
            ("Too many additions", "增设过多"),
            ("The parent says how many.", "数量由上级办法规定。"),
            wrong="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  ▶- {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
  - {id: gates, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
  - {id: stairs, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
            right="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
        ),
        Explained(
            "extension.into",
            ("Added elsewhere", "增设到其他类别"),
            ("The parent says into which category.", "类别由上级办法规定。"),
            wrong="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: ▶service, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
            right="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
        ),
        Explained(
            "extension.points",
            ("Too many points", "分值过高"),
            ("The parent says how many points an addition may have.", "增设项的分值由上级办法规定。"),
            wrong="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: ▶6, no_data: zero, ref: 细则第三条}
""",
            right="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: {rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
        ),
        Explained(
            "extension.unchecked",
            ("The parent isn't at hand", "上级办法不在手边"),
            ("Give --tenant: the published parent is read there.", "请用 --tenant：已发布的上级办法从该租户读取。"),
            wrong="""
rulebook: yh-west
version: 2025-1
language: 1
title: 西街道细则
effective: {from: 2999-01}
applies_to: {posts: [staff], under: yh-west}
extends: ▶{rulebook: yunhe, version: 2025-1}
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 0.5}, max: 5, no_data: zero, ref: 细则第三条}
""",
            right="""
rulebook: yunhe
""",
            about="no parent",
        ),
    ],
)
