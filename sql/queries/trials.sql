-- Two standings of one period side by side: before, under one version, and after, under another.
--
-- Parameters: tenant, before and after (standings), before_rulebook and after_rulebook (the numbers of their versions).

-- name: _compared
-- Everyone who is in either: totals, ranks, tiers or no-tier reasons; moved: to another tier or reason, in or out.
compared AS (
    SELECT coalesce(b.subject_no, a.subject_no) AS subject_no, b.subject_no IS NOT NULL AS is_before, a.subject_no IS NOT NULL AS is_after,
        a.total - b.total AS difference, b.rank AS rank_before, a.rank AS rank_after, b.tier_no AS tier_no_before, a.tier_no AS tier_no_after,
        b.no_tier AS no_tier_before, a.no_tier AS no_tier_after,
        (b.subject_no IS NULL) <> (a.subject_no IS NULL) OR s.id IS DISTINCT FROM t.id OR b.no_tier IS DISTINCT FROM a.no_tier AS moved
    FROM (
        SELECT subject_no, total, rank, tier_no, no_tier FROM standing_result
        WHERE tenant_id = %(tenant)s AND standing_no = %(before)s
    ) b
    FULL JOIN (
        SELECT subject_no, total, rank, tier_no, no_tier FROM standing_result
        WHERE tenant_id = %(tenant)s AND standing_no = %(after)s
    ) a ON a.subject_no = b.subject_no
    LEFT JOIN tier s ON s.tenant_id = %(tenant)s AND s.rulebook_no = %(before_rulebook)s AND s.tier_no = b.tier_no
    LEFT JOIN tier t ON t.tenant_id = %(tenant)s AND t.rulebook_no = %(after_rulebook)s AND t.tier_no = a.tier_no
)

-- name: trial_counts
-- How many there are and how many moved, and how the differences of the totals lie; quartiles are differences that there are.
WITH
-- include: _compared
SELECT count(*) FILTER (WHERE is_before) AS subjects_before, count(*) FILTER (WHERE is_after) AS subjects_after,
    count(*) FILTER (WHERE NOT is_after) AS left_out, count(*) FILTER (WHERE NOT is_before) AS taken_in,
    count(*) FILTER (WHERE moved) AS moved, count(*) FILTER (WHERE difference <> 0) AS totals_changed,
    count(*) FILTER (WHERE is_before AND is_after AND rank_before IS DISTINCT FROM rank_after) AS ranks_changed,
    count(difference) AS differences, min(difference) AS least, max(difference) AS most,
    percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY difference) AS quartiles,
    quotient(sum(difference), count(difference), 0.0001) AS mean
FROM compared

-- name: trial_bands
-- How many totals rose or fell by how much: band 0 is below the first bound, band 1 from it on.
WITH
-- include: _compared
SELECT sign(difference)::integer AS sign, width_bucket(abs(difference), %(bounds)s::numeric[]) AS band, count(*) AS subjects
FROM compared WHERE difference IS NOT NULL GROUP BY 1, 2

-- name: trial_tiers
-- How many came from each tier or reason to each; who isn't in a standing has neither there.
WITH
-- include: _compared
SELECT is_before, tier_no_before, no_tier_before, is_after, tier_no_after, no_tier_after, count(*) AS subjects
FROM compared
GROUP BY is_before, tier_no_before, no_tier_before, is_after, tier_no_after, no_tier_after
ORDER BY is_before DESC, tier_no_before, no_tier_before, is_after DESC, tier_no_after, no_tier_after

-- name: trial_movers
-- Who moved, and then whose total changed, the greatest difference first.
WITH
-- include: _compared
SELECT c.subject_no, u.kind || '/' || u.id AS subject, c.moved, c.difference
FROM compared c JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = c.subject_no
WHERE c.moved OR c.difference <> 0
ORDER BY c.moved DESC, abs(c.difference) DESC NULLS FIRST, u.kind, u.id
LIMIT %(limit)s

-- name: trial_results
-- Everything that a standing says of some subjects, with the sizes of their pools.
WITH pool_size AS (
    SELECT pool, count(*) AS due, count(rank) AS ranked FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s GROUP BY pool
)
SELECT s.subject_no, o.id AS organisation, s.post, s.pool, s.service_days, l.lines, l.measures, l.codes, l.counts, l.no_data, l.met,
    s.category_points, s.total, s.ceiling_no, s.veto_no, s.no_tier, s.rank, s.list_groups, s.list_ranks, s.tier_no, s.outcomes,
    s.outcome_values, p.due, p.ranked
FROM standing_result s
JOIN standing_lines l ON l.tenant_id = s.tenant_id AND l.standing_no = s.standing_no AND l.subject_no = s.subject_no
JOIN subject o ON o.tenant_id = s.tenant_id AND o.subject_no = s.organisation_no
JOIN pool_size p ON p.pool = s.pool
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = ANY (%(subjects)s::integer[])

-- name: trial_seats
-- The seats that are taken in each pool under each quota, before and after; a pool or quota of one only has none in the other.
WITH taken AS (
    SELECT s.pool, t.id AS tier, 1 AS before, 0 AS after
    FROM standing_result s
    JOIN tier t ON t.tenant_id = s.tenant_id AND t.rulebook_no = %(before_rulebook)s AND t.tier_no = s.seat_no
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(before)s
    UNION ALL
    SELECT s.pool, t.id, 0, 1
    FROM standing_result s
    JOIN tier t ON t.tenant_id = s.tenant_id AND t.rulebook_no = %(after_rulebook)s AND t.tier_no = s.seat_no
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(after)s
)
SELECT pool, tier, sum(before)::integer AS before, sum(after)::integer AS after
FROM taken GROUP BY pool, tier ORDER BY pool, tier LIMIT %(limit)s
