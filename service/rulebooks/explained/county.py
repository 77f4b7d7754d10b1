"""The small county of the examples: what an example doesn't say of a rulebook is as here, and these are its event types."""

RULEBOOK = """\
rulebook: yunhe
version: 2025-1
language: 1
title: 云河县社区工作者量化考核办法
subject: worker
effective: {from: 2999-01}
applies_to: {posts: [staff, head], under: yunhe}
assignment: at_end
periods: {base: month, rollups: [year], timezone: Asia/Shanghai}
numbers: {measure_decimals: 4, step: 0.01}
orders: {bonus: before_limit, quota: after_ceilings}
total: {full: 100, min: 0, max: 105}
categories:
  - {id: duty, title: 日常履职, max: 60, ref: 第六条}
  - {id: service, title: 群众评价, max: 40, ref: 第七条}
indicators:
  - {id: visits, title: 入户走访, category: duty, take: {count: {event: visit.done, distinct: household}}, give: {each: 2}, max: 60, no_data: zero, ref: 第六条}
  - {id: rating, title: 居民评价, category: service, take: {mean: {event: vote.cast}}, give: {linear: {from: [1, 5], to: [0, 40]}}, max: 40, no_data: {points: 30}, ref: 第七条}
bonus:
  max: 5
  items:
    - {id: honour, title: 荣誉, take: {count: {event: honour.given}}, give: {each: 2}, ref: 第八条}
negative_list:
  - {id: complaint, title: 有效投诉, severity: serious, event: violation.complaint, deduct: 3, max: 9, ref: 第九条}
participation: {min_service_days: {month: 15}}
peer_groups: {by: [post], min_size: 2, small_groups: keep_apart}
tiers:
  - {id: excellent, title: 优秀, total_at_least: 85, quota: {at_most: 20%, of: ranked, rounding: down, ties: none_of_them}}
  - {id: competent, title: 称职, total_at_least: 70}
  - {id: incompetent, title: 不称职, otherwise: true}
rollup:
  year:
    min_periods: 6
    parts:
      - {id: monthly, title: 月度平均, take: {mean: {results: month}}, weight: 100%, no_data: missing, ref: 第十条}
outcomes:
  - {id: talk, title: 约谈提醒, in: month, when: {bottom: 1, of: peer_group, ties: all_of_them}, ref: 第十一条}
local_additions: {items: 2, points: 5, into: duty}
"""

EVENT_TYPES = """\
visit.done: {title: 入户走访, subject: worker, dated_by: time, quantity: minutes, fields: {household: {kind: text, required: true}, minutes: {kind: number, between: [0, 600]}, first: {kind: boolean}}}
vote.cast: {title: 测评票, subject: worker, dated_by: time, quantity: stars, fields: {stars: {kind: number, between: [1, 5]}, vote: {kind: code, codes: [good, fair, poor]}, voter: {kind: code, codes: [leader, resident]}}}
honour.given: {title: 荣誉, subject: worker, dated_by: time, fields: {case: {kind: text}, level: {kind: code, codes: [county, city]}, hours: {kind: number}}}
honour.reviewed: {title: 荣誉审定, subject: worker, dated_by: time, state: decision, fields: {case: {kind: text}, decision: {kind: code, codes: [accepted, rejected]}, round: {kind: code, codes: [first, second]}}}
honour.noted: {title: 荣誉备注, subject: worker, dated_by: time, fields: {case: {kind: text}, mood: {kind: code, codes: [good, bad]}}}
dispute.settled: {title: 调解纠纷, subject: worker, dated_by: time, act: [case], fields: {case: {kind: text, required: true}, agreement: {kind: text}}}
dispute.forged: {title: 调解造假, subject: worker, dated_by: time, evidence: [document], fields: {document: {kind: text, required: true}}}
sanction.given: {title: 处分, subject: worker, dated_by: time, fields: {kind: {kind: code, codes: [warning, demerit]}, ends_on: {kind: date}}}
violation.complaint: {title: 有效投诉, subject: worker, dated_by: time, fields: {level: {kind: code, codes: [light, heavy]}}}
unit.inspected: {title: 社区检查, subject: organisation, dated_by: time, quantity: points, fields: {points: {kind: number, between: [0, 100]}}}
assess.annual: {title: 年度测评, subject: worker, dated_by: period, quantity: points, fields: {points: {kind: number, between: [0, 100]}}}
"""
