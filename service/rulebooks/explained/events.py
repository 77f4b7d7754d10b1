"""Findings in what is taken: event types and their fields, rows that belong together, results of periods."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "events",
    ("Events and results", "事实与结果"),
    [
        Explained(
            "type.unknown",
            ("An undeclared event type", "未声明的事实类型"),
            (
                "No such event can ever come, so the number would always lack data.",
                "这种事实永远不会出现，该数将始终无数据。",
            ),
            wrong="""
take: {count: {event: ▶visits.done}}
""",
            right="""
take: {count: {event: visit.done}}
""",
        ),
        Explained(
            "type.subject",
            ("Events about another kind of subject", "事实对象不符"),
            ("Events about organisations reach a worker by about.", "以组织为对象的事实须用 about 才与人员相关。"),
            wrong="""
take: {latest: {event: ▶unit.inspected}}
give: {each: 0.1}
""",
            right="""
take: {latest: {event: unit.inspected, about: organisation}}
give: {each: 0.1}
""",
        ),
        Explained(
            "type.time",
            ("Events without a day of their own", "按周期归属的事实"),
            (
                "What is dated by period has no day from which months could be counted.",
                "按周期归属的事实没有可据以计月的日期。",
            ),
            wrong="""
take: {latest: {event: assess.annual, window: ▶year}}
give: {each: 0.1}
""",
            right="""
take: {latest: {event: assess.annual}}
give: {each: 0.1}
""",
        ),
        Explained(
            "types.missing",
            ("No event types at hand", "没有事实类型"),
            (
                "Put event_types.yaml beside the rulebook, or give --types or --tenant.",
                "请把 event_types.yaml 放在旁边，或用 --types、--tenant 指定。",
            ),
            wrong="""
▶rulebook: yunhe
""",
            right="""
rulebook: yunhe
""",
            about="no types",
        ),
        Explained(
            "field.undeclared",
            ("An undeclared field", "未声明的字段"),
            ("No event of this type has it.", "该类型的事实没有此字段。"),
            wrong="""
take: {count: {event: visit.done, distinct: ▶houshold}}
""",
            right="""
take: {count: {event: visit.done, distinct: household}}
""",
        ),
        Explained(
            "field.kind",
            ("A field of the wrong kind", "字段种类不符"),
            ("A text can't be added up, a number can't be voted for.", "文本不能相加，数字不能投票。"),
            wrong="""
take: {sum: {event: visit.done, field: ▶household}}
""",
            right="""
take: {sum: {event: visit.done, field: minutes}}
""",
        ),
        Explained(
            "range.never",
            ("Numbers that no event has", "不可能出现的数值"),
            ("The type bounds its field, so nothing would ever count.", "该类型限定了字段范围，永远不会有事实计入。"),
            wrong="""
take: {sum: {event: visit.done, between: ▶[700, 900]}}
""",
            right="""
take: {sum: {event: visit.done, between: [30, 600]}}
""",
        ),
        Explained(
            "once.across",
            ("across without points", "across 缺少分值"),
            ("Rows of several items are compared by the points of each event.", "跨项目比较的是每条事实的分值。"),
            wrong="""
take: {count: {event: honour.given, once: {per: case, keep: best, across: ▶category}}}
""",
            right="""
take: {each_event: {event: honour.given, once: {per: case, keep: best, across: category}}}
""",
        ),
        Explained(
            "once.keep",
            ("Two ways to keep one", "保留方式不一致"),
            ("Items that are looked at together must agree on which row stays.", "一同比较的项目须约定保留哪一行。"),
            wrong="""
indicators:
  - {id: first_honour, title: 首次荣誉, category: duty, take: {each_event: {event: honour.given, once: {per: case, keep: best, across: category}}}, give: {each: 1}, max: 5, no_data: zero}
  - {id: later_honour, title: 后续荣誉, category: duty, take: {each_event: {event: honour.given, once: {per: case, keep: ▶first, across: category}}}, give: {each: 2}, max: 5, no_data: zero}
""",
            right="""
indicators:
  - {id: first_honour, title: 首次荣誉, category: duty, take: {each_event: {event: honour.given, once: {per: case, keep: best, across: category}}}, give: {each: 1}, max: 5, no_data: zero}
  - {id: later_honour, title: 后续荣誉, category: duty, take: {each_event: {event: honour.given, once: {per: case, keep: best, across: category}}}, give: {each: 2}, max: 5, no_data: zero}
""",
        ),
        Explained(
            "act.counted",
            ("One act reported twice", "同一行为上报两次"),
            (
                "The type says what tells one act from another; every report of it counts here.",
                "事实类型声明了如何区分各行为；此处每条上报都会计入。",
            ),
            wrong="""
take: {count: {event: ▶dispute.settled}}
""",
            right="""
take: {count: {event: dispute.settled, once: {per: case, keep: first}}}
""",
        ),
        Explained(
            "act.other",
            ("Not what tells acts apart", "不是区分行为的字段"),
            ("Acts that differ would count as one.", "不同的行为会被当作同一个。"),
            wrong="""
take: {count: {event: dispute.settled, once: {per: ▶agreement, keep: first}}}
""",
            right="""
take: {count: {event: dispute.settled, once: {per: case, keep: first}}}
""",
        ),
        Explained(
            "state.other",
            ("A field that isn't the state", "不是状态字段"),
            (
                "The type of the follow-up says in which field it tells what became of the act.",
                "后续事实的类型声明了哪个字段说明行为的状态。",
            ),
            wrong="""
take: {count: {event: honour.given, state: {event: honour.reviewed, same: case, field: ▶round, counts: [second], without: waits, as_of: latest}}}
""",
            right="""
take: {count: {event: honour.given, state: {event: honour.reviewed, same: case, field: decision, counts: [accepted], without: waits, as_of: latest}}}
""",
        ),
        Explained(
            "state.undeclared",
            ("A state that nobody declared", "未声明的状态"),
            (
                "Declare it with state: then senders know that the field decides.",
                "请用 state 声明，使发送方知道由该字段决定。",
            ),
            wrong="""
take: {count: {event: honour.given, state: {event: honour.noted, same: case, field: ▶mood, counts: [good], without: waits, as_of: latest}}}
""",
            right="""
take: {count: {event: honour.given, state: {event: honour.reviewed, same: case, field: decision, counts: [accepted], without: waits, as_of: latest}}}
""",
        ),
        Explained(
            "evidence.undeclared",
            ("A tier decided without evidence", "无依据而定等次"),
            (
                "Who loses a tier is shown what proves it; declare the field with evidence.",
                "失去等次者有权看到依据；请用 evidence 声明该字段。",
            ),
            wrong="""
negative_list:
  - {id: sanctioned, title: 受处分, severity: grave, event: ▶sanction.given, ceiling: competent, ref: 第九条}
""",
            right="""
negative_list:
  - {id: broken, title: 调解造假, severity: grave, event: dispute.forged, ceiling: competent, ref: 第九条}
""",
        ),
        Explained(
            "caps.many",
            ("More than two caps", "限额超过两层"),
            ("Two levels are enough for a day and a kind.", "两层足以表示每日与每类。"),
            wrong="""
take:
  each_event:
    event: honour.given
    caps:
      ▶- {per: [day, level, case], max: 1}
      - {per: [day, level], max: 2}
      - {per: [day], max: 3}
""",
            right="""
take:
  each_event:
    event: honour.given
    caps:
      - {per: [day, level], max: 2}
      - {per: [day], max: 3}
""",
        ),
        Explained(
            "caps.part",
            ("Caps side by side", "并列的限额"),
            ("The second cap holds together what the first one held apart.", "第二层须把第一层分开的合在一起。"),
            wrong="""
take: {each_event: {event: honour.given, caps: [{per: [day], max: 2}, {per: ▶[month], max: 5}]}}
""",
            right="""
take: {each_event: {event: honour.given, caps: [{per: [day, level], max: 2}, {per: [day], max: 5}]}}
""",
        ),
        Explained(
            "results.tier",
            ("A mean of tiers", "等次不能平均"),
            ("A tier is a code.", "等次是代码。"),
            wrong="""
measures:
  - {id: units, title: 社区结果, take: {mean: {results: month, period: {before: 3}, read: ▶tier}}, no_data: unmet}
""",
            right="""
measures:
  - {id: units, title: 社区结果, take: {mean: {results: month, period: {before: 3}, read: total}}, no_data: unmet}
""",
        ),
        Explained(
            "results.part",
            ("H1 of no half-year", "周期种类不符"),
            ("H1 is a half-year, Q1 a quarter.", "H1 是半年，Q1 是季度。"),
            wrong="""
measures:
  - {id: units, title: 社区结果, take: {mean: {results: month, of: organisation, rulebook: yh-community, period: ▶Q1}}, no_data: unmet}
""",
            right="""
measures:
  - {id: units, title: 社区结果, take: {mean: {results: quarter, of: organisation, rulebook: yh-community, period: Q1}}, no_data: unmet}
""",
        ),
        Explained(
            "results.itself",
            ("Another's results of oneself", "从自身读取他人结果"),
            (
                "A rulebook has results of one kind of subject; the organisation's are another's.",
                "一个办法只有一种对象的结果；组织的结果在另一个办法中。",
            ),
            wrong="""
measures:
  - {id: units, title: 社区结果, take: {latest: {results: month, period: {before: 1}, of: organisation, rulebook: ▶yunhe}}, no_data: unmet}
""",
            right="""
measures:
  - {id: units, title: 社区结果, take: {latest: {results: month, period: {before: 1}, of: organisation, rulebook: yh-community}}, no_data: unmet}
""",
        ),
        Explained(
            "results.own",
            ("Its own results of this period", "读取自身本期结果"),
            ("They aren't there before they are computed.", "计算之前尚不存在。"),
            wrong="""
measures:
  - {id: units, title: 社区结果, take: {latest: {results: month, period: ▶same}}, no_data: unmet}
""",
            right="""
measures:
  - {id: units, title: 社区结果, take: {latest: {results: month, period: {before: 1}}}, no_data: unmet}
""",
        ),
        Explained(
            "results.shorter",
            ("Results that aren't shorter", "结果不短于本期"),
            (
                "Inside a month there are no results of months; in narrows a measure to the longer periods.",
                "一个月内没有月度结果；可用 in 限定到较长的周期。",
            ),
            wrong="""
measures:
  - {id: units, title: 社区结果, take: {mean: {results: ▶month}}, no_data: unmet}
""",
            right="""
measures:
  - {id: units, title: 月均, take: {mean: {results: month}}, no_data: unmet, in: [year]}
""",
        ),
        Explained(
            "results.period",
            ("None in any period", "任何周期都没有"),
            ("No kind of period of this rulebook has such results there.", "本办法的任何周期都不会有这种结果。"),
            wrong="""
measures:
  - {id: units, title: 社区结果, take: {latest: {results: quarter, of: organisation, rulebook: yh-community, period: ▶same}}, no_data: unmet}
""",
            right="""
measures:
  - {id: units, title: 社区结果, take: {latest: {results: quarter, of: organisation, rulebook: yh-community, period: containing}}, no_data: unmet}
""",
        ),
    ],
)
