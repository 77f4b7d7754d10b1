-- Rankings: which results, in which order, and what they come to.

-- name: _filtered
-- Which results are asked for: a pool, organisations, a tier, a no-tier reason, an outcome; null asks for all.
(%(pool)s::text IS NULL OR pool = %(pool)s)
    AND (%(organisations)s::integer[] IS NULL OR organisation_no = ANY (%(organisations)s::integer[]))
    AND (%(tier)s::smallint IS NULL OR tier_no = %(tier)s) AND (%(no_tier)s::text IS NULL OR no_tier = %(no_tier)s)
    AND (%(outcome)s::smallint IS NULL OR %(outcome)s = ANY (outcomes))

-- name: organisations_under
-- An organisation and all below it, in the tree as it was recorded at a position.
SELECT o.organisation_no
FROM (
    SELECT DISTINCT ON (o.organisation_no) o.organisation_no, o.path
    FROM organisation_record o JOIN seal s ON s.tenant_id = o.tenant_id AND s.entry_id = o.entry_id
    WHERE o.tenant_id = %(tenant)s AND s.position <= %(watermark)s
    ORDER BY o.organisation_no, o.entry_id DESC
) o
WHERE %(under)s = ANY (o.path)

-- name: ranking
-- A page of a ranking: by group, rank and subject, those without a rank last. Each arm seeks and limits by itself; of a standing, in the
-- index alone.
WITH standing_page AS MATERIALIZED (
    SELECT subject_no, pool, list_rank, rank FROM standing_ranked
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s AND pool >= %(after_pool)s
      AND
-- include: _filtered
      AND (pool, list_rank, subject_no) > (%(after_pool)s, %(after_rank)s, %(after_subject)s)
    ORDER BY pool, ranked_total DESC NULLS LAST, subject_no LIMIT %(limit)s
),
page AS (
    (SELECT subject_no, organisation_no, pool, list_rank, rank, total, tier_no, no_tier, post, outcomes
    FROM result
    WHERE tenant_id = %(tenant)s AND run_no = %(run)s
      AND
-- include: _filtered
      AND (pool, list_rank, subject_no) > (%(after_pool)s, %(after_rank)s, %(after_subject)s)
    ORDER BY pool, list_rank, subject_no LIMIT %(limit)s)
    UNION ALL
    SELECT s.subject_no, o.organisation_no, s.pool, s.list_rank, s.rank, o.total, o.tier_no, o.no_tier, o.post, o.outcomes
    FROM standing_page s
    JOIN standing_result o ON o.tenant_id = %(tenant)s AND o.standing_no = %(standing)s AND o.subject_no = s.subject_no
        -- Where nothing is known of a table yet, a join alone would go through all of it for each row.
        AND o.subject_no = ANY (ARRAY(SELECT subject_no FROM standing_page))
)
SELECT p.subject_no, u.kind || '/' || u.id AS subject, p.pool, p.rank, p.list_rank, p.total, p.tier_no, p.no_tier,
    o.id AS organisation, p.post, p.outcomes
FROM page p
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = p.subject_no
LEFT JOIN subject o ON o.tenant_id = %(tenant)s AND o.subject_no = p.organisation_no
ORDER BY p.pool, p.list_rank, p.subject_no
