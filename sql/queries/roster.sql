-- The roster: organisations, workers, aliases, personal data.

-- name: subjects_add
-- Give numbers to subjects that have none yet.
INSERT INTO subject (tenant_id, kind, id)
SELECT %(tenant)s, %(kind)s, i FROM unnest(%(ids)s::text[]) i ORDER BY i
ON CONFLICT ON CONSTRAINT subject_id_key DO NOTHING

-- name: subjects
-- The numbers of subjects of one kind.
SELECT id, subject_no FROM subject WHERE tenant_id = %(tenant)s AND kind = %(kind)s AND id = ANY (%(ids)s)

-- name: roster_lock
-- One roster write at a time in a tenant, so that a record states what changed since the one before.
SELECT pg_advisory_xact_lock(%(tenant)s, 1)

-- name: organisations
-- The tree as it was last recorded, with the attributes of each node as JSON.
SELECT o.organisation_no, o.kind, o.title, o.path, o.path_kinds, o.path[cardinality(o.path)] AS id,
    coalesce(t.attributes, '[]') AS attributes
FROM (
    SELECT DISTINCT ON (r.organisation_no) r.organisation_no, r.entry_id, r.kind, r.title, r.path, r.path_kinds
    FROM organisation_record r WHERE r.tenant_id = %(tenant)s
    ORDER BY r.organisation_no, r.entry_id DESC
) o
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('name', t.name, 'value', t.value, 'from', t.valid_from, 'to', t.valid_to) ORDER BY t.attribute_no)
        AS attributes
    FROM attribute t WHERE t.tenant_id = %(tenant)s AND t.subject_no = o.organisation_no AND t.entry_id = o.entry_id
) t ON true
ORDER BY o.organisation_no

-- name: organisation_records_add
-- Record organisations, with the attributes that they have now.
WITH stated AS (
    SELECT r.organisation_no, r.kind, r.title, r.path, r.path_kinds, r.attributes
    FROM jsonb_to_recordset(%(records)s)
        AS r (organisation_no integer, kind text, title text, path jsonb, path_kinds jsonb, attributes jsonb)
),
attributed AS (
    INSERT INTO attribute (tenant_id, subject_no, entry_id, attribute_no, name, value, valid_from, valid_to)
    SELECT %(tenant)s, s.organisation_no, %(entry)s, t.n, t.item ->> 'name', t.item ->> 'value', (t.item ->> 'from')::date,
        (t.item ->> 'to')::date
    FROM stated s CROSS JOIN LATERAL jsonb_array_elements(s.attributes) WITH ORDINALITY t (item, n)
)
INSERT INTO organisation_record (tenant_id, organisation_no, entry_id, kind, title, path, path_kinds)
SELECT %(tenant)s, s.organisation_no, %(entry)s, s.kind, s.title,
    ARRAY(SELECT jsonb_array_elements_text(s.path)), ARRAY(SELECT jsonb_array_elements_text(s.path_kinds))
FROM stated s

-- name: workers
-- Workers as they were last recorded, by number: assignments, attributes, aliases and personal data as JSON.
SELECT w.worker_no, s.id, p.name, p.phone,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('organisation', o.id, 'post', a.post, 'from', a.valid_from, 'to', a.valid_to)
            ORDER BY a.assignment_no), '[]')
        FROM assignment a JOIN subject o ON o.tenant_id = a.tenant_id AND o.subject_no = a.organisation_no
        WHERE a.tenant_id = w.tenant_id AND a.worker_no = w.worker_no AND a.entry_id = w.entry_id) AS assignments,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'value', t.value, 'from', t.valid_from, 'to', t.valid_to)
            ORDER BY t.attribute_no), '[]')
        FROM attribute t WHERE t.tenant_id = w.tenant_id AND t.subject_no = w.worker_no AND t.entry_id = w.entry_id) AS attributes,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('source', l.source, 'id', l.external_id) ORDER BY l.source, l.external_id), '[]')
        FROM alias l WHERE l.tenant_id = w.tenant_id AND l.subject_no = w.worker_no) AS aliases
FROM (
    SELECT DISTINCT ON (r.worker_no) r.tenant_id, r.worker_no, r.entry_id FROM worker_record r
    WHERE r.tenant_id = %(tenant)s AND r.worker_no = ANY (%(workers)s)
    ORDER BY r.worker_no, r.entry_id DESC
) w
JOIN subject s ON s.tenant_id = w.tenant_id AND s.subject_no = w.worker_no
LEFT JOIN person p ON p.tenant_id = w.tenant_id AND p.subject_no = w.worker_no
ORDER BY w.worker_no

-- name: worker_records_add
-- Record workers, with the assignments and attributes that they have now.
WITH stated AS (
    SELECT r.worker_no, r.assignments, r.attributes, r.hashes
    FROM jsonb_to_recordset(%(records)s) AS r (worker_no integer, assignments jsonb, attributes jsonb, hashes jsonb)
),
assigned AS (
    INSERT INTO assignment (tenant_id, worker_no, entry_id, assignment_no, organisation_no, post, valid_from, valid_to)
    SELECT %(tenant)s, s.worker_no, %(entry)s, a.n, o.subject_no, a.item ->> 'post', (a.item ->> 'from')::date, (a.item ->> 'to')::date
    FROM stated s CROSS JOIN LATERAL jsonb_array_elements(s.assignments) WITH ORDINALITY a (item, n)
    JOIN subject o ON o.tenant_id = %(tenant)s AND o.kind = 'organisation' AND o.id = a.item ->> 'organisation'
),
attributed AS (
    INSERT INTO attribute (tenant_id, subject_no, entry_id, attribute_no, name, value, valid_from, valid_to)
    SELECT %(tenant)s, s.worker_no, %(entry)s, t.n, t.item ->> 'name', t.item ->> 'value', (t.item ->> 'from')::date, (t.item ->> 'to')::date
    FROM stated s CROSS JOIN LATERAL jsonb_array_elements(s.attributes) WITH ORDINALITY t (item, n)
)
INSERT INTO worker_record (tenant_id, worker_no, entry_id, name_hash, phone_hash, aliases_hash)
SELECT %(tenant)s, s.worker_no, %(entry)s, decode(s.hashes ->> 'name', 'hex'), decode(s.hashes ->> 'phone', 'hex'),
    decode(s.hashes ->> 'aliases', 'hex')
FROM stated s

-- name: aliases_forget
-- Take back the aliases of workers whose record is stated anew.
DELETE FROM alias WHERE tenant_id = %(tenant)s AND subject_no = ANY (%(workers)s)

-- name: alias_holders
-- For whom aliases stand.
SELECT a.source, a.external_id, s.id
FROM jsonb_to_recordset(%(named)s) AS n (source text, id text)
JOIN alias a ON a.tenant_id = %(tenant)s AND a.source = n.source AND a.external_id = n.id
JOIN subject s ON s.tenant_id = a.tenant_id AND s.subject_no = a.subject_no

-- name: aliases_add
-- State aliases; one that stands for somebody else isn't moved.
INSERT INTO alias (tenant_id, source, external_id, subject_no)
SELECT %(tenant)s, r.source, r.id, r.worker_no
FROM jsonb_to_recordset(%(records)s) AS r (source text, id text, worker_no integer)
ON CONFLICT ON CONSTRAINT alias_pkey DO NOTHING

-- name: persons_set
-- State personal data.
INSERT INTO person (tenant_id, subject_no, name, phone)
SELECT %(tenant)s, r.worker_no, r.name, r.phone
FROM jsonb_to_recordset(%(records)s) AS r (worker_no integer, name text, phone text)
ON CONFLICT ON CONSTRAINT person_pkey DO UPDATE SET name = excluded.name, phone = excluded.phone

-- name: names
-- What the subjects of these ids are called, as far as it is known.
SELECT s.kind || '/' || s.id AS subject, p.name
FROM person p JOIN subject s ON s.tenant_id = p.tenant_id AND s.subject_no = p.subject_no
WHERE p.tenant_id = %(tenant)s AND p.name IS NOT NULL AND s.kind || '/' || s.id = ANY (%(ids)s)
