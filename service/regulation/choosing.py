"""The clauses of who is chosen for an outcome: how many seats, among whom, in which order, and what uses them up."""

from collections.abc import Iterator

from service.explanation.book import Names
from service.explanation.conditions import ROUNDING, pool
from service.explanation.selections import selected
from service.explanation.words import Words, aside, say
from service.regulation.articles import Clause, Said

OF = {
    "due": Words("应参加考核者", "those due"),
    "appraised": Words("定等次者", "those appraised"),
    "ranked": Words("排名者", "those ranked"),
}
_TIES = {
    "none_of_them": Words("末位并列者均不入选", "none of those who tie for the last seat"),
    "all_of_them": Words("末位并列者均入选，可超出名额", "all of those who tie for the last seat, beyond the number"),
    "tie_breaks": Words("总分相同的按同分次序比较", "equal totals are told apart by the tie-breaks"),
}


def clauses(names: Names, said: Said) -> Iterator[Clause]:
    """None where it follows for all."""
    choose = said.get("choose")
    if choose is None:
        return
    if "seats" in choose:
        many = say("{n} 名", "{n}", n=choose["seats"])
    else:
        many = say("{of}的 {n}%", "{n}% of {of}", of=OF[choose["of"]], n=choose["share"])
    whole = Words("全体", "all")
    words = say(
        "在{among}的候选人中按总分从高到低选 {many}{asides}",
        "of the candidates in {among} the first by total are chosen: {many}{asides}",
        among=whole if choose["among"] == "cohort" else pool(names, choose["among"]),
        many=many,
        asides=aside([_TIES[choose["ties"]], ROUNDING[choose.get("rounding")]]),
    )
    yield Clause("choose", words)
    if "used" in choose:
        events = selected(names, {"about": ("subject", None), **choose["used"]})
        zh, en = "每发生一次{events}占用一个名额，不论涉及何人", "each {events} uses up a seat, whomever it is about"
        yield Clause("used", say(zh, en, events=events))
