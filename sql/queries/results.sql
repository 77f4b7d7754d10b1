-- Results as they are shown: of a run, or of a standing; the other of the two parameters is null.

-- name: _shown
-- The rows of the run or of the standing.
shown AS NOT MATERIALIZED (
    SELECT tenant_id, subject_no, organisation_no, post, pool, service_days, category_points, total, ceiling_no, veto_no,
        eligible, no_tier, rank, list_groups, list_ranks, tier_no, outcomes, outcome_values, unanswered, candidacies
    FROM result WHERE tenant_id = %(tenant)s AND run_no = %(run)s
    UNION ALL
    SELECT tenant_id, subject_no, organisation_no, post, pool, service_days, category_points, total, ceiling_no, veto_no,
        eligible, no_tier, rank, list_groups, list_ranks, tier_no, outcomes, outcome_values, unanswered, candidacies
    FROM standing_ranked WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
)

-- name: at_hand
-- What there is of a period, under each rulebook that rules it: its state, the revision that is asked for (or the current one), the
-- standing, and the end of the chain.
SELECT b.rulebook_no, b.hash, %(period)s AS period, coalesce(p.state, 'open') AS state,
    n.run_no, n.run_rulebook_no, n.run_rulebook_hash, n.revision, n.digest, n.watermark, n.kind, n.document, n.reads_runs,
    s.standing_no, s.watermark AS standing_watermark, s.changed_at, s.read_runs,
    CASE WHEN s.standing_no IS NOT NULL AND (n.run_no IS NULL OR %(live)s::boolean) THEN epoch() END AS epoch,
    h.position, h.hash AS head, EXISTS (SELECT FROM unsealed w WHERE w.tenant_id = %(tenant)s) AS waiting
FROM (
-- include: _ruling
) b
JOIN chain_head h ON h.tenant_id = %(tenant)s
LEFT JOIN period_state p ON p.tenant_id = %(tenant)s AND p.rulebook = b.id AND p.period = %(period)s
LEFT JOIN LATERAL (
    SELECT r.run_no, r.rulebook_no AS run_rulebook_no, r.rulebook_hash AS run_rulebook_hash, r.revision, r.digest, r.watermark, r.kind,
        r.document, EXISTS (SELECT FROM run_input i WHERE i.tenant_id = r.tenant_id AND i.run_no = r.run_no) AS reads_runs
    FROM run r WHERE r.tenant_id = %(tenant)s AND r.rulebook = b.id AND r.period = %(period)s
      AND (%(revision)s::integer IS NULL OR r.revision = %(revision)s)
    ORDER BY r.revision DESC LIMIT 1
) n ON true
LEFT JOIN standing s ON s.tenant_id = %(tenant)s AND s.rulebook_no = b.rulebook_no AND s.period = %(period)s AND s.again = 0

-- name: _explained
-- What they are made from.
lines AS NOT MATERIALIZED (
    SELECT subject_no, lines, measures, codes, counts, no_data, met
    FROM result_lines WHERE tenant_id = %(tenant)s AND run_no = %(run)s
    UNION ALL
    SELECT subject_no, lines, measures, codes, counts, no_data, met
    FROM standing_lines WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
)

-- name: result_of
-- Everything that is said of one subject, with the size of its pool.
WITH
-- include: _shown
,
-- include: _explained
,
-- Nobody outside the pool is looked at.
placed AS MATERIALIZED (
    SELECT r.pool FROM subject u JOIN result r ON r.tenant_id = u.tenant_id AND r.run_no = %(run)s AND r.subject_no = u.subject_no
    WHERE u.tenant_id = %(tenant)s AND u.kind = %(kind)s AND u.id = %(id)s
    UNION ALL
    SELECT r.pool FROM subject u JOIN standing_result r ON r.tenant_id = u.tenant_id AND r.standing_no = %(standing)s AND r.subject_no = u.subject_no
    WHERE u.tenant_id = %(tenant)s AND u.kind = %(kind)s AND u.id = %(id)s
)
SELECT s.subject_no, o.id AS organisation, s.post, s.pool, s.service_days, l.lines, l.measures, l.codes, l.counts, l.no_data, l.met,
    s.category_points, s.total, s.ceiling_no, s.veto_no, s.eligible, s.no_tier, s.rank, s.list_groups, s.list_ranks, s.tier_no, s.outcomes,
    s.outcome_values, s.unanswered, s.candidacies,
    (SELECT count(*) FROM shown p WHERE p.pool = s.pool) AS due,
    (SELECT count(*) FROM shown p WHERE p.pool = s.pool AND p.rank IS NOT NULL) AS ranked
FROM shown s
LEFT JOIN lines l ON l.subject_no = s.subject_no
JOIN subject u ON u.tenant_id = s.tenant_id AND u.subject_no = s.subject_no
LEFT JOIN subject o ON o.tenant_id = s.tenant_id AND o.subject_no = s.organisation_no
WHERE u.kind = %(kind)s AND u.id = %(id)s AND s.pool = (SELECT pool FROM placed)

-- name: result_place
-- The organisation in which one subject has its place.
WITH
-- include: _shown
SELECT s.organisation_no
FROM shown s JOIN subject u ON u.tenant_id = s.tenant_id AND u.subject_no = s.subject_no
WHERE u.kind = %(kind)s AND u.id = %(id)s

-- name: tier_held
-- How many of a pool have a tier, and the last rank among them.
WITH
-- include: _shown
SELECT count(*) AS held, max(rank) AS last_rank FROM shown WHERE pool = %(pool)s AND tier_no = %(tier)s

-- name: results_of
-- Everything that is said of some subjects, with the sizes of their pools.
WITH
-- include: _shown
,
-- include: _explained
,
pool_size AS (
    SELECT pool, count(*) AS due, count(rank) AS ranked FROM shown GROUP BY pool
)
SELECT s.subject_no, o.id AS organisation, s.post, s.pool, s.service_days, l.lines, l.measures, l.codes, l.counts, l.no_data, l.met,
    s.category_points, s.total, s.ceiling_no, s.veto_no, s.no_tier, s.rank, s.list_groups, s.list_ranks, s.tier_no, s.outcomes,
    s.outcome_values, s.unanswered, s.candidacies, p.due, p.ranked
FROM shown s
LEFT JOIN lines l ON l.subject_no = s.subject_no
LEFT JOIN subject o ON o.tenant_id = s.tenant_id AND o.subject_no = s.organisation_no
JOIN pool_size p ON p.pool = s.pool
WHERE s.subject_no = ANY (%(subjects)s::integer[])

-- name: outcomes
-- A page of what follows for whom, or of another answer to the outcomes: by outcome, and then by subject.
WITH
-- include: _shown
SELECT s.subject_no, u.kind || '/' || u.id AS subject, x.outcome_no, x.place
FROM shown s
CROSS JOIN LATERAL unnest(CASE %(answer)s
    WHEN 'follows' THEN s.outcomes
    WHEN 'insufficient_history' THEN s.unanswered
    -- The first of each four says which outcome it is.
    ELSE ARRAY(SELECT s.candidacies[n][1] FROM generate_subscripts(s.candidacies, 1) n WHERE s.candidacies[n][1] <> ALL (s.outcomes))
END) WITH ORDINALITY x (outcome_no, place)
JOIN subject u ON u.tenant_id = s.tenant_id AND u.subject_no = s.subject_no
WHERE (%(pool)s::text IS NULL OR s.pool = %(pool)s) AND (%(outcome)s::smallint IS NULL OR x.outcome_no = %(outcome)s)
  AND (%(organisations)s::integer[] IS NULL OR s.organisation_no = ANY (%(organisations)s::integer[]))
  AND (x.outcome_no, s.subject_no) > (%(after_outcome)s, %(after_subject)s)
ORDER BY x.outcome_no, s.subject_no LIMIT %(limit)s

-- name: tier_shares
-- The share that tiers with a target really have, in each pool.
WITH
-- include: _shown
SELECT p.pool, p.tier_no, p.about, p.members, p.base, quotient(p.members * 100, p.base, 0.01) AS share
FROM (
    SELECT s.pool, t.tier_no, t.quota_percent AS about, count(*) FILTER (WHERE s.tier_no = t.tier_no) AS members,
        CASE t.quota_of
            WHEN 'due' THEN count(*)
            WHEN 'appraised' THEN count(*) FILTER (WHERE s.no_tier IS NULL)
            ELSE count(s.rank)
        END AS base
    FROM shown s
    JOIN tier t ON t.tenant_id = s.tenant_id AND t.rulebook_no = %(rulebook)s AND t.quota_kind = 'about'
    WHERE %(pool)s::text IS NULL OR s.pool = %(pool)s
    GROUP BY s.pool, t.tier_no, t.quota_percent, t.quota_of
) p
ORDER BY p.pool, p.tier_no

-- name: tier_ids
-- The tiers of a rulebook.
SELECT tier_no, id FROM tier WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s

-- name: published_of
-- The current revisions that have a result of a subject, by rulebook and period, the latest period first, with the base of each.
SELECT r.run_no, r.rulebook, r.period, b.document -> 'periods' ->> 'base' AS base
FROM run r
JOIN result p ON p.tenant_id = r.tenant_id AND p.run_no = r.run_no AND p.subject_no = %(subject)s
JOIN rulebook b ON b.tenant_id = r.tenant_id AND b.rulebook_no = r.rulebook_no
WHERE r.tenant_id = %(tenant)s AND (%(rulebook_id)s::text IS NULL OR r.rulebook = %(rulebook_id)s)
  AND NOT EXISTS (SELECT FROM run n
    WHERE n.tenant_id = r.tenant_id AND n.rulebook = r.rulebook AND n.period = r.period AND n.revision > r.revision)
ORDER BY r.rulebook, r.period DESC

-- name: trend
-- What some runs say of a subject, with the mean and the median of the ranked of its pool; the median of an even number is the mean of
-- the two in the middle.
SELECT p.run_no, p.pool, p.total, p.rank, p.tier_no, p.no_tier, g.due, g.ranked, quotient(g.summed, g.ranked, 0.0001) AS mean,
    quotient(g.lower + g.upper, 2, 0.0001) AS median
FROM result p
CROSS JOIN LATERAL (
    SELECT count(*) AS due, count(q.rank) AS ranked, sum(q.total) FILTER (WHERE q.rank IS NOT NULL) AS summed,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY q.total) FILTER (WHERE q.rank IS NOT NULL) AS lower,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY q.total DESC) FILTER (WHERE q.rank IS NOT NULL) AS upper
    FROM result q
    WHERE q.tenant_id = p.tenant_id AND q.run_no = p.run_no AND q.pool = p.pool
) g
WHERE p.tenant_id = %(tenant)s AND p.run_no = ANY (%(runs)s::bigint[]) AND p.subject_no = %(subject)s
