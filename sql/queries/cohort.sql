-- Who is appraised in a period, where, and among whom. Fragments (names with a leading underscore) of the computation.
--
-- Parameters: tenant, rulebook (its number), rulebook_id, period, sheet (month, year), starts and ends (instants), first_day and end_day (dates),
-- watermark (a position), subjects (numbers, or null for all).

-- name: _beyond
-- The entries after the watermark, or without a position yet: in one snapshot every other one lies at or before it.
beyond AS (
    SELECT entry_id FROM unsealed WHERE tenant_id = %(tenant)s
    UNION ALL
    SELECT entry_id FROM seal WHERE tenant_id = %(tenant)s AND position > %(watermark)s
),
-- Events are too late for a period that was published before they came.
late AS (
    SELECT entry_id FROM beyond
    UNION
    SELECT s.entry_id FROM seal s
    JOIN run r ON r.tenant_id = s.tenant_id AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s AND r.revision = 1
    WHERE s.tenant_id = %(tenant)s AND s.position > r.watermark
),
-- An earlier entry than all of these needs no looking up.
horizon AS (
    SELECT coalesce(min(entry_id), 9223372036854775807) AS entry_id FROM late
),
reversed AS (
    SELECT v.event_id FROM reversal v
    WHERE v.tenant_id = %(tenant)s AND NOT EXISTS (SELECT FROM beyond b WHERE b.entry_id = v.entry_id)
),
-- Late events that a correction let in by name, and what stands in the place of an event that counts.
admitted AS (
    SELECT a.event_id FROM admission a
    WHERE a.tenant_id = %(tenant)s AND a.rulebook = %(rulebook_id)s AND a.period = %(period)s
      AND NOT EXISTS (SELECT FROM beyond b WHERE b.entry_id = a.entry_id)
),
let_in AS (
    SELECT event_id FROM admitted
    UNION ALL
    SELECT v.replaced_by FROM reversal v
    WHERE v.tenant_id = %(tenant)s AND v.replaced_by IS NOT NULL
      AND NOT EXISTS (SELECT FROM beyond b WHERE b.entry_id = v.entry_id)
      AND (NOT EXISTS (SELECT FROM late l WHERE l.entry_id = v.root_entry_id)
          OR EXISTS (SELECT FROM admitted a WHERE a.event_id = v.root_id))
)

-- name: _stands
-- Whether an event (e) was there in time, or was let in, and is not taken back.
(e.entry_id < (SELECT entry_id FROM horizon) OR e.entry_id NOT IN (SELECT entry_id FROM late)
        OR e.event_id IN (SELECT event_id FROM let_in))
    AND e.event_id NOT IN (SELECT event_id FROM reversed)

-- name: _carried
-- Whether an event is a late one of an earlier period, and carried into this.
(cardinality(%(carried)s::uuid[]) > 0 AND event_id = ANY (%(carried)s::uuid[]))

-- name: _cohort
-- One row for each member: its place, its peer group and lists, its service days.
rule AS (
    SELECT r.subject_kind, r.posts, r.kinds, r.under, r.except_under, r.assignment, r.group_by, r.timezone,
        r.measure_step, scale(r.measure_step) AS measure_decimals, r.step, 1 / r.step AS steps_in_one, r.total_min, r.total_max,
        r.bonus_order, r.quota_order, s.min_service_days, s.min_periods
    FROM rulebook r
    JOIN sheet s ON s.tenant_id = r.tenant_id AND s.rulebook_no = r.rulebook_no AND s.sheet = %(sheet)s
    WHERE r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
),
-- The items of the sheet, with the roundings and the way in which their category combines them.
item AS MATERIALIZED (
    SELECT i.*, i.kind NOT IN ('measure', 'multiplier') AS has_line, k.counts, rule.measure_step, rule.measure_decimals, rule.step, rule.steps_in_one
    FROM indicator i
    CROSS JOIN rule
    LEFT JOIN category k ON k.tenant_id = i.tenant_id AND k.rulebook_no = i.rulebook_no AND k.sheet = i.sheet
        AND k.category_no = i.category_no
    WHERE i.tenant_id = %(tenant)s AND i.rulebook_no = %(rulebook)s AND i.sheet = %(sheet)s
),
-- The roster as recorded: roster writes go one after another, so of two entries the later has the later position.
organisation AS (
    SELECT DISTINCT ON (o.organisation_no) o.organisation_no, o.entry_id, o.path, o.path_kinds,
        o.path[cardinality(o.path)] AS id, o.path_kinds[cardinality(o.path_kinds)] AS kind
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
matching AS (
    SELECT a.worker_no, a.organisation_no, o.id AS organisation, o.path, o.path_kinds, a.post, a.valid_from, a.valid_to
    FROM recorded r
    JOIN assignment a ON a.tenant_id = %(tenant)s AND a.worker_no = r.worker_no AND a.entry_id = r.entry_id
    JOIN organisation o ON o.organisation_no = a.organisation_no
    JOIN rule ON a.post = ANY (rule.posts) AND rule.under = ANY (o.path) AND NOT o.path && rule.except_under
    WHERE rule.subject_kind = 'worker' AND (%(subjects)s::integer[] IS NULL OR a.worker_no = ANY (%(subjects)s::integer[]))
),
served AS (
    SELECT m.worker_no, m.organisation_no, m.organisation, m.post, m.valid_from,
        greatest(m.valid_from, %(first_day)s::date) AS from_day,
        least(m.valid_to, %(end_day)s::date) AS to_day
    FROM matching m
    WHERE m.valid_from < %(end_day)s::date AND (m.valid_to IS NULL OR m.valid_to > %(first_day)s::date)
),
deciding AS (
    SELECT DISTINCT ON (v.worker_no) v.worker_no, v.organisation_no, v.post
    FROM served v CROSS JOIN rule
    ORDER BY v.worker_no, CASE WHEN rule.assignment <> 'at_end' THEN v.to_day - v.from_day END DESC,
        v.to_day DESC, v.valid_from DESC, v.organisation, v.post
),
service AS (
    SELECT d.worker_no, sum(upper(d.days) - lower(d.days))::integer AS service_days
    FROM (SELECT v.worker_no, unnest(range_agg(daterange(v.from_day, v.to_day))) AS days FROM served v GROUP BY v.worker_no) d
    GROUP BY d.worker_no
),
-- An organisation's place is itself, its post its kind.
placed AS (
    SELECT d.worker_no AS subject_no, d.organisation_no, d.post, s.service_days
    FROM deciding d JOIN service s ON s.worker_no = d.worker_no
    UNION ALL
    SELECT o.organisation_no, o.organisation_no, o.kind, %(end_day)s::date - %(first_day)s::date
    FROM organisation o
    JOIN rule ON o.kind = ANY (rule.kinds) AND rule.under = ANY (o.path) AND NOT o.path && rule.except_under
    WHERE rule.subject_kind = 'organisation'
      AND (%(subjects)s::integer[] IS NULL OR o.organisation_no = ANY (%(subjects)s::integer[]))
),
-- List 0 is the peer group.
ranking_key AS (
    SELECT 0 AS list_no, rule.group_by, NULL::text[] AS posts FROM rule
    UNION ALL
    SELECT l.list_no, l.group_by, l.posts FROM ranked_list l WHERE l.tenant_id = %(tenant)s AND l.rulebook_no = %(rulebook)s
),
keyed AS (
    SELECT p.organisation_no, p.post, g.list_no, CASE WHEN g.posts IS NULL OR p.post = ANY (g.posts) THEN coalesce(string_agg(
        CASE
            WHEN k.part IS NULL THEN NULL
            WHEN k.part IN ('post', 'kind') THEN p.post
            WHEN k.part = 'organisation' THEN o.id
            ELSE coalesce(o.path[(array_positions(o.path_kinds, k.part))[cardinality(array_positions(o.path_kinds, k.part))]], '-')
        END, '/' ORDER BY k.ordinality), '*') END AS key
    FROM (SELECT DISTINCT organisation_no, post FROM placed) p
    JOIN organisation o ON o.organisation_no = p.organisation_no
    CROSS JOIN ranking_key g
    LEFT JOIN LATERAL unnest(g.group_by) WITH ORDINALITY k (part, ordinality) ON true
    GROUP BY p.organisation_no, p.post, g.list_no, g.posts
),
peer AS (
    SELECT organisation_no, post, max(key) FILTER (WHERE list_no = 0) AS peer_group,
        coalesce(array_agg(key ORDER BY list_no) FILTER (WHERE list_no > 0), '{}') AS list_groups
    FROM keyed GROUP BY organisation_no, post
),
member AS (
    SELECT d.subject_no, d.organisation_no, d.post, p.peer_group, p.list_groups, d.service_days
    FROM placed d JOIN peer p ON p.organisation_no = d.organisation_no AND p.post = d.post
)

-- name: _related
-- Whose rows reach whom: by the organisation that a subject serves on the day (of what is dated by period: that of its place), and the
-- results of that of its place.
serving AS (
    SELECT m.worker_no AS subject_no, m.path, m.path_kinds, m.valid_from AS from_day, coalesce(m.valid_to, 'infinity') AS to_day,
        false AS by_period
    FROM matching m
    UNION ALL
    SELECT p.subject_no, o.path, o.path_kinds, '-infinity', 'infinity', w.by_period
    FROM placed p
    JOIN organisation o ON o.organisation_no = p.organisation_no
    CROSS JOIN rule
    CROSS JOIN (VALUES (true), (false)) w (by_period)
    WHERE w.by_period OR rule.subject_kind = 'organisation'
),
reach AS (
    SELECT m.indicator_no, m.role, s.subject_no, o.organisation_no AS other_no, s.from_day, s.to_day, s.by_period
    FROM measure m
    CROSS JOIN serving s
    JOIN organisation o ON o.id = CASE WHEN m.about_kind IS NULL THEN s.path[cardinality(s.path)]
        ELSE s.path[(array_positions(s.path_kinds, m.about_kind))[cardinality(array_positions(s.path_kinds, m.about_kind))]] END
    WHERE m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s AND m.about = 'organisation'
    UNION ALL
    SELECT m.indicator_no, m.role, s.subject_no, a.worker_no, greatest(s.from_day, a.valid_from), least(s.to_day, a.valid_to), false
    FROM measure m
    CROSS JOIN serving s
    JOIN organisation o ON s.path[cardinality(s.path)] = ANY (o.path)
    JOIN assignment a ON a.tenant_id = %(tenant)s AND a.organisation_no = o.organisation_no AND a.post = ANY (m.about_posts)
    JOIN recorded r ON r.worker_no = a.worker_no AND r.entry_id = a.entry_id
    WHERE m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s AND m.about = 'members'
      AND NOT s.by_period AND a.worker_no <> s.subject_no AND a.valid_from < s.to_day AND (a.valid_to IS NULL OR a.valid_to > s.from_day)
),
-- The organisation whose result is read for a subject, with the days for which it counts in a mean.
related AS (
    SELECT q.indicator_no, p.subject_no, o.organisation_no AS other_no, p.days
    FROM (
        SELECT subject_no, organisation_no, 1 AS days, false AS split FROM placed
        UNION ALL
        SELECT worker_no, organisation_no, sum(to_day - from_day), true FROM served GROUP BY worker_no, organisation_no
    ) p
    JOIN organisation h ON h.organisation_no = p.organisation_no
    CROSS JOIN rule
    JOIN reading q ON q.tenant_id = %(tenant)s AND q.rulebook_no = %(rulebook)s AND q.sheet = %(sheet)s AND q.of = 'organisation'
    JOIN item i ON i.indicator_no = q.indicator_no
        AND p.split = (rule.assignment = 'split_by_days' AND i.combine = 'mean' AND q.of_kind IS NULL)
    JOIN organisation o ON o.id = CASE WHEN q.of_kind IS NULL THEN h.id
        ELSE h.path[(array_positions(h.path_kinds, q.of_kind))[cardinality(array_positions(h.path_kinds, q.of_kind))]] END
)
