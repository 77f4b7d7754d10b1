-- From events to totals: the meaning of the rulebook's words, here and (from totals on) in placement.sql, and nowhere else.
-- A fragment (a name with a leading underscore) is a list of CTEs that several statements include.
--
-- Parameters: tenant, rulebook (its number), sheet (month, year), starts and ends (instants), first_day and end_day (dates),
-- periods (that the sheet's period contains, itself included), watermark (a position), subjects (numbers, or null for all),
-- standing (its number), part_runs and part_standings (what a roll-up reads).

-- name: _beyond
-- The entries after the watermark, or without a position yet: in one snapshot every other one lies at or before it.
beyond AS (
    SELECT entry_id FROM unsealed WHERE tenant_id = %(tenant)s
    UNION ALL
    SELECT entry_id FROM seal WHERE tenant_id = %(tenant)s AND position > %(watermark)s
)

-- name: _cohort
-- Who is appraised: one row for each worker with a matching assignment in the period, with group and service days.
rule AS (
    SELECT r.posts, r.under, r.assignment, r.group_by, r.measure_step, scale(r.measure_step) AS measure_decimals, r.step,
        1 / r.step AS steps_in_one, r.total_min, r.total_max, s.min_service_days, s.min_periods
    FROM rulebook r
    JOIN sheet s ON s.tenant_id = r.tenant_id AND s.rulebook_no = r.rulebook_no AND s.sheet = %(sheet)s
    WHERE r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
),
-- The roster as recorded: roster writes go one after another, so of two entries the later has the later position.
organisation AS (
    SELECT DISTINCT ON (o.organisation_no) o.organisation_no, o.path, o.path_kinds, o.path[cardinality(o.path)] AS id
    FROM organisation_record o
    WHERE o.tenant_id = %(tenant)s AND NOT EXISTS (SELECT FROM beyond b WHERE b.entry_id = o.entry_id)
    ORDER BY o.organisation_no, o.entry_id DESC
),
recorded AS (
    SELECT DISTINCT ON (w.worker_no) w.worker_no, w.entry_id
    FROM worker_record w
    WHERE w.tenant_id = %(tenant)s AND NOT EXISTS (SELECT FROM beyond b WHERE b.entry_id = w.entry_id)
      AND (%(subjects)s::integer[] IS NULL OR w.worker_no = ANY (%(subjects)s::integer[]))
    ORDER BY w.worker_no, w.entry_id DESC
),
served AS (
    SELECT a.worker_no, a.organisation_no, o.id AS organisation, a.post, a.valid_from,
        greatest(a.valid_from, %(first_day)s::date) AS from_day,
        least(a.valid_to, %(end_day)s::date) AS to_day
    FROM recorded r
    JOIN assignment a ON a.tenant_id = %(tenant)s AND a.worker_no = r.worker_no AND a.entry_id = r.entry_id
    JOIN organisation o ON o.organisation_no = a.organisation_no
    JOIN rule ON a.post = ANY (rule.posts) AND rule.under = ANY (o.path)
    WHERE (%(subjects)s::integer[] IS NULL OR a.worker_no = ANY (%(subjects)s::integer[]))
      AND a.valid_from < %(end_day)s::date AND (a.valid_to IS NULL OR a.valid_to > %(first_day)s::date)
),
deciding AS (
    SELECT DISTINCT ON (v.worker_no) v.worker_no, v.organisation_no, v.post
    FROM served v CROSS JOIN rule
    ORDER BY v.worker_no, CASE rule.assignment WHEN 'longest' THEN v.to_day - v.from_day END DESC,
        v.to_day DESC, v.valid_from DESC, v.organisation, v.post
),
service AS (
    SELECT d.worker_no, sum(upper(d.days) - lower(d.days))::integer AS service_days
    FROM (SELECT v.worker_no, unnest(range_agg(daterange(v.from_day, v.to_day))) AS days FROM served v GROUP BY v.worker_no) d
    GROUP BY d.worker_no
),
peer AS (
    SELECT p.organisation_no, p.post, coalesce(string_agg(
        CASE
            WHEN k.part IS NULL THEN NULL
            WHEN k.part = 'post' THEN p.post
            WHEN k.part = 'organisation' THEN o.id
            ELSE coalesce(o.path[(array_positions(o.path_kinds, k.part))[cardinality(array_positions(o.path_kinds, k.part))]], '-')
        END, '/' ORDER BY k.ordinality), '*') AS peer_group
    FROM (SELECT DISTINCT organisation_no, post FROM deciding) p
    JOIN organisation o ON o.organisation_no = p.organisation_no
    CROSS JOIN rule
    LEFT JOIN LATERAL unnest(rule.group_by) WITH ORDINALITY k (part, ordinality) ON true
    GROUP BY p.organisation_no, p.post
),
member AS (
    SELECT d.worker_no AS subject_no, d.organisation_no, d.post, p.peer_group, s.service_days
    FROM deciding d
    JOIN service s ON s.worker_no = d.worker_no
    JOIN peer p ON p.organisation_no = d.organisation_no AND p.post = d.post
)

-- name: _counted
-- The events that count for an indicator, one row for each measure that takes them, with what is read from them.
in_period AS (
    SELECT e.subject_no, e.type_no, e.event_id, e.entry_id, e.time, e.quantity, e.data
    FROM event e
    WHERE e.tenant_id = %(tenant)s AND e.period IS NULL AND e.time >= %(starts)s AND e.time < %(ends)s
      AND (%(subjects)s::integer[] IS NULL OR e.subject_no = ANY (%(subjects)s::integer[]))
    UNION ALL
    SELECT e.subject_no, e.type_no, e.event_id, e.entry_id, e.time, e.quantity, e.data
    FROM event e
    WHERE e.tenant_id = %(tenant)s AND e.period = ANY (%(periods)s)
      AND (%(subjects)s::integer[] IS NULL OR e.subject_no = ANY (%(subjects)s::integer[]))
),
taken AS (
    SELECT m.indicator_no, m.role, m.per_event, m.distinct_field, m.reads, m.low, m.high,
        e.subject_no, e.event_id, e.time, e.data,
        CASE m.reads WHEN 'quantity' THEN e.quantity WHEN 'number' THEN (e.data ->> m.field)::numeric END AS number,
        CASE m.reads WHEN 'code' THEN e.data ->> m.field END AS code
    FROM measure m
    JOIN in_period e ON e.type_no = m.type_no AND (m.where_any IS NULL OR e.data @> ANY (m.where_any))
    WHERE m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
      AND NOT EXISTS (SELECT FROM beyond b WHERE b.entry_id = e.entry_id)
),
counted AS (
    SELECT t.indicator_no, t.role, t.per_event, t.subject_no, t.event_id, t.time, t.number, t.code,
        CASE WHEN t.reads IN ('quantity', 'number') THEN t.number ELSE 1 END AS amount,
        t.distinct_field IS NOT NULL AS once,
        CASE WHEN t.per_event THEN t.event_id::text ELSE t.data ->> t.distinct_field END AS act
    FROM taken t
    WHERE (t.reads IS NULL OR t.number IS NOT NULL OR t.code IS NOT NULL)
      AND (t.low IS NULL OR t.number BETWEEN t.low AND t.high)
      AND (t.distinct_field IS NULL OR t.data ? t.distinct_field)
)

-- name: totals_add
-- Compute lines and total of the subjects (or of the whole cohort) and add them to the standing, not yet placed.
INSERT INTO standing_result (
    tenant_id, standing_no, subject_no, organisation_no, post, peer_group, service_days, points, caps, measures, counts,
    no_data, category_caps, total_limit, total, gates, tie_values, ceiling_no, veto_no, eligible, no_tier, outcomes)
WITH
-- include: _beyond
,
-- include: _cohort
,
-- include: _counted
,
-- One act counted once: a value of the distinct field, a single event where each is given points, or all events together.
amount AS (
    SELECT c.subject_no, c.indicator_no, CASE WHEN c.per_event THEN c.act END AS act, count(*) AS events,
        CASE WHEN bool_or(c.once) FILTER (WHERE c.role = 'value') THEN count(DISTINCT c.act) FILTER (WHERE c.once AND c.role = 'value')
            ELSE sum(c.amount) FILTER (WHERE c.role = 'value') END AS value,
        CASE WHEN bool_or(c.once) FILTER (WHERE c.role = 'divisor') THEN count(DISTINCT c.act) FILTER (WHERE c.once AND c.role = 'divisor')
            ELSE sum(c.amount) FILTER (WHERE c.role = 'divisor') END AS divisor,
        max(c.code) AS code, max(c.time) AS time
    FROM counted c
    GROUP BY c.subject_no, c.indicator_no, CASE WHEN c.per_event THEN c.act END
),
part AS (
    SELECT r.subject_no, r.total FROM result r
    WHERE r.tenant_id = %(tenant)s AND r.run_no = ANY (%(part_runs)s) AND r.no_tier IS NULL
      AND (%(subjects)s::integer[] IS NULL OR r.subject_no = ANY (%(subjects)s::integer[]))
    UNION ALL
    SELECT r.subject_no, r.total FROM standing_result r
    WHERE r.tenant_id = %(tenant)s AND r.standing_no = ANY (%(part_standings)s) AND r.no_tier IS NULL
      AND (%(subjects)s::integer[] IS NULL OR r.subject_no = ANY (%(subjects)s::integer[]))
),
parts AS (
    SELECT p.subject_no, count(*)::integer AS appraised, quotient(sum(p.total), count(*), rule.measure_step) AS mean
    FROM part p CROSS JOIN rule
    GROUP BY p.subject_no, rule.measure_step
),
-- take: the number of each indicator, rounded; null where there is no data.
number AS (
    SELECT a.subject_no, a.indicator_no, a.events, a.code, a.time,
        CASE
            WHEN i.take = 'mean' AND a.events < i.at_least_n THEN NULL
            WHEN i.take = 'mean' THEN quotient(a.value, a.events, rule.measure_step)
            WHEN i.take = 'ratio' AND a.divisor > 0 THEN quotient(coalesce(a.value, 0), a.divisor, rule.measure_step)
            WHEN i.take = 'ratio' THEN NULL
            ELSE round(a.value, rule.measure_decimals)
        END AS number
    FROM amount a
    JOIN indicator i ON i.tenant_id = %(tenant)s AND i.rulebook_no = %(rulebook)s AND i.sheet = %(sheet)s
        AND i.indicator_no = a.indicator_no
    CROSS JOIN rule
    UNION ALL
    SELECT p.subject_no, i.indicator_no, p.appraised, NULL, NULL, p.mean
    FROM parts p
    JOIN indicator i ON i.tenant_id = %(tenant)s AND i.rulebook_no = %(rulebook)s AND i.sheet = %(sheet)s AND i.take = 'mean_of'
),
-- give: the points of the number, still undivided by weight_over.
given AS (
    SELECT n.subject_no, n.indicator_no, n.events, n.time,
        CASE WHEN n.code IS NULL THEN n.number END AS number,
        CASE
            WHEN i.give = 'each' THEN n.number * i.points_each
            WHEN i.give = 'as_is' THEN n.number
            WHEN i.give = 'rows' THEN g.points
            WHEN n.number IS NOT NULL THEN i.to_low * (i.from_high - i.from_low)
                + (least(greatest(n.number, i.from_low), i.from_high) - i.from_low) * (i.to_high - i.to_low)
        END AS points
    FROM number n
    JOIN indicator i ON i.tenant_id = %(tenant)s AND i.rulebook_no = %(rulebook)s AND i.sheet = %(sheet)s
        AND i.indicator_no = n.indicator_no
    LEFT JOIN give_row g ON g.tenant_id = %(tenant)s AND g.rulebook_no = %(rulebook)s AND g.sheet = %(sheet)s
        AND g.indicator_no = n.indicator_no
        AND (g.code = n.code OR (n.number >= g.at_least AND (g.below IS NULL OR n.number < g.below)))
),
-- One row for each member and indicator: the points of its events combined.
combined AS (
    SELECT b.subject_no, i.indicator_no, coalesce(sum(g.events), 0)::integer AS events,
        -- A filter is asked before its argument is made, so that a row costs only what its rule needs.
        CASE i.combine
            WHEN 'sum' THEN sum(g.points)
            WHEN 'best' THEN max(g.points)
            WHEN 'worst' THEN min(g.points)
            WHEN 'latest' THEN (max(ARRAY[extract(epoch FROM g.time), g.points])
                FILTER (WHERE i.combine = 'latest' AND g.points IS NOT NULL))[2]
        END AS points,
        CASE
            WHEN i.take = 'each_event' THEN NULL
            WHEN i.combine = 'sum' THEN max(g.number)
            WHEN i.combine = 'best' THEN
                (max(ARRAY[g.points, g.number]) FILTER (WHERE i.combine = 'best' AND g.number IS NOT NULL))[2]
            WHEN i.combine = 'worst' THEN
                -(min(ARRAY[g.points, -g.number]) FILTER (WHERE i.combine = 'worst' AND g.number IS NOT NULL))[2]
            WHEN i.combine = 'latest' THEN (max(ARRAY[extract(epoch FROM g.time), g.points, g.number])
                FILTER (WHERE i.combine = 'latest' AND g.number IS NOT NULL))[3]
        END AS measure
    FROM member b
    CROSS JOIN indicator i
    LEFT JOIN given g ON g.subject_no = b.subject_no AND g.indicator_no = i.indicator_no
    WHERE i.tenant_id = %(tenant)s AND i.rulebook_no = %(rulebook)s AND i.sheet = %(sheet)s
    GROUP BY b.subject_no, i.indicator_no, i.combine, i.take
),
-- The line of each indicator, rounded to the step, or what it says for no data.
line AS (
    SELECT c.subject_no, i.indicator_no, i.category_no, c.events, c.measure, c.points IS NULL AS no_data,
        i.data_required, i.min, i.max,
        CASE WHEN c.events > 0 THEN i.ceiling_no END AS ceiling_no,
        CASE WHEN c.events > 0 THEN i.veto_no END AS veto_no,
        CASE
            WHEN c.points IS NULL THEN i.no_data_points
            WHEN i.weight_over = 1 THEN round(c.points * i.weight_times * rule.steps_in_one) * rule.step
            ELSE quotient(c.points * i.weight_times, i.weight_over, rule.step)
        END AS points
    FROM combined c
    JOIN indicator i ON i.tenant_id = %(tenant)s AND i.rulebook_no = %(rulebook)s AND i.sheet = %(sheet)s
        AND i.indicator_no = c.indicator_no
    CROSS JOIN rule
),
capped AS (
    SELECT l.*, CASE WHEN l.no_data THEN 0 ELSE least(greatest(l.points, l.min), l.max) - l.points END AS cap FROM line l
),
-- Each category under its maximum.
category_sum AS (
    SELECT s.subject_no, s.category_no, least(s.points, c.max) AS points, least(s.points, c.max) - s.points AS cap
    FROM (SELECT subject_no, category_no, sum(points + cap) AS points FROM capped GROUP BY subject_no, category_no) s
    JOIN category c ON c.tenant_id = %(tenant)s AND c.rulebook_no = %(rulebook)s AND c.sheet = %(sheet)s
        AND c.category_no = s.category_no
),
subject_sum AS (
    SELECT subject_no, array_agg(cap ORDER BY category_no) AS category_caps, array_agg(points ORDER BY category_no) AS category_points,
        sum(points) AS points
    FROM category_sum GROUP BY subject_no
),
subject_lines AS (
    SELECT subject_no,
        array_agg(points ORDER BY indicator_no) AS points, array_agg(cap ORDER BY indicator_no) AS caps,
        array_agg(points + cap ORDER BY indicator_no) AS net_points,
        array_agg(measure ORDER BY indicator_no) AS measures, array_agg(events ORDER BY indicator_no) AS counts,
        coalesce(array_agg(indicator_no ORDER BY indicator_no) FILTER (WHERE no_data), '{}') AS no_data,
        bool_or(no_data AND data_required) AS data_missing, max(ceiling_no) AS ceiling_no, max(veto_no) AS veto_no
    FROM capped GROUP BY subject_no
),
totalled AS (
    SELECT l.*, s.category_caps, s.category_points, s.points AS unlimited,
        least(greatest(s.points, rule.total_min), rule.total_max) AS total
    FROM subject_lines l JOIN subject_sum s ON s.subject_no = l.subject_no CROSS JOIN rule
),
gated AS (
    SELECT t.*,
        ARRAY(SELECT CASE
                WHEN g.at_least IS NULL THEN NOT EXISTS (SELECT FROM unnest(g.indicator_nos) n WHERE t.counts[n] > 0)
                WHEN g.category_no IS NOT NULL THEN t.category_points[g.category_no] >= g.at_least
                ELSE t.net_points[g.indicator_nos[1]] >= g.at_least
            END
            FROM gate g WHERE g.tenant_id = %(tenant)s AND g.rulebook_no = %(rulebook)s AND g.sheet = %(sheet)s
            ORDER BY g.gate_no) AS gates,
        ARRAY(SELECT b.sign * CASE WHEN b.category_no IS NOT NULL THEN t.category_points[b.category_no] ELSE t.net_points[b.indicator_no] END
            FROM tie_break b WHERE b.tenant_id = %(tenant)s AND b.rulebook_no = %(rulebook)s AND b.sheet = %(sheet)s
            ORDER BY b.tie_break_no) AS tie_values
    FROM totalled t
)
SELECT %(tenant)s, %(standing)s, m.subject_no, m.organisation_no, m.post, m.peer_group, m.service_days, g.points, g.caps,
    g.measures, g.counts, g.no_data, g.category_caps, g.total - g.unlimited, g.total, g.gates, g.tie_values, g.ceiling_no, g.veto_no,
    ARRAY(SELECT t.tier_no FROM tier t
        WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
          AND (t.total_at_least IS NULL OR g.total >= t.total_at_least)
          AND (g.ceiling_no IS NULL OR t.tier_no >= g.ceiling_no)
          AND NOT EXISTS (SELECT FROM gate f WHERE f.tenant_id = %(tenant)s AND f.rulebook_no = %(rulebook)s
              AND f.sheet = %(sheet)s AND f.tier_no = t.tier_no AND NOT g.gates[f.gate_no])
        ORDER BY t.tier_no),
    CASE
        WHEN m.service_days < rule.min_service_days THEN 'service_short'
        WHEN coalesce(p.appraised, 0) < rule.min_periods THEN 'few_periods'
        WHEN g.data_missing THEN 'data_missing'
    END,
    '{}'
FROM member m JOIN gated g ON g.subject_no = m.subject_no CROSS JOIN rule LEFT JOIN parts p ON p.subject_no = m.subject_no

-- name: totals_forget
-- Take the subjects (or all) out of a standing; answers the pools that they leave.
WITH gone AS (
    DELETE FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
      AND (%(subjects)s::integer[] IS NULL OR subject_no = ANY (%(subjects)s::integer[]))
    RETURNING subject_no, peer_group, pool
)
SELECT subject_no, peer_group, pool FROM gone ORDER BY subject_no

-- name: line_events
-- The events behind one line of one subject, in the order of time.
WITH
-- include: _beyond
,
-- include: _counted
SELECT c.event_id::text AS event, e.id, so.source, et.type, e.time, e.period, e.data, c.role, c.number, c.code,
    s.position + e.ordinal AS position
FROM counted c
JOIN event e ON e.tenant_id = %(tenant)s AND e.event_id = c.event_id
JOIN seal s ON s.tenant_id = e.tenant_id AND s.entry_id = e.entry_id
JOIN source so ON so.tenant_id = e.tenant_id AND so.source_no = e.source_no
JOIN event_type et ON et.tenant_id = e.tenant_id AND et.type_no = e.type_no
WHERE c.indicator_no = %(indicator)s AND (c.time, c.event_id, c.role) > (%(after_time)s, %(after_event)s::uuid, %(after_role)s)
ORDER BY c.time, c.event_id, c.role
LIMIT %(limit)s
