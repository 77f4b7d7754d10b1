"""The first chapter and the last: what a rulebook is, whom it appraises, how it counts; what it leaves to others."""

from collections.abc import Iterator

from service.explanation.book import Names
from service.explanation.words import Words, alternatives, say
from service.regulation.articles import Article, Chapter, Clause, Said, kinds, plain

_ASSIGNMENT = {
    "at_end": Words("所在组织和岗位以期末最后的任职为准", "the assignment at the end of the period decides the place"),
    "longest": Words("所在组织和岗位以期内天数最多的任职为准", "the assignment with the most days decides the place"),
    "split_by_days": Words(
        "所在组织和岗位以期内天数最多的任职为准，所在组织的结果按任职天数折算",
        "the assignment with the most days decides the place; results of organisations count by the days in each",
    ),
}
_LATE = {
    "refuse": Words("结果发布之后到达的事实不计分", "what comes after a period is published doesn't count"),
    "carry": Words(
        "结果发布之后到达的事实结转计入同类的下一个未发布周期",
        "what comes after a period is published counts in the next one of its kind that isn't",
    ),
}

_COUNTED = {"working": Words("工作日", "working days"), "calendar": Words("自然日", "calendar days")}
_NOTICE = {
    "days": (
        "结果发布次日起公示 {n} 个{days}",
        "results are shown for {n} {days} from the day after they are published",
    ),
    "objection_days": (
        "结果发布次日起 {n} 个{days}内可提出异议",
        "objections are accepted for {n} {days} from the day after",
    ),
    "answer_days": ("异议提出次日起 {n} 个{days}内答复", "each is answered within {n} {days}"),
}


def opening(names: Names) -> Chapter:
    """What it is, whom and when it appraises, and how it counts."""
    said = names.rulebook
    articles = [*_name(said), _whom(said), _periods(said), *_notice(said), _numbers(said)]
    return Chapter(Words("总则", "General"), articles)


def closing(names: Names) -> Chapter:
    """What it leaves to others."""
    said = names.rulebook.get("local_additions")
    if said is None:
        return Chapter(Words("附则", "Local additions"), [])
    clauses = [
        Clause("items", say("下级可自行增加至多 {n} 项", "streets may add up to {n} items", n=said["items"])),
        Clause("points", say("每项最多计 {n} 分", "each of at most {n} points", n=said["points"])),
        Clause("into", say("计入{of}", "in the category {of}", of=names.named("category", said["into"]))),
    ]
    return Chapter(
        Words("附则", "Local additions"),
        [plain("local_additions", "/local_additions", "自行增加的项目", "Items of their own", clauses)],
    )


def _name(said: Said) -> Iterator[Article]:
    yield plain(
        "name",
        "",
        "名称",
        "Name",
        [
            Clause("title", say("《{title}》", "{title}", title=said["title"])),
            Clause("rulebook", say("编号 {id}", "id {id}", id=said["rulebook"])),
            Clause("version", say("版本 {version}", "version {version}", version=said["version"])),
            Clause("language", say("规则语言第 {n} 版", "rulebook language {n}", n=said["language"])),
        ],
    )
    authority = said.get("authority", {})
    words = {"title": ("《{x}》", "{x}"), "number": ("文号 {x}", "number {x}"), "issued": ("{x} 印发", "issued {x}")}
    clauses = [Clause(key, say(*words[key], x=authority[key])) for key in words if key in authority]
    if clauses:
        yield plain("authority", "/authority", "制定依据", "Authority", clauses)
    for n, note in enumerate(said.get("notes", [])):
        yield Article("note", note, f"/notes/{n}", Words("说明", "Note"), [Clause("note", Words(note, note))])
    since = say(
        "自 {period} 起施行，至同一编号的下一版本施行为止",
        "rules from {period} on, until another version of the same id does",
        period=said["effective"]["from_"],
    )
    clauses = [Clause("from", since)]
    if "extends" in said:
        of = say("{rulebook} {version} 版", "{rulebook} {version}", **said["extends"])
        clauses.append(Clause("extends", say("在{of}的基础上增加项目", "adds items to {of}", of=of)))
    yield plain("effective", "/effective", "施行", "In force", clauses)


def _whom(said: Said) -> Article:
    of, is_worker = said["applies_to"], said["subject"] == "worker"
    subject = Words("工作者", "workers") if is_worker else Words("组织", "organisations")
    clauses = [
        Clause("subject", say("考核{subject}", "{subject}", subject=subject)),
        Clause("under", say("在 {under} 及其下属组织之内", "at or below {under}", under=of["under"])),
    ]
    if of["except_"]:
        outside = alternatives(of["except_"])
        clauses.append(Clause("except", say("{of} 及其下属除外", "not at or below {of}", of=outside)))
    if "posts" in of:
        clauses.append(Clause("posts", say("岗位为 {posts}", "with the post {posts}", posts=alternatives(of["posts"]))))
    if "kinds" in of:
        clauses.append(Clause("kinds", say("类别为 {kinds}", "of the kind {kinds}", kinds=alternatives(of["kinds"]))))
    if is_worker:
        clauses.append(Clause("days", Words("期内至少一天在岗", "assigned on at least one day of the period")))
    if "assignment" in said:
        clauses.append(Clause("assignment", _ASSIGNMENT[said["assignment"]]))
    return plain("applies_to", "/applies_to", "考核对象", "Who is appraised", clauses)


def _periods(said: Said) -> Article:
    of = said["periods"]
    clauses = [Clause("base", say("按{kinds}以事实计分", "{kinds} points from events", kinds=kinds([of["base"]])))]
    if of["rollups"]:
        longer = kinds(of["rollups"])
        clauses.append(Clause("rollups", say("{kinds}以结果汇总", "{kinds} made of results", kinds=longer)))
    if of["late_days"]:
        zh, en = "期满后 {n} 日内的补报仍予计入", "what is entered within {n} days of its end still counts"
        clauses.append(Clause("late_days", say(zh, en, n=of["late_days"])))
    zone = say("日期按时区 {zone} 计", "days are those of {zone}", zone=of["timezone"])
    clauses.append(Clause("timezone", zone))
    if "late" in of:
        clauses.append(Clause("late", _LATE[of["late"]]))
    return plain("periods", "/periods", "考核周期", "Periods", clauses)


def _notice(said: Said) -> Iterator[Article]:
    if (of := said.get("notice")) is None:
        return
    days = _COUNTED[of["counted"]]
    clauses = [Clause(key, say(*words, n=of[key], days=days)) for key, words in _NOTICE.items()]
    yield plain("notice", "/notice", "公示与异议", "Public notice and objections", clauses)


def _numbers(said: Said) -> Article:
    of = said["numbers"]
    decimals = say("计量取 {n} 位小数", "what is measured has {n} decimals", n=of["measure_decimals"])
    step = say("分值以 {n} 分为单位", "points are multiples of {n}", n=of["step"])
    rounded = Words("一律四舍五入", "halves are rounded away from zero")
    clauses = [Clause("measure_decimals", decimals), Clause("step", step), Clause("rounding", rounded)]
    return plain("numbers", "/numbers", "计数", "Numbers", clauses)
