-- Event types and events.

-- name: event_types
-- All event types of the tenant.
SELECT type_no, type, declaration FROM event_type WHERE tenant_id = %(tenant)s ORDER BY type

-- name: tables_of_type
-- The lists of published rulebooks that have a row for every code of a field of this type, with the codes that they know.
SELECT DISTINCT b.id, b.version, l.field, l.codes
FROM measure m
JOIN publication p ON p.tenant_id = m.tenant_id AND p.rulebook_no = m.rulebook_no
JOIN rulebook b ON b.tenant_id = m.tenant_id AND b.rulebook_no = m.rulebook_no
JOIN indicator i ON i.tenant_id = m.tenant_id AND i.rulebook_no = m.rulebook_no AND i.sheet = m.sheet AND i.indicator_no = m.indicator_no
CROSS JOIN LATERAL (VALUES
    (CASE WHEN m.reads = 'code' AND i.give = 'table' THEN m.field END, i.codes),
    (CASE WHEN m.reads = 'value' THEN m.field END, m.value_codes),
    (m.class_field, m.class_codes),
    (m.lasts_field, m.lasts_codes)) AS l (field, codes)
WHERE m.tenant_id = %(tenant)s AND m.type_no = %(type_no)s AND l.field IS NOT NULL
ORDER BY b.id, b.version, l.field

-- name: event_type_set
-- Declare an event type, or replace its declaration.
INSERT INTO event_type (tenant_id, type, declaration) VALUES (%(tenant)s, %(type)s, %(declaration)s)
ON CONFLICT ON CONSTRAINT event_type_type_key DO UPDATE SET declaration = excluded.declaration
RETURNING type_no

-- name: dictionary
-- The state of the words of senders.
SELECT entry_id FROM dictionary WHERE tenant_id = %(tenant)s

-- name: dictionary_changed
-- The words of senders may mean something else from this entry on.
UPDATE dictionary SET entry_id = %(entry)s WHERE tenant_id = %(tenant)s

-- name: events_known
-- Which of these identities are stored.
SELECT event_id FROM event WHERE tenant_id = %(tenant)s AND event_id = ANY (%(events)s::uuid[])

-- name: events_other
-- Of events as they were sent, by their numbers from 1, those that aren't stored just so, and whether another is in their place.
SELECT n.number, e.event_id IS NOT NULL AS is_taken
FROM unnest(%(event_id)s::uuid[], %(source)s::text[], %(id)s::text[], %(content_digest)s::bytea[])
    WITH ORDINALITY AS n (event_id, source, id, content_digest, number)
LEFT JOIN event e ON e.tenant_id = %(tenant)s AND e.event_id = n.event_id
LEFT JOIN source s ON s.tenant_id = %(tenant)s AND s.source_no = e.source_no
WHERE (s.source, e.id, e.content_digest) IS DISTINCT FROM (n.source, n.id, n.content_digest)

-- name: sources
-- The numbers of sources.
SELECT source, source_no FROM source WHERE tenant_id = %(tenant)s AND source = ANY (%(sources)s)

-- name: senders_subjects
-- The subjects that senders mean: by the alias of their source, else by our own id. CASE, because row-level security lets coalesce
-- come near no index.
SELECT n.source, n.subject, n.kind, r.subject_no, r.id AS subject_id, a.subject_no IS NOT NULL AS by_alias
FROM unnest(%(sources)s::text[], %(subjects)s::text[], %(kinds)s::text[], %(ids)s::text[]) AS n (source, subject, kind, id)
LEFT JOIN alias a ON a.tenant_id = %(tenant)s AND n.kind = 'worker' AND a.source = n.source AND a.external_id = n.id
LEFT JOIN subject s ON s.tenant_id = %(tenant)s AND s.kind = n.kind AND s.id = n.id
JOIN subject r ON r.tenant_id = %(tenant)s AND r.subject_no = CASE WHEN a.subject_no IS NULL THEN s.subject_no ELSE a.subject_no END

-- name: events_add
-- Store events under an audit entry of their own, in the order of their keys so that two writers never wait for each other
-- in a circle. None if the dictionary by which they were read has changed, or the first is there already; that others are is
-- an error. The first is looked for by order, which leaves the planner but one index even where it knows nothing of the table. An
-- array that ends before the others stands for NULL from there on.
WITH entry AS (
    INSERT INTO audit_entry (tenant_id, action, actor, request_id, recorded_at, size, detail, digest)
    SELECT %(tenant)s, %(action)s, %(actor)s, %(request_id)s, %(recorded_at)s, %(size)s, %(detail)s, %(digest)s
    FROM dictionary WHERE tenant_id = %(tenant)s AND entry_id = %(dictionary)s
      AND (SELECT e.event_id FROM event e WHERE e.tenant_id = %(tenant)s AND e.event_id >= %(first)s ORDER BY e.event_id LIMIT 1)
        IS DISTINCT FROM %(first)s
    RETURNING entry_id
),
waiting AS (
    INSERT INTO unsealed (tenant_id, entry_id) SELECT %(tenant)s, entry_id FROM entry
)
INSERT INTO event (tenant_id, subject_no, type_no, source_no, event_id, entry_id, time, ordinal, quantity, period, id,
    sent_subject, content_digest, data, extensions)
SELECT %(tenant)s, e.subject_no, e.type_no, e.source_no, e.event_id, n.entry_id, e.time, e.ordinal, e.quantity, e.period, e.id,
    e.sent_subject, e.content_digest, e.data, e.extensions
FROM entry n
CROSS JOIN (
    SELECT generate_series(0, %(size)s - 1) AS ordinal, unnest(%(subject_no)s::integer[]) AS subject_no,
        unnest(%(type_no)s::integer[]) AS type_no, unnest(%(source_no)s::integer[]) AS source_no,
        unnest(%(event_id)s::uuid[]) AS event_id, unnest(%(time)s::timestamptz[]) AS time,
        unnest(%(quantity)s::numeric[]) AS quantity, unnest(%(period)s::text[]) AS period, unnest(%(id)s::text[]) AS id,
        unnest(%(sent_subject)s::text[]) AS sent_subject, unnest(%(content_digest)s::bytea[]) AS content_digest,
        unnest(%(data)s::jsonb[]) AS data, unnest(%(extensions)s::jsonb[]) AS extensions
) e
ORDER BY e.event_id

-- name: _event
-- An event with everything that was sent, who sent it when, and what became of it.
SELECT e.event_id, e.id, so.source, et.type, s.kind || '/' || s.id AS subject, e.sent_subject, e.time, e.period, e.data,
    e.extensions, a.actor, a.recorded_at, l.position + e.ordinal AS position, b.event_id::text AS replaces, v.replaced_by::text AS replaced_by,
    r.actor AS reversed_by, r.recorded_at AS reversed_at, m.reason AS reversed_because
FROM event e
JOIN source so ON so.tenant_id = e.tenant_id AND so.source_no = e.source_no
JOIN event_type et ON et.tenant_id = e.tenant_id AND et.type_no = e.type_no
JOIN subject s ON s.tenant_id = e.tenant_id AND s.subject_no = e.subject_no
JOIN audit_entry a ON a.tenant_id = e.tenant_id AND a.entry_id = e.entry_id
LEFT JOIN seal l ON l.tenant_id = e.tenant_id AND l.entry_id = e.entry_id
LEFT JOIN reversal b ON b.tenant_id = e.tenant_id AND b.replaced_by = e.event_id
LEFT JOIN reversal v ON v.tenant_id = e.tenant_id AND v.event_id = e.event_id
LEFT JOIN audit_entry r ON r.tenant_id = v.tenant_id AND r.entry_id = v.entry_id
LEFT JOIN remark m ON m.tenant_id = v.tenant_id AND m.entry_id = v.entry_id

-- name: event
-- One event with all that is known of it.
-- include: _event
WHERE e.tenant_id = %(tenant)s AND e.event_id = %(event)s
  AND
-- include: _seen

-- name: remark_add
-- Why somebody did what an entry says.
INSERT INTO remark (tenant_id, entry_id, reason) VALUES (%(tenant)s, %(entry)s, %(reason)s)

-- name: remarks_add
-- Why somebody did what each of these entries says.
INSERT INTO remark (tenant_id, entry_id, reason)
SELECT %(tenant)s, r.entry_id, r.reason FROM jsonb_to_recordset(%(rows)s) AS r (entry_id bigint, reason text)
