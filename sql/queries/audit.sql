-- The audit: everything that the journal covers, as it is stored, beside what the journal says of it.

-- name: entries_sealed
-- The next seals in the order of positions, each with its entry, if that is there, and whether a reason is kept beside it.
SELECT s.position, s.entry_id, a.action, a.actor, a.request_id, a.recorded_at, a.size, a.detail, a.digest,
    m.entry_id IS NOT NULL AS has_reason
FROM seal s
LEFT JOIN audit_entry a ON a.tenant_id = s.tenant_id AND a.entry_id = s.entry_id
LEFT JOIN remark m ON m.tenant_id = s.tenant_id AND m.entry_id = s.entry_id
WHERE s.tenant_id = %(tenant)s AND s.position > %(after)s
ORDER BY s.position LIMIT %(limit)s

-- name: entries_unsealed
-- Entries without a position, and whether they wait for one.
SELECT NULL::bigint AS position, a.entry_id, a.action, a.actor, a.request_id, a.recorded_at, a.size, a.detail, a.digest,
    m.entry_id IS NOT NULL AS has_reason, u.entry_id IS NOT NULL AS waits
FROM audit_entry a
LEFT JOIN remark m ON m.tenant_id = a.tenant_id AND m.entry_id = a.entry_id
LEFT JOIN unsealed u ON u.tenant_id = a.tenant_id AND u.entry_id = a.entry_id
WHERE a.tenant_id = %(tenant)s AND a.entry_id > %(after)s
  AND NOT EXISTS (SELECT FROM seal s WHERE s.tenant_id = a.tenant_id AND s.entry_id = a.entry_id)
ORDER BY a.entry_id LIMIT %(limit)s

-- name: unsealed_astray
-- What waits for a position and has one, or has no entry.
SELECT u.entry_id
FROM unsealed u
WHERE u.tenant_id = %(tenant)s
  AND (EXISTS (SELECT FROM seal s WHERE s.tenant_id = u.tenant_id AND s.entry_id = u.entry_id)
    OR NOT EXISTS (SELECT FROM audit_entry a WHERE a.tenant_id = u.tenant_id AND a.entry_id = u.entry_id))
ORDER BY u.entry_id

-- name: events_of_entries
-- The events of entries as they are stored, in their order.
SELECT e.entry_id, e.ordinal, e.event_id, e.id, so.source, t.type, t.declaration ->> 'quantity' AS quantity_field,
    s.kind || '/' || s.id AS subject, e.sent_subject, e.time, e.period, e.quantity, e.data, e.content_digest,
    e.extensions
FROM event e
LEFT JOIN source so ON so.tenant_id = e.tenant_id AND so.source_no = e.source_no
LEFT JOIN event_type t ON t.tenant_id = e.tenant_id AND t.type_no = e.type_no
LEFT JOIN subject s ON s.tenant_id = e.tenant_id AND s.subject_no = e.subject_no
WHERE e.tenant_id = %(tenant)s AND e.entry_id BETWEEN %(first_entry)s AND %(last_entry)s AND e.entry_id = ANY (%(entries)s::bigint[])
ORDER BY e.entry_id, e.ordinal

-- name: blocks
-- The next blocks of the chain.
SELECT last_position, hash, sealed_at FROM chain_block
WHERE tenant_id = %(tenant)s AND last_position > %(after)s
ORDER BY last_position LIMIT %(limit)s

-- name: chain
-- The head of the chain, and the epoch of the database.
SELECT position, hash, epoch() AS epoch FROM chain_head WHERE tenant_id = %(tenant)s

-- name: roster_recorded
-- Every record of the roster as it is stored, by entry, with the digest that the entry says.
SELECT r.entry_id, a.detail ->> 'records' AS records, u.kind || '/' || u.id AS subject, r.kind, r.title, r.path, r.path_kinds,
    encode(r.name_hash, 'hex') AS name_hash, encode(r.phone_hash, 'hex') AS phone_hash, encode(r.aliases_hash, 'hex') AS aliases_hash,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'value', t.value, 'from', t.valid_from, 'to', t.valid_to)
            ORDER BY t.attribute_no), '[]')
        FROM attribute t WHERE t.tenant_id = %(tenant)s AND t.subject_no = r.subject_no AND t.entry_id = r.entry_id) AS attributes,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('organisation', o.id, 'post', p.post, 'from', p.valid_from, 'to', p.valid_to)
            ORDER BY p.assignment_no), '[]')
        FROM assignment p JOIN subject o ON o.tenant_id = p.tenant_id AND o.subject_no = p.organisation_no
        WHERE p.tenant_id = %(tenant)s AND p.worker_no = r.subject_no AND p.entry_id = r.entry_id) AS assignments
FROM (
    SELECT o.entry_id, o.organisation_no AS subject_no, o.kind, o.title, o.path, o.path_kinds,
        NULL::bytea AS name_hash, NULL::bytea AS phone_hash, NULL::bytea AS aliases_hash
    FROM organisation_record o WHERE o.tenant_id = %(tenant)s
    UNION ALL
    SELECT w.entry_id, w.worker_no, NULL, NULL, NULL, NULL, w.name_hash, w.phone_hash, w.aliases_hash
    FROM worker_record w WHERE w.tenant_id = %(tenant)s
) r
LEFT JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = r.subject_no
LEFT JOIN audit_entry a ON a.tenant_id = %(tenant)s AND a.entry_id = r.entry_id AND a.action = 'roster.state'
ORDER BY r.entry_id

-- name: roster_unlike
-- Writes of the roster of which no record is left, and parts of records without the record.
SELECT a.entry_id, 'no record is left' AS what
FROM audit_entry a
WHERE a.tenant_id = %(tenant)s AND a.action = 'roster.state'
  AND NOT EXISTS (SELECT FROM organisation_record o WHERE o.tenant_id = %(tenant)s AND o.entry_id = a.entry_id)
  AND NOT EXISTS (SELECT FROM worker_record w WHERE w.tenant_id = %(tenant)s AND w.entry_id = a.entry_id)
UNION ALL
SELECT p.entry_id, 'an assignment without its record'
FROM assignment p
WHERE p.tenant_id = %(tenant)s AND NOT EXISTS (
    SELECT FROM worker_record w WHERE w.tenant_id = %(tenant)s AND w.worker_no = p.worker_no AND w.entry_id = p.entry_id)
UNION ALL
SELECT t.entry_id, 'an attribute without its record'
FROM attribute t
WHERE t.tenant_id = %(tenant)s
  AND NOT EXISTS (SELECT FROM worker_record w WHERE w.tenant_id = %(tenant)s AND w.worker_no = t.subject_no AND w.entry_id = t.entry_id)
  AND NOT EXISTS (
    SELECT FROM organisation_record o
    WHERE o.tenant_id = %(tenant)s AND o.organisation_no = t.subject_no AND o.entry_id = t.entry_id)
UNION ALL
SELECT p.entry_id, 'the order of assignments'
FROM assignment p WHERE p.tenant_id = %(tenant)s
GROUP BY p.worker_no, p.entry_id HAVING min(p.assignment_no) <> 1 OR max(p.assignment_no) <> count(*)
UNION ALL
SELECT t.entry_id, 'the order of attributes'
FROM attribute t WHERE t.tenant_id = %(tenant)s
GROUP BY t.subject_no, t.entry_id HAVING min(t.attribute_no) <> 1 OR max(t.attribute_no) <> count(*)
ORDER BY 1, 2

-- name: rows_astray
-- Events and reasons of which no entry knows.
SELECT r.entry_id, r.what
FROM (
    SELECT e.entry_id, 'an event' AS what FROM event e WHERE e.tenant_id = %(tenant)s
    UNION ALL
    SELECT m.entry_id, 'a reason' FROM remark m WHERE m.tenant_id = %(tenant)s
) r
WHERE NOT EXISTS (SELECT FROM audit_entry a WHERE a.tenant_id = %(tenant)s AND a.entry_id = r.entry_id)
ORDER BY r.entry_id, r.what

-- name: rulebook_numbers
-- Every version, with the text that its entry covers.
SELECT r.rulebook_no, r.id, r.version, a.detail ->> 'text' AS text
FROM rulebook r
LEFT JOIN audit_entry a ON a.tenant_id = r.tenant_id AND a.action = 'rulebook.draft'
  AND a.detail ->> 'rulebook' = r.id AND a.detail ->> 'version' = r.version
WHERE r.tenant_id = %(tenant)s ORDER BY r.rulebook_no

-- name: rulebook_rows_unlike
-- The tables in which a version has other rows than these, which its document says.
WITH stored AS (
    SELECT 'rulebook' AS name, to_jsonb(t) - 'document' - 'drafted_by' AS row FROM rulebook t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'sheet', to_jsonb(t) FROM sheet t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'category', to_jsonb(t) FROM category t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'indicator', to_jsonb(t) FROM indicator t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'measure', to_jsonb(t) FROM measure t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'reading', to_jsonb(t) FROM reading t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'test', to_jsonb(t) FROM test t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'clause', to_jsonb(t) FROM clause t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'restriction', to_jsonb(t) FROM restriction t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'tier', to_jsonb(t) FROM tier t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'gate', to_jsonb(t) FROM gate t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'tie_break', to_jsonb(t) FROM tie_break t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'ranked_list', to_jsonb(t) FROM ranked_list t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
    UNION ALL SELECT 'outcome', to_jsonb(t) FROM outcome t WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
),
said AS (
    SELECT 'rulebook' AS name, to_jsonb(t) - 'document' - 'drafted_by' AS row FROM jsonb_populate_recordset(NULL::rulebook, %(rows)s -> 'rulebook') t
    UNION ALL SELECT 'sheet', to_jsonb(t) FROM jsonb_populate_recordset(NULL::sheet, %(rows)s -> 'sheet') t
    UNION ALL SELECT 'category', to_jsonb(t) FROM jsonb_populate_recordset(NULL::category, %(rows)s -> 'category') t
    UNION ALL SELECT 'indicator', to_jsonb(t) FROM jsonb_populate_recordset(NULL::indicator, %(rows)s -> 'indicator') t
    UNION ALL SELECT 'measure', to_jsonb(t) FROM jsonb_populate_recordset(NULL::measure, %(rows)s -> 'measure') t
    UNION ALL SELECT 'reading', to_jsonb(t) FROM jsonb_populate_recordset(NULL::reading, %(rows)s -> 'reading') t
    UNION ALL SELECT 'test', to_jsonb(t) FROM jsonb_populate_recordset(NULL::test, %(rows)s -> 'test') t
    UNION ALL SELECT 'clause', to_jsonb(t) FROM jsonb_populate_recordset(NULL::clause, %(rows)s -> 'clause') t
    UNION ALL SELECT 'restriction', to_jsonb(t) FROM jsonb_populate_recordset(NULL::restriction, %(rows)s -> 'restriction') t
    UNION ALL SELECT 'tier', to_jsonb(t) FROM jsonb_populate_recordset(NULL::tier, %(rows)s -> 'tier') t
    UNION ALL SELECT 'gate', to_jsonb(t) FROM jsonb_populate_recordset(NULL::gate, %(rows)s -> 'gate') t
    UNION ALL SELECT 'tie_break', to_jsonb(t) FROM jsonb_populate_recordset(NULL::tie_break, %(rows)s -> 'tie_break') t
    UNION ALL SELECT 'ranked_list', to_jsonb(t) FROM jsonb_populate_recordset(NULL::ranked_list, %(rows)s -> 'ranked_list') t
    UNION ALL SELECT 'outcome', to_jsonb(t) FROM jsonb_populate_recordset(NULL::outcome, %(rows)s -> 'outcome') t
)
SELECT DISTINCT d.name
FROM (
    (SELECT name, row FROM stored EXCEPT ALL SELECT name, row FROM said)
    UNION ALL
    (SELECT name, row FROM said EXCEPT ALL SELECT name, row FROM stored)
) d
ORDER BY d.name

-- name: verification_add
-- What came of a proof.
INSERT INTO verification (tenant_id, of, seconds, checked, wrong)
VALUES (%(tenant)s, %(of)s, %(seconds)s::numeric, %(checked)s, %(wrong)s)

-- name: verifications_last
-- The last proof of each kind by what came of it, for the metrics.
SELECT DISTINCT ON (of, wrong > 0) of, CASE WHEN wrong > 0 THEN 'differs' ELSE 'holds' END AS outcome, wrong, seconds::float AS seconds,
    extract(epoch FROM now() - finished_at)::float AS age_seconds
FROM verification WHERE tenant_id = %(tenant)s
ORDER BY of, wrong > 0, verification_no DESC

-- name: chain_watched
-- How far a chain goes, since when, and how long the oldest entry has waited for its position.
SELECT h.position, (
    SELECT extract(epoch FROM now() - b.sealed_at)::float
    FROM chain_block b WHERE b.tenant_id = %(tenant)s AND b.last_position = h.position) AS sealed_seconds, (
    SELECT extract(epoch FROM now() - min(a.recorded_at))::float
    FROM unsealed u JOIN audit_entry a ON a.tenant_id = u.tenant_id AND a.entry_id = u.entry_id
    WHERE u.tenant_id = %(tenant)s) AS waiting_seconds
FROM chain_head h WHERE h.tenant_id = %(tenant)s
