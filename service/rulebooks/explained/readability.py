"""Findings for who reads a rulebook beside the official text, and for its tests."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "readability",
    ("Readability and tests", "可读性与测试"),
    [
        Explained(
            "ref.missing",
            ("No paragraph", "没有条款"),
            (
                "Every line of a result tells the worker which paragraph it comes from. Language 2 will require it.",
                "结果的每一行都告诉本人依据哪一条。语言第 2 版将要求注明。",
            ),
            wrong="""
indicators:
  - ▶{id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 10, no_data: zero}
""",
            right="""
indicators:
  - {id: patrol, title: 夜间巡查, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 10, no_data: zero, ref: 第六条（二）}
""",
        ),
        Explained(
            "id.meaningless",
            ("An id that says nothing", "没有含义的编号"),
            ("An id stands in results, tests and explanations for ever.", "编号将永远出现在结果、测试和解释中。"),
            wrong="""
indicators:
  - {id: ▶item3, title: 夜间巡查, ref: 第六条, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 10, no_data: zero}
""",
            right="""
indicators:
  - {id: patrol, title: 夜间巡查, ref: 第六条, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 10, no_data: zero}
""",
        ),
        Explained(
            "title.repeated",
            ("Two with the same title", "名称相同"),
            ("Workers see titles, not ids.", "本人看到的是名称而不是编号。"),
            wrong="""
indicators:
  - {id: patrol, title: 巡查, ref: 第六条, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 10, no_data: zero}
  - {id: patrol_night, title: ▶巡查, ref: 第六条, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 10, no_data: zero}
""",
            right="""
indicators:
  - {id: patrol, title: 日间巡查, ref: 第六条, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 10, no_data: zero}
  - {id: patrol_night, title: 夜间巡查, ref: 第六条, category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 10, no_data: zero}
""",
        ),
        Explained(
            "text.unfinished",
            ("Something is still to be written", "尚待补写"),
            ("A published version never changes.", "发布后的版本不可更改。"),
            wrong="""
notes: [▶走访口径待定]
""",
            right="""
notes: [走访按户计算]
""",
        ),
        Explained(
            "cases.missing",
            ("No test cases", "没有测试用例"),
            (
                "cases.yaml beside a rulebook gives events and the result that the regulation means.",
                "旁边的 cases.yaml 给出事实和条文所指的结果。",
            ),
            wrong="""
▶rulebook: yunhe
""",
            right="""
rulebook: yunhe
""",
            about="no cases",
        ),
    ],
)
