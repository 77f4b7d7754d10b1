"""Findings in event_types.yaml, which stands beside a rulebook."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "declarations",
    ("Event types", "事实类型"),
    [
        Explained(
            "type.name",
            ("Not a name of a type", "类型名不合法"),
            ("Senders write it into every event.", "发送方会把它写进每条事实。"),
            wrong="""
▶Visit-Done: {title: 走访, subject: worker, dated_by: time}
""",
            right="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {minutes: {kind: number}}}
""",
            about="event types",
        ),
        Explained(
            "field.name",
            ("Not a name of a field", "字段名不合法"),
            ("Fields are named alike in every type.", "各类型的字段命名方式相同。"),
            wrong="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {▶Minutes: {kind: number}}}
""",
            right="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {minutes: {kind: number}}}
""",
            about="event types",
        ),
        Explained(
            "boolean.expected",
            ("Neither true nor false", "不是 true 或 false"),
            ("yes and no mean nothing here.", "yes 与 no 在此没有意义。"),
            wrong="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {minutes: {kind: number, required: ▶yes}}}
""",
            right="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {minutes: {kind: number, required: true}}}
""",
            about="event types",
        ),
        Explained(
            "declaration.codes",
            ("Codes missing or misplaced", "代码缺失或错位"),
            ("A field of kind code lists its codes, and no other does.", "只有 code 类字段须列出代码。"),
            wrong="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {result: ▶{kind: code}}}
""",
            right="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {result: {kind: code, codes: [met, absent]}}}
""",
            about="event types",
        ),
        Explained(
            "declaration.between",
            ("Limits in disorder", "范围有误"),
            ("Both ends of a number, the lower one first.", "数字的两端，先低后高。"),
            wrong="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {minutes: {kind: number, between: ▶[600, 0]}}}
""",
            right="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {minutes: {kind: number, between: [0, 600]}}}
""",
            about="event types",
        ),
        Explained(
            "declaration.quantity",
            ("A quantity that isn't a number", "数量不是数字"),
            ("The quantity is what is read where no field is named.", "未写字段时读取的就是数量。"),
            wrong="""
visit.done: {title: 走访, subject: worker, dated_by: time, quantity: ▶household, fields: {household: {kind: text}}}
""",
            right="""
visit.done: {title: 走访, subject: worker, dated_by: time, fields: {minutes: {kind: number}}}
""",
            about="event types",
        ),
        Explained(
            "declaration.act",
            ("An act told by what isn't there", "行为的标识字段有误"),
            ("Reports of one act have the same values in these fields.", "同一行为的各次上报在这些字段上取值相同。"),
            wrong="""
visit.done: {title: 走访, subject: worker, dated_by: time, act: ▶[visit], fields: {household: {kind: text}}}
""",
            right="""
visit.done: {title: 走访, subject: worker, dated_by: time, act: [visit], fields: {visit: {kind: text}, household: {kind: text}}}
""",
            about="event types",
        ),
        Explained(
            "declaration.evidence",
            ("Evidence that may be missing", "依据可能缺失"),
            (
                "A number of a document or an address is text, and every event has it.",
                "文号或网址是文本，且每条事实都须有。",
            ),
            wrong="""
complaint.upheld: {title: 有效投诉, subject: worker, dated_by: time, evidence: ▶[document], fields: {document: {kind: text}}}
""",
            right="""
complaint.upheld: {title: 有效投诉, subject: worker, dated_by: time, evidence: [document], fields: {document: {kind: text, required: true}}}
""",
            about="event types",
        ),
        Explained(
            "declaration.state",
            ("A state without codes", "状态不是代码"),
            ("Rules ask whether it is one of some codes.", "规则问的是它是否为某些代码之一。"),
            wrong="""
honour.reviewed: {title: 荣誉审定, subject: worker, dated_by: time, state: ▶decision, fields: {case: {kind: text}, decision: {kind: text}}}
""",
            right="""
honour.reviewed: {title: 荣誉审定, subject: worker, dated_by: time, state: decision, fields: {case: {kind: text}, decision: {kind: code, codes: [accepted, disputed, void]}}}
""",
            about="event types",
        ),
    ],
)
