-- Rankings: which results, in which order, and what they come to.

-- name: _filtered
-- Which results are asked for: a pool, organisations, a tier, a no-tier reason, an outcome; null asks for all.
(%(pool)s::text IS NULL OR pool = %(pool)s)
    AND (%(organisations)s::integer[] IS NULL OR organisation_no = ANY (%(organisations)s::integer[]))
    AND (%(tier)s::smallint IS NULL OR tier_no = %(tier)s) AND (%(no_tier)s::text IS NULL OR no_tier = %(no_tier)s)
    AND (%(outcome)s::smallint IS NULL OR %(outcome)s = ANY (outcomes))

-- name: _tree
-- The tree as it was recorded at a position.
tree AS (
    SELECT DISTINCT ON (o.organisation_no) o.organisation_no, o.path, o.path_kinds
    FROM organisation_record o JOIN seal s ON s.tenant_id = o.tenant_id AND s.entry_id = o.entry_id
    WHERE o.tenant_id = %(tenant)s AND s.position <= %(watermark)s
    ORDER BY o.organisation_no, o.entry_id DESC
)

-- name: _around
-- Of each organisation, the nearest of each of these kinds at or above it; of no kind, itself. The cohort is one place, also for who is
-- placed nowhere (0), as an import may leave it open.
around AS (
    SELECT t.organisation_no, k.kind, CASE WHEN k.kind IS NULL THEN t.path[cardinality(t.path)] WHEN k.kind = 'cohort' THEN '*'
        ELSE t.path[(array_positions(t.path_kinds, k.kind))[cardinality(array_positions(t.path_kinds, k.kind))]] END AS id
    FROM tree t CROSS JOIN unnest(%(kinds)s::text[]) k (kind)
    UNION ALL
    SELECT 0, 'cohort', '*' WHERE 'cohort' = ANY (%(kinds)s::text[])
)

-- name: organisations_under
-- An organisation and all below it.
WITH
-- include: _tree
SELECT organisation_no FROM tree WHERE %(under)s = ANY (path)

-- name: organisation_kinds
-- The kinds of organisations that there are.
WITH
-- include: _tree
SELECT DISTINCT k.kind FROM tree CROSS JOIN LATERAL unnest(path_kinds) k (kind) ORDER BY k.kind

-- name: ranking
-- A page of a ranking: by group, rank and subject, those without a rank last. Each arm seeks and limits by itself; of a standing, in the
-- index alone. Whom a rank is shared with is counted whether or not they are asked for.
WITH standing_page AS MATERIALIZED (
    SELECT subject_no, pool, list_rank, rank, sharing FROM (
        SELECT subject_no, organisation_no, pool, list_rank, rank, ranked_total, tier_no, no_tier, outcomes, count(*) OVER (
            PARTITION BY pool ORDER BY ranked_total DESC NULLS LAST RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS sharing
        FROM standing_ranked WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
    ) s
    WHERE pool >= %(after_pool)s
      AND
-- include: _filtered
      AND (pool, list_rank, subject_no) > (%(after_pool)s, %(after_rank)s, %(after_subject)s)
    ORDER BY pool, ranked_total DESC NULLS LAST, subject_no LIMIT %(limit)s
),
run_page AS MATERIALIZED (
    SELECT subject_no, organisation_no, pool, list_rank, rank, total, tier_no, no_tier, post, outcomes
    FROM result
    WHERE tenant_id = %(tenant)s AND run_no = %(run)s
      AND
-- include: _filtered
      AND (pool, list_rank, subject_no) > (%(after_pool)s, %(after_rank)s, %(after_subject)s)
    ORDER BY pool, list_rank, subject_no LIMIT %(limit)s
),
shared AS MATERIALIZED (
    SELECT p.pool, p.list_rank, (SELECT count(*) FROM result r
        WHERE r.tenant_id = %(tenant)s AND r.run_no = %(run)s AND r.pool = p.pool AND r.list_rank = p.list_rank) AS sharing
    FROM (SELECT DISTINCT pool, list_rank FROM run_page WHERE rank IS NOT NULL) p
),
page AS (
    SELECT r.subject_no, r.organisation_no, r.pool, r.list_rank, r.rank, r.total, r.tier_no, r.no_tier, r.post, r.outcomes, h.sharing
    FROM run_page r LEFT JOIN shared h ON h.pool = r.pool AND h.list_rank = r.list_rank
    UNION ALL
    SELECT s.subject_no, o.organisation_no, s.pool, s.list_rank, s.rank, o.total, o.tier_no, o.no_tier, o.post, o.outcomes, s.sharing
    FROM standing_page s
    JOIN standing_result o ON o.tenant_id = %(tenant)s AND o.standing_no = %(standing)s AND o.subject_no = s.subject_no
        -- Where nothing is known of a table yet, a join alone would go through all of it for each row.
        AND o.subject_no = ANY (ARRAY(SELECT subject_no FROM standing_page))
)
SELECT p.subject_no, u.kind || '/' || u.id AS subject, p.pool, p.rank, p.list_rank, p.total, p.tier_no, p.no_tier,
    o.id AS organisation, p.post, p.outcomes, p.sharing
FROM page p
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = p.subject_no
LEFT JOIN subject o ON o.tenant_id = %(tenant)s AND o.subject_no = p.organisation_no
ORDER BY p.pool, p.list_rank, p.subject_no

-- name: run_page
-- A page of a whole revision by group and rank. Whom a rank is shared with is counted in the page, and at its edges in the index.
WITH page AS MATERIALIZED (
    SELECT subject_no, organisation_no, pool, list_rank, rank, total, tier_no, no_tier, post, outcomes
    FROM result
    WHERE tenant_id = %(tenant)s AND run_no = %(run)s
      AND (pool, list_rank, subject_no) > (%(after_pool)s, %(after_rank)s, %(after_subject)s)
    ORDER BY pool, list_rank, subject_no LIMIT %(limit)s
),
edge AS MATERIALIZED (
    SELECT e.pool, e.list_rank, (SELECT count(*) FROM result r
        WHERE r.tenant_id = %(tenant)s AND r.run_no = %(run)s AND r.pool = e.pool AND r.list_rank = e.list_rank) AS sharing
    FROM (
        (SELECT pool, list_rank FROM page WHERE rank IS NOT NULL ORDER BY pool, list_rank LIMIT 1)
        UNION
        (SELECT pool, list_rank FROM page WHERE rank IS NOT NULL ORDER BY pool DESC, list_rank DESC LIMIT 1)
    ) e
)
SELECT p.subject_no, u.kind || '/' || u.id AS subject, p.pool, p.rank, p.list_rank, p.total, p.tier_no, p.no_tier,
    o.id AS organisation, p.post, p.outcomes, coalesce(e.sharing, count(*) OVER (PARTITION BY p.pool, p.list_rank)) AS sharing
FROM page p
LEFT JOIN edge e ON e.pool = p.pool AND e.list_rank = p.list_rank
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = p.subject_no
LEFT JOIN subject o ON o.tenant_id = %(tenant)s AND o.subject_no = p.organisation_no
ORDER BY p.pool, p.list_rank, p.subject_no

-- name: standing_page
-- A page of a whole standing by group and rank, as long as it hasn't changed, with at least one row then. So many are before a rank as the
-- rank says: they are skipped in the index, and ranks are counted from the tie on in which the page before ended.
WITH rest AS (
    SELECT subject_no, pool, ranked_total FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s AND pool >= %(after_pool)s
    ORDER BY pool, ranked_total DESC NULLS LAST, subject_no
    OFFSET CASE WHEN %(after_rank)s = 2147483647 THEN (
        SELECT count(*) FROM standing_result WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s AND pool = %(after_pool)s
          AND ranked_total IS NOT NULL)
    ELSE greatest(%(after_rank)s - 1, 0) END
),
ranked AS (
    SELECT subject_no, pool, ranked_total, CASE WHEN ranked_total IS NOT NULL THEN
            rank() OVER in_pool + CASE WHEN pool = %(after_pool)s THEN greatest(%(after_rank)s - 1, 0) ELSE 0 END END AS rank,
        count(*) OVER in_pool AS sharing
    FROM rest WINDOW in_pool AS (PARTITION BY pool ORDER BY ranked_total DESC NULLS LAST RANGE BETWEEN CURRENT ROW AND CURRENT ROW)
),
page AS (
    SELECT subject_no, pool, rank, coalesce(rank, 2147483647) AS list_rank, sharing FROM ranked
    WHERE pool > %(after_pool)s OR (coalesce(rank, 2147483647), subject_no) > (%(after_rank)s, %(after_subject)s)
    ORDER BY pool, ranked_total DESC NULLS LAST, subject_no LIMIT %(limit)s
)
SELECT p.subject_no, u.kind || '/' || u.id AS subject, p.pool, p.rank, p.list_rank, s.total, s.tier_no, s.no_tier,
    o.id AS organisation, s.post, s.outcomes, p.sharing
FROM standing g
LEFT JOIN page p ON true
LEFT JOIN LATERAL (
    -- Fenced, so that each is looked up by its key: how many a page has isn't known beforehand, and a join may go through a whole standing.
    SELECT organisation_no, total, tier_no, no_tier, post, outcomes FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s AND subject_no = p.subject_no OFFSET 0
) s ON true
LEFT JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = p.subject_no
LEFT JOIN subject o ON o.tenant_id = %(tenant)s AND o.subject_no = s.organisation_no
WHERE g.tenant_id = %(tenant)s AND g.standing_no = %(standing)s AND g.changed_at = %(changed_at)s
ORDER BY p.pool, p.list_rank, p.subject_no

-- name: ranking_sorted
-- A page in another order: by a word (the subject, or the organisation and in it the total), or by the total from either end; who has
-- no total comes last. All results are looked at for each page, and none is sorted but those of the page.
WITH
-- include: _shown
,
keyed AS (
    SELECT s.subject_no, s.organisation_no, s.pool, s.rank, s.total, s.tier_no, s.no_tier, s.post, s.outcomes,
        CASE WHEN s.rank IS NOT NULL THEN count(*) OVER (PARTITION BY s.pool, s.rank) END AS sharing,
        CASE %(sort)s WHEN 'subject' THEN u.id WHEN 'organisation' THEN coalesce(o.id, '') ELSE '' END AS word,
        CASE WHEN %(sort)s = 'subject' THEN 0
            ELSE coalesce(CASE %(sort)s WHEN 'total' THEN s.total ELSE -s.total END, 'infinity') END AS number
    FROM shown s
    LEFT JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = s.subject_no
    LEFT JOIN subject o ON o.tenant_id = %(tenant)s AND o.subject_no = s.organisation_no
),
page AS (
    SELECT subject_no, organisation_no, pool, rank, total, tier_no, no_tier, post, outcomes, sharing, word, number
    FROM keyed
    WHERE (word, number, subject_no) > (%(after_word)s, %(after_number)s::numeric, %(after_subject)s)
      AND
-- include: _filtered
    ORDER BY word, number, subject_no LIMIT %(limit)s
)
SELECT p.subject_no, u.kind || '/' || u.id AS subject, p.pool, p.rank, p.total, p.tier_no, p.no_tier, o.id AS organisation, p.post,
    p.outcomes, p.sharing, p.word, p.number
FROM page p
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = p.subject_no
LEFT JOIN subject o ON o.tenant_id = %(tenant)s AND o.subject_no = p.organisation_no
ORDER BY p.word, p.number, p.subject_no

-- name: ranking_more
-- What of some subjects is told only to who asks for it.
WITH
-- include: _shown
SELECT subject_no, service_days, category_points, list_groups, list_ranks FROM shown WHERE subject_no = ANY (%(subjects)s::integer[])

-- name: nested_ranks
-- The rank of some subjects among all who are ranked below the same organisation of a kind, or in the whole cohort: 1-2-2-4 by the
-- displayed total, across groups.
WITH
-- include: _shown
,
-- include: _tree
,
-- include: _around
,
wanted AS (
    SELECT DISTINCT p.kind, p.id
    FROM shown s JOIN around p ON p.organisation_no = coalesce(s.organisation_no, 0)
    WHERE s.subject_no = ANY (%(subjects)s::integer[]) AND s.rank IS NOT NULL AND p.id IS NOT NULL
),
ranked AS (
    SELECT s.subject_no, p.kind, p.id, rank() OVER (PARTITION BY p.kind, p.id ORDER BY s.total DESC) AS rank,
        count(*) OVER (PARTITION BY p.kind, p.id, s.total) AS sharing, count(*) OVER (PARTITION BY p.kind, p.id) AS ranked
    FROM shown s
    JOIN around p ON p.organisation_no = coalesce(s.organisation_no, 0)
    JOIN wanted w ON w.kind = p.kind AND w.id = p.id
    WHERE s.rank IS NOT NULL AND s.total IS NOT NULL
)
SELECT subject_no, kind, id, rank, sharing, ranked FROM ranked WHERE subject_no = ANY (%(subjects)s::integer[])

-- name: _parted
-- The results that are asked for, each in its group and once more in the whole, which has no name.
sought AS MATERIALIZED (
    SELECT organisation_no, pool, total, rank, tier_no, no_tier FROM shown WHERE
-- include: _filtered
),
parted AS (
    SELECT pool AS part, total, rank, tier_no, no_tier FROM sought
    UNION ALL
    SELECT NULL, total, rank, tier_no, no_tier FROM sought
)

-- name: statistics
-- Of each group and of the whole: how many, and of the totals of the ranked the mean and the least that so many per cent reach at most.
WITH
-- include: _shown
,
-- include: _parted
,
counted AS (
    SELECT part, count(*) AS due, count(*) FILTER (WHERE no_tier IS NULL) AS appraised, count(rank) AS ranked FROM parted GROUP BY part
),
-- Places are counted in whole numbers: no fraction decides which total is the one in the middle.
placed AS (
    SELECT part, total, row_number() OVER (PARTITION BY part ORDER BY total) * 100 AS place, count(*) OVER (PARTITION BY part) AS totals
    FROM parted WHERE rank IS NOT NULL AND total IS NOT NULL
),
measured AS (
    SELECT part, quotient(sum(total), count(*), %(step)s) AS mean, min(total) AS least,
        min(total) FILTER (WHERE place >= totals * 10) AS p10, min(total) FILTER (WHERE place >= totals * 25) AS p25,
        min(total) FILTER (WHERE place >= totals * 50) AS median, min(total) FILTER (WHERE place >= totals * 75) AS p75,
        min(total) FILTER (WHERE place >= totals * 90) AS p90, max(total) AS most
    FROM placed GROUP BY part
)
SELECT c.part, c.due, c.appraised, c.ranked, m.mean, m.least, m.p10, m.p25, m.median, m.p75, m.p90, m.most
FROM counted c LEFT JOIN measured m ON m.part IS NOT DISTINCT FROM c.part
ORDER BY c.part

-- name: statistics_tiers
-- How many subjects of each group and of the whole each tier and each no-tier reason has.
WITH
-- include: _shown
,
-- include: _parted
SELECT part, tier_no, no_tier, count(*) AS subjects FROM parted GROUP BY part, tier_no, no_tier ORDER BY part, tier_no, no_tier

-- name: statistics_organisations
-- The mean total of the ranked of each organisation, or of all below each organisation of a kind.
WITH
-- include: _shown
,
-- include: _parted
,
-- include: _tree
,
-- include: _around
SELECT p.id AS organisation, count(*) AS due, count(*) FILTER (WHERE s.no_tier IS NULL) AS appraised, count(s.rank) AS ranked,
    quotient(sum(s.total) FILTER (WHERE s.rank IS NOT NULL), count(s.total) FILTER (WHERE s.rank IS NOT NULL), %(step)s) AS mean
FROM sought s JOIN around p ON p.organisation_no = s.organisation_no AND p.id IS NOT NULL
GROUP BY p.id ORDER BY p.id

-- name: statistics_bands
-- How many totals of the ranked lie in bands of equal width; bands that nobody is in are left out.
WITH
-- include: _shown
,
-- include: _parted
SELECT floor(total / %(width)s) * %(width)s AS at_least, count(*) AS subjects
FROM sought WHERE rank IS NOT NULL AND total IS NOT NULL
GROUP BY at_least ORDER BY at_least
