"""The file of a person as a workbook: a sheet for each section, and one for the lines and sentences of the results."""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, BinaryIO

from service.personal_file.gathered import Section
from service.personal_file.sheets import Workbook

Said = dict[str, Any]
_SHEETS = {
    "worker": "本人 worker",
    "records": "名册 records",
    "events": "事实 events",
    "results": "结果 results",
    "explanation": "说明 explanation",
    "decisions": "决定 decisions",
    "objections": "异议 objections",
}
_KEPT = {"recorded_at": "登记时间", "actor": "操作者"}
_COLUMNS: dict[str, dict[str, str]] = {
    "worker": {"what": "项目", "value": "内容"},
    "records": {
        **_KEPT,
        "what": "类别",
        "organisation": "组织",
        "post": "岗位",
        "name": "属性",
        "value": "值",
        "from": "起",
        "to": "止（不含）",
    },
    "events": {
        "event": "事实编号",
        "type": "类型",
        "time": "时间",
        "period": "周期",
        "data": "内容",
        "source": "来源",
        "id": "来源编号",
        "subject": "对象",
        "sent_subject": "来源所用对象",
        "extensions": "附加属性",
        **_KEPT,
        "position": "位置",
        "replaces": "替换",
        "replaced_by": "被替换为",
        "reversed_at": "撤销时间",
        "reversed_by": "撤销人",
        "reversed_because": "撤销原因",
    },
    "results": {
        "period": "周期",
        "rulebook": "办法",
        "version": "版本",
        "revision": "修订版",
        "run": "核算编号",
        "state": "状态",
        "organisation": "组织",
        "post": "岗位",
        "group": "同类组",
        "due": "应考核",
        "ranked": "排名者",
        "service_days": "在岗天数",
        "total": "总分",
        "rank": "名次",
        "tier": "等次",
        "no_tier": "不定等次原因",
        "ceiling": "等次上限",
        "veto": "一票否决",
        "zh": "说明",
        "en": "explanation",
    },
    "explanation": {
        "period": "周期",
        "rulebook": "办法",
        "revision": "修订版",
        "part": "部分",
        "kind": "类别",
        "id": "编号",
        "title": "名称",
        "ref": "条款",
        "number": "数值",
        "points": "分值",
        "zh": "说明",
        "en": "explanation",
    },
    "decisions": {
        "decision": "决定",
        "rulebook": "办法",
        "period": "周期",
        "event": "事实编号",
        **_KEPT,
        "reason": "原因",
    },
    "objections": {
        "objection": "异议编号",
        "state": "状态",
        "rulebook": "办法",
        "period": "周期",
        "revision": "修订版",
        "run": "核算编号",
        "subject": "对象",
        "line": "项目",
        "objector": "异议人",
        "text": "异议内容",
        "evidence": "证据",
        "entered_by": "录入",
        "opened_at": "提出时间",
        "answer_by": "答复期限",
        "overdue": "逾期",
        "decision": "处理",
        "answered_by": "更正核算",
    },
}
# The parts of a result that have several entries, each with an id or a tier of its own.
_PARTS = (
    "lines",
    "category_points",
    "measures",
    "gates",
    "restrictions",
    "lists",
    "outcomes",
    "unanswered",
    "not_chosen",
)


def write_workbook(file: BinaryIO, head: Said, sections: Iterable[Section]) -> None:
    """Write a sheet for each section; of the results a second one, for what they are made of."""
    with closing(Workbook(file)) as book:  # also where a section can't be had: sheets lie in files until then
        for name, title in _SHEETS.items():
            book.sheet(title, [f"{zh} {key}" for key, zh in _COLUMNS[name].items()])
        _add(book, "worker", ({"what": key, "value": value} for key, value in head.items()))
        for name, items in sections:
            for item in items:
                _add(book, name, _ROWS.get(name, _plain)(item))
                if name == "results":
                    _add(book, "explanation", _explained(item))


def _add(book: Workbook, name: str, rows: Iterable[Said]) -> None:
    for row in rows:
        book.add(_SHEETS[name], [_text(row.get(column)) for column in _COLUMNS[name]])


def _plain(item: Said) -> Iterator[Said]:
    yield item


def _worker(item: Said) -> Iterator[Said]:
    yield from ({"what": key, "value": item[key]} for key in ("id", "name", "phone"))
    yield from ({"what": f"alias {alias['source']}", "value": alias["id"]} for alias in item["aliases"])
    for kind in ("assignments", "attributes"):
        yield from ({"what": kind, "value": one} for one in item[kind])


def _record(item: Said) -> Iterator[Said]:
    kept = {key: item.get(key) for key in _KEPT}
    for what in ("assignments", "attributes"):
        yield from ({**kept, "what": what, **one} for one in item[what])


def _result(item: Said) -> Iterator[Said]:
    yield {**item, **_named(item), "version": item["rulebook"]["version"], **item["sentence"]}


def _explained(item: Said) -> Iterator[Said]:
    of = {"period": item["period"], "revision": item["revision"], **_named(item)}
    for part in _PARTS:
        for one in item[part]:
            known = {"id": one.get("tier"), "number": one.get("value", one.get("measure", one.get("rank")))}
            yield {**of, "part": part, **known, **one, **one.get("sentence", {})}
    if item["next_tier"]:
        distance = item["next_tier"]
        yield {**of, "part": "next_tier", "id": distance["tier"], "points": distance["missing"], **distance["sentence"]}


def _named(item: Said) -> Said:
    return {"rulebook": item["rulebook"]["id"]}


_ROWS = {"worker": _worker, "records": _record, "results": _result}


def _text(value: Any) -> str | None:
    """A text as it is; what has parts as JSON."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
