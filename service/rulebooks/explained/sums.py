"""Findings in sums: maxima, weights, the bonus, multipliers, and what they can come to."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "sums",
    ("Sums", "合计"),
    [
        Explained(
            "sum.categories",
            ("Categories and full marks differ", "类别之和不等于满分"),
            ("Who reads 85 of 100 must be able to add up the 100.", "读到“百分制”的人应能由各类别加出一百分。"),
            wrong="""
total: {full: ▶99, min: 0, max: 105}
""",
            right="""
total: {full: 100, min: 0, max: 105}
""",
        ),
        Explained(
            "sum.nested",
            ("Inner and outer maximum differ", "内外类别满分不符"),
            ("What the inner categories make is the outer one's maximum.", "下级类别合成的分值就是上级类别的满分。"),
            wrong="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: ▶40}
  - {id: votes, title: 测评, max: 30, in: service}
indicators:
  - {id: asked, title: 走访评价, category: votes, take: {mean: {event: vote.cast}}, give: {each: 6}, max: 30, no_data: zero}
""",
            right="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 40}
""",
        ),
        Explained(
            "sum.indicators",
            ("The indicators don't reach the maximum", "指标达不到类别满分"),
            ("Nobody could have full marks there.", "任何人都得不到满分。"),
            wrong="""
total: {full: 110, min: 0, max: 115}
categories:
  - {id: duty, title: 日常履职, max: ▶70}
  - {id: service, title: 群众评价, max: 40}
""",
            right="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 40}
""",
        ),
        Explained(
            "sum.weights",
            ("Weights don't make 100 %", "权重之和不是 100%"),
            ("The rest would belong to nobody.", "差额没有归属。"),
            wrong="""
rollup:
  year:
    min_periods: 6
    parts:
      ▶- {id: monthly, title: 月均, take: {mean: {results: month}}, weight: 70%, no_data: missing, ref: 第十条}
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
            "sum.shares",
            ("Shares beyond 100 %", "比例之和超过 100%"),
            ("So many of each can't be there at once.", "各类比例不可能同时满足。"),
            wrong="""
take: {mean: {event: vote.cast, at_least_share: {field: voter, shares: ▶{leader: 60%, resident: 60%}}}}
""",
            right="""
take: {mean: {event: vote.cast, at_least_share: {field: voter, shares: {resident: 60%}}}}
""",
        ),
        Explained(
            "total.order",
            ("Bounds of the total in disorder", "总分界限次序有误"),
            ("Full marks lie between the least and the greatest total.", "满分须在最低与最高总分之间。"),
            wrong="""
total: ▶{full: 100, min: 0, max: 90}
""",
            right="""
total: {full: 100, min: 0, max: 105}
""",
        ),
        Explained(
            "total.unreached",
            ("A total that nobody reaches", "无人能达到的总分"),
            (
                "Categories, bonus and parts can't come to it; perhaps a bonus was forgotten.",
                "类别、加分和各部分都达不到；可能漏写了加分。",
            ),
            wrong="""
bonus: {max: 5, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, ref: 第八条}]}
total: {full: 100, min: 0, max: ▶110}
""",
            right="""
total: {full: 100, min: 0, max: 105}
""",
        ),
        Explained(
            "number.step",
            ("Not a multiple of the step", "不是步长的整数倍"),
            ("Points are rounded to the step, so nobody could have this number.", "分值按步长取整，不可能得到此数。"),
            wrong="""
numbers: {measure_decimals: 4, step: 0.5}
tiers:
  - {id: excellent, title: 优秀, total_at_least: ▶85.25}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
numbers: {measure_decimals: 4, step: 0.5}
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85.5}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "number.negative",
            ("A negative number", "负数"),
            ("deduct already says that points are taken.", "deduct 本身就表示扣分。"),
            wrong="""
negative_list:
  - {id: late, title: 迟到, severity: minor, event: violation.complaint, deduct: ▶-1, ref: 第九条}
""",
            right="""
negative_list:
  - {id: late, title: 迟到, severity: minor, event: violation.complaint, deduct: 1, ref: 第九条}
""",
        ),
        Explained(
            "category.empty",
            ("An empty category", "空类别"),
            ("Nothing gives points there.", "其中没有任何得分项。"),
            wrong="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 40}
  - ▶{id: extra, title: 专项, max: 0}
""",
            right="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 40}
""",
        ),
        Explained(
            "category.itself",
            ("In itself", "属于自身"),
            ("A category is in another one, or in none.", "类别只能属于另一类别，或不属于任何类别。"),
            wrong="""
categories:
  - {id: duty, title: 日常履职, max: 60, in: ▶duty}
  - {id: service, title: 群众评价, max: 40}
""",
            right="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 40}
""",
        ),
        Explained(
            "category.deep",
            ("Three levels", "三层类别"),
            ("There are two levels of categories, and indicators.", "类别只有两层，其下是指标。"),
            wrong="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 60, in: duty}
  - {id: votes, title: 测评, max: 60, in: ▶service}
""",
            right="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 40}
""",
        ),
        Explained(
            "category.both",
            ("Indicators beside categories", "指标与类别并列"),
            ("What is added up would not be seen at a glance.", "否则无法一眼看出由何相加。"),
            wrong="""
categories:
  - ▶{id: duty, title: 日常履职, max: 100}
  - {id: service, title: 群众评价, max: 40, in: duty}
""",
            right="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 40}
""",
        ),
        Explained(
            "bonus.into",
            ("into without before_weights", "into 与次序不符"),
            ("Only a bonus that comes before the weights joins a category.", "只有先于权重的加分才并入类别。"),
            wrong="""
bonus: {max: 5, into: ▶duty, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, ref: 第八条}]}
""",
            right="""
orders: {bonus: before_weights, quota: after_ceilings}
bonus: {max: 5, into: duty, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, ref: 第八条}]}
""",
        ),
        Explained(
            "bonus.category",
            ("A bonus into no sum", "加分并入非合计类别"),
            ("It can only be added where indicators are added.", "只有按合计计分的类别才能并入。"),
            wrong="""
orders: {bonus: before_weights, quota: after_ceilings}
bonus: {max: 5, into: ▶duty, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, ref: 第八条}]}
categories:
  - {id: duty, title: 日常履职, max: 60, counts: best}
  - {id: service, title: 群众评价, max: 40}
""",
            right="""
orders: {bonus: before_weights, quota: after_ceilings}
bonus: {max: 5, into: duty, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, ref: 第八条}]}
""",
        ),
        Explained(
            "bonus.empty",
            ("A bonus without items", "没有加分项"),
            ("Its maximum can never be used.", "其上限永远用不上。"),
            wrong="""
bonus: {max: 5, items: ▶[]}
""",
            right="""
bonus: {max: 5, items: [{id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, ref: 第八条}]}
""",
        ),
        Explained(
            "multiplier.nested",
            ("A multiplier of an inner category", "下级类别的系数"),
            ("Only what enters the total by itself is multiplied.", "只有直接计入总分的类别才可有系数。"),
            wrong="""
categories:
  - {id: duty, title: 日常履职, max: 60}
  - {id: service, title: 群众评价, max: 40, in: duty}
multipliers:
  - {id: unit_factor, title: 社区系数, of: ▶service, take: {attribute: {name: factor, as: number}}, no_data: {points: 1}, ref: 第十二条}
""",
            right="""
multipliers:
  - {id: unit_factor, title: 社区系数, of: service, take: {attribute: {name: factor, as: number}}, no_data: {points: 1}, ref: 第十二条}
""",
        ),
        Explained(
            "multiplier.twice",
            ("Two multipliers of one thing", "同一对象两个系数"),
            ("Which comes first would change the rounding.", "先后次序会影响取整。"),
            wrong="""
multipliers:
  - {id: unit_factor, title: 社区系数, of: total, take: {attribute: {name: factor, as: number}}, no_data: {points: 1}, ref: 第十二条}
  - {id: post_factor, title: 岗位系数, of: ▶total, take: {attribute: {name: factor, as: number}}, no_data: {points: 1}, ref: 第十二条}
""",
            right="""
multipliers:
  - {id: unit_factor, title: 社区系数, of: total, take: {attribute: {name: factor, as: number}}, no_data: {points: 1}, ref: 第十二条}
""",
        ),
        Explained(
            "max.unreached",
            ("A maximum that nothing reaches", "达不到的上限"),
            (
                "Full marks were promised and nobody can have them; perhaps a row is wrong.",
                "承诺了满分却无人能得；可能某一行写错。",
            ),
            wrong="""
take: {count: {event: visit.done}}
give: {bands: [{at_least: 10, points: 8}, {otherwise: true, points: 0}]}
max: ▶10
""",
            right="""
take: {count: {event: visit.done}}
give: {bands: [{at_least: 10, points: 10}, {otherwise: true, points: 0}]}
max: 10
""",
        ),
        Explained(
            "max.cuts",
            ("A maximum below what is given", "上限低于所给分值"),
            ("A row promises points that the maximum takes back.", "该行承诺的分值会被上限收回。"),
            wrong="""
take: {best: {event: honour.given, field: level}}
give: {table: {county: 5, city: 12}}
max: ▶10
""",
            right="""
take: {best: {event: honour.given, field: level}}
give: {table: {county: 5, city: 10}}
max: 10
""",
        ),
        Explained(
            "weight.nothing",
            ("A weight of nothing", "权重为零"),
            ("The part is computed and then left out.", "算出之后又不计入。"),
            wrong="""
rollup:
  year:
    min_periods: 6
    parts:
      - {id: monthly, title: 月均, take: {mean: {results: month}}, weight: 100%, no_data: missing, ref: 第十条}
      - {id: annual, title: 年度测评, take: {given: {event: assess.annual}}, weight: ▶0%, no_data: zero, ref: 第十条}
""",
            right="""
rollup:
  year:
    min_periods: 6
    parts:
      - {id: monthly, title: 月均, take: {mean: {results: month}}, weight: 70%, no_data: missing, ref: 第十条}
      - {id: annual, title: 年度测评, take: {given: {event: assess.annual}}, weight: 30%, no_data: zero, ref: 第十条}
""",
        ),
    ],
)
