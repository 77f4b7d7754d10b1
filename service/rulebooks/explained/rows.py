"""Findings in bands and tables: whether give fits what take hands on, and whether every number has its row."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "rows",
    ("Bands and tables", "档位与对照表"),
    [
        Explained(
            "bands.otherwise",
            ("No last row", "缺少最后一行"),
            (
                "Below the last bound there would be no points at all, not even 0.",
                "低于最后界限时将没有任何分值，连 0 分也没有。",
            ),
            wrong="""
take: {count: {event: visit.done}}
give: {bands: ▶[{at_least: 10, points: 10}, {at_least: 5, points: 5}]}
""",
            right="""
take: {count: {event: visit.done}}
give: {bands: [{at_least: 10, points: 10}, {at_least: 5, points: 5}, {otherwise: true, points: 0}]}
""",
        ),
        Explained(
            "bands.order",
            ("Rows that don't fall", "各行未递减"),
            (
                "The first row that a number reaches counts: the highest stands first.",
                "以最先达到的一行为准，最高者须在最前。",
            ),
            wrong="""
take: {count: {event: visit.done}}
give: {bands: ▶[{at_least: 5, points: 5}, {at_least: 10, points: 10}, {otherwise: true, points: 0}]}
""",
            right="""
take: {count: {event: visit.done}}
give: {bands: [{at_least: 10, points: 10}, {at_least: 5, points: 5}, {otherwise: true, points: 0}]}
""",
        ),
        Explained(
            "bands.unreached",
            ("A row that nothing reaches", "达不到的一行"),
            (
                "The event type, between or the aggregate bounds the number; perhaps the scale is another one.",
                "数值受事实类型、between 或聚合方式限制；可能分制不同。",
            ),
            wrong="""
take: {mean: {event: vote.cast}}
give: {bands: [▶{at_least: 80, points: 10}, {at_least: 4, points: 8}, {otherwise: true, points: 0}]}
max: 8
""",
            right="""
take: {mean: {event: vote.cast}}
give: {bands: [{at_least: 4.5, points: 10}, {at_least: 4, points: 8}, {otherwise: true, points: 0}]}
""",
        ),
        Explained(
            "table.codes",
            ("Not every code has its row", "代码未列全"),
            (
                "An event with the missing code would have no points, and nobody would notice.",
                "带有所缺代码的事实将没有分值，且无人察觉。",
            ),
            wrong="""
take: {best: {event: honour.given, field: level}}
give: {table: ▶{city: 10}}
""",
            right="""
take: {best: {event: honour.given, field: level}}
give: {table: {county: 5, city: 10}}
""",
        ),
        Explained(
            "give.number",
            ("A table for a number", "数字用了对照表"),
            ("A table is read by codes; a number has bands.", "对照表按代码查；数字用 bands。"),
            wrong="""
take: {count: {event: visit.done}}
give: {table: ▶{one: 5}}
""",
            right="""
take: {count: {event: visit.done}}
give: {bands: [{at_least: 1, points: 10}, {otherwise: true, points: 0}]}
""",
        ),
        Explained(
            "give.code",
            ("A code without a table", "代码缺少对照表"),
            ("A code has no size: a table says what it is worth.", "代码没有大小，须由对照表给出分值。"),
            wrong="""
take: {latest: {event: honour.given, field: level}}
give: ▶{each: 5}
""",
            right="""
take: {latest: {event: honour.given, field: level}}
give: {table: {county: 5, city: 10}}
""",
        ),
        Explained(
            "ranks.compare",
            ("Ranks of nothing", "名次缺少比较"),
            ("Only compare as rank makes a rank of the number.", "只有 compare 的 rank 才把数值变为名次。"),
            wrong="""
take: {count: {event: visit.done}}
give: {ranks: ▶[10, 8, 6]}
""",
            right="""
take: {count: {event: visit.done}}
compare: {as: rank, within: peer_group}
give: {ranks: [10, 8, 6]}
""",
        ),
        Explained(
            "compare.take",
            ("Nothing to compare", "没有可比的数"),
            (
                "One number for each subject is compared, before it becomes points.",
                "比较的是每个对象的一个数，且在变为分值之前。",
            ),
            wrong="""
take: {each_event: {event: visit.done}}
compare: ▶{as: rank, within: peer_group}
give: {ranks: [10, 8, 6]}
""",
            right="""
take: {count: {event: visit.done}}
compare: {as: rank, within: peer_group}
give: {ranks: [10, 8, 6]}
""",
        ),
        Explained(
            "compare.order",
            ("A share of the smallest", "与最小者之比"),
            ("A share of the first is a share of the greatest number.", "与第一名之比即与最大数之比。"),
            wrong="""
take: {count: {event: visit.done}}
compare: {as: share_of_first, within: cohort, order: ▶low_first}
give: {each: 10}
""",
            right="""
take: {count: {event: visit.done}}
compare: {as: share_of_first, within: cohort}
give: {each: 10}
""",
        ),
        Explained(
            "prorate.take",
            ("Nothing to prorate", "不可折算"),
            (
                "Only what grows with the days served, a count or a sum of events, is made that of a whole period.",
                "只有随在岗天数增长的件数与合计才可折算为整期。",
            ),
            wrong="""
take: {mean: {event: vote.cast}}
prorate: ▶service_days
""",
            right="""
take: {count: {event: visit.done}}
prorate: service_days
""",
        ),
        Explained(
            "no_data.full",
            ("Full of what?", "满分未定"),
            ("Full marks are the maximum.", "满分即上限，须写明 max。"),
            wrong="""
bonus: {max: 5, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, no_data: ▶full, ref: 第八条}]}
""",
            right="""
bonus: {max: 5, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, max: 5, no_data: full, ref: 第八条}]}
""",
        ),
        Explained(
            "no_data.kind",
            ("The wrong kind of stand-in", "替代值种类不符"),
            (
                "What stands for a code is a code, what stands for a number a number.",
                "代码以代码替代，数字以数字替代。",
            ),
            wrong="""
measures:
  - {id: voted, title: 最近一票, take: {latest: {event: vote.cast, field: vote}}, no_data: ▶zero}
""",
            right="""
measures:
  - {id: voted, title: 最近一票, take: {latest: {event: vote.cast, field: vote}}, no_data: {code: poor}}
""",
        ),
    ],
)
