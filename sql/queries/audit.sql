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
    s.kind || '/' || s.id AS subject, e.sent_subject, e.time, e.period, e.quantity, e.data, e.content_digest
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
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'value', t.value, 'from', t.valid_from, 'to', t.valid_to)
            ORDER BY t.attribute_no), '[]')
        FROM attribute t WHERE t.tenant_id = %(tenant)s AND t.subject_no = r.subject_no AND t.entry_id = r.entry_id) AS attributes,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('organisation', o.id, 'post', p.post, 'from', p.valid_from, 'to', p.valid_to)
            ORDER BY p.assignment_no), '[]')
        FROM assignment p JOIN subject o ON o.tenant_id = p.tenant_id AND o.subject_no = p.organisation_no
        WHERE p.tenant_id = %(tenant)s AND p.worker_no = r.subject_no AND p.entry_id = r.entry_id) AS assignments
FROM (
    SELECT o.entry_id, o.organisation_no AS subject_no, o.kind, o.title, o.path, o.path_kinds
    FROM organisation_record o WHERE o.tenant_id = %(tenant)s
    UNION ALL
    SELECT w.entry_id, w.worker_no, NULL, NULL, NULL, NULL FROM worker_record w WHERE w.tenant_id = %(tenant)s
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

-- name: reversals_unlike
-- Reversals that aren't what their entries say, and entries without their reversal.
SELECT coalesce(a.entry_id, r.entry_id) AS entry_id, 'a reversal' AS what
FROM (
    SELECT v.entry_id, v.event_id, v.replaced_by, v.root_id, v.root_entry_id, coalesce(b.root_id, v.event_id) AS true_root,
        coalesce(b.root_entry_id, e.entry_id) AS true_root_entry
    FROM reversal v
    LEFT JOIN event e ON e.tenant_id = v.tenant_id AND e.event_id = v.event_id
    LEFT JOIN reversal b ON b.tenant_id = v.tenant_id AND b.replaced_by = v.event_id
    WHERE v.tenant_id = %(tenant)s
) r
FULL JOIN (
    SELECT entry_id, detail FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'event.reverse'
) a ON a.entry_id = r.entry_id
WHERE a.entry_id IS NULL OR r.entry_id IS NULL
   OR (a.detail ->> 'event', a.detail ->> 'replaced_by') IS DISTINCT FROM (r.event_id::text, r.replaced_by::text)
   OR (r.root_id, r.root_entry_id) IS DISTINCT FROM (r.true_root, r.true_root_entry)
ORDER BY 1

-- name: runs_unlike
-- Runs, or the one of that number, that aren't what their entries say, and entries without their run.
SELECT coalesce(a.entry_id, r.entry_id) AS entry_id, 'a run' AS what, r.run_no, coalesce(r.rulebook, a.detail ->> 'rulebook') AS rulebook,
    coalesce(r.period, a.detail ->> 'period') AS period, coalesce(r.revision, (a.detail ->> 'revision')::integer) AS revision
FROM (
    SELECT n.run_no, n.entry_id, n.rulebook, n.period, n.revision, n.published_at, b.id = n.rulebook AND b.hash = n.rulebook_hash AS ruled,
        jsonb_build_object('rulebook', n.rulebook, 'period', n.period, 'revision', n.revision, 'digest', encode(n.digest, 'hex'),
            'hash', encode(n.rulebook_hash, 'hex'), 'language', n.language, 'watermark', n.watermark, 'roster_position', n.roster_position,
            'asked_by', n.asked_by)
            || CASE n.kind WHEN 'import' THEN jsonb_build_object('document', n.document)
                ELSE jsonb_build_object('carries', n.base_run_no, 'carried_digest', encode(n.base_digest, 'hex')) END AS said,
        (SELECT coalesce(jsonb_agg(i.input_run_no ORDER BY i.input_run_no), '[]')
            FROM run_input i WHERE i.tenant_id = n.tenant_id AND i.run_no = n.run_no) AS inputs, n.kind = 'import' AS imported
    FROM run n LEFT JOIN rulebook b ON b.tenant_id = n.tenant_id AND b.rulebook_no = n.rulebook_no
    WHERE n.tenant_id = %(tenant)s AND (%(run)s::bigint IS NULL OR n.run_no = %(run)s)
) r
FULL JOIN (
    SELECT entry_id, action = 'results.import' AS imported, recorded_at, detail FROM audit_entry
    WHERE tenant_id = %(tenant)s AND action IN ('period.publish', 'results.import')
      AND (%(run)s::bigint IS NULL OR entry_id = (SELECT n.entry_id FROM run n WHERE n.tenant_id = %(tenant)s AND n.run_no = %(run)s))
) a ON a.entry_id = r.entry_id
WHERE a.entry_id IS NULL OR r.entry_id IS NULL OR NOT a.detail @> r.said OR r.inputs IS DISTINCT FROM a.detail -> 'inputs'
   OR r.imported IS DISTINCT FROM a.imported OR r.ruled IS NOT TRUE OR r.published_at IS DISTINCT FROM a.recorded_at
ORDER BY 1

-- name: results_astray
-- Runs that aren't there and of which there are results.
SELECT r.run_no
FROM (
    SELECT DISTINCT run_no FROM result WHERE tenant_id = %(tenant)s
    UNION
    SELECT DISTINCT run_no FROM result_lines WHERE tenant_id = %(tenant)s
) r
WHERE NOT EXISTS (SELECT FROM run n WHERE n.tenant_id = %(tenant)s AND n.run_no = r.run_no)
ORDER BY r.run_no

-- name: reopenings_unlike
-- Reopenings, with the events that they let in, that aren't what their entries say, and entries without theirs.
SELECT coalesce(a.entry_id, r.entry_id) AS entry_id, 'a reopening' AS what
FROM (
    SELECT o.entry_id, jsonb_build_object('rulebook', o.rulebook, 'period', o.period, 'revision', o.revision) AS said
    FROM reopening o WHERE o.tenant_id = %(tenant)s
) r
FULL JOIN (
    SELECT entry_id, detail FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'period.reopen'
) a ON a.entry_id = r.entry_id
WHERE a.entry_id IS NULL OR r.entry_id IS NULL OR r.said IS DISTINCT FROM (a.detail - 'admitted' - 'completed')
UNION ALL
SELECT coalesce(a.entry_id, m.entry_id), 'an admission'
FROM (
    SELECT entry_id, rulebook, period, event_id::text AS event FROM admission WHERE tenant_id = %(tenant)s
) m
FULL JOIN (
    SELECT DISTINCT e.entry_id, e.detail ->> 'rulebook' AS rulebook, e.detail ->> 'period' AS period, x.event
    FROM audit_entry e CROSS JOIN LATERAL jsonb_array_elements_text(e.detail -> 'admitted') x (event)
    WHERE e.tenant_id = %(tenant)s AND e.action = 'period.reopen'
) a ON a.entry_id = m.entry_id AND a.rulebook = m.rulebook AND a.period = m.period AND a.event = m.event
WHERE a.entry_id IS NULL OR m.entry_id IS NULL
ORDER BY 1, 2

-- name: states_unlike
-- Periods whose state isn't where the last step led.
SELECT a.entry_id, 'the state of ' || coalesce(p.rulebook || ' ' || p.period, a.rulebook || ' ' || a.period) AS what
FROM (SELECT rulebook, period, state FROM period_state WHERE tenant_id = %(tenant)s) p
FULL JOIN (
    SELECT DISTINCT ON (detail ->> 'rulebook', detail ->> 'period') entry_id, detail ->> 'rulebook' AS rulebook,
        detail ->> 'period' AS period,
        CASE action WHEN 'period.publish' THEN 'provisional' WHEN 'period.finalise' THEN 'final' WHEN 'results.import' THEN 'final'
            ELSE 'closing' END AS state
    FROM audit_entry
    WHERE tenant_id = %(tenant)s AND action IN ('period.close', 'period.publish', 'period.finalise', 'period.reopen', 'results.import')
    ORDER BY detail ->> 'rulebook', detail ->> 'period', entry_id DESC
) a ON a.rulebook = p.rulebook AND a.period = p.period
WHERE a.state IS DISTINCT FROM p.state
ORDER BY 1, 2

-- name: rulebooks_unlike
-- Versions, publications and cases that aren't what their entries say, and entries without theirs.
SELECT a.entry_id, 'the rulebook ' || coalesce(r.id || '@' || r.version, a.id || '@' || a.version) AS what
FROM (SELECT id, version, encode(hash, 'hex') AS hash, drafted_by FROM rulebook WHERE tenant_id = %(tenant)s) r
FULL JOIN (
    SELECT entry_id, actor, detail ->> 'rulebook' AS id, detail ->> 'version' AS version, detail ->> 'hash' AS hash
    FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'rulebook.draft'
) a ON a.id = r.id AND a.version = r.version
WHERE (a.hash, a.actor) IS DISTINCT FROM (r.hash, r.drafted_by)
UNION ALL
SELECT a.entry_id, 'the publication of ' || coalesce(p.id || '@' || p.version, a.id || '@' || a.version, 'a rulebook')
FROM (
    SELECT b.id, b.version, u.published_by, u.reason, u.document
    FROM publication u LEFT JOIN rulebook b ON b.tenant_id = u.tenant_id AND b.rulebook_no = u.rulebook_no
    WHERE u.tenant_id = %(tenant)s
) p
FULL JOIN (
    SELECT entry_id, actor, detail ->> 'rulebook' AS id, detail ->> 'version' AS version, detail ->> 'reason' AS reason,
        detail ->> 'document' AS document
    FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'rulebook.publish'
) a ON a.id = p.id AND a.version = p.version
WHERE (a.actor, a.reason, a.document) IS DISTINCT FROM (p.published_by, p.reason, p.document) OR a.entry_id IS NULL
UNION ALL
SELECT coalesce(a.entry_id, c.entry_id), 'the cases of ' || coalesce(c.id || '@' || c.version, a.id || '@' || a.version, 'a rulebook')
FROM (
    SELECT k.entry_id, b.id, b.version, encode(k.hash, 'hex') AS hash, encode(sha256(convert_to(k.text, 'UTF8')), 'hex') AS true_hash
    FROM rulebook_cases k LEFT JOIN rulebook b ON b.tenant_id = k.tenant_id AND b.rulebook_no = k.rulebook_no
    WHERE k.tenant_id = %(tenant)s
) c
FULL JOIN (
    SELECT entry_id, detail ->> 'rulebook' AS id, detail ->> 'version' AS version, detail ->> 'cases' AS hash
    FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'rulebook.cases'
) a ON a.entry_id = c.entry_id
WHERE (a.id, a.version, a.hash, a.hash) IS DISTINCT FROM (c.id, c.version, c.hash, c.true_hash)
ORDER BY 1, 2

-- name: event_types_unlike
-- Event types that aren't as they were last declared.
SELECT a.entry_id, 'the event type ' || coalesce(t.type, a.type) AS what
FROM (SELECT type, declaration::text AS declaration FROM event_type WHERE tenant_id = %(tenant)s) t
FULL JOIN (
    SELECT DISTINCT ON (detail ->> 'type') entry_id, detail ->> 'type' AS type, (detail -> 'declaration')::text AS declaration
    FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'event_type.declare'
    ORDER BY detail ->> 'type', entry_id DESC
) a ON a.type = t.type
WHERE a.declaration IS DISTINCT FROM t.declaration
ORDER BY 1, 2

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
-- How far a chain goes, and how long the oldest entry has waited for its position.
SELECT h.position, (
    SELECT extract(epoch FROM now() - min(a.recorded_at))::float
    FROM unsealed u JOIN audit_entry a ON a.tenant_id = u.tenant_id AND a.entry_id = u.entry_id
    WHERE u.tenant_id = %(tenant)s) AS waiting_seconds
FROM chain_head h WHERE h.tenant_id = %(tenant)s
