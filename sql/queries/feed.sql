-- The feed: what entries tell, in the order of their positions; what a run says of many is read from its results.

-- name: _in_feed
-- Which entries it tells: the actions in service/feed/entries.py.
e.action IN ('rulebook.publish', 'period.close', 'period.publish', 'period.finalise', 'period.reopen', 'results.import', 'event.reverse')

-- name: feed_life
-- Whose feed it is, how far its positions go, and the epoch of the database.
SELECT t.name AS tenant, h.position, epoch() AS epoch
FROM chain_head h JOIN tenant t ON t.tenant_id = h.tenant_id
WHERE h.tenant_id = %(tenant)s

-- name: feed_oldest
-- The first position that was sealed since then.
SELECT coalesce(max(b.last_position), 0) + 1 AS position FROM (
    SELECT last_position FROM chain_block WHERE tenant_id = %(tenant)s AND sealed_at < %(sealed_since)s
    ORDER BY sealed_at DESC, last_position DESC LIMIT 1
) b

-- name: feed_missed
-- Whether there is anything to tell between two positions.
SELECT EXISTS (
    SELECT FROM seal WHERE tenant_id = %(tenant)s AND in_feed AND position >= %(position)s AND position < %(oldest)s) AS missed

-- name: feed_marked
-- The position before which so many marked entries lie from another one on; null where there aren't more. Whatever is thought of how many
-- entries are of which kind, nobody looks at all of them for the sake of a page.
SELECT (
    SELECT position FROM seal WHERE tenant_id = %(tenant)s AND in_feed AND position >= %(position)s AND position <= %(sealed)s
    ORDER BY position OFFSET %(entries)s LIMIT 1) AS position

-- name: feed_entries
-- The next entries that the feed tells, and what else is to be told of them: a run, or the event that was taken back. Which event is made
-- out first: by an expression, row-level security wouldn't let an index find it.
WITH entry AS MATERIALIZED (
    SELECT s.position, a.action, a.recorded_at, a.digest, a.detail ->> 'rulebook' AS rulebook, a.detail ->> 'version' AS version,
        a.detail ->> 'hash' AS hash, a.detail ->> 'period' AS period, (a.detail ->> 'revision')::integer AS revision,
        (a.detail ->> 'event')::uuid AS event_id, a.detail ->> 'replaced_by' AS replaced_by
    FROM seal s
    JOIN audit_entry a ON a.tenant_id = s.tenant_id AND a.entry_id = s.entry_id
    WHERE s.tenant_id = %(tenant)s AND s.in_feed AND s.position >= %(position)s AND s.position < %(end_position)s
      AND a.action = ANY (%(actions)s::text[])
    ORDER BY s.position LIMIT %(limit)s
)
SELECT n.position, n.action, n.recorded_at, n.digest, n.rulebook, coalesce(n.version, b.version) AS version, n.hash, n.period, n.revision,
    n.event_id::text AS event, n.replaced_by, u.kind || '/' || u.id AS subject, t.type,
    r.run_no AS run, r.rulebook_no, r.kind, encode(r.digest, 'hex') AS run_digest
FROM entry n
LEFT JOIN run r ON r.tenant_id = %(tenant)s AND r.rulebook = n.rulebook AND r.period = n.period AND r.revision = n.revision
LEFT JOIN rulebook b ON b.tenant_id = %(tenant)s AND b.rulebook_no = r.rulebook_no
LEFT JOIN event e ON e.tenant_id = %(tenant)s AND e.event_id = n.event_id
LEFT JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = e.subject_no
LEFT JOIN event_type t ON t.tenant_id = %(tenant)s AND t.type_no = e.type_no
ORDER BY n.position

-- name: feed_run
-- The revision before a run, and whether its rulebook has outcomes in such a period.
SELECT p.run_no AS before_run, p.rulebook_no AS before_rulebook,
    EXISTS (
        SELECT FROM outcome o WHERE o.tenant_id = r.tenant_id AND o.rulebook_no = r.rulebook_no AND o.sheet = %(sheet)s) AS proposes
FROM run r
LEFT JOIN run p ON p.tenant_id = r.tenant_id AND p.rulebook = r.rulebook AND p.period = r.period AND p.revision = r.revision - 1
WHERE r.tenant_id = %(tenant)s AND r.run_no = %(run)s

-- name: feed_window
-- The subject before which so many results of a run lie from another one on; null where there aren't more.
SELECT (
    SELECT subject_no FROM result WHERE tenant_id = %(tenant)s AND run_no = %(run)s AND subject_no >= %(from_subject)s
    ORDER BY subject_no OFFSET %(results)s LIMIT 1) AS subject_no

-- name: feed_of_run
-- What a run tells of some subjects, one after the other: first whether its result is revised, then each of its outcomes.
WITH later AS (
    SELECT subject_no, pool, total, rank, list_groups, list_ranks, tier_no, no_tier, outcomes, outcome_values, unanswered, candidacies
    FROM result
    WHERE tenant_id = %(tenant)s AND run_no = %(run)s AND subject_no >= %(from_subject)s AND subject_no < %(until_subject)s
),
earlier AS (
    SELECT subject_no, pool, total, rank, list_groups, list_ranks, tier_no, no_tier, outcomes, outcome_values, unanswered, candidacies
    FROM result
    WHERE tenant_id = %(tenant)s AND run_no = %(before_run)s AND subject_no >= %(from_subject)s AND subject_no < %(until_subject)s
),
-- Who differs is who stands in the difference of the two runs.
revised AS (
    SELECT coalesce(b.subject_no, a.subject_no) AS subject_no,
        CASE WHEN b.subject_no IS NULL THEN 'taken_in' WHEN a.subject_no IS NULL THEN 'left_out' ELSE 'changed' END AS change
    FROM earlier b
    FULL JOIN later a ON a.subject_no = b.subject_no
    LEFT JOIN tier s ON s.tenant_id = %(tenant)s AND s.rulebook_no = %(before_rulebook)s AND s.tier_no = b.tier_no
    LEFT JOIN tier t ON t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s AND t.tier_no = a.tier_no
    WHERE (b.subject_no, b.pool, b.total, b.rank, b.list_groups, b.list_ranks, b.no_tier, s.id, b.outcomes, b.outcome_values, b.unanswered,
            b.candidacies)
        IS DISTINCT FROM (a.subject_no, a.pool, a.total, a.rank, a.list_groups, a.list_ranks, a.no_tier, t.id, a.outcomes,
            a.outcome_values, a.unanswered, a.candidacies)
),
told AS (
    SELECT subject_no, 0 AS part, change FROM revised WHERE %(tells_revised)s
    UNION ALL
    SELECT l.subject_no, x.outcome_no, NULL FROM later l CROSS JOIN LATERAL unnest(l.outcomes) x (outcome_no) WHERE %(tells_proposed)s
)
SELECT i.subject_no, i.part, u.kind || '/' || u.id AS subject, i.change, o.id AS outcome
FROM told i
JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = i.subject_no
LEFT JOIN outcome o ON o.tenant_id = %(tenant)s AND o.rulebook_no = %(rulebook)s AND o.sheet = %(sheet)s AND o.outcome_no = i.part
WHERE (i.subject_no, i.part) >= (%(from_subject)s, %(from_part)s)
ORDER BY i.subject_no, i.part LIMIT %(limit)s
