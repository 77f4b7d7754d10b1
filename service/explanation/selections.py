"""Words for a selection of events (§5.2): the type, and every word that narrows it or says how it is read."""

from typing import Any

from service.explanation.book import Names
from service.explanation.together import together
from service.explanation.words import NOTHING, Words, alternatives, aside, joined, say

Said = dict[str, Any]


def selected(book: Names, said: Said, *more: Words) -> Words:
    """Which events: the type, and in brackets what they must be; `more` is what else is asked of them."""
    where = [say("{f} = {v}", "{f} = {v}", f=name, v=" | ".join(values)) for name, values in said["where"].items()]
    narrowed = [*where, *_read(said), *_when(said)]
    if "state" in said:
        narrowed.append(_state(book, said["state"]))
    return book.event(said["event"]) + aside([_about(*said["about"]), *narrowed, *together(said), *more])


def _read(said: Said) -> list[Words]:
    """How the number of an event is read."""
    found = []
    if "between" in said:
        low, high = said["between"]
        field = say("{f} ", "{f} ", f=said["field"]) if "field" in said else NOTHING
        found.append(say("{f}在 {low} 至 {high} 之间", "{f}from {low} to {high}", f=field, low=low, high=high))
    if "value" in said:
        read = [
            say("{c} 不计数", "{c} out", c=code) if word == "out" else say("{c} 记 {n}", "{c} = {n}", c=code, n=number)
            for code, (word, number) in said["value"].items()
        ]
        found.append(say("读作 {read}", "read as {read}", read=joined(read)))
    return found


def _about(word: str, said: Any) -> Words:
    """Whose events."""
    if word == "members":
        return say(
            "其所在组织中 {posts} 岗位人员的", "about the members {posts} of its organisation", posts=alternatives(said)
        )
    if word == "organisation" and said:
        return say("其所属 {kind} 的", "about its {kind}", kind=said)
    return Words("其所在组织的", "about its organisation") if word == "organisation" else NOTHING


def _when(said: Said) -> list[Words]:
    """When the events count."""
    found = []
    if "window" in said:
        word, months = said["window"]
        found.append(
            Words("自当年年初起", "since the start of the year")
            if word == "year"
            else say("最近 {n} 个月", "in the last {n} months", n=months)
        )
    if "lasts" in said:
        found.append(_lasts(*said["lasts"]))
    return found


def _lasts(word: str, said: Any) -> Words:
    if word == "months":
        return say("有效 {n} 个月", "lasting {n} months", n=said)
    if "until" in said:
        return say("有效至 {field} 当日", "lasting until {field}", field=said["until"])
    months = [say("{code} {n} 个月", "{code} {n} months", code=code, n=n) for code, n in said["months"].items()]
    return say("按 {field} 有效：{months}", "lasting by {field}: {months}", field=said["field"], months=joined(months))


_WITHOUT = {
    "counts": Words("尚无后续时计入", "counts without a follow-up"),
    "waits": Words("尚无后续时不计", "waits without a follow-up"),
}
_AS_OF = {"latest": NOTHING, "period_end": Words("期末前的", " before the end of the period")}


def _state(book: Names, said: Said) -> Words:
    """What became of an act."""
    counts = (
        say(
            "{field} 为 {codes} 才计",
            "counts when {field} is {codes}",
            field=said["field"],
            codes=alternatives(said["counts"]),
        )
        if said["counts"]
        else say("一有后续即不计，不论 {f}", "doesn't count once there is one, whatever its {f}", f=said["field"])
    )
    return say(
        "以{as_of}同一 {same} 的后续{event}为准：{counts}，{without}",
        "by the follow-up {event} of the same {same}{as_of}: {counts}, {without}",
        same=said["same"],
        as_of=_AS_OF[said["as_of"]],
        event=book.event(said["event"]),
        counts=counts,
        without=_WITHOUT[said["without"]],
    )
