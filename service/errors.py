"""Everything that can be refused: one exception, one catalogue of codes with status and sentences in two languages.

    Problem             a request that is refused as a whole (RFC 9457); its code is a key of PROBLEMS
      findings          what is wrong with which field; their codes are keys of PROBLEMS or FAULTS

Codes never change; sentences may. This room knows neither HTTP's machinery nor the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from marshmallow import ValidationError

from schemas.faults import Fault, Slip, pointers

Language = Literal["en", "zh"]
Level = Literal["error", "warning", "will-be-error"]


class Kind(NamedTuple):
    """A kind of problem: its HTTP status and its sentence."""

    status: int
    en: str
    zh: str


PROBLEMS: dict[str, Kind] = {
    "request.malformed": Kind(400, "The body is not well-formed JSON.", "请求体不是合法的 JSON。"),
    "request.too_deep": Kind(400, "The body is nested deeper than {most} levels.", "请求体嵌套超过 {most} 层。"),
    "request.too_large": Kind(413, "The body is larger than {most} bytes.", "请求体超过 {most} 字节。"),
    "request.too_many": Kind(413, "A request holds at most {most} events.", "一次请求最多 {most} 条事实。"),
    "request.media_type": Kind(415, "This content type is not read here: {type}.", "不支持的内容类型：{type}。"),
    "request.charset": Kind(415, "This charset is not read here: {charset}; send UTF-8.", "不支持的字符编码：{charset}；请使用 UTF-8。"),
    "request.incomplete": Kind(408, "The request broke off, or came too slowly: nothing for {seconds} seconds, or not all of it within {most}; send again what was not answered.", "请求中断，或发送过慢：{seconds} 秒内未收到数据，或 {most} 秒内未发完；未得到答复的内容请重新发送。"),
    "request.head_too_large": Kind(431, "The address or a header is longer than {most} bytes, or there are too many headers.", "地址或某个请求头超过 {most} 字节，或请求头过多。"),
    "request.not_http": Kind(400, "This is not a well-formed HTTP request.", "不是合法的 HTTP 请求。"),
    "request.rate": Kind(429, "The token has sent too many requests; wait {seconds} seconds.", "该令牌的请求过于频繁；请等待 {seconds} 秒。"),
    "request.invalid": Kind(422, "The request has fields that can't be accepted.", "请求中有不能接受的字段。"),
    "access.unknown_token": Kind(401, "A valid bearer token is required.", "需要有效的访问令牌。"),
    "access.scope": Kind(403, "The token lacks the scope {scope}.", "令牌缺少权限 {scope}。"),
    "access.source": Kind(403, "The token may not speak for the source {source}.", "令牌无权代表来源 {source}。"),
    "access.subtree": Kind(403, "The token sees only what is below {under}, and this address tells of more.", "该令牌仅可查看 {under} 及其下属，而该地址涉及更大范围。"),
    "access.second_person": Kind(403, "Who drafted it can't publish it: a second person must.", "起草人不能自行发布，须由第二人发布。"),
    "token.state": Kind(409, "The token is {state}; only a usable one that was given here can be rotated.", "该令牌的状态是 {state}；只有在此签发且可用的令牌才能轮换。"),
    "resource.unknown": Kind(404, "There is no {what} {id}.", "没有这个{what}：{id}。"),
    "resource.route": Kind(404, "There is no such address.", "没有这个地址。"),
    "resource.method": Kind(405, "This address does not take that method.", "该地址不支持此方法。"),
    "event.conflict": Kind(409, "An event of this source and id exists with other content; the first stays.", "同一来源、同一编号的事实已存在且内容不同；以先到者为准。"),
    "event.rejected": Kind(422, "The event can't be accepted; nothing was written.", "事实不能接受；未写入任何内容。"),
    "event.aborted": Kind(422, "Events of this request can't be accepted, so that none was stored: all or nothing.", "本次请求中有不能接受的事实；按“全部或全不”的要求，均未存储。"),
    "event.reversed": Kind(409, "The event was taken back before, by another or for another reason; that stands.", "该事实此前已被撤销（由他人或因其他理由）；以前次为准。"),
    "rejection.not_an_event": Kind(409, "What was refused is not one event with a source and an id, so it can't be sent again from here.", "被拒收的不是一条带有来源与编号的事实，不能由此重发。"),
    "rejection.truncated": Kind(409, "Only {kept} of {bytes} bytes were kept, so it can't be sent again from here; its sender can.", "原文 {bytes} 字节仅留存 {kept} 字节，不能由此重发；请由来源系统重发。"),
    "event_type.narrowed": Kind(409, "A declared field can't be taken away or change its meaning; declare a new type.", "已声明的字段不能删除或改变含义；请声明新的事实类型。"),
    "event_type.table": Kind(409, "{rulebook} gives points by a table of {field} that has no row for: {codes}.", "{rulebook} 按 {field} 的对照表计分，表中没有：{codes}。"),
    "rulebook.exists": Kind(409, "Version {version} of {id} exists with other content; a version never changes: give this one another label.", "{id} 的版本 {version} 已存在且内容不同；版本不可更改，请另用一个版本号。"),
    "rulebook.published": Kind(409, "This version is already published.", "该版本已发布。"),
    "rulebook.overlap": Kind(409, "{other} already rules from {period} on; give this version another first period.", "{other} 已自 {period} 起施行；请为本版本另定起始期。"),
    "rulebook.timezone": Kind(409, "{other} rules in the zone {zone}; another zone needs a rulebook of another id.", "{other} 采用时区 {zone}；更换时区须使用另一编号的考核办法。"),
    "rulebook.kinds": Kind(409, "{other} rules other kinds of period; these need a rulebook of another id.", "{other} 的周期种类不同；更换周期种类须使用另一编号的考核办法。"),
    "rulebook.circle": Kind(409, "Its references to other rulebooks' results lead back to itself.", "其引用的其他考核办法结果最终又引用自身。"),
    "rulebook.untested": Kind(409, "Its cases fail or leave parts of it untested; it can't rule yet.", "其案例有不符或未覆盖全部内容，暂不能施行。"),
    "rulebook.retroactive": Kind(409, "{period} is {state} under another version; let this one begin later.", "{period} 已按其他版本处于 {state}；请让本版本从更晚的周期起施行。"),
    "rulebook.grounds": Kind(422, "It would rule from {period} on, which has ended: say the reason and the document that orders it.", "将自 {period} 起施行，而该期已结束；请说明理由（reason）与依据文件（document）。"),
    "rulebook.claimed": Kind(409, "{other} already appraises the same posts or kinds at {place}, from {period} on, such as: {subjects}. Let one of the two except a part of the tree, or name other posts or kinds.", "{other} 自 {period} 起已考核 {place} 的相同岗位或组织类别，例如：{subjects}。请让其中之一排除（except）一部分组织，或改用其他岗位、类别。"),
    "rulebook.ambiguous": Kind(422, "Several rulebooks rule this period; name one with ?rulebook=.", "该期有多个考核办法；请用 ?rulebook= 指明。"),
    "rulebook.none": Kind(404, "No published rulebook rules {period}.", "没有适用于 {period} 的已发布考核办法。"),
    "period.kind": Kind(404, "The rulebook has no results for {period}.", "考核办法没有 {period} 这类周期的结果。"),
    "period.not_begun": Kind(409, "{period} has not begun.", "{period} 尚未开始。"),
    "period.not_ended": Kind(409, "{period} has not ended.", "{period} 尚未结束。"),
    "period.state": Kind(409, "{period} is {state}; this needs {needed}.", "{period} 的状态是 {state}；此操作要求 {needed}。"),
    "period.parts_open": Kind(409, "These parts of {period} are not published: {parts}.", "{period} 的以下组成期尚未发布：{parts}。"),
    "period.claimed": Kind(409, "In {period}, {other} claims the same subjects at {place}: {subjects}. Move the organisation back, or publish a version that excepts it.", "{period} 中，{other} 也考核 {place} 的相同对象：{subjects}。请将该组织移回，或发布将其排除（except）的版本。"),
    "results.unpublished": Kind(409, "{period} needs results that are not published: {results}. Publish them first, or force it with a reason: then they count as missing.", "{period} 需要读取的结果尚未发布：{results}。请先发布，或说明理由强制发布（force），此时视为缺失。"),
    "completion.still_none": Kind(409, "There is still no tier for: {subjects}.", "仍不能确定等次：{subjects}。"),
    "import.ruled": Kind(409, "{rulebook} rules from {since} on, so {period} is computed and not imported.", "{rulebook} 自 {since} 起施行，{period} 的结果应由核算得出，不能导入。"),
    "file.format": Kind(415, "The file is neither XLSX nor CSV; save it as one of them, without a password.", "文件既不是 XLSX 也不是 CSV；请另存为其中之一，且不加密码。"),
    "file.one": Kind(422, "A request holds one file: as its body, or as one part of a form.", "一次请求只含一个文件：作为请求体，或作为表单中的一项。"),
    "file.damaged": Kind(422, "The workbook is damaged, or isn't one that a spreadsheet program writes.", "工作簿已损坏，或不是表格软件所写。"),
    "file.unpacked": Kind(413, "The workbook unpacks to more than {most} bytes, or to too many parts.", "工作簿解压后超过 {most} 字节，或部件过多。"),
    "file.rows": Kind(413, "The file has more than {most} rows.", "文件超过 {most} 行。"),
    "file.columns": Kind(413, "The file has more than {most} columns.", "文件超过 {most} 列。"),
    "file.merges": Kind(413, "The workbook has more than {most} merged cells.", "工作簿的合并单元格超过 {most} 个。"),
    "file.encoding": Kind(422, "The text is in none of UTF-8, UTF-16 and GB18030, or not in what was stated.", "文本编码不是 UTF-8、UTF-16、GB18030，或与所称编码不符。"),
    "file.quotes": Kind(422, "The CSV can't be read any further at line {line}: are its quotation marks in pairs?", "CSV 在第 {line} 行处无法继续读取：引号是否成对？"),
    "file.line": Kind(413, "Line {line} has more than {most} bytes.", "第 {line} 行超过 {most} 字节。"),
    "export.rows": Kind(422, "A sheet of a workbook holds at most {most} rows; narrow the results by a filter, or take CSV.", "一个工作表最多 {most} 行；请筛选结果，或改用 CSV。"),
    "file.empty": Kind(422, "The file holds no event.", "文件中没有事实。"),
    "file.refused": Kind(422, "{refused} of {rows} rows can't be accepted; nothing was written.", "{rows} 行中有 {refused} 行不能接受；未写入任何内容。"),
    "period.late_days": Kind(409, "Events of {period} are still taken in until {until}; it is published after that day.", "{period} 的补报期至 {until}；该日之后方可发布。"),
    "notice.running": Kind(409, "The public notice of {period} runs until {until}; it is final after that day at the earliest.", "{period} 的公示期至 {until}；该日之后方可定案。"),
    "objection.open": Kind(409, "{n} objections about {period} are not settled: {objections}. Decide them, and publish the correction of each that was upheld.", "{period} 有 {n} 件异议尚未了结：{objections}。请作出决定；异议成立的，请发布更正结果。"),
    "objection.none": Kind(409, "The rulebook of {period} says nothing of objections: it has no notice.", "{period} 的考核办法未规定异议（没有 notice）。"),
    "objection.closed_window": Kind(409, "Objections about {period} were accepted until {until}.", "{period} 的异议受理截止于 {until}。"),
    "objection.exists": Kind(409, "The same person's objection about the same line is still open: {objection}.", "同一人对同一项目的异议尚未了结：{objection}。"),
    "objection.settled": Kind(409, "The objection is {state} already.", "该异议的状态已是 {state}。"),
    "objection.not_yours": Kind(403, "Only the worker who is appraised may object, or for an organisation somebody assigned to it or below in the period; each for himself.", "仅被考核人本人可提出异议；对组织的结果，仅该期在该组织或其下属任职者可提出，且只能代表自己。"),
    "objection.second_person": Kind(403, "Who objects, who entered the objection and who gave the points in dispute can't decide it.", "提出人、录入人以及争议分值的给分人不得作出决定。"),
    "calendar.unknown": Kind(409, "Nobody knows the working days of {year} yet: state them with PUT /v1/calendar/{year}.", "尚不知 {year} 年的工作日安排；请用 PUT /v1/calendar/{year} 说明。"),
    "webhook.inactive": Kind(409, "The webhook is {state}; make it active first.", "该 webhook 的状态是 {state}；请先改为 active。"),
    "webhook.too_many": Kind(409, "There are {most} webhooks already; take one away first.", "已有 {most} 个 webhook；请先删除一个。"),
    "idempotency.reused": Kind(422, "This Idempotency-Key was sent with another content; a new command needs a new key.", "该 Idempotency-Key 已用于其他内容；新的操作须使用新的键。"),
    "idempotency.unanswered": Kind(409, "This command was carried out (audit entry {entry}), but its answer was not kept: read what came of it.", "该操作已执行（审计记录 {entry}），但当时的答复未能留存；请查询其结果。"),
    "page.expired": Kind(410, "The standing has changed since this page was cut; begin again.", "实时结果在取得此页后已变化；请从头读取。"),
    "page.restored": Kind(410, "The database was restored from a backup since this page was cut, and positions may mean something else; forget the cursor, and read again from the beginning.", "在取得此页后，数据库已从备份恢复，序位的含义可能不同；请丢弃该游标，从头读取。"),
    "feed.expired": Kind(410, "The feed tells what happened in the last {days} days, and there was something between this cursor and that. Read the periods and their results anew, then go on from the cursor in `oldest`.", "动态只保留最近 {days} 天，而此游标之后已有更早的内容。请重新读取各期及其结果，再从 oldest 给出的游标继续。"),
    "service.unavailable": Kind(503, "The database can't be reached or is too busy; try again.", "数据库暂不可用或过于繁忙；请稍后重试。"),
    "service.stopping": Kind(503, "The service is being stopped or renewed; send again what was not answered.", "服务正在停止或更新；未得到答复的内容请重新发送。"),
    "service.failed": Kind(500, "Something went wrong here; the operator finds it under the request id.", "服务内部出错；运维人员可按请求编号查找。"),
}  # fmt: skip

FAULTS: dict[str, tuple[str, str]] = {
    "field.required": ("is required", "必填"),
    "field.unknown": ("is not a known field", "未知字段"),
    "field.null": ("can't be null", "不能为 null"),
    "field.invalid": ("is not valid", "不合法"),
    "field.object": ("must be an object", "必须是对象"),
    "field.list": ("must be a list", "必须是列表"),
    "field.name": ("must be lower-case letters, digits and underscores", "只能用小写字母、数字和下划线"),
    "text.expected": ("must be text", "必须是文本"),
    "text.length": ("must have 1 to {most} characters", "长度须为 1 至 {most} 个字符"),
    "text.character": ("holds a character that can't be stored", "含有无法存储的字符"),
    "id.malformed": ("must be 1 to 64 letters, digits and . _ : -", "须为 1 至 64 个字母、数字或 . _ : -"),
    "id.personal": ("looks like an identity number, which is never used as an id", "疑似身份证号；编号不得使用身份证号"),
    "id.repeated": ("stands twice in this request", "在本次请求中重复"),
    "code.unknown": ("must be one of: {codes}", "须为下列之一：{codes}"),
    "boolean.expected": ("must be true or false", "须为 true 或 false"),
    "idempotency.malformed": ("must be 1 to {most} printable ASCII characters", "须为 1 至 {most} 个可打印的 ASCII 字符"),
    "number.expected": ("must be a decimal number, as a number or as text", "须为十进制数（数字或文本）"),
    "number.inexact": ("must have at most 18 digits before and 6 after the point", "小数点前最多 18 位、后最多 6 位"),
    "number.range": ("must be from {least} to {most}", "须在 {least} 至 {most} 之间"),
    "time.malformed": ("must be a time such as 2025-03-31T17:30:00+08:00, at most 6 digits of a second", "须为形如 2025-03-31T17:30:00+08:00 的时间，秒的小数最多 6 位"),
    "extension.invalid": ("must be a boolean, a 32-bit whole number or text of 1 to 2000 characters", "须为布尔值、32 位整数或 1 至 2000 个字符的文本"),
    "time.naive": ("lacks the offset from UTC, such as +08:00 or Z", "缺少时区偏移，如 +08:00 或 Z"),
    "time.over": ("is over already", "已经过去"),
    "time.future": ("lies more than 24 hours ahead", "超前超过 24 小时"),
    "day.malformed": ("must be a day such as 2025-03-31", "须为形如 2025-03-31 的日期"),
    "day.order": ("must be after the first day", "须晚于起始日"),
    "period.malformed": ("must be a period such as 2025-03, 2025-Q1, 2025-H1 or 2025", "须为形如 2025-03、2025-Q1、2025-H1 或 2025 的周期"),
    "period.missing": ("is required: events of this type are dated by period", "必填：该类事实按周期归属"),
    "period.unwanted": ("is not taken: events of this type are dated by time", "不接受：该类事实按时间归属"),
    "subject.malformed": ("must be worker/<id> or organisation/<id>", "须为 worker/<编号> 或 organisation/<编号>"),
    "subject.unknown": ("is not in the roster: {subject}", "名册中没有：{subject}"),
    "subject.kind": ("must be of kind {kind} for this type", "该类事实的对象须为 {kind}"),
    "type.name": ("must be lower-case words with dots, such as visit.done", "须为以点分隔的小写单词，如 visit.done"),
    "version.malformed": ("must be a rulebook and its version, such as yunhe@2025-1", "须为考核办法及其版本，形如 yunhe@2025-1"),
    "view.unpublished": ("asks for a revision, but none is published", "要求已发布的修订版，但尚未发布"),
    "revision.earlier": ("must be the run of an earlier revision of {period} under {rulebook}", "须为 {rulebook} 的 {period} 更早修订版的核算编号"),
    "veto.quota": ("can't be a tier with a quota of at_most or seats", "不能是有 at_most 或 seats 名额限制的等次"),
    "type.unknown": ("is not a declared event type: {type}", "未声明的事实类型：{type}"),
    "event.not_late": ("is not an event of {period} that came after it was published", "不是 {period} 发布之后才到达的该期事实"),
    "event.carried": ("is carried into {period}, which is published: reopen that one first", "已结转计入 {period}，而该期已发布；请先重启该期"),
    "completion.unknown": ("is not appraised in the current revision of {period}", "不在 {period} 现行修订版的考核范围内"),
    "completion.placed": ("has a tier already: {tier}", "已有等次：{tier}"),
    "import.version": ("is not a published version: {rulebook}", "不是已发布的版本：{rulebook}"),
    "import.many": ("must have 1 to {most} rows", "须为 1 至 {most} 行"),
    "import.placed": ("must have one of tier and no_tier", "须有且仅有 tier、no_tier 之一"),
    "import.subject": ("must be a {kind}, as the rulebook says", "须为 {kind}（办法的考核对象）"),
    "import.cells": ("has {found} cells where the header has {expected}", "有 {found} 列，而表头有 {expected} 列"),
    "correction.named": ("must name its event in one way: by event, or by source and id", "须以一种方式指明事实：event，或 source 与 id"),
    "events.wide": ("lies more than {days} days before the end: name a subject or a period, or a shorter time", "与截止时间相距超过 {days} 天；请指定对象（subject）或周期（period），或缩短时间范围"),
    "events.unbounded": ("is required, unless a subject or a period is named", "必填，除非指定对象（subject）或周期（period）"),
    "file.type": ("says no event type: give the sheet the name of one, or add a column type", "未说明事实类型：请以事实类型命名工作表，或增加 type 列"),
    "file.column": ("is not a field of these events: {column}", "该类事实没有此字段：{column}"),
    "file.column_twice": ("heads two columns: {column}", "有两列同名：{column}"),
    "file.column_lacking": ("is not in the header: {column}", "表头中没有：{column}"),
    "file.nameless": ("stands in a column without a name; begin the name with # for remarks", "所在列没有名称；备注列的名称请以 # 开头"),
    "file.formula": ("is a formula that was saved without its value", "是公式，但保存时没有计算结果"),
    "file.error_value": ("is an error of a formula", "是公式的错误值"),
    "file.merged": ("is merged with another cell; write the value into each", "是合并单元格；请逐格填写"),
    "file.digits": ("is a number of more than {most} digits, which a spreadsheet doesn't keep: make the cell text and type it again", "数字超过 {most} 位，表格软件不能保留；请将单元格设为文本后重新输入"),
    "file.dated": ("was made a date by the spreadsheet: make the cell text and type it again", "已被表格软件转成日期；请将单元格设为文本后重新输入"),
    "file.flag": ("must be {yes} or {no}, true or false", "须为 {yes} 或 {no}（true 或 false）"),
    "file.day": ("must be a day without a time", "须为不带时间的日期"),
    "file.time": ("must be a date such as 2025-03-31, with or without a time such as 17:30", "须为形如 2025-03-31 的日期，可带形如 17:30 的时间"),
    "event.known": ("is the id of an event that is there already; what replaces another needs an id of its own", "该编号的事实已存在；替换事实须使用新的编号"),
    "attribute.encoding": ("must be percent-encoded UTF-8 in a header", "在请求头中须为百分号编码的 UTF-8"),
    "attribute.repeated": ("stands in more than one header", "在请求头中重复出现"),
    "data.binary": ("is not taken: send the JSON as data", "不接受；请以 JSON 形式放在 data 中"),
    "line.length": ("is a line of more than {most} bytes", "该行超过 {most} 字节"),
    "line.malformed": ("is a line that is not well-formed JSON", "该行不是合法的 JSON"),
    "line.too_deep": ("is a line nested deeper than {most} levels", "该行嵌套超过 {most} 层"),
    "source.forbidden": ("may not be sent with this token: {source}", "该令牌不得以此来源发送：{source}"),
    "organisation.unknown": ("is not a known organisation: {id}", "未知的组织：{id}"),
    "organisation.cycle": ("would put the organisation below itself", "会使组织成为自身的下级"),
    "alias.taken": ("already stands for another worker", "已指向另一名工作者"),
    "cursor.malformed": ("is not a cursor of this list", "不是本列表的游标"),
    "number.whole": ("must be a whole number from {least} to {most}", "须为 {least} 至 {most} 的整数"),
    "number.step": ("must be a multiple of the step {step}", "须为步长 {step} 的整数倍"),
    "number.negative": ("can't be negative", "不能为负"),
    "percent.malformed": ("must be a share such as 20% or 12.5%, at most 100%", "须为形如 20% 或 12.5% 的比例，不超过 100%"),
    "node.unknown": ("must be one of: {nodes}", "须为下列之一：{nodes}"),
    "where.values": ("must name a value, or a list of values, for each field", "须为每个字段给出一个或多个取值"),
    "where.many": ("has more than {most} combinations of values", "取值组合超过 {most} 种"),
    "range.malformed": ("must be [low, high]", "须为 [下限, 上限]"),
    "bands.bound": ("must have at_least, or otherwise: true", "须有 at_least，或 otherwise: true"),
    "bands.otherwise": ("must end with one row otherwise: true", "最后一行须为 otherwise: true，且仅此一行"),
    "bands.order": ("must fall from row to row", "各行下限须逐行递减"),
    "gate.unreachable": ("can never be reached: at most {most} is possible", "不可能达到：最高为 {most}"),
    "gate.elsewhere": ("names a kind of period that lacks what is asked: {kind}", "所列周期没有所问的内容：{kind}"),
    "tie_break.key": ("must name one of indicator, category, measure", "须指明 indicator、category、measure 之一"),
    "timezone.unknown": ("is not a known time zone: {zone}", "未知的时区：{zone}"),
    "effective.kind": ("must be a {kind}", "须为一个 {kind}"),
    "rollup.unlisted": ("is not among periods.rollups", "未列入 periods.rollups"),
    "running.what": ("must say what keeps it running: tier, top, or both", "须用 tier、top 或两者说明何为连续"),
    "list.empty": ("can't be empty", "不能为空"),
    "sum.categories": ("must be the sum of the categories (each times its weight): {sum}, not {full}", "须等于各类别满分（乘以权重）之和 {sum}，而非 {full}"),
    "sum.weights": ("must add up to 100%, not {sum}%", "权重之和须为 100%，现为 {sum}%"),
    "total.order": ("must have min <= full <= max", "须满足 min <= full <= max"),
    "category.empty": ("has neither indicators nor categories", "既没有指标也没有下级类别"),
    "reference.unknown": ("names what isn't in this rulebook: {id}", "引用了本办法中没有的：{id}"),
    "no_data.full": ("needs a max", "需要有 max"),
    "give.number": ("needs a code: this is a number", "须为代码；此处为数字"),
    "give.code": ("must be a table: this is a code", "此处为代码，须用 table"),
    "field.undeclared": ("is not a field of {type}: {field}", "{type} 没有该字段：{field}"),
    "field.kind": ("must be of kind: {kinds}", "字段种类须为：{kinds}"),
    "table.codes": ("must have one entry for each of: {codes}", "须为下列各项各列一行：{codes}"),
    "tiers.otherwise": ("must end with one tier otherwise: true, without conditions", "最后一档须为 otherwise: true 且无条件，且仅此一档"),
    "tiers.order": ("must fall from tier to tier", "各档分数线须逐档递减"),
    "language.newer": ("is newer than this service, which knows version {known}", "语言版本高于本服务所支持的版本 {known}"),
    "subject.words": ("isn't said in a rulebook about a {subject}", "不用于以 {subject} 为对象的考核办法"),
    "id.reserved": ("is a word of the language here", "此处是语言的保留词"),
    "list.long": ("has more than {most} entries", "超过 {most} 项"),
    "list.repeated": ("names something twice", "有重复项"),
    "rollup.kind": ("must be longer than the base period, a {kind}", "须长于基础周期（{kind}）"),
    "words.exclusive": ("can't stand beside {word}", "不能与 {word} 同时使用"),
    "type.subject": ("must be a type of events about a {kind}", "须为以 {kind} 为对象的事实类型"),
    "type.time": ("needs a type whose events are dated by time", "须为按时间归属的事实类型"),
    "lasts.malformed": ("must be months, or field with months for its codes, or until", "须为月数，或 field 与各代码的 months，或 until"),
    "once.across": ("is only for each_event of items in a category", "仅用于类别内项目的 each_event"),
    "once.keep": ("must be {keep}, as in the other items that are looked at together", "须与一同比较的其他项目一致：{keep}"),
    "caps.bound": ("needs max or min", "须有 max 或 min"),
    "caps.many": ("has more than two caps", "最多两层"),
    "caps.part": ("must be a part of what the first one names", "须为第一层所列各项的一部分"),
    "sum.shares": ("can never be reached: together {sum}%", "不可能达到：合计 {sum}%"),
    "sum.nested": ("must be what the categories in it make (each times its weight): {sum}, not {max}", "须等于下级类别满分（乘以权重）合成的 {sum}，而非 {max}"),
    "sum.indicators": ("can never be reached: its indicators make at most {sum}", "不可能达到：其指标最多得 {sum}"),
    "category.itself": ("is in itself", "属于自身"),
    "category.deep": ("is in a category that is itself in another", "上级类别本身已属于另一类别"),
    "category.both": ("has indicators as well as categories", "既有指标又有下级类别"),
    "bonus.into": ("is said only where bonus comes before_weights", "仅在加分先于权重（before_weights）时使用"),
    "bonus.category": ("must be a category of indicators that counts their sum", "须为按合计（sum）计分、直接含指标的类别"),
    "multiplier.nested": ("is a category in another: only the outer one has a multiplier", "是下级类别；仅上级类别可有系数"),
    "multiplier.twice": ("already has a multiplier: {id}", "已有系数：{id}"),
    "prorate.take": ("is only for count and sum of events", "仅用于事实的 count 与 sum"),
    "compare.take": ("needs one number for each subject", "须为每个对象一个数字"),
    "compare.order": ("can't be low_first: the first is the greatest", "不能为 low_first：首位即最大者"),
    "ranks.compare": ("needs compare as rank", "须配合 compare 的 rank"),
    "each.per": ("must be more than zero", "须大于零"),
    "each.bound": ("has either over or under", "over 与 under 只能取其一"),
    "no_data.kind": ("must be a code for a code, a number for a number", "代码须配代码，数字须配数字"),
    "results.tier": ("is a code: it can't be added up", "是代码，不能相加或平均"),
    "results.part": ("needs results of a {kind}", "须为 {kind} 的结果"),
    "results.itself": ("are results of others: name another rulebook", "是他人的结果，须指明另一个考核办法"),
    "results.own": ("can't be asked of this rulebook's own results", "不能用于本办法自身的结果"),
    "results.shorter": ("must be shorter than a {kind}, which reads them; narrow it with in", "须短于读取它的 {kind}；可用 in 限定"),
    "results.period": ("finds none in a {kind}", "在 {kind} 中不可能有"),
    "condition.unknown": ("must be one of: {conditions}", "须为下列之一：{conditions}"),
    "condition.test": ("must have one of at_least, below or, for a measure, is", "须有 at_least、below 之一；度量还可用 is"),
    "condition.nowhere": ("asks what no kind of period has together", "所问各项不在同一周期中"),
    "measure.code": ("is a code: it has no size ({id})", "是代码，没有大小（{id}）"),
    "measure.number": ("asks for a code, but this is a number ({id})", "要求代码，而此度量为数字（{id}）"),
    "restriction.effect": ("must have one effect of: {effects}", "须有且仅有一种后果：{effects}"),
    "quota.kind": ("must have one of at_most, seats, at_least, about", "须有 at_most、seats、at_least、about 之一"),
    "quota.words": ("of, rounding and ties don't fit a quota of {kind}", "of、rounding、ties 与 {kind} 名额不符"),
    "choose.words": ("needs seats alone, or share with of and rounding", "须只写 seats，或写 share 及 of、rounding"),
    "choose.used": (
        "counts for everybody: among must be cohort, or a list with an empty by",
        "对全体计数：among 须为 cohort，或 by 为空的名单",
    ),
    "outcome.rounding": ("belongs to a percentage", "仅用于百分比"),
    "extension.parent": ("is not a published version: {rulebook}@{version}", "不是已发布的版本：{rulebook}@{version}"),
    "extension.file": ("needs the file of {rulebook}@{version} beside it", "须同时给出 {rulebook}@{version} 的文件"),
    "extension.none": ("is a rulebook that allows no local additions: {parent}", "该办法不允许增设：{parent}"),
    "extension.itself": ("must be another id than that of the rulebook that it extends", "须与所扩展的办法编号不同"),
    "extension.items": ("has more than {most} items", "增设项目超过 {most} 项"),
    "extension.into": ("must be {category}, to which things may be added", "须为可增设的类别 {category}"),
    "extension.points": ("must be at most {most}", "不得超过 {most}"),
    "case.differs": ("{case}: {what} of {subject} in {period}: expected {expected}, found {found}", "{case}：{subject} 在 {period} 的 {what} 应为 {expected}，实为 {found}"),
    "case.oracle": ("{case}: {what} of {subject} in {period}: expected {expected}, the oracle finds {found}", "{case}：{subject} 在 {period} 的 {what} 应为 {expected}，独立复算为 {found}"),
    "case.disagreement": ("{case}: {what} of {subject} in {period}: the oracle finds {expected}, the service {found}", "{case}：{subject} 在 {period} 的 {what} 独立复算为 {expected}，系统计算为 {found}"),
    "case.refused": ("{case}: what it says is refused at {place}: {why}", "{case}：所述内容在 {place} 处不被接受：{why}"),
    "case.uncovered": ("is taken by no case that expects it", "没有案例覆盖并给出预期"),
    "case.part": ("is no part of the rulebook that cases cover: {part}", "不是需要案例覆盖的内容：{part}"),
    "case.possible": ("is said to be impossible, but a case takes it", "称不可能发生，但有案例覆盖"),
    "case.many": ("stand for more than {most} events", "展开后超过 {most} 条事实"),
    "yaml.encoding": ("is not UTF-8 text", "不是 UTF-8 文本"),
    "yaml.syntax": ("is not well-formed YAML", "不是合法的 YAML"),
    "yaml.anchor": ("uses an anchor or alias", "使用了锚点或别名"),
    "yaml.tag": ("uses a tag", "使用了标签"),
    "yaml.depth": ("is nested too deep", "嵌套过深"),
    "yaml.key": ("has a key that isn't text", "键不是文本"),
    "yaml.duplicate": ("stands twice", "键重复"),
    "url.malformed": ("must be an address such as https://example.org/path: https or http, ASCII, without user and fragment", "须为形如 https://example.org/path 的地址：https 或 http，仅 ASCII 字符，不含用户名与片段"),
    "url.plain": ("must begin with https: http is for private networks that operations allow (JIFEN_WEBHOOK_PRIVATE)", "须以 https 开头；http 仅可用于运维允许的内网（JIFEN_WEBHOOK_PRIVATE）"),
    "url.private": ("is a private or local address, which operations don't allow (JIFEN_WEBHOOK_PRIVATE)", "是内网或本机地址，运维未予允许（JIFEN_WEBHOOK_PRIVATE）"),
    "replay.what": ("must say one of: {words}", "须且仅须指明下列之一：{words}"),
    "event.unknown": ("is not a known event", "没有这条事实"),
    "day.elsewhere": ("is not a day of {year}", "不是 {year} 年的日期"),
    "day.weekday": ("is worked anyway: only Saturdays and Sundays are named here", "本就是工作日；此处只列须上班的周六、周日"),
    "day.both": ("is also among the holidays", "同时列在假日（holidays）中"),
    "declaration.codes": ("belongs to the kind code, each code once", "仅用于 code 类字段，且各代码不得重复"),
    "declaration.between": ("must be [low, high] of the kind number", "须为 number 类字段的 [下限, 上限]"),
    "declaration.quantity": ("must name a field of the kind number", "须指向 number 类字段"),
    "declaration.act": ("must name declared fields, each once", "须指向已声明的字段，且各字段不得重复"),
    "declaration.evidence": ("must name required fields of the kind text, each once", "须指向必填的 text 类字段，且各字段不得重复"),
    "declaration.state": ("must name a field of the kind code", "须指向 code 类字段"),
    "state.other": ("must be the field in which {type} says what became of an act: {state}", "须为 {type} 声明的状态字段：{state}"),
}  # fmt: skip

WARNINGS: dict[str, tuple[str, str]] = {
    "act.counted": ("counts every report of {type}: of one act ({act}) two may come; once or distinct counts it once", "{type} 的每条上报都计入：同一行为（{act}）可能上报两次；可用 once 或 distinct 只计一次"),
    "act.other": ("isn't what tells one act of {type} from another: {act}", "不是区分 {type} 各行为的字段：{act}"),
    "bands.unreached": ("can never be reached: the number is in {range}", "不可能到达此行：数值范围为 {range}"),
    "bonus.empty": ("holds no item, so nobody has a bonus", "没有加分项，任何人都不会加分"),
    "cases.missing": ("no cases.yaml stands beside it, so nobody can see that it computes what the regulation says", "旁边没有 cases.yaml，无法验证计算结果与办法一致"),
    "date.later": ("quotes a text of a day after {period} began, from which on it rules", "所引文件的日期晚于起始期 {period} 的首日"),
    "effective.past": ("has ended: {period} is ruled from its first day on all the same", "{period} 已经结束，仍将自其首日起施行"),
    "extension.unchecked": ("names a rulebook that isn't at hand, so the whole that they make was not checked", "所扩展的办法不在手边，未检查合成后的整体"),
    "evidence.undeclared": ("decides a tier by events whose type declares no evidence: {type}", "据以决定等次的事实类型未声明依据（evidence）：{type}"),
    "gate.always": ("always holds, so it asks nothing", "恒成立，等于没有条件"),
    "id.meaningless": ("says nothing: results, explanations and tests name it by this id", "没有含义；结果、解释和测试都以此编号相称"),
    "max.cuts": ("is below what may be given: up to {most}", "低于可给的分值：最高 {most}"),
    "max.unreached": ("can never be reached: at most {most} is possible", "不可能达到：最高为 {most}"),
    "notice.unheard": ("is over before the notice of {days} days is: who reads it later can't object", "早于公示期（{days} 日）结束：之后看到公示的人无法提出异议"),
    "measure.unused": ("is asked for nowhere", "没有任何地方使用"),
    "negative.idle": ("costs nothing, bars nothing and is asked for nowhere", "不扣分、不封顶、不否决，也没有任何条件使用"),
    "outcome.everyone": ("follows for everybody with a tier, and has no value", "对所有有等次者都适用，且没有数值"),
    "quota.nobody": ("leaves this tier to nobody", "使任何人都不能进入此档"),
    "range.never": ("asks for what no event has: the type allows {range}", "没有事实能满足：该类型允许 {range}"),
    "state.undeclared": ("is read as what became of an act, but {type} declares no state", "被读作行为的状态，但 {type} 未声明状态（state）"),
    "text.unfinished": ("is not finished: {word}", "尚未写完：{word}"),
    "tie_breaks.unused": ("is asked by no quota: none has ties: tie_breaks", "没有名额使用：各名额的 ties 均不是 tie_breaks"),
    "tier.free": ("has no condition, so only a ceiling or a veto leads to the tiers below", "没有条件，只有封顶或一票否决才会落到以下各档"),
    "title.repeated": ("is also the title of {id}: a reader can't tell them apart", "与 {id} 的名称相同，读者无法区分"),
    "total.unreached": ("can never be reached: categories, parts and bonus come to at most {most}", "不可能达到：类别、各部分与加分合计最高为 {most}"),
    "types.missing": ("no event types were given, so nothing that needs them was checked", "未提供事实类型，未检查与其有关的内容"),
    "weight.nothing": ("makes it count for nothing", "使其不计入任何分值"),
}  # fmt: skip

WILL_BE_ERRORS: dict[str, tuple[str, str]] = {
    "ref.missing": ("names no paragraph of the regulation; the next version of the language requires it", "未注明条款；语言的下一版本将要求注明"),
}  # fmt: skip


class Place(NamedTuple):
    """A place in a text: line and column of a character, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one field: its JSON pointer, a code, the values of the sentence.

    `slip` knows what may have been meant; `of_key` says that the key is wrong, not its value; `place` is known where
    a text was read.
    """

    pointer: str
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    slip: Slip | None = None
    of_key: bool = False
    place: Place | None = None

    @property
    def suggestion(self) -> str | None:
        """What may have been meant."""
        return self.slip.meant() if self.slip else None

    @property
    def level(self) -> Level:
        """The level of its code."""
        return level_of(self.code)

    def body(self, language: Language) -> dict[str, Any]:
        """As it stands in `errors` of a problem document; of a text with line, column, level and suggestion."""
        said = {"pointer": self.pointer, "code": self.code, "detail": sentence(self.code, self.values, language)}
        if self.place is None:
            return said
        return {**said, **self.place._asdict(), "level": self.level, "suggestion": self.suggestion}


class Problem(Exception):
    """A refusal with a code of PROBLEMS; the values fill its sentence."""

    def __init__(
        self,
        code: str,
        findings: Iterable[Finding] = (),
        items: list[dict[str, Any]] | None = None,
        oldest: str | None = None,
        **values: Any,
    ) -> None:
        """Refuse with this code; `items` say what became of each part of the request, `oldest` where to go on."""
        super().__init__(code)
        self.code = code
        self.findings = list(findings)
        self.items = items
        self.oldest = oldest
        self.values = values

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.code].status

    def body(self, language: Language, request_id: str) -> dict[str, Any]:
        """The problem document (RFC 9457)."""
        document = {
            "type": f"urn:jifen:problem:{self.code}",
            "title": sentence(self.code, self.values, language),
            "status": self.status,
            "code": self.code,
            "request_id": request_id,
        }
        if self.findings:
            document["errors"] = [finding.body(language) for finding in self.findings]
        if self.items is not None:
            document["items"] = self.items
        if self.oldest is not None:
            document["oldest"] = self.oldest
        return document


def level_of(code: str) -> Level:
    """Whether a code is refused, only told, or refused by the next version of the language."""
    if code in WILL_BE_ERRORS:
        return "will-be-error"
    return "warning" if code in WARNINGS else "error"


def sentence(code: str, values: dict[str, Any], language: Language) -> str:
    """The sentence of a code, its values put in."""
    if code in PROBLEMS:
        text = PROBLEMS[code].en if language == "en" else PROBLEMS[code].zh
    else:
        text = (FAULTS.get(code) or WARNINGS.get(code) or WILL_BE_ERRORS[code])[0 if language == "en" else 1]
    return text.format_map({key: _short(_said(value, language)) for key, value in values.items()})


def findings_of(error: ValidationError, below: str = "") -> list[Finding]:
    """The findings of a failed validation, their pointers below a path."""
    return [_of_fault(pointer, fault) for pointer, fault in pointers(error.messages, below)]


def finding(pointer: str, fault: str, slip: Slip | None = None, of_key: bool = False, **values: Any) -> Finding:
    """One finding; the values are those of its sentence."""
    return _of_fault(pointer, Fault(fault, slip, of_key, **values))


def unknown(what: str, identifier: str) -> Problem:
    """There is no such thing."""
    return Problem("resource.unknown", what=what, id=identifier)


def _said(value: Any, language: Language) -> Any:
    """A value, or the sentence of a finding that is one."""
    return sentence(value.code, value.values, language) if isinstance(value, Finding) else value


def _of_fault(pointer: str, fault: Fault) -> Finding:
    return Finding(pointer, str(fault), fault.values, fault.slip, fault.of_key)


def _short(value: Any) -> str:
    text = str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= 200 else text[:200] + "…"
