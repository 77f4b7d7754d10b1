-- From events, results and the roster to rows: which ones count, and what each is worth. Fragments of the computation.
--
-- A row belongs to a subject and an indicator. Most events need nothing but a filter (plain); those with a word such as
-- lasts, state, once or repeated go the longer way and meet the results and the roster there.
--
-- Parameters, beside those of cohort.sql: periods (that the sheet's period contains, itself included), year_starts (an instant),
-- seen_from and seen_to (instants: where the longer way looks), and by place what `reading` reads: reading_nos (indicators),
-- reading_rulebooks, reading_sheets, reading_runs, reading_standings, reading_ends (dates); line_runs and line_standings
-- (those of which single lines are read); carried (events of earlier periods that count in this one).

-- name: _of_period
-- Whether an event (e) is of the period and of the subjects, and stands.
e.tenant_id = %(tenant)s
    AND ((e.period IS NULL AND e.time >= %(starts)s AND e.time < %(ends)s) OR e.period = ANY (%(periods)s) OR
-- include: _carried
    )
    AND (%(subjects)s::integer[] IS NULL OR e.subject_no = ANY (%(subjects)s::integer[]))
    AND
-- include: _stands

-- name: _plain
-- Events that are in the period and pass a filter, each once for whatever is asked of its type: a selection asks for itself, and one
-- asks for all selections of which nothing but the type is said.
selection AS (
    SELECT s.*, s.combine = 'each' AND NOT s.whole AS each_by_number, s.whole OR s.reads = 'quantity' AS of_quantity,
        s.reads IS NOT NULL AND s.reads <> 'code' AND NOT s.whole AS needs_number, CASE s.reads WHEN 'number' THEN s.field END AS number_field,
        coalesce(s.distinct_field, CASE s.reads WHEN 'code' THEN s.field END) AS key_field,
        CASE WHEN s.whole THEN -s.type_no ELSE row_number() OVER (ORDER BY s.indicator_no, s.role)::integer END AS asked_no
    FROM (
        SELECT m.*, i.combine, m.role = 'value' AS of_value,
            -- Rows of a subject are told apart before they are added up: by the value that counts once, or by what each is worth.
            i.combine IN ('each', 'ratio') OR m.distinct_field IS NOT NULL AS apart,
            -- All events of the type count, and alike, so that they can be added up before it is asked what for.
            m.plain AND m.where_any IS NULL AND m.distinct_field IS NULL AND m.low IS NULL AND i.combine <> 'ratio'
                AND (m.reads IS NULL OR (m.reads = 'quantity' AND i.combine <> 'each')) AS whole,
            CASE
                WHEN m.window_months IS NOT NULL THEN (%(end_day)s::date - make_interval(months => m.window_months))::timestamp
                    AT TIME ZONE rule.timezone
                WHEN m.window_year THEN %(year_starts)s
                ELSE %(starts)s
            END AS since
        FROM measure m
        JOIN item i ON i.indicator_no = m.indicator_no
        CROSS JOIN rule
        WHERE m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
    ) s
),
asked_of_type AS MATERIALIZED (
    SELECT DISTINCT ON (s.asked_no) s.asked_no, s.type_no, s.where_any, s.each_by_number, s.of_quantity, s.needs_number, s.number_field,
        s.key_field, s.low, s.high
    FROM selection s WHERE s.plain
    ORDER BY s.asked_no
),
plain AS NOT MATERIALIZED (
    SELECT r.subject_no, r.asked_no, r.event_id, r.time, r.number, r.key, CASE WHEN r.each_by_number THEN r.number END AS worth
    FROM (
        SELECT a.asked_no, a.each_by_number, a.needs_number, a.key_field, a.low, a.high, e.subject_no, e.event_id, e.time,
            CASE WHEN a.of_quantity THEN e.quantity WHEN a.number_field IS NOT NULL THEN (e.data ->> a.number_field)::numeric END AS number,
            CASE WHEN a.key_field IS NOT NULL THEN e.data ->> a.key_field END AS key
        FROM asked_of_type a
        JOIN event e ON e.type_no = a.type_no AND (a.where_any IS NULL OR e.data @> ANY (a.where_any))
        WHERE
-- include: _of_period
    ) r
    WHERE (NOT r.needs_number OR r.number IS NOT NULL) AND (r.key_field IS NULL OR r.key IS NOT NULL)
      AND (r.low IS NULL OR r.number BETWEEN r.low AND r.high)
)

-- name: _rows
-- The rows of the longer way, with the points of each where it is given points by itself.
seen AS (
    SELECT e.subject_no, e.type_no, e.event_id, e.entry_id, e.time, e.period, e.quantity, e.data,
        (e.time AT TIME ZONE rule.timezone)::date AS day
    FROM event e CROSS JOIN rule
    WHERE e.tenant_id = %(tenant)s
      AND ((e.period IS NULL AND e.time >= %(seen_from)s AND e.time < %(ends)s) OR e.period = ANY (%(periods)s) OR
-- include: _carried
      )
      AND (%(subjects)s::integer[] IS NULL OR e.subject_no = ANY (%(subjects)s::integer[]))
),
selected AS (
    SELECT e.subject_no AS about_no, e.*, s.indicator_no, s.role
    FROM selection s
    JOIN seen e ON e.type_no = s.type_no AND (s.where_any IS NULL OR e.data @> ANY (s.where_any))
    WHERE NOT s.plain AND
-- include: _stands
),
reached AS (
    SELECT e.subject_no, e.about_no, e.indicator_no, e.role, e.event_id, e.time, e.period, e.day, e.quantity, e.data
    FROM selected e
    JOIN measure m ON m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
        AND m.indicator_no = e.indicator_no AND m.role = e.role AND m.about = 'subject'
    UNION ALL
    SELECT DISTINCT ON (r.subject_no, e.indicator_no, e.role, e.event_id)
        r.subject_no, e.about_no, e.indicator_no, e.role, e.event_id, e.time, e.period, e.day, e.quantity, e.data
    FROM selected e
    JOIN reach r ON r.indicator_no = e.indicator_no AND r.role = e.role AND r.other_no = e.about_no
        AND r.by_period = (e.period IS NOT NULL) AND e.day >= r.from_day AND e.day < r.to_day
),
-- What became of an act: the latest word about it.
followed AS (
    SELECT DISTINCT ON (s.indicator_no, s.role, e.subject_no, e.data ->> s.state_same)
        s.indicator_no, s.role, e.subject_no AS about_no, e.data ->> s.state_same AS act,
        (e.time AT TIME ZONE rule.timezone)::date AS day,
        e.data ->> s.state_field = ANY (s.state_codes) AS counts
    FROM selection s
    JOIN event e ON e.tenant_id = %(tenant)s AND e.type_no = s.state_type_no
    CROSS JOIN rule
    WHERE e.time >= %(seen_from)s AND e.time < CASE WHEN s.state_at_end THEN %(ends)s ELSE %(seen_to)s END
      AND (%(subjects)s::integer[] IS NULL OR e.subject_no = ANY (%(subjects)s::integer[]))
      AND e.data ? s.state_same AND e.data ? s.state_field
      AND (
-- include: _stands
        -- What becomes of an act after the period is never late for it: a correction reads it.
        OR (e.time >= %(ends)s AND e.entry_id NOT IN (SELECT entry_id FROM beyond)
            AND e.event_id NOT IN (SELECT event_id FROM reversed)))
    ORDER BY s.indicator_no, s.role, e.subject_no, e.data ->> s.state_same, e.time DESC,
        (e.data ->> s.state_field = ANY (s.state_codes)) DESC
),
event_read AS (
    SELECT r.subject_no, r.indicator_no, r.role, r.event_id, r.time, r.day, r.period, r.data, s.since, s.repeat_within, s.low, s.high,
        s.lasting,
        CASE WHEN s.lasting THEN CASE
            WHEN s.lasts_until IS NOT NULL THEN (r.data ->> s.lasts_until)::date + 1
            ELSE (r.day + make_interval(months => coalesce(s.lasts_months,
                s.lasts_code_months[array_position(s.lasts_codes, r.data ->> s.lasts_field)])))::date
        END END AS lasts_to,
        CASE s.reads
            WHEN 'quantity' THEN r.quantity
            WHEN 'number' THEN (r.data ->> s.field)::numeric
            WHEN 'value' THEN s.value_numbers[array_position(s.value_codes, r.data ->> s.field)]
            WHEN 'code' THEN NULL
            ELSE 1
        END AS number,
        CASE WHEN s.reads = 'code' THEN r.data ->> s.field END AS code,
        s.reads,
-- include: _carried
        AS carried
    FROM reached r
    JOIN selection s ON s.indicator_no = r.indicator_no AND s.role = r.role
    LEFT JOIN followed f ON s.state_type_no IS NOT NULL AND f.indicator_no = r.indicator_no AND f.role = r.role
        AND f.about_no = r.about_no AND f.act = r.data ->> s.state_same AND f.day >= r.day
    WHERE (s.state_type_no IS NULL OR coalesce(f.counts, s.state_without))
      AND CASE s.reads WHEN 'quantity' THEN r.quantity IS NOT NULL ELSE s.reads IS NULL OR r.data ? s.field END
      AND (s.distinct_field IS NULL OR r.data ? s.distinct_field) AND (s.class_field IS NULL OR r.data ? s.class_field)
),
event_row AS (
    SELECT r.*, CASE
            WHEN r.period IS NOT NULL THEN true
            WHEN r.lasting THEN r.day < %(end_day)s::date
                AND r.lasts_to > CASE WHEN r.carried THEN r.day ELSE greatest(r.day, %(first_day)s::date) END
            ELSE r.carried OR (r.time >= r.since AND r.time < %(ends)s)
        END AS in_period
    FROM event_read r
    WHERE r.low IS NULL OR r.number BETWEEN r.low AND r.high
),
-- The results that are read, whose they are, and whether tier and rank are those that are asked for.
read_result AS (
    SELECT x.indicator_no, x.rulebook_no, x.sheet, x.ends, r.run_no AS source_no, true AS of_run, r.subject_no, r.no_tier, r.tier_no,
        r.rank, r.total, r.category_points
    FROM unnest(%(reading_nos)s::smallint[], %(reading_rulebooks)s::integer[], %(reading_sheets)s::text[], %(reading_runs)s::bigint[],
        %(reading_ends)s::date[]) AS x (indicator_no, rulebook_no, sheet, run_no, ends)
    JOIN result r ON r.tenant_id = %(tenant)s AND r.run_no = ANY (%(reading_runs)s::bigint[]) AND r.run_no = x.run_no
    UNION ALL
    SELECT x.indicator_no, x.rulebook_no, x.sheet, x.ends, r.standing_no, false, r.subject_no, r.no_tier, r.tier_no,
        r.rank, r.total, r.category_points
    FROM unnest(%(reading_nos)s::smallint[], %(reading_rulebooks)s::integer[], %(reading_sheets)s::text[],
        %(reading_standings)s::bigint[], %(reading_ends)s::date[]) AS x (indicator_no, rulebook_no, sheet, standing_no, ends)
    JOIN standing_ranked r ON r.tenant_id = %(tenant)s AND r.standing_no = ANY (%(reading_standings)s::bigint[])
        AND r.standing_no = x.standing_no
),
read_lines AS (
    SELECT l.run_no AS source_no, true AS of_run, l.subject_no, l.lines
    FROM result_lines l WHERE l.tenant_id = %(tenant)s AND l.run_no = ANY (%(line_runs)s::bigint[])
    UNION ALL
    SELECT l.standing_no, false, l.subject_no, l.lines
    FROM standing_lines l WHERE l.tenant_id = %(tenant)s AND l.standing_no = ANY (%(line_standings)s::bigint[])
),
result_row AS (
    SELECT coalesce(w.subject_no, r.subject_no) AS subject_no, r.indicator_no, r.ends, coalesce(w.days, 1) AS weight, q.at_least_n,
        CASE q.read
            -- What is only counted needs no total, which an import may not say.
            WHEN 'total' THEN CASE WHEN i.combine IN ('count', 'running') THEN coalesce(r.total, 0) ELSE r.total END
            WHEN 'rank' THEN r.rank
            WHEN 'category' THEN r.category_points[c.category_no]
            WHEN 'indicator' THEN l.lines[n.indicator_no] + l.lines[n.indicator_no + h.items]
        END AS number,
        CASE q.read WHEN 'tier' THEN t.id END AS code,
        r.no_tier IS NULL AS placed,
        r.no_tier IS NULL AND (q.tiers IS NULL OR t.id = ANY (q.tiers)) AND (q.top IS NULL OR r.rank <= q.top) IS TRUE AS fits
    FROM read_result r
    JOIN reading q ON q.tenant_id = %(tenant)s AND q.rulebook_no = %(rulebook)s AND q.sheet = %(sheet)s AND q.indicator_no = r.indicator_no
    JOIN item i ON i.indicator_no = r.indicator_no
    LEFT JOIN related w ON q.of = 'organisation' AND w.indicator_no = r.indicator_no AND w.other_no = r.subject_no
    LEFT JOIN tier t ON t.tenant_id = %(tenant)s AND t.rulebook_no = r.rulebook_no AND t.tier_no = r.tier_no
    LEFT JOIN category c ON c.tenant_id = %(tenant)s AND c.rulebook_no = r.rulebook_no AND c.sheet = r.sheet AND c.id = q.read_id
    LEFT JOIN indicator n ON n.tenant_id = %(tenant)s AND n.rulebook_no = r.rulebook_no AND n.sheet = r.sheet AND n.id = q.read_id
    LEFT JOIN sheet h ON h.tenant_id = %(tenant)s AND h.rulebook_no = r.rulebook_no AND h.sheet = r.sheet
    LEFT JOIN read_lines l ON l.source_no = r.source_no AND l.of_run = r.of_run AND l.subject_no = r.subject_no
    WHERE (q.of = 'own' OR w.subject_no IS NOT NULL) AND (r.no_tier IS NULL OR q.no_tier IN ('breaks', 'holds'))
),
recorded_subject AS (
    SELECT worker_no AS subject_no, entry_id FROM recorded
    UNION ALL
    SELECT organisation_no, entry_id FROM organisation
),
tenure AS (
    SELECT q.indicator_no, a.worker_no AS subject_no,
        range_agg(daterange(a.valid_from, least(a.valid_to, %(end_day)s::date))) AS days
    FROM reading q
    JOIN assignment a ON a.tenant_id = %(tenant)s AND a.post = ANY (q.posts) AND a.valid_from < %(end_day)s::date
    JOIN recorded r ON r.worker_no = a.worker_no AND r.entry_id = a.entry_id
    WHERE q.tenant_id = %(tenant)s AND q.rulebook_no = %(rulebook)s AND q.sheet = %(sheet)s AND q.of = 'tenure'
    GROUP BY q.indicator_no, a.worker_no
),
roster_row AS (
    SELECT p.subject_no, q.indicator_no, CASE q.of WHEN 'fixed' THEN q.fixed ELSE p.service_days END AS number, NULL::text AS code
    FROM placed p
    JOIN reading q ON q.tenant_id = %(tenant)s AND q.rulebook_no = %(rulebook)s AND q.sheet = %(sheet)s
        AND q.of IN ('fixed', 'service_days')
    UNION ALL
    SELECT p.subject_no, q.indicator_no, coalesce(sum(
        (extract(year FROM upper(d)) - extract(year FROM lower(d))) * 12 + extract(month FROM upper(d)) - extract(month FROM lower(d))
        - (extract(day FROM upper(d)) < extract(day FROM lower(d)))::integer), 0), NULL
    FROM placed p
    JOIN reading q ON q.tenant_id = %(tenant)s AND q.rulebook_no = %(rulebook)s AND q.sheet = %(sheet)s AND q.of = 'tenure'
    LEFT JOIN tenure t ON t.subject_no = p.subject_no AND t.indicator_no = q.indicator_no
    LEFT JOIN LATERAL unnest(t.days) d ON true
    GROUP BY p.subject_no, q.indicator_no
    UNION ALL
    SELECT a.subject_no, a.indicator_no, CASE WHEN a.as_number AND a.value ~ '^-?[0-9]{1,18}(\.[0-9]{1,6})?$' THEN a.value::numeric END,
        CASE WHEN NOT a.as_number THEN a.value END
    FROM (
        SELECT DISTINCT ON (q.indicator_no, a.subject_no) q.indicator_no, q.as_number, a.subject_no, a.value
        FROM reading q
        JOIN attribute a ON a.tenant_id = %(tenant)s AND a.name = q.attribute
            AND a.valid_from < %(end_day)s::date AND (a.valid_to IS NULL OR a.valid_to >= %(end_day)s::date)
        JOIN recorded_subject r ON r.subject_no = a.subject_no AND r.entry_id = a.entry_id
        WHERE q.tenant_id = %(tenant)s AND q.rulebook_no = %(rulebook)s AND q.sheet = %(sheet)s AND q.of = 'attribute'
        ORDER BY q.indicator_no, a.subject_no, a.valid_from DESC, a.value
    ) a
),
every_row AS (
    SELECT subject_no, indicator_no, role, event_id, time, day, lasts_to, data, number, code, 1 AS weight, 1 AS at_least_n,
        true AS placed, true AS fits, in_period
    FROM event_row WHERE in_period OR repeat_within IN ('year', 'months')
    UNION ALL
    SELECT subject_no, indicator_no, 'value', NULL, ends::timestamptz, ends, NULL, '{}', number, code, weight, at_least_n, placed, fits, true
    FROM result_row WHERE number IS NOT NULL OR code IS NOT NULL OR NOT placed
    UNION ALL
    SELECT subject_no, indicator_no, 'value', NULL, '-infinity', NULL, NULL, '{}', number, code, 1, 1, true, true, true
    FROM roster_row
),
worth AS (
    SELECT r.subject_no, r.indicator_no, r.role, r.event_id, r.time, r.day, r.lasts_to, r.data, r.number, r.code, r.weight,
        r.at_least_n, r.placed, r.in_period, i.combine, i.give_over,
        r.fits AND (m.run_codes IS NULL OR r.code = ANY (m.run_codes)) AS fits,
        CASE m.once_across WHEN 'item' THEN 'i' || r.indicator_no WHEN 'category' THEN 'c' || i.category_no ELSE 's' END AS once_scope,
        m.once_keep, r.data ->> m.once_field AS act, m.repeat_within,
        CASE WHEN m.repeat_within IS NOT NULL
            THEN CASE WHEN m.repeat_field IS NULL THEN '' ELSE coalesce(r.data ->> m.repeat_field, r.event_id::text) END END AS repeat_key,
        CASE m.repeat_within
            WHEN 'period' THEN '-infinity'
            WHEN 'year' THEN date_trunc('year', r.time AT TIME ZONE rule.timezone) AT TIME ZONE rule.timezone
            WHEN 'months' THEN (r.time AT TIME ZONE rule.timezone - make_interval(months => m.repeat_months)) AT TIME ZONE rule.timezone
        END AS repeat_from,
        CASE WHEN i.combine IN ('each', 'best', 'worst', 'latest') AND i.compare_as IS NULL THEN
            points_for(i.give, round(r.number, rule.measure_decimals), r.code, i.each_points, i.each_start, i.each_per, i.each_units,
                i.each_over, i.each_under, i.bounds, i.band_points, i.codes, i.code_points, i.from_low, i.from_high, i.to_low, i.to_high)
        END AS points
    FROM every_row r
    JOIN item i ON i.indicator_no = r.indicator_no
    JOIN placed p ON p.subject_no = r.subject_no
    CROSS JOIN rule
    LEFT JOIN measure m ON m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
        AND m.indicator_no = r.indicator_no AND m.role = r.role
),
-- One act counts once.
kept AS (
    SELECT w.*
    FROM (
        SELECT w.*, row_number() OVER (
            PARTITION BY w.subject_no, w.once_scope, w.act, w.in_period
            ORDER BY CASE w.once_keep WHEN 'best' THEN v.points WHEN 'worst' THEN -v.points END DESC NULLS LAST,
                CASE WHEN w.once_keep <> 'first' THEN w.time END DESC, CASE w.once_keep WHEN 'first' THEN w.time END,
                w.indicator_no, w.event_id) AS place_in_act
        FROM worth w
        CROSS JOIN LATERAL (SELECT CASE w.combine WHEN 'each' THEN w.points / w.give_over ELSE w.number END AS points) v
    ) w
    WHERE w.act IS NULL OR w.place_in_act = 1
)

-- name: _counted
-- The rows that count, of either way.
counted AS (
    SELECT p.subject_no, s.indicator_no, s.role, p.event_id, p.time, n.number, CASE s.reads WHEN 'code' THEN p.key END AS code
    FROM plain p
    JOIN selection s ON s.asked_no = p.asked_no
    CROSS JOIN LATERAL (SELECT CASE WHEN s.reads <> 'code' THEN p.number END AS number) n
    WHERE n.number IS NOT NULL OR s.reads IS NULL OR s.reads = 'code'
    UNION ALL
    SELECT subject_no, indicator_no, role, event_id, time, number, code FROM kept WHERE in_period AND event_id IS NOT NULL
)
