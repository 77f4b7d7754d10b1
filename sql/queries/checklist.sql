-- What is odd about a standing before it is published.
--
-- Parameters: tenant, standing, rulebook (its number), sheet.

-- name: odd_subjects
-- Who lacks data that are required, has fewer rows than a mean needs, or is close to a tier's threshold: counts and some of them.
WITH flagged AS MATERIALIZED (
    SELECT 'data.missing' AS code, NULL::smallint AS number, s.subject_no
    FROM standing_result s
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.no_tier = 'data_missing'
    UNION ALL
    SELECT 'rows.few', i.indicator_no, l.subject_no
    FROM indicator i
    LEFT JOIN reading q ON q.tenant_id = i.tenant_id AND q.rulebook_no = i.rulebook_no AND q.sheet = i.sheet AND q.indicator_no = i.indicator_no
    JOIN standing_lines l ON l.tenant_id = i.tenant_id AND l.standing_no = %(standing)s
        AND coalesce(l.counts[i.indicator_no], 0) < greatest(i.at_least_n, q.at_least_n)
    WHERE i.tenant_id = %(tenant)s AND i.rulebook_no = %(rulebook)s AND i.sheet = %(sheet)s
      AND i.combine = 'mean' AND greatest(i.at_least_n, q.at_least_n) > 1
    UNION ALL
    SELECT 'tier.near', t.tier_no, s.subject_no
    FROM tier t
    LEFT JOIN indicator m ON m.tenant_id = t.tenant_id AND m.rulebook_no = t.rulebook_no AND m.sheet = %(sheet)s AND m.id = t.measure
    JOIN standing_result s ON s.tenant_id = t.tenant_id AND s.standing_no = %(standing)s AND s.no_tier IS NULL
    JOIN standing_lines l ON l.tenant_id = s.tenant_id AND l.standing_no = s.standing_no AND l.subject_no = s.subject_no
    WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
      AND abs(s.total - coalesce(l.measures[m.indicator_no], t.total_at_least)) <= %(near)s
),
counted AS (
    SELECT code, number, count(*) AS subjects FROM flagged GROUP BY code, number
)
SELECT c.code, c.number, c.subjects AS count,
    ARRAY(SELECT u.kind || '/' || u.id
        FROM (SELECT f.subject_no FROM flagged f WHERE f.code = c.code AND f.number IS NOT DISTINCT FROM c.number
            ORDER BY f.subject_no LIMIT %(limit)s) n
        JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = n.subject_no
        ORDER BY u.kind, u.id) AS subjects
FROM counted c
ORDER BY c.code, c.number

-- name: odd_items
-- The indicators and parts that take events or results, and for which nobody has any.
SELECT i.indicator_no FROM indicator i
WHERE i.tenant_id = %(tenant)s AND i.rulebook_no = %(rulebook)s AND i.sheet = %(sheet)s AND i.kind IN ('indicator', 'part')
  AND NOT EXISTS (SELECT FROM reading q
      WHERE q.tenant_id = i.tenant_id AND q.rulebook_no = i.rulebook_no AND q.sheet = i.sheet AND q.indicator_no = i.indicator_no
        AND q.of NOT IN ('own', 'organisation'))
  AND NOT EXISTS (SELECT FROM standing_lines l
      WHERE l.tenant_id = i.tenant_id AND l.standing_no = %(standing)s AND l.counts[i.indicator_no] > 0)
ORDER BY i.indicator_no

-- name: odd_groups
-- The groups whose mean total is more than two standard deviations off the mean of the groups. Of k means m, which add up to s and whose
-- squares add up to q, one is as far off when (k × m − s)² > 4 × (k × q − s²): nothing is divided, and no root is taken.
WITH grouped AS (
    SELECT r.pool, count(*) AS subjects, quotient(sum(r.total), count(*), 0.0001) AS mean
    FROM standing_result r
    WHERE r.tenant_id = %(tenant)s AND r.standing_no = %(standing)s AND r.no_tier IS NULL
    GROUP BY r.pool
),
over_all AS (
    SELECT count(*) AS k, sum(mean) AS s, sum(mean * mean) AS q FROM grouped
)
SELECT g.pool, g.subjects, g.mean, quotient(o.s, o.k, 0.0001) AS mean_of_all
FROM grouped g CROSS JOIN over_all o
WHERE (o.k * g.mean - o.s) * (o.k * g.mean - o.s) > 4 * (o.k * o.q - o.s * o.s)
ORDER BY g.pool
