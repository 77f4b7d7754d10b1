-- Where the cohorts of two rulebooks could meet, and who is claimed by both.

-- name: _place
-- The tree as it was last recorded.
place AS (
    SELECT DISTINCT ON (o.organisation_no) o.organisation_no, o.path, o.kind
    FROM organisation_record o WHERE o.tenant_id = %(tenant)s
    ORDER BY o.organisation_no, o.entry_id DESC
)

-- name: rulebooks_meeting
-- The published versions of other rulebooks whose cohort could meet that of a version, and the highest place where;
-- both rule what ends after `since`, and not after `until`.
WITH
-- include: _place
,
ruling AS (
    SELECT r.rulebook_no, r.id, r.version, r.document, r.effective_from, r.effective_day, r.subject_kind, r.posts, r.kinds, r.under,
        r.except_under, lead(r.effective_day) OVER (PARTITION BY r.id ORDER BY r.effective_day) AS followed_on
    FROM rulebook r LEFT JOIN publication p ON p.tenant_id = r.tenant_id AND p.rulebook_no = r.rulebook_no
    WHERE r.tenant_id = %(tenant)s AND (p.rulebook_no IS NOT NULL OR r.rulebook_no = %(rulebook)s)
),
-- What the roster doesn't know yet lies below nothing.
covered AS (
    SELECT path FROM place
    UNION
    SELECT ARRAY[under] FROM ruling
)
SELECT o.rulebook_no, o.id, o.version, o.document, o.effective_from, o.effective_day,
    greatest(n.effective_day, o.effective_day) AS since, least(n.followed_on, o.followed_on) AS until, m.place
FROM ruling n
JOIN ruling o ON o.id <> n.id AND o.subject_kind = n.subject_kind AND (o.posts && n.posts OR o.kinds && n.kinds)
CROSS JOIN LATERAL (
    SELECT c.path[cardinality(c.path)] AS place FROM covered c
    WHERE n.under = ANY (c.path) AND o.under = ANY (c.path) AND NOT c.path && (n.except_under || o.except_under)
    ORDER BY cardinality(c.path), c.path LIMIT 1
) m
WHERE n.rulebook_no = %(rulebook)s
ORDER BY since, o.id, o.effective_day

-- name: subjects_meeting
-- Some of those whom two versions both claim by one assignment within these days, or as one organisation.
WITH
-- include: _place
,
both_cover AS (
    SELECT p.organisation_no, p.kind, n.subject_kind, n.posts, o.posts AS other_posts, n.kinds, o.kinds AS other_kinds
    FROM rulebook n
    JOIN rulebook o ON o.tenant_id = n.tenant_id AND o.rulebook_no = %(other)s
    JOIN place p ON n.under = ANY (p.path) AND o.under = ANY (p.path) AND NOT p.path && (n.except_under || o.except_under)
    WHERE n.tenant_id = %(tenant)s AND n.rulebook_no = %(rulebook)s
),
recorded AS (
    SELECT w.worker_no, max(w.entry_id) AS entry_id FROM worker_record w WHERE w.tenant_id = %(tenant)s GROUP BY w.worker_no
),
claimed AS (
    SELECT a.worker_no AS subject_no
    FROM assignment a
    JOIN recorded r ON r.worker_no = a.worker_no AND r.entry_id = a.entry_id
    JOIN both_cover b ON b.organisation_no = a.organisation_no AND b.subject_kind = 'worker'
        AND a.post = ANY (b.posts) AND a.post = ANY (b.other_posts)
    WHERE a.tenant_id = %(tenant)s AND a.valid_from < %(end_day)s AND (a.valid_to IS NULL OR a.valid_to > %(first_day)s)
    UNION
    SELECT b.organisation_no FROM both_cover b
    WHERE b.subject_kind = 'organisation' AND b.kind = ANY (b.kinds) AND b.kind = ANY (b.other_kinds)
)
SELECT u.kind || '/' || u.id AS subject
FROM claimed c JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = c.subject_no
ORDER BY u.id LIMIT %(limit)s
