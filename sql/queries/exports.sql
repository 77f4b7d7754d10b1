-- Results as tables: what exports hold.

-- name: export_plan
-- All of a ranking takes longer than any other statement may, and is joined and sorted in memory.
SELECT set_config('work_mem', '64MB', true) AS memory, set_config('statement_timeout', '15min', true) AS statement_timeout

-- name: export_count
-- How many results an export holds.
WITH
-- include: _shown
SELECT count(*) AS results FROM shown
WHERE
-- include: _filtered

-- name: export
-- Results as people read them, in an order of rankings: their cells, and at the end the points of the categories and lines that are
-- asked for, joined by commas. A text that begins with a character of `formula`, which a spreadsheet might compute, is quoted. An order
-- leaves out the keys of the others: they are constants to the plan.
WITH
-- include: _shown
,
-- include: _explained
,
-- As it was recorded when these results were computed.
node AS (
    SELECT DISTINCT ON (o.organisation_no) o.organisation_no, o.path[cardinality(o.path)] AS id, o.title
    FROM organisation_record o JOIN seal s ON s.tenant_id = o.tenant_id AND s.entry_id = o.entry_id
    WHERE o.tenant_id = %(tenant)s AND s.position <= %(watermark)s
    ORDER BY o.organisation_no, o.entry_id DESC
),
titled AS (
    SELECT organisation_no, id AS named, CASE WHEN strpos(%(formula)s, left(id, 1)) > 0 THEN '''' || id ELSE id END AS id,
        CASE WHEN strpos(%(formula)s, left(title, 1)) > 0 THEN '''' || title ELSE title END AS title
    FROM node
),
asked AS (
    SELECT * FROM shown
    WHERE
-- include: _filtered
)
SELECT CASE WHEN strpos(%(formula)s, left(p.name, 1)) > 0 THEN '''' || p.name ELSE coalesce(p.name, own.title) END AS name,
    u.kind || '/' || u.id AS subject, o.id AS organisation, o.title AS organisation_title,
    CASE WHEN strpos(%(formula)s, left(a.post, 1)) > 0 THEN '''' || a.post ELSE a.post END AS post,
    CASE WHEN strpos(%(formula)s, left(a.pool, 1)) > 0 THEN '''' || a.pool ELSE a.pool END AS pool,
    a.rank, round(a.total, %(decimals)s) AS total,
    (%(tier_ids)s::text[])[a.tier_no] AS tier, (%(tier_titles)s::text[])[a.tier_no] AS tier_title,
    a.no_tier, (%(reason_words)s::text[])[array_position(%(reason_codes)s::text[], a.no_tier)] AS reason,
    CASE WHEN a.outcomes <> '{}' THEN (
        SELECT string_agg((%(outcome_ids)s::text[])[x.number] || coalesce('=' || trim_scale(x.value)::text, ''), ';' ORDER BY x.place)
        FROM unnest(a.outcomes, a.outcome_values) WITH ORDINALITY x (number, value, place)) END AS outcomes,
    CASE WHEN a.outcomes <> '{}' THEN (
        SELECT string_agg((%(outcome_titles)s::text[])[x.number] || coalesce(' ' || trim_scale(x.value)::text, ''), '; ' ORDER BY x.place)
        FROM unnest(a.outcomes, a.outcome_values) WITH ORDINALITY x (number, value, place)) END AS outcome_titles,
    array_to_string(
        ARRAY(SELECT round(a.category_points[n], %(decimals)s) FROM unnest(%(category_nos)s::integer[]) n)
        || ARRAY(SELECT round(l.lines[n], %(decimals)s) FROM unnest(%(line_nos)s::integer[]) n), ',') AS points
FROM asked a
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = a.subject_no
LEFT JOIN lines l ON l.subject_no = a.subject_no
LEFT JOIN titled o ON o.organisation_no = a.organisation_no
LEFT JOIN titled own ON own.organisation_no = a.subject_no
LEFT JOIN person p ON %(with_names)s AND p.tenant_id = %(tenant)s AND p.subject_no = a.subject_no
ORDER BY CASE %(sort)s WHEN 'rank' THEN a.pool WHEN 'subject' THEN u.id WHEN 'organisation' THEN coalesce(o.named, '') END,
    CASE %(sort)s WHEN 'rank' THEN a.rank END NULLS LAST,
    CASE %(sort)s WHEN 'total' THEN a.total WHEN '-total' THEN -a.total WHEN 'organisation' THEN -a.total END NULLS LAST, a.subject_no
