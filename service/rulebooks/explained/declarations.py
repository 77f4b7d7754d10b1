"""Findings in event_types.yaml, which stands beside a rulebook."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "declarations",
    ("Event types", "事件类型"),
    [
        Explained(
            "type.name",
            ("Not a name of a type", "类型名不合法"),
            ("Senders write it into every event.", "发送方会把它写进每个事件。"),
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
    ],
)
