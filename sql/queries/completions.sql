-- Completions: a tier that is filled in later, while the results of everybody else are carried as they were published.
--
-- Parameters: tenant, base (the run whose results are carried), filled (the standing that becomes the new revision), subjects (the
-- numbers of those who are completed); and those of placement.sql, where standing is one that holds a run's results again.

-- name: completion_add
-- Whose tier a reopening asks to fill in.
INSERT INTO completion (tenant_id, entry_id, subject_no)
SELECT %(tenant)s, %(entry)s, s.subject_no FROM unnest(%(subjects)s::integer[]) s (subject_no)

-- name: completion
-- Whom a reopening names.
SELECT c.subject_no FROM completion c WHERE c.tenant_id = %(tenant)s AND c.entry_id = %(entry)s ORDER BY c.subject_no

-- name: completion_named
-- What a run says of the subjects that are named, in their order.
SELECT u.subject_no, r.subject_no IS NOT NULL AS appraised, t.id AS tier
FROM unnest(%(ids)s::text[]) WITH ORDINALITY x (subject, place)
LEFT JOIN subject u ON u.tenant_id = %(tenant)s AND u.kind = split_part(x.subject, '/', 1) AND u.id = substr(x.subject, strpos(x.subject, '/') + 1)
LEFT JOIN result r ON r.tenant_id = %(tenant)s AND r.run_no = %(base)s AND r.subject_no = u.subject_no
LEFT JOIN tier t ON t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s AND t.tier_no = r.tier_no
ORDER BY x.place

-- name: completion_lacking
-- Which of the subjects have no tier in a standing, and why; without a reason, who isn't in it.
SELECT u.kind || '/' || u.id AS subject, s.no_tier
FROM subject u
LEFT JOIN standing_result s ON s.tenant_id = u.tenant_id AND s.standing_no = %(filled)s AND s.subject_no = u.subject_no
WHERE u.tenant_id = %(tenant)s AND u.subject_no = ANY (%(subjects)s::integer[]) AND (s.subject_no IS NULL OR s.no_tier IS NOT NULL)
ORDER BY u.kind, u.id

-- name: whole_run
-- The last revision up to a run that computed everybody: completions follow it.
SELECT r.run_no FROM run b
JOIN run r ON r.tenant_id = b.tenant_id AND r.rulebook = b.rulebook AND r.period = b.period AND r.revision <= b.revision
WHERE b.tenant_id = %(tenant)s AND b.run_no = %(base)s AND r.kind = 'computation'
ORDER BY r.revision DESC LIMIT 1

-- name: computed_at
-- For each of the subjects, the last revision up to a run that computed its result, and did not carry it.
SELECT DISTINCT ON (s.subject_no) s.subject_no, r.run_no, r.revision, r.kind, r.watermark
FROM unnest(%(subjects)s::integer[]) s (subject_no)
JOIN run b ON b.tenant_id = %(tenant)s AND b.run_no = %(run)s
JOIN run r ON r.tenant_id = b.tenant_id AND r.rulebook = b.rulebook AND r.period = b.period AND r.revision <= b.revision
WHERE r.kind <> 'completion' OR EXISTS (SELECT FROM completion c
    WHERE c.tenant_id = r.tenant_id AND c.entry_id = r.asked_by AND c.subject_no = s.subject_no)
ORDER BY s.subject_no, r.revision DESC

-- name: completion_keep
-- Take everybody else out of the standing.
WITH unexplained AS (
    DELETE FROM standing_lines
    WHERE tenant_id = %(tenant)s AND standing_no = %(filled)s AND subject_no <> ALL (%(subjects)s::integer[])
)
DELETE FROM standing_result
WHERE tenant_id = %(tenant)s AND standing_no = %(filled)s AND subject_no <> ALL (%(subjects)s::integer[])

-- name: completion_place
-- Who is completed keeps the place that it was published in, and is not placed otherwise yet; answers the pools.
WITH kept AS (
    UPDATE standing_result s SET organisation_no = r.organisation_no, post = r.post, peer_group = r.peer_group, pool = r.pool,
        list_groups = r.list_groups, list_ranks = NULL, carried_rank = NULL, seat_no = NULL, tier_no = NULL, places = NULL
    FROM result r
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(filled)s
      AND r.tenant_id = %(tenant)s AND r.run_no = %(base)s AND r.subject_no = s.subject_no
    RETURNING s.pool
)
SELECT DISTINCT pool FROM kept ORDER BY pool

-- name: standing_restore
-- Put results of a run into a standing, as they are: of everybody in the pools (or at all) but the subjects.
WITH restored AS (
    SELECT subject_no FROM result
    WHERE tenant_id = %(tenant)s AND run_no = %(run)s AND (%(pools)s::text[] IS NULL OR pool = ANY (%(pools)s::text[]))
      AND subject_no <> ALL (%(subjects)s::integer[])
),
explained AS (
    INSERT INTO standing_lines (tenant_id, standing_no, subject_no, lines, measures, codes, counts, no_data, negatives, met)
    SELECT l.tenant_id, %(standing)s, l.subject_no, l.lines, l.measures, l.codes, l.counts, l.no_data, l.negatives, l.met
    FROM result_lines l JOIN restored o ON o.subject_no = l.subject_no
    WHERE l.tenant_id = %(tenant)s AND l.run_no = %(run)s
)
INSERT INTO standing_result (tenant_id, standing_no, subject_no, organisation_no, post, peer_group, pool, service_days, category_points,
    total, tie_values, ceiling_no, veto_no, eligible, no_tier, carried_rank, list_groups, list_ranks, seat_no, tier_no, outcomes,
    outcome_values, unanswered, candidacies)
SELECT r.tenant_id, %(standing)s, r.subject_no, r.organisation_no, r.post, r.peer_group, r.pool, r.service_days, r.category_points,
    r.total, r.tie_values, r.ceiling_no, r.veto_no, r.eligible, r.no_tier, r.rank, r.list_groups, r.list_ranks, r.seat_no, r.tier_no,
    r.outcomes, r.outcome_values, r.unanswered, r.candidacies
FROM result r JOIN restored o ON o.subject_no = r.subject_no
WHERE r.tenant_id = %(tenant)s AND r.run_no = %(run)s

-- name: completion_seat
-- Give what is left of the seats of one tier's quota to those who are completed. Who missed a seat with a greater or equal total, as
-- happens to those who tie, comes first and still misses it.
WITH
-- include: _quotas
,
-- include: _forcing
,
-- Whom the others' totals force, in the revision whose seats these are.
forced AS (
    SELECT s.subject_no, f.ceiling_no
    FROM standing_result s
    JOIN forcing l ON l.pool = s.pool
-- include: _held_down
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND f.ceiling_no IS NOT NULL
),
claimant AS (
    SELECT subject_no, pool, total, tie_values, ceiling_no, veto_no, eligible, no_tier, seat_no
    FROM standing_result WHERE tenant_id = %(tenant)s AND standing_no = %(filled)s
    UNION ALL
    SELECT subject_no, pool, total, tie_values, ceiling_no, veto_no, eligible, no_tier, seat_no
    FROM result
    WHERE tenant_id = %(tenant)s AND run_no = %(base)s AND pool = ANY (%(pools)s) AND subject_no <> ALL (%(subjects)s::integer[])
),
taken AS (
    SELECT pool, count(*) AS seats FROM claimant WHERE seat_no = %(tier)s GROUP BY pool
),
candidate AS (
    SELECT s.subject_no, q.tier_no, q.seats - coalesce(t.seats, 0) AS seats_left, count(*) OVER (
        PARTITION BY s.pool ORDER BY s.total DESC, CASE WHEN q.quota_ties = 'tie_breaks' THEN s.tie_values END DESC
        RANGE UNBOUNDED PRECEDING) AS before_or_equal
    FROM claimant s
    JOIN quota q ON q.pool = s.pool AND q.tier_no = %(tier)s
    JOIN rulebook r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
    LEFT JOIN taken t ON t.pool = s.pool
    LEFT JOIN forced f ON f.subject_no = s.subject_no
    CROSS JOIN LATERAL (SELECT greatest(s.ceiling_no, f.ceiling_no, 1) AS tier_no) best
    WHERE s.no_tier IS NULL AND s.seat_no IS DISTINCT FROM q.tier_no AND
-- include: _wants_seat
)
UPDATE standing_result s SET seat_no = c.tier_no
FROM candidate c
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(filled)s AND s.subject_no = c.subject_no AND c.before_or_equal <= c.seats_left

-- name: completion_settle
-- Tier of those who are completed: the best whose conditions hold and, under a quota, in which there is a seat.
WITH
-- include: _quotas
UPDATE standing_result s SET tier_no = CASE WHEN s.veto_no IS NOT NULL THEN s.veto_no
    ELSE (SELECT min(t.tier_no) FROM tier_here t
        WHERE t.tier_no = ANY (s.eligible) AND t.tier_no >= coalesce(s.ceiling_no, 1)
          AND (coalesce(t.quota_kind, '') NOT IN ('at_most', 'seats') OR NOT p.full_size OR t.tier_no = s.seat_no))
    END
FROM pool_size p
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(filled)s AND p.pool = s.pool

-- name: completion_rank
-- Ranks of those who are completed, in the pool and in further lists: behind all who have more. Nobody else's changes.
WITH ranked AS (
    SELECT subject_no, pool, list_groups, total FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(filled)s AND no_tier IS NULL AND veto_no IS NULL
),
completed AS (
    SELECT s.subject_no, s.pool, s.list_groups, s.total, s.veto_no FROM standing_result s
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(filled)s AND s.subject_no = ANY (%(subjects)s::integer[])
),
ranks AS (
    SELECT c.subject_no, CASE WHEN c.veto_no IS NULL THEN (
            SELECT 1 + count(*) FROM ranked o WHERE o.pool = c.pool AND o.total > c.total)::integer END AS rank,
        (SELECT array_agg(CASE WHEN g.key IS NOT NULL AND c.veto_no IS NULL THEN (
                SELECT 1 + CASE l.method WHEN 'dense' THEN count(DISTINCT o.total) ELSE count(*) END
                FROM ranked o WHERE o.list_groups[g.list_no] = g.key AND o.total > c.total)::integer END ORDER BY g.list_no)
            FROM unnest(c.list_groups) WITH ORDINALITY g (key, list_no)
            JOIN ranked_list l ON l.tenant_id = %(tenant)s AND l.rulebook_no = %(rulebook)s AND l.list_no = g.list_no) AS list_ranks
    FROM completed c
)
UPDATE standing_result s SET carried_rank = r.rank, list_ranks = r.list_ranks
FROM ranks r
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(filled)s AND s.subject_no = r.subject_no

-- name: standing_forget
-- Drop a standing that was only wanted for a run.
WITH unexplained AS (
    DELETE FROM standing_lines WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
),
emptied AS (
    DELETE FROM standing_result WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
)
DELETE FROM standing WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
