"""Findings in the text itself: what YAML is refused."""

from service.rulebooks.explained.examples import Explained, Page

PAGE = Page(
    "texts",
    ("The text", "文本"),
    [
        Explained(
            "yaml.encoding",
            ("Not UTF-8", "不是 UTF-8"),
            ("Files of old editors may be GBK; save as UTF-8.", "旧编辑器可能存为 GBK；请另存为 UTF-8。"),
            wrong="""
title: 云河▶\udcb0\udccb
""",
            right="""
title: 云河县办法
""",
        ),
        Explained(
            "yaml.syntax",
            ("Not well-formed", "语法不合法"),
            (
                "The rest of the text can't be read, so this is the only finding. What is never closed is told where it opens.",
                "其余文本无法读取，故只报此一项。未闭合的括号在其开始处报告。",
            ),
            wrong="""
title: 考核办法▶: 试行
""",
            right="""
title: '考核办法: 试行'
""",
        ),
        Explained(
            "yaml.anchor",
            ("Anchor or alias", "锚点或别名"),
            (
                "A reader checks each line against the official text, so each line must say what it means.",
                "读者逐行与正式文本核对，每一行都须直接写明含义。",
            ),
            wrong="""
title: 办法
notes: [▶*title]
""",
            right="""
title: 办法
notes: [办法]
""",
        ),
        Explained(
            "yaml.tag",
            ("Tag", "标签"),
            ("Every scalar is text; tags have no meaning here.", "一切取值都是文本，标签在此没有意义。"),
            wrong="""
title: ▶!!str 办法
""",
            right="""
title: 办法
""",
        ),
        Explained(
            "yaml.depth",
            ("Nested too deep", "嵌套过深"),
            ("No rulebook needs more than 40 levels.", "办法不会需要超过 40 层。"),
            wrong="""
notes: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[▶[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
""",
            right="""
notes: [第六条的走访按户计算]
""",
        ),
        Explained(
            "yaml.key",
            ("Key that isn't text", "键不是文本"),
            ("A key is a word of the language or an id.", "键是语言的词或编号。"),
            wrong="""
? ▶[title, ref]
: 办法
title: 办法
""",
            right="""
title: 办法
""",
        ),
        Explained(
            "yaml.duplicate",
            ("The same key twice", "键重复"),
            ("One of the two would be lost in silence.", "其中一处会被悄悄丢弃。"),
            wrong="""
total:
  full: 100
  min: 0
  max: 105
  ▶max: 110
""",
            right="""
total:
  full: 100
  min: 0
  max: 105
""",
        ),
        Explained(
            "text.character",
            ("Character that can't be stored", "无法存储的字符"),
            ("The database holds no NUL.", "数据库不能存储 NUL 字符。"),
            wrong="""
title: ▶"办法\\0"
""",
            right="""
title: 办法
""",
        ),
    ],
)
