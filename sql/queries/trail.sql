-- The journal as it is read by who asks what was done: entries, and what there was before and after.

-- name: _entry_told
-- What is told of an entry.
SELECT s.position, a.entry_id, a.action, a.actor, a.request_id, a.recorded_at, a.size, a.detail, a.digest, a.about, m.reason,
    m.entry_id IS NOT NULL AS has_reason
FROM seal s
JOIN audit_entry a ON a.tenant_id = s.tenant_id AND a.entry_id = s.entry_id
LEFT JOIN remark m ON m.tenant_id = s.tenant_id AND m.entry_id = s.entry_id
WHERE s.tenant_id = %(tenant)s

-- name: _entries_sought
-- Those that a filter asks for.
  AND (%(after)s::bigint IS NULL OR s.position < %(after)s)
  AND (%(action)s::text IS NULL OR a.action = %(action)s) AND (%(actor)s::text IS NULL OR a.actor = %(actor)s)
  AND (%(time_from)s::timestamptz IS NULL OR a.recorded_at >= %(time_from)s)
  AND (%(time_to)s::timestamptz IS NULL OR a.recorded_at < %(time_to)s)

-- name: trail
-- A page of entries, the newest first.
-- include: _entry_told
-- include: _entries_sought
ORDER BY s.position DESC LIMIT %(limit)s

-- name: trail_commanded
-- A page of entries without those of intake, the newest first.
-- include: _entry_told
-- include: _entries_sought
  AND a.action <> 'event.create'
ORDER BY s.position DESC LIMIT %(limit)s

-- name: trail_about
-- A page of the entries about a subject, the newest first: its records, what was contested of or by it, its erasure.
-- include: _entry_told
-- include: _entries_sought
  AND s.entry_id = ANY (ARRAY(
    SELECT b.entry_id FROM audit_entry b WHERE b.tenant_id = %(tenant)s AND b.about = %(kind)s || '/' || %(subject_id)s
    UNION
    SELECT w.entry_id FROM subject u JOIN worker_record w ON w.tenant_id = u.tenant_id AND w.worker_no = u.subject_no
    WHERE u.tenant_id = %(tenant)s AND u.kind = %(kind)s AND u.id = %(subject_id)s
    UNION
    SELECT r.entry_id FROM subject u JOIN organisation_record r ON r.tenant_id = u.tenant_id AND r.organisation_no = u.subject_no
    WHERE u.tenant_id = %(tenant)s AND u.kind = %(kind)s AND u.id = %(subject_id)s
    UNION
    SELECT o.entry_id FROM subject u JOIN objection o ON o.tenant_id = u.tenant_id AND u.subject_no IN (o.subject_no, o.objector_no)
    WHERE u.tenant_id = %(tenant)s AND u.kind = %(kind)s AND u.id = %(subject_id)s
    UNION
    SELECT d.entry_id FROM subject u JOIN objection o ON o.tenant_id = u.tenant_id AND u.subject_no IN (o.subject_no, o.objector_no)
    JOIN objection_end d ON d.tenant_id = o.tenant_id AND d.objection_id = o.objection_id
    WHERE u.tenant_id = %(tenant)s AND u.kind = %(kind)s AND u.id = %(subject_id)s))
ORDER BY s.position DESC LIMIT %(limit)s

-- name: trail_entry
-- The entry that has a position.
-- include: _entry_told
  AND s.position = (SELECT max(l.position) FROM seal l WHERE l.tenant_id = %(tenant)s AND l.position <= %(position)s)
  AND %(position)s < s.position + a.size

-- name: trail_onward
-- The next entries up to a position, the oldest first.
-- include: _entry_told
  AND s.position > %(after)s AND s.position <= %(until_position)s
ORDER BY s.position LIMIT %(limit)s

-- name: trail_before
-- For each of some entries the last one before it about the same.
SELECT DISTINCT ON (w.entry_id) w.entry_id, b.action, b.detail
FROM jsonb_to_recordset(%(rows)s) AS w (entry_id bigint, about text)
JOIN audit_entry b ON b.tenant_id = %(tenant)s AND b.about = w.about COLLATE "C" AND b.entry_id < w.entry_id
ORDER BY w.entry_id, b.entry_id DESC

-- name: trail_events
-- The first events of entries.
SELECT e.entry_id, e.event_id, t.type, s.kind || '/' || s.id AS subject, e.time
FROM event e
JOIN event_type t ON t.tenant_id = e.tenant_id AND t.type_no = e.type_no
JOIN subject s ON s.tenant_id = e.tenant_id AND s.subject_no = e.subject_no
WHERE e.tenant_id = %(tenant)s AND e.entry_id BETWEEN %(first_entry)s AND %(last_entry)s AND e.entry_id = ANY (%(entries)s::bigint[])
  AND (%(most)s::integer IS NULL OR e.ordinal < %(most)s)
ORDER BY e.entry_id, e.ordinal

-- name: trail_workers
-- What entries recorded of workers, and what was recorded of them before.
WITH asked AS (
    SELECT w.entry_id, u.subject_no, u.id
    FROM jsonb_to_recordset(%(rows)s) AS w (entry_id bigint, id text)
    JOIN subject u ON u.tenant_id = %(tenant)s AND u.kind = 'worker' AND u.id = w.id
),
told AS (
    SELECT a.entry_id AS of_entry, 'after' AS side, a.id, r.worker_no, r.entry_id, r.name_hash, r.phone_hash, r.aliases_hash
    FROM asked a
    JOIN worker_record r ON r.tenant_id = %(tenant)s AND r.worker_no = a.subject_no AND r.entry_id = a.entry_id
    UNION ALL
    SELECT b.of_entry, 'before', b.id, r.worker_no, r.entry_id, r.name_hash, r.phone_hash, r.aliases_hash
    FROM (
        SELECT a.entry_id AS of_entry, a.id, a.subject_no, max(p.entry_id) AS entry_id
        FROM asked a
        JOIN worker_record p ON p.tenant_id = %(tenant)s AND p.worker_no = a.subject_no AND p.entry_id < a.entry_id
        GROUP BY a.entry_id, a.id, a.subject_no
    ) b
    JOIN worker_record r ON r.tenant_id = %(tenant)s AND r.worker_no = b.subject_no AND r.entry_id = b.entry_id
)
SELECT t.of_entry, t.side, t.id, encode(t.name_hash, 'hex') AS name, encode(t.phone_hash, 'hex') AS phone,
    encode(t.aliases_hash, 'hex') AS aliases,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('organisation', o.id, 'post', p.post, 'from', p.valid_from, 'to', p.valid_to)
            ORDER BY p.assignment_no), '[]')
        FROM assignment p JOIN subject o ON o.tenant_id = p.tenant_id AND o.subject_no = p.organisation_no
        WHERE p.tenant_id = %(tenant)s AND p.worker_no = t.worker_no AND p.entry_id = t.entry_id) AS assignments,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', n.name, 'value', n.value, 'from', n.valid_from, 'to', n.valid_to)
            ORDER BY n.attribute_no), '[]')
        FROM attribute n WHERE n.tenant_id = %(tenant)s AND n.subject_no = t.worker_no AND n.entry_id = t.entry_id) AS attributes
FROM told t
ORDER BY t.of_entry, t.id, t.side

-- name: trail_organisations
-- What entries recorded of organisations, and what was recorded of them before.
WITH asked AS (
    SELECT w.entry_id, u.subject_no, u.id
    FROM jsonb_to_recordset(%(rows)s) AS w (entry_id bigint, id text)
    JOIN subject u ON u.tenant_id = %(tenant)s AND u.kind = 'organisation' AND u.id = w.id
),
told AS (
    SELECT a.entry_id AS of_entry, 'after' AS side, a.id, a.subject_no, a.entry_id FROM asked a
    UNION ALL
    SELECT a.entry_id, 'before', a.id, a.subject_no, max(p.entry_id)
    FROM asked a
    JOIN organisation_record p ON p.tenant_id = %(tenant)s AND p.organisation_no = a.subject_no AND p.entry_id < a.entry_id
    GROUP BY a.entry_id, a.id, a.subject_no
)
SELECT t.of_entry, t.side, t.id, r.kind, r.title, r.path,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', n.name, 'value', n.value, 'from', n.valid_from, 'to', n.valid_to)
            ORDER BY n.attribute_no), '[]')
        FROM attribute n WHERE n.tenant_id = %(tenant)s AND n.subject_no = t.subject_no AND n.entry_id = t.entry_id) AS attributes
FROM told t
JOIN organisation_record r ON r.tenant_id = %(tenant)s AND r.organisation_no = t.subject_no AND r.entry_id = t.entry_id
ORDER BY t.of_entry, t.id, t.side
