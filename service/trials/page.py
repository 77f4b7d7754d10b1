"""A trial as lines for a terminal, in Chinese or in English; tiers and reasons by their ids."""

from collections.abc import Iterator
from typing import Any

from service.errors import Language
from service.explanation.words import NOTHING, Words, joined, plain, say

Said = dict[str, Any]

_NOBODY = Words("不在范围", "not appraised")
_CELLS = ("\t", "\t")
_SPREAD = ("least", "first_quartile", "median", "third_quartile", "most", "mean")
_BANDS = {"fell": Words("降", "fell"), "none": Words("不变", "unchanged"), "rose": Words("升", "rose")}


def page(trial: Said, language: Language) -> str:
    """The whole trial."""
    return "\n".join(words.zh if language == "zh" else words.en for words in _lines(trial))


def _lines(trial: Said) -> Iterator[Words]:
    tried, against = (f"{one['id']}@{one['version']}" for one in (trial["rulebook"], trial["against"]))
    zh, en = "{period}：{tried} 对照 {against}", "{period}: {tried} beside {against}"
    yield say(zh, en, period=trial["period"], tried=tried, against=against)
    yield from _counts(trial["counts"])
    yield from _matrix(trial["tiers"])
    yield from _differences(trial["differences"])
    for one in trial["seats"]:
        zh, en = "名额 {group} {tier}：{before} → {after}", "seats {group} {tier}: {before} -> {after}"
        yield say(zh, en, **one)
    for mover in trial["movers"]:
        yield from _mover(mover)


def _counts(said: Said) -> Iterator[Words]:
    zh = "对象 {before} → {after}（新增 {taken_in}，减少 {left_out}）"
    yield say(zh, "subjects {before} -> {after} ({taken_in} in, {left_out} out)", **said)
    zh = "变动：等次 {moved}，总分 {totals_changed}，名次 {ranks_changed}"
    yield say(zh, "changed: tiers {moved}, totals {totals_changed}, ranks {ranks_changed}", **said)


def _matrix(tiers: list[Said]) -> Iterator[Words]:
    """Rows are where one comes from, columns where one goes."""
    counts = {(_place(one["before"]), _place(one["after"])): one["subjects"] for one in tiers}
    columns = list(dict.fromkeys(column for _, column in counts))
    yield joined([Words("等次", "tier"), *(Words("→", "-> ") + column for column in columns)], *_CELLS)
    for row in dict.fromkeys(row for row, _ in counts):
        yield joined([row, *(counts.get((row, column), 0) for column in columns)], *_CELLS)


def _place(said: Said | None) -> Words:
    return _NOBODY if said is None else plain(said.get("tier") or said["no_tier"])


def _differences(said: Said) -> Iterator[Words]:
    if said["mean"] is not None:
        zh = "总分之差：最小 {least}，四分位 {first_quartile}、{median}、{third_quartile}，最大 {most}，平均 {mean}"
        en = "totals differ: least {least}, quartiles {first_quartile} {median} {third_quartile}, most {most}, "
        yield say(zh, en + "mean {mean}", **{name: said[name] for name in _SPREAD})
    for band in said["bands"]:
        if band["subjects"]:
            low = say(" {n} 分及以上", " by {n} or more", n=band["at_least"]) if band["at_least"] else NOTHING
            high = say(" 不足 {n} 分", " by less than {n}", n=band["below"]) if band["below"] else NOTHING
            yield say("{of}：{n}", "{of}: {n}", of=_BANDS[band["change"]] + low + high, n=band["subjects"])


def _mover(mover: Said) -> Iterator[Words]:
    zh, en = "{subject}：{old} → {new}（{n}）", "{subject}: {old} -> {new} ({n})"
    old, new = _standing(mover["before"]), _standing(mover["after"])
    yield say(
        zh,
        en,
        subject=" ".join(filter(None, (mover["subject"], mover["name"]))),
        old=old,
        new=new,
        n=mover["difference"] or "-",
    )
    for line in mover["lines"]:
        yield plain(f"  {line['id']} {line['difference']}")
        for mark, side in (("-", line["before"]), ("+", line["after"])):
            if side:
                yield plain(f"    {mark} ") + Words(**side["sentence"])


def _standing(side: Said | None) -> Words:
    if side is None:
        return _NOBODY
    zh, en = "{place} {total} 第 {rank}", "{place} {total} rank {rank}"
    return say(zh, en, place=side["tier"] or side["no_tier"], total=side["total"], rank=side["rank"] or "-")
