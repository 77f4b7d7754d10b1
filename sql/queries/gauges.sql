-- What is watched: counted at each scrape of the metrics, or looked at now and then so that it can be.

-- name: standings_watched
-- The standings that were computed last, of each period that of the version which rules it, and its current run where it is published.
SELECT l.standing_no, l.rulebook, l.period, l.rulebook_no, l.changed_at, extract(epoch FROM now() - l.refreshed_at)::float AS age_seconds, (
    SELECT r.run_no FROM run r
    WHERE r.tenant_id = %(tenant)s AND r.rulebook = l.rulebook AND r.period = l.period ORDER BY r.revision DESC LIMIT 1) AS run_no
FROM (
    SELECT DISTINCT ON (b.id, s.period) s.standing_no, b.id AS rulebook, s.period, s.rulebook_no, s.changed_at, s.refreshed_at
    FROM standing s JOIN rulebook b ON b.tenant_id = s.tenant_id AND b.rulebook_no = s.rulebook_no
    WHERE s.tenant_id = %(tenant)s ORDER BY b.id, s.period, b.effective_day DESC
) l
ORDER BY l.refreshed_at DESC LIMIT %(limit)s

-- name: standing_counted
-- How many subjects each tier and each no-tier reason has, in the largest groups and in all others together.
WITH counted AS (
    SELECT coalesce(pool, peer_group) AS pool, tier_no, no_tier, count(*) AS subjects
    FROM standing_result WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
    GROUP BY coalesce(pool, peer_group), tier_no, no_tier
),
sized AS (
    SELECT pool, row_number() OVER (ORDER BY sum(subjects) DESC, pool) AS place FROM counted GROUP BY pool
),
named AS (
    SELECT CASE WHEN s.place <= %(most)s THEN c.pool ELSE '(others)' END AS pool, c.tier_no, c.no_tier, c.subjects
    FROM counted c JOIN sized s ON s.pool = c.pool
)
SELECT pool, tier_no, no_tier, sum(subjects)::bigint AS subjects FROM named GROUP BY pool, tier_no, no_tier ORDER BY pool, tier_no, no_tier

-- name: standing_drifted
-- How many subjects a standing places otherwise than a run of its period, or has alone, or lacks.
WITH published AS (
    SELECT subject_no, total, rank, tier_no, no_tier FROM result WHERE tenant_id = %(tenant)s AND run_no = %(run)s
),
standing_now AS (
    SELECT subject_no, total, rank, tier_no, no_tier FROM standing_ranked WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
)
SELECT count(*) AS subjects FROM published p FULL JOIN standing_now n ON n.subject_no = p.subject_no
WHERE p.subject_no IS NULL OR n.subject_no IS NULL
   OR (p.total, p.rank, p.tier_no, p.no_tier) IS DISTINCT FROM (n.total, n.rank, n.tier_no, n.no_tier)

-- name: runs_watched
-- How many runs there are of each kind and state.
SELECT r.kind, CASE WHEN newest.run_no = r.run_no THEN p.state ELSE 'superseded' END AS state, count(*) AS runs
FROM run r
JOIN period_state p ON p.tenant_id = r.tenant_id AND p.rulebook = r.rulebook AND p.period = r.period
JOIN (
    SELECT DISTINCT ON (rulebook, period) rulebook, period, run_no FROM run WHERE tenant_id = %(tenant)s
    ORDER BY rulebook, period, revision DESC
) newest ON newest.rulebook = r.rulebook AND newest.period = r.period
WHERE r.tenant_id = %(tenant)s
GROUP BY 1, 2 ORDER BY 1, 2

-- name: published_last
-- The periods that were published last.
SELECT rulebook, period FROM run WHERE tenant_id = %(tenant)s AND kind <> 'import'
GROUP BY rulebook, period ORDER BY max(run_no) DESC LIMIT %(limit)s
