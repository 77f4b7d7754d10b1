-- Two sets of results of one period side by side: before and after, each a run or a standing; the other of its parameters is null.
--
-- Parameters: tenant, before_run, before_standing, after_run, after_standing, before_rulebook and after_rulebook (the numbers of their
-- versions); for what lies between them before_watermark, after_watermark, carried (events that were carried here in either) and
-- admitting (the periods into which they may be let in).

-- name: _sides
-- The rows of the two.
before AS NOT MATERIALIZED (
    SELECT subject_no, organisation_no, pool, total, rank, list_groups, list_ranks, tier_no, no_tier, outcomes, outcome_values, unanswered, candidacies
    FROM result WHERE tenant_id = %(tenant)s AND run_no = %(before_run)s
    UNION ALL
    SELECT subject_no, organisation_no, pool, total, rank, list_groups, list_ranks, tier_no, no_tier, outcomes, outcome_values, unanswered, candidacies
    FROM standing_ranked WHERE tenant_id = %(tenant)s AND standing_no = %(before_standing)s
),
after AS NOT MATERIALIZED (
    SELECT subject_no, organisation_no, pool, total, rank, list_groups, list_ranks, tier_no, no_tier, outcomes, outcome_values, unanswered, candidacies
    FROM result WHERE tenant_id = %(tenant)s AND run_no = %(after_run)s
    UNION ALL
    SELECT subject_no, organisation_no, pool, total, rank, list_groups, list_ranks, tier_no, no_tier, outcomes, outcome_values, unanswered, candidacies
    FROM standing_ranked WHERE tenant_id = %(tenant)s AND standing_no = %(after_standing)s
)

-- name: _compared
-- Everyone who is in either: totals, ranks, tiers or no-tier reasons; moved: to another tier or reason, in or out. Pools, lists and
-- outcomes are compared as they are numbered, which is for two sets under one version.
compared AS (
    SELECT coalesce(b.subject_no, a.subject_no) AS subject_no, b.subject_no IS NOT NULL AS is_before, a.subject_no IS NOT NULL AS is_after,
        a.total - b.total AS difference, b.rank AS rank_before, a.rank AS rank_after, b.tier_no AS tier_no_before, a.tier_no AS tier_no_after,
        b.no_tier AS no_tier_before, a.no_tier AS no_tier_after, b.total AS total_before, a.total AS total_after,
        b.outcomes AS outcomes_before, a.outcomes AS outcomes_after, b.outcome_values AS outcome_values_before,
        a.outcome_values AS outcome_values_after,
        (b.subject_no IS NULL) <> (a.subject_no IS NULL) OR s.id IS DISTINCT FROM t.id OR b.no_tier IS DISTINCT FROM a.no_tier AS moved,
        (b.pool, b.rank, b.list_groups, b.list_ranks, b.outcomes, b.outcome_values, b.unanswered, b.candidacies)
            IS DISTINCT FROM (a.pool, a.rank, a.list_groups, a.list_ranks, a.outcomes, a.outcome_values, a.unanswered, a.candidacies) AS differs
    FROM before b
    FULL JOIN after a ON a.subject_no = b.subject_no
    LEFT JOIN tier s ON s.tenant_id = %(tenant)s AND s.rulebook_no = %(before_rulebook)s AND s.tier_no = b.tier_no
    LEFT JOIN tier t ON t.tenant_id = %(tenant)s AND t.rulebook_no = %(after_rulebook)s AND t.tier_no = a.tier_no
)

-- name: difference_counts
-- How many there are and how many moved, and how the differences of the totals lie; quartiles are differences that there are.
WITH
-- include: _sides
,
-- include: _compared
SELECT count(*) FILTER (WHERE is_before) AS subjects_before, count(*) FILTER (WHERE is_after) AS subjects_after,
    count(*) FILTER (WHERE NOT is_after) AS left_out, count(*) FILTER (WHERE NOT is_before) AS taken_in,
    count(*) FILTER (WHERE moved) AS moved, count(*) FILTER (WHERE difference <> 0) AS totals_changed,
    count(*) FILTER (WHERE is_before AND is_after AND rank_before IS DISTINCT FROM rank_after) AS ranks_changed,
    count(difference) AS differences, min(difference) AS least, max(difference) AS most,
    percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY difference) AS quartiles,
    quotient(sum(difference), count(difference), 0.0001) AS mean
FROM compared

-- name: difference_page
-- A page of those who differ: first who moved, then whose total changed, then who is ranked otherwise or has other outcomes; by subject.
WITH
-- include: _sides
,
-- include: _compared
SELECT d.subject_no, d.subject, d.moved, d.difference, d.degree
FROM (
    SELECT c.subject_no, u.kind || '/' || u.id AS subject, c.moved, c.difference,
        CASE WHEN c.moved THEN 1 WHEN c.difference <> 0 THEN 2 WHEN c.differs THEN 3 END AS degree
    FROM compared c JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = c.subject_no
) d
WHERE (d.degree, d.subject) > (%(after_degree)s, %(after_subject_id)s)
ORDER BY d.degree, d.subject LIMIT %(limit)s

-- name: changes_page
-- A page of those who have another total, tier, no-tier reason or outcome, or are in one of the two alone, by subject.
WITH
-- include: _sides
,
-- include: _compared
SELECT c.subject_no, u.kind || '/' || u.id AS subject, c.is_before, c.is_after, c.total_before, c.total_after, c.tier_no_before, c.tier_no_after,
    c.no_tier_before, c.no_tier_after, c.outcomes_before, c.outcomes_after, c.outcome_values_before, c.outcome_values_after
FROM compared c
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = c.subject_no
WHERE c.subject_no > %(after_subject)s
  AND (c.moved OR c.total_before IS DISTINCT FROM c.total_after
    OR (c.outcomes_before, c.outcome_values_before) IS DISTINCT FROM (c.outcomes_after, c.outcome_values_after))
ORDER BY c.subject_no LIMIT %(limit)s

-- name: _concerning
-- What concerns some subjects: they themselves, and the organisations in which they have their place, up to the root.
concerning AS (
    SELECT s.subject_no, s.subject_no AS about_no FROM unnest(%(subjects)s::integer[]) s (subject_no)
    UNION
    SELECT p.subject_no, n.subject_no
    FROM (
        SELECT b.subject_no, b.organisation_no FROM before b WHERE b.subject_no = ANY (%(subjects)s::integer[])
        UNION
        SELECT a.subject_no, a.organisation_no FROM after a WHERE a.subject_no = ANY (%(subjects)s::integer[])
    ) p
    CROSS JOIN LATERAL (
        SELECT o.path FROM organisation_record o WHERE o.tenant_id = %(tenant)s AND o.organisation_no = p.organisation_no
        ORDER BY o.entry_id DESC LIMIT 1
    ) o
    JOIN subject n ON n.tenant_id = %(tenant)s AND n.kind = 'organisation' AND n.id = ANY (o.path)
),
-- The entries between the two.
entry AS (
    SELECT s.entry_id, s.position FROM seal s
    WHERE s.tenant_id = %(tenant)s AND s.position > %(before_watermark)s AND s.position <= %(after_watermark)s
)

-- name: difference_events
-- The events that count in one of the two only, with the entry that made it so: taken back, put in another's place, or let in.
WITH
-- include: _sides
,
-- include: _concerning
,
touched AS (
    SELECT v.event_id FROM reversal v JOIN entry n ON n.entry_id = v.entry_id WHERE v.tenant_id = %(tenant)s
    UNION
    SELECT v.replaced_by FROM reversal v JOIN entry n ON n.entry_id = v.entry_id WHERE v.tenant_id = %(tenant)s
    UNION
    SELECT x.event_id FROM admission a
    JOIN entry n ON n.entry_id = a.entry_id
    LEFT JOIN reversal v ON v.tenant_id = a.tenant_id AND v.root_id = a.event_id
    CROSS JOIN LATERAL (VALUES (a.event_id), (v.replaced_by)) x (event_id)
    WHERE a.tenant_id = %(tenant)s AND a.rulebook = %(rulebook_id)s AND a.period = ANY (%(admitting)s)
),
-- Positions: from which one on an event was let in, took another's place, was taken back, and (carried here) was let in where it belongs.
told AS (
    SELECT e.event_id, e.subject_no, e.type_no, e.time, e.period, b.event_id AS replaces, y.position AS replaced_at,
        v.replaced_by, x.position AS reversed_at, r.position <= f.watermark AS in_time,
        (SELECT min(n.position) FROM admission a JOIN seal n ON n.tenant_id = a.tenant_id AND n.entry_id = a.entry_id
            WHERE a.tenant_id = %(tenant)s AND a.rulebook = %(rulebook_id)s AND a.period = %(period)s
              AND a.event_id IN (e.event_id, b.root_id)) AS admitted_at,
        (SELECT min(n.position) FROM admission a JOIN seal n ON n.tenant_id = a.tenant_id AND n.entry_id = a.entry_id
            WHERE a.tenant_id = %(tenant)s AND a.rulebook = %(rulebook_id)s AND a.period = ANY (%(admitting)s)
              AND a.period <> %(period)s AND a.event_id IN (e.event_id, b.root_id) AND e.event_id = ANY (%(carried)s::uuid[])) AS let_in_at
    FROM touched t
    JOIN event e ON e.tenant_id = %(tenant)s AND e.event_id = t.event_id
    JOIN run f ON f.tenant_id = %(tenant)s AND f.rulebook = %(rulebook_id)s AND f.period = %(period)s AND f.revision = 1
    LEFT JOIN reversal b ON b.tenant_id = %(tenant)s AND b.replaced_by = e.event_id
    LEFT JOIN seal y ON y.tenant_id = %(tenant)s AND y.entry_id = b.entry_id
    LEFT JOIN reversal v ON v.tenant_id = %(tenant)s AND v.event_id = e.event_id
    LEFT JOIN seal x ON x.tenant_id = %(tenant)s AND x.entry_id = v.entry_id
    JOIN seal r ON r.tenant_id = %(tenant)s AND r.entry_id = coalesce(b.root_entry_id, e.entry_id)
),
counting AS (
    SELECT t.*, greatest(t.replaced_at, CASE WHEN t.in_time THEN 0 ELSE t.admitted_at END) AS since,
        coalesce(least(t.reversed_at, t.let_in_at), 9223372036854775807) AS until
    FROM told t WHERE t.in_time OR t.admitted_at IS NOT NULL
)
SELECT c.subject_no, k.event_id::text AS event, et.type, u.kind || '/' || u.id AS about, k.time, k.period,
    k.replaces::text AS replaces, k.replaced_by::text AS replaced_by, k.since <= %(before_watermark)s AS counted,
    (k.until = k.let_in_at) IS TRUE AS let_in, CASE WHEN k.since <= %(before_watermark)s THEN k.until ELSE k.since END AS position
FROM counting k
JOIN concerning c ON c.about_no = k.subject_no
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = k.subject_no
JOIN event_type et ON et.tenant_id = %(tenant)s AND et.type_no = k.type_no
WHERE (k.since <= %(before_watermark)s AND k.until > %(before_watermark)s)
        <> (k.since <= %(after_watermark)s AND k.until > %(after_watermark)s)
  AND ((k.period IS NULL AND k.time >= %(seen_from)s AND k.time < %(seen_to)s) OR k.period = ANY (%(periods)s) OR
-- include: _carried
  )
  AND k.type_no IN (
    SELECT m.type_no FROM measure m WHERE m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
    UNION
    SELECT m.state_type_no FROM measure m WHERE m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s)
ORDER BY c.subject_no, position, k.event_id

-- name: difference_records
-- The roster's records that were stated between the two.
WITH
-- include: _sides
,
-- include: _concerning
,
stated AS (
    SELECT w.worker_no AS subject_no, n.position FROM worker_record w JOIN entry n ON n.entry_id = w.entry_id
    WHERE w.tenant_id = %(tenant)s
    UNION ALL
    SELECT o.organisation_no, n.position FROM organisation_record o JOIN entry n ON n.entry_id = o.entry_id
    WHERE o.tenant_id = %(tenant)s
)
SELECT c.subject_no, u.kind || '/' || u.id AS about, s.position
FROM stated s
JOIN concerning c ON c.about_no = s.subject_no
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = s.subject_no
ORDER BY c.subject_no, s.position, u.kind, u.id

-- name: difference_inputs
-- The results that were read in another revision, where the revisions differ in them.
WITH
-- include: _sides
,
-- include: _concerning
SELECT c.subject_no, u.kind || '/' || u.id AS about, j.rulebook, j.period, j.revision, i.revision AS revision_before
FROM run j
LEFT JOIN run i ON i.tenant_id = %(tenant)s AND i.rulebook = j.rulebook AND i.period = j.period AND i.run_no = ANY (%(before_reads)s::bigint[])
CROSS JOIN concerning c
LEFT JOIN result p ON p.tenant_id = %(tenant)s AND p.run_no = i.run_no AND p.subject_no = c.about_no
LEFT JOIN result q ON q.tenant_id = %(tenant)s AND q.run_no = j.run_no AND q.subject_no = c.about_no
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = c.about_no
WHERE j.tenant_id = %(tenant)s AND j.run_no = ANY (%(after_reads)s::bigint[]) AND i.run_no IS DISTINCT FROM j.run_no
  AND (p.total, p.rank, p.tier_no, p.no_tier) IS DISTINCT FROM (q.total, q.rank, q.tier_no, q.no_tier)
ORDER BY c.subject_no, j.rulebook, j.period, u.kind, u.id
