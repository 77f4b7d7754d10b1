"""The pages under docs/findings: each code with its sentences, why it is found, and a wrong and a right example."""

from service.catalogue import FAULTS, WARNINGS, WILL_BE_ERRORS
from service.errors import level_of, sentence
from service.rulebooks.explained import PAGES
from service.rulebooks.explained.county import EVENT_TYPES, RULEBOOK
from service.rulebooks.explained.examples import Explained, Page, found, place, shown

_LEVELS = {"error": "错误", "warning": "提示", "will-be-error": "将成为错误"}

_INDEX = """# Findings in a rulebook

`jifen rulebook lint FILE…` and `POST /v1/rulebooks` give the same findings, all at once and in the order of
the text: `file:line:column CODE message – did you mean …?`. A finding about a value stands at the value, about an unknown
or doubled key at the key, about something missing at what lacks it. YAML and shape come first; how the parts fit is looked
at when the shape is right.

| level | says | exit code |
|---|---|---|
| `error` | refused | 1 |
| `warning` | possible, but odd: whoever reviews the rulebook decides | 0 |
| `will-be-error` | refused by the next version of the language | 0 |

Exit code 2: a file can't be read, or the call can't be understood.

| code | level | English | 中文 |
|---|---|---|---|"""

_COUNTY = f"""
## The small county
What an example doesn't say is as in this rulebook. Items of `indicators`, `negative_list` and `outcomes` are added to its
own; words of an item (`take` is one of them) make an indicator.
```yaml
{RULEBOOK}```
Its event types:
```yaml
{EVENT_TYPES}```
"""


def pages() -> dict[str, str]:
    """The text of every page, by its path below docs."""
    return {"findings/README.md": _index(), **{f"findings/{page.name}.md": _page(page) for page in PAGES}}


def link(code: str, folder: str = "findings/") -> str:
    """A code, and where it is explained, as a page of docs writes it."""
    home = next((page.name for page in PAGES for one in page.codes if one.code == code), None)
    return f"[`{code}`]({folder}{home}.md#{code.replace('.', '')})" if home else f"`{code}`"


def _index() -> str:
    rows = [
        f"| {link(one.code, '')} | {level_of(one.code)} | {one.title[0]} | {one.title[1]} |"
        for page in PAGES
        for one in page.codes
    ]
    return "\n".join([_INDEX, *rows, _COUNTY])


def _page(page: Page) -> str:
    head = f"# {page.title[0]} · {page.title[1]}\n\n[All codes, and the rulebook that the examples are pieces of](README.md)\n"
    return "\n".join([head, *(_explanation(one) for one in page.codes)])


def _explanation(one: Explained) -> str:
    level = level_of(one.code)
    english, chinese = {**FAULTS, **WARNINGS, **WILL_BE_ERRORS}[one.code]
    lines = [
        f"## {one.code}",
        f"**{one.title[0]}** ({level}): {english}. {one.why[0]}",
        "",
        f"**{one.title[1]}**（{_LEVELS[level]}）：{chinese}。{one.why[1]}",
        "",
    ]
    return "\n".join([*lines, *([] if shown(one.wrong) == shown(one.right) else _examples(one)), ""])


def _examples(one: Explained) -> list[str]:
    line, column = place(one.wrong)
    told = next(each for each in found(one, one.wrong) if each.code == one.code)
    meant = f' – did you mean "{told.suggestion}"?' if told.suggestion else ""
    said = f"{told.pointer} {sentence(one.code, told.values, 'en')}".strip()
    return [
        f"```yaml\n{shown(one.wrong)}\n```",
        f"`{line}:{column} {one.code} {said}{meant}`",
        "",
        "Right · 正确：",
        f"```yaml\n{shown(one.right)}\n```",
    ]
