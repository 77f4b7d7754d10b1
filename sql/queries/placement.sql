-- From totals to ranks, seats, tiers and outcomes, within the pools of a standing.
--
-- Parameters: tenant, rulebook (its number), sheet (month, year), standing (its number), pools (keys), tier (its number).

-- name: pool
-- Pool the small groups; answers the pools in which somebody came or went.
WITH due AS (
    SELECT peer_group, count(*) AS members FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s GROUP BY peer_group
),
pooled AS (
    SELECT d.peer_group,
        CASE WHEN d.members < r.group_min_size AND r.small_groups = 'pool_in_tenant' THEN '(small)' ELSE d.peer_group END AS pool
    FROM due d JOIN rulebook r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
),
moved AS (
    UPDATE standing_result s SET pool = p.pool
    FROM pooled p, standing_result before
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND p.peer_group = s.peer_group AND s.pool IS DISTINCT FROM p.pool
      AND before.tenant_id = s.tenant_id AND before.standing_no = s.standing_no AND before.subject_no = s.subject_no
    RETURNING s.pool, before.pool AS left_pool
)
SELECT DISTINCT pool FROM (SELECT pool FROM moved UNION ALL SELECT left_pool FROM moved) p WHERE pool IS NOT NULL ORDER BY pool

-- name: rank
-- 1-2-2-4 by the displayed total among the ranked of each pool; seats are given out anew.
WITH ranked AS (
    SELECT subject_no, rank() OVER (PARTITION BY pool ORDER BY total DESC)::integer AS rank
    FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s AND pool = ANY (%(pools)s) AND no_tier IS NULL AND veto_no IS NULL
)
UPDATE standing_result s SET rank = r.rank, seat_no = NULL
FROM standing_result o LEFT JOIN ranked r ON r.subject_no = o.subject_no
WHERE o.tenant_id = %(tenant)s AND o.standing_no = %(standing)s AND o.pool = ANY (%(pools)s)
  AND s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = o.subject_no
  AND (o.rank IS DISTINCT FROM r.rank OR o.seat_no IS NOT NULL)

-- name: quota_tiers
-- The tiers with a quota, best first.
SELECT tier_no FROM tier
WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s AND quota_percent IS NOT NULL ORDER BY tier_no

-- name: _pool_size
-- The bases of a quota in each pool.
pool_size AS (
    SELECT s.pool, count(*) AS due, count(*) FILTER (WHERE s.no_tier IS NULL) AS appraised,
        count(*) FILTER (WHERE s.no_tier IS NULL AND s.veto_no IS NULL) AS ranked,
        count(*) >= r.group_min_size AS full_size
    FROM standing_result s
    JOIN rulebook r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.pool = ANY (%(pools)s)
    GROUP BY s.pool, r.group_min_size
)

-- name: seat
-- Give the seats of one tier's quota to its candidates; who tie for the last seat all miss it.
WITH
-- include: _pool_size
,
quota AS (
    SELECT t.tier_no, t.quota_ties, p.pool,
        CASE t.quota_rounding WHEN 'down' THEN floor(q.share) WHEN 'up' THEN ceil(q.share) ELSE round(q.share) END AS seats
    FROM tier t CROSS JOIN pool_size p
    CROSS JOIN LATERAL (
        SELECT CASE t.quota_of WHEN 'due' THEN p.due WHEN 'appraised' THEN p.appraised ELSE p.ranked END
            * t.quota_percent * 0.01 AS share
    ) q
    WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s AND t.tier_no = %(tier)s AND p.full_size
),
candidate AS (
    SELECT s.subject_no, q.tier_no, q.seats, count(*) OVER (
        PARTITION BY s.pool ORDER BY s.total DESC, CASE WHEN q.quota_ties = 'tie_breaks' THEN s.tie_values END DESC
        RANGE UNBOUNDED PRECEDING) AS before_or_equal
    FROM standing_result s JOIN quota q ON q.pool = s.pool
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.no_tier IS NULL AND s.veto_no IS NULL
      AND q.tier_no = ANY (s.eligible) AND s.seat_no IS NULL
      AND NOT EXISTS (SELECT FROM tier b WHERE b.tenant_id = %(tenant)s AND b.rulebook_no = %(rulebook)s
          AND b.tier_no < q.tier_no AND b.tier_no = ANY (s.eligible) AND b.quota_percent IS NULL)
)
UPDATE standing_result s SET seat_no = c.tier_no
FROM candidate c
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = c.subject_no AND c.before_or_equal <= c.seats

-- name: settle
-- Tier and outcomes of everyone in the pools.
WITH
-- include: _pool_size
,
placed AS (
    SELECT s.subject_no, s.pool, s.total, s.rank, CASE
        WHEN s.no_tier IS NOT NULL THEN NULL
        WHEN s.veto_no IS NOT NULL THEN s.veto_no
        ELSE (SELECT min(t.tier_no) FROM tier t
            WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s AND t.tier_no = ANY (s.eligible)
              AND (t.quota_percent IS NULL OR NOT p.full_size OR t.tier_no = s.seat_no))
        END AS tier_no
    FROM standing_result s JOIN pool_size p ON p.pool = s.pool
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s
),
from_below AS (
    SELECT r.subject_no, rank() OVER below - 1 AS lower, count(*) OVER below AS lower_or_equal
    FROM placed r JOIN pool_size p ON p.pool = r.pool
    WHERE r.rank IS NOT NULL AND p.full_size AND p.due > 1
    WINDOW below AS (PARTITION BY r.pool ORDER BY r.total)
),
followed AS (
    SELECT b.subject_no, array_agg(o.outcome_no ORDER BY o.outcome_no) AS outcomes
    FROM from_below b
    JOIN outcome o ON o.tenant_id = %(tenant)s AND o.rulebook_no = %(rulebook)s AND o.sheet = %(sheet)s
        AND CASE o.ties WHEN 'all_of_them' THEN b.lower < o.bottom ELSE b.lower_or_equal <= o.bottom END
    GROUP BY b.subject_no
)
UPDATE standing_result s SET tier_no = p.tier_no, outcomes = coalesce(f.outcomes, '{}')
FROM placed p LEFT JOIN followed f ON f.subject_no = p.subject_no
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = p.subject_no
  AND (s.tier_no IS DISTINCT FROM p.tier_no OR s.outcomes IS DISTINCT FROM coalesce(f.outcomes, '{}'))
