"""Findings in tiers, quotas, gates and what follows."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "tiers",
    ("Tiers, quotas and gates", "等次、名额与门槛"),
    [
        Explained(
            "reference.unknown",
            ("Names what isn't there", "引用不存在"),
            (
                "A slip of the pen in an id would leave the condition without anything to ask.",
                "编号的笔误会使条件无从问起。",
            ),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, gates: [{indicator: ▶ratings, at_least: 20}]}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, gates: [{indicator: rating, at_least: 20}]}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "gate.unreachable",
            ("A bound beyond what is possible", "界限不可能达到"),
            ("Nobody could ever have the tier.", "任何人都不可能进入此档。"),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, gates: [{indicator: rating, at_least: ▶45}]}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, gates: [{indicator: rating, at_least: 35}]}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "gate.elsewhere",
            ("Asked where it isn't", "所问不在该周期"),
            (
                "A year has parts, not the indicators of its months; narrow the gate to the periods that have what it asks.",
                "年度只有部分，没有月度指标；请限定到有此内容的周期。",
            ),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, gates: [{indicator: rating, at_least: 20, in: ▶[year]}]}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, gates: [{indicator: rating, at_least: 20, in: [month]}]}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "gate.always",
            ("A condition that always holds", "恒成立的条件"),
            ("It looks like a hurdle and is none; perhaps a bound is wrong.", "看似门槛却不是；可能界限写错。"),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, gates: [{posts: ▶[staff, head]}]}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, gates: [{posts: [head]}]}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "condition.nowhere",
            ("Together nowhere", "不在同一周期"),
            ("No kind of period has both, so it is asked in none.", "没有周期同时具有两者，永远不会被问到。"),
            wrong="""
restrictions:
  - {id: idle, title: 未履职, when: ▶{all: [{indicator: visits, below: 1}, {indicator: monthly, below: 60}]}, ceiling: competent, ref: 第九条}
""",
            right="""
restrictions:
  - {id: idle, title: 未履职, when: {indicator: visits, below: 1}, ceiling: competent, ref: 第九条}
""",
        ),
        Explained(
            "measure.code",
            ("A size of a code", "代码没有大小"),
            ("A code is one of several, neither more nor less.", "代码只有种类，没有大小。"),
            wrong="""
measures:
  - {id: voted, title: 最近一票, take: {latest: {event: vote.cast, field: vote}}, no_data: unmet}
restrictions:
  - {id: idle, title: 未履职, when: {measure: voted, below: ▶1}, ceiling: competent, ref: 第九条}
""",
            right="""
measures:
  - {id: voted, title: 最近一票, take: {latest: {event: vote.cast, field: vote}}, no_data: unmet}
restrictions:
  - {id: idle, title: 未履职, when: {measure: voted, is: [poor]}, ceiling: competent, ref: 第九条}
""",
        ),
        Explained(
            "measure.number",
            ("A number as a code", "数字当作代码"),
            ("A number is at least or below a bound.", "数字须用 at_least 或 below。"),
            wrong="""
measures:
  - {id: minutes, title: 走访时长, take: {sum: {event: visit.done}}, no_data: zero}
restrictions:
  - {id: idle, title: 未履职, when: {measure: minutes, is: ▶[few]}, ceiling: competent, ref: 第九条}
""",
            right="""
measures:
  - {id: minutes, title: 走访时长, take: {sum: {event: visit.done}}, no_data: zero}
restrictions:
  - {id: idle, title: 未履职, when: {measure: minutes, below: 60}, ceiling: competent, ref: 第九条}
""",
        ),
        Explained(
            "measure.unused",
            ("A measure that nobody asks for", "无人使用的计量值"),
            ("It enters no total; perhaps a condition was forgotten.", "计量值不计入总分；可能漏写了条件。"),
            wrong="""
measures:
  - ▶{id: minutes, title: 走访时长, take: {sum: {event: visit.done}}, no_data: zero}
""",
            right="""
measures:
  - {id: minutes, title: 走访时长, take: {sum: {event: visit.done}}, no_data: zero}
restrictions:
  - {id: idle, title: 未履职, when: {measure: minutes, below: 60}, ceiling: competent, ref: 第九条}
""",
        ),
        Explained(
            "tiers.otherwise",
            ("No last tier", "缺少最后一档"),
            ("Everybody has a tier, so the last one has no conditions.", "人人须有等次，最后一档没有条件。"),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85}
  - ▶{id: incompetent, title: 不称职, total_at_least: 0}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "tiers.order",
            ("Thresholds that don't fall", "分数线未递减"),
            ("Best first: the lower tier would never be reached.", "最好的在前，否则下一档永远达不到。"),
            wrong="""
tiers:
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: excellent, title: 优秀, total_at_least: ▶85}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85}
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "tier.free",
            ("A tier for everybody", "人人可入的等次"),
            (
                "Nobody comes to the tiers below by points; perhaps a threshold was forgotten.",
                "任何人都不会因分数落到以下各档；可能漏写了分数线。",
            ),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85}
  - ▶{id: competent, title: 称职}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85}
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "quota.nobody",
            ("A quota of nobody", "名额为零"),
            ("The tier is there and nobody may have it.", "设有此档却无人可入。"),
            wrong="""
tiers:
  - {id: excellent, title: 优秀, quota: {seats: ▶0, ties: none_of_them}}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
            right="""
tiers:
  - {id: excellent, title: 优秀, quota: {seats: 3, ties: none_of_them}}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
        Explained(
            "veto.quota",
            ("A veto into a quota", "否决到有名额的等次"),
            ("Who is put there takes no seat, so the quota would be exceeded.", "被定入者不占名额，会突破名额。"),
            wrong="""
negative_list:
  - {id: fraud, title: 弄虚作假, severity: grave, event: sanction.given, veto: ▶excellent, ref: 第九条}
""",
            right="""
negative_list:
  - {id: fraud, title: 弄虚作假, severity: grave, event: sanction.given, veto: incompetent, ref: 第九条}
""",
        ),
        Explained(
            "negative.idle",
            ("A misdeed without consequence", "没有后果的负面事项"),
            ("It is counted and nothing follows.", "计了数却没有任何后果。"),
            wrong="""
negative_list:
  - ▶{id: fraud, title: 弄虚作假, severity: grave, event: sanction.given, ref: 第九条}
""",
            right="""
negative_list:
  - {id: fraud, title: 弄虚作假, severity: grave, event: sanction.given, veto: incompetent, ref: 第九条}
""",
        ),
        Explained(
            "outcome.rounding",
            ("Rounding of a number", "人数无须取整"),
            ("A number of people needs none; a percentage does.", "人数不需取整，百分比才需要。"),
            wrong="""
outcomes:
  - {id: praise, title: 通报表扬, in: month, when: {top: 3, of: peer_group, ties: none_of_them, rounding: ▶down}}
""",
            right="""
outcomes:
  - {id: praise, title: 通报表扬, in: month, when: {top: 10%, of: peer_group, ties: none_of_them, rounding: down}}
""",
        ),
        Explained(
            "choose.used",
            ("Used seats of several groups", "已用名额无从分组"),
            (
                "The events that use up seats belong to no group; count them where all compete together.",
                "占用名额的事实不属于任何一组；只有全体一起竞争时才能扣除。",
            ),
            wrong="""
outcomes:
  - {id: chosen, title: 选拔, in: month, choose: {seats: 3, among: peer_group, ties: none_of_them, used: ▶{event: honour.given, window: {last: 60}}}}
""",
            right="""
outcomes:
  - {id: chosen, title: 选拔, in: month, choose: {seats: 3, among: cohort, ties: none_of_them, used: {event: honour.given, window: {last: 60}}}}
""",
        ),
        Explained(
            "outcome.everyone",
            ("An outcome for everybody", "人人适用的后果"),
            ("It says nothing about anybody; perhaps `when` was forgotten.", "对任何人都没有区别；可能漏写了 when。"),
            wrong="""
outcomes:
  - ▶{id: praise, title: 通报表扬, in: month}
""",
            right="""
outcomes:
  - {id: praise, title: 通报表扬, in: month, when: {tier: [excellent]}}
""",
        ),
        Explained(
            "tie_breaks.unused",
            ("Tie-breaks that nobody asks for", "无人使用的并列规则"),
            (
                "They order candidates for seats where a quota says ties: tie_breaks, and never ranks.",
                "仅在名额写明 ties: tie_breaks 时用于排序，从不影响名次。",
            ),
            wrong="""
tie_breaks: ▶[{category: duty, order: high_first}]
""",
            right="""
tie_breaks: [{category: duty, order: high_first}]
tiers:
  - {id: excellent, title: 优秀, quota: {at_most: 20%, of: ranked, rounding: down, ties: tie_breaks}}
  - {id: incompetent, title: 不称职, otherwise: true}
""",
        ),
    ],
)
