-- What a trial tells beside the differences: two standings of one period, under one version and under another.
--
-- Parameters: those of differences.sql, where the runs are null.

-- name: trial_bands
-- How many totals rose or fell by how much: band 0 is below the first bound, band 1 from it on.
WITH
-- include: _sides
,
-- include: _compared
SELECT sign(difference)::integer AS sign, width_bucket(abs(difference), %(bounds)s::numeric[]) AS band, count(*) AS subjects
FROM compared WHERE difference IS NOT NULL GROUP BY 1, 2

-- name: trial_tiers
-- How many came from each tier or reason to each; who isn't in a standing has neither there.
WITH
-- include: _sides
,
-- include: _compared
SELECT is_before, tier_no_before, no_tier_before, is_after, tier_no_after, no_tier_after, count(*) AS subjects
FROM compared
GROUP BY is_before, tier_no_before, no_tier_before, is_after, tier_no_after, no_tier_after
ORDER BY is_before DESC, tier_no_before, no_tier_before, is_after DESC, tier_no_after, no_tier_after

-- name: trial_movers
-- Who moved, and then whose total changed, the greatest difference first.
WITH
-- include: _sides
,
-- include: _compared
SELECT c.subject_no, u.kind || '/' || u.id AS subject, c.moved, c.difference
FROM compared c JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = c.subject_no
WHERE c.moved OR c.difference <> 0
ORDER BY c.moved DESC, abs(c.difference) DESC NULLS FIRST, u.kind, u.id
LIMIT %(limit)s

-- name: trial_seats
-- The seats that are taken in each pool under each quota, before and after; a pool or quota of one only has none in the other.
WITH taken AS (
    SELECT s.pool, t.id AS tier, 1 AS before, 0 AS after
    FROM standing_result s
    JOIN tier t ON t.tenant_id = s.tenant_id AND t.rulebook_no = %(before_rulebook)s AND t.tier_no = s.seat_no
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(before_standing)s
    UNION ALL
    SELECT s.pool, t.id, 0, 1
    FROM standing_result s
    JOIN tier t ON t.tenant_id = s.tenant_id AND t.rulebook_no = %(after_rulebook)s AND t.tier_no = s.seat_no
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(after_standing)s
)
SELECT pool, tier, sum(before)::integer AS before, sum(after)::integer AS after
FROM taken GROUP BY pool, tier ORDER BY pool, tier LIMIT %(limit)s
