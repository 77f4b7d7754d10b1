-- Objections: who contests which result or line, what became of it, and the correction that follows.

-- name: objection_add
-- Somebody objects.
INSERT INTO objection (tenant_id, objection_id, run_no, subject_no, line, objector_no, evidence, answer_by, entry_id)
VALUES (%(tenant)s, %(objection)s, %(run)s, %(subject)s, %(line)s, %(objector)s, %(evidence)s, %(answer_by)s, %(entry)s)

-- name: objection_end
-- What became of an objection.
INSERT INTO objection_end (tenant_id, objection_id, state, entry_id) VALUES (%(tenant)s, %(objection)s, %(state)s, %(entry)s)

-- name: _objection
-- An objection with what became of it.
SELECT o.objection_id, o.entry_id, r.run_no, r.rulebook, r.period, r.revision, b.timezone, s.kind, s.id, o.line,
    'worker/' || w.id AS objector, o.evidence::text[] AS evidence, o.answer_by, m.reason AS said, a.actor AS entered_by,
    a.recorded_at AS opened_at, coalesce(e.state, 'open') AS state, d.actor AS ended_by, d.recorded_at AS ended_at, dm.reason, n.run_no AS answered_by,
    e.state IS NULL AND o.answer_by < (%(now)s::timestamptz AT TIME ZONE b.timezone)::date AS overdue
FROM objection o
JOIN run r ON r.tenant_id = o.tenant_id AND r.run_no = o.run_no
JOIN rulebook b ON b.tenant_id = r.tenant_id AND b.rulebook_no = r.rulebook_no
JOIN subject s ON s.tenant_id = o.tenant_id AND s.subject_no = o.subject_no
JOIN subject w ON w.tenant_id = o.tenant_id AND w.subject_no = o.objector_no
JOIN audit_entry a ON a.tenant_id = o.tenant_id AND a.entry_id = o.entry_id
LEFT JOIN remark m ON m.tenant_id = o.tenant_id AND m.entry_id = o.entry_id
LEFT JOIN objection_end e ON e.tenant_id = o.tenant_id AND e.objection_id = o.objection_id
LEFT JOIN audit_entry d ON d.tenant_id = e.tenant_id AND d.entry_id = e.entry_id
LEFT JOIN remark dm ON dm.tenant_id = e.tenant_id AND dm.entry_id = e.entry_id
LEFT JOIN run_answer n ON n.tenant_id = o.tenant_id AND n.objection_id = o.objection_id

-- name: objection
-- One objection; of one objector alone where somebody asks for himself.
-- include: _objection
WHERE o.tenant_id = %(tenant)s AND o.objection_id = %(objection)s AND (%(own)s::text IS NULL OR 'worker/' || w.id = %(own)s)

-- name: objections
-- A page of objections, oldest first.
-- include: _objection
WHERE o.tenant_id = %(tenant)s AND o.entry_id > %(after)s
  AND (%(rulebook_id)s::text IS NULL OR r.rulebook = %(rulebook_id)s) AND (%(period)s::text IS NULL OR r.period = %(period)s)
  AND (%(subject_text)s::text IS NULL OR s.kind || '/' || s.id = %(subject_text)s)
  AND (%(state)s::text IS NULL OR coalesce(e.state, 'open') = %(state)s)
  AND (%(own)s::text IS NULL OR 'worker/' || w.id = %(own)s)
  AND (NOT %(overdue)s
    OR (e.state IS NULL AND o.answer_by < (%(now)s::timestamptz AT TIME ZONE b.timezone)::date))
ORDER BY o.entry_id LIMIT %(limit)s

-- name: objection_open
-- The open objection of somebody about a line of a result, in any revision of the period.
SELECT o.objection_id FROM objection o
JOIN run r ON r.tenant_id = o.tenant_id AND r.run_no = o.run_no
WHERE o.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s AND o.subject_no = %(subject)s
  AND o.objector_no = %(objector)s AND o.line IS NOT DISTINCT FROM %(line)s
  AND NOT EXISTS (SELECT FROM objection_end e WHERE e.tenant_id = o.tenant_id AND e.objection_id = o.objection_id)
LIMIT 1

-- name: objections_unsettled
-- The objections about a period that are open, or upheld and not followed by a correction, oldest first.
SELECT o.objection_id::text AS objection, s.kind || '/' || s.id AS subject
FROM run r
JOIN objection o ON o.tenant_id = r.tenant_id AND o.run_no = r.run_no
JOIN subject s ON s.tenant_id = o.tenant_id AND s.subject_no = o.subject_no
LEFT JOIN objection_end e ON e.tenant_id = o.tenant_id AND e.objection_id = o.objection_id
WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s
  AND (e.state IS NULL OR (e.state = 'upheld'
    AND NOT EXISTS (SELECT FROM run_answer n WHERE n.tenant_id = o.tenant_id AND n.objection_id = o.objection_id)))
ORDER BY o.entry_id

-- name: answers_due
-- The objections about a period that were upheld and that no correction follows yet.
SELECT o.objection_id::text AS objection
FROM run r
JOIN objection o ON o.tenant_id = r.tenant_id AND o.run_no = r.run_no
JOIN objection_end e ON e.tenant_id = o.tenant_id AND e.objection_id = o.objection_id AND e.state = 'upheld'
WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s
  AND NOT EXISTS (SELECT FROM run_answer x WHERE x.tenant_id = o.tenant_id AND x.objection_id = o.objection_id)
ORDER BY o.objection_id

-- name: answers_add
-- A correction follows these objections.
INSERT INTO run_answer (tenant_id, objection_id, run_no)
SELECT %(tenant)s, o.objection_id, %(run)s FROM unnest(%(objections)s::uuid[]) o (objection_id)

-- name: serves_in
-- Whether a worker is assigned to an organisation, or below it, on one of these days.
SELECT EXISTS (
    SELECT FROM (
        SELECT r.entry_id FROM worker_record r WHERE r.tenant_id = %(tenant)s AND r.worker_no = %(worker)s
        ORDER BY r.entry_id DESC LIMIT 1
    ) w
    JOIN assignment a ON a.tenant_id = %(tenant)s AND a.worker_no = %(worker)s AND a.entry_id = w.entry_id
        AND a.valid_from < %(end_day)s AND (a.valid_to IS NULL OR a.valid_to > %(first_day)s)
    CROSS JOIN LATERAL (
        SELECT r.path FROM organisation_record r WHERE r.tenant_id = %(tenant)s AND r.organisation_no = a.organisation_no
        ORDER BY r.entry_id DESC LIMIT 1
    ) o
    WHERE %(id)s = ANY (o.path)
) AS serves

-- name: brought_in_by
-- Whether an actor brought in one of these events.
SELECT EXISTS (
    SELECT FROM event e JOIN audit_entry a ON a.tenant_id = e.tenant_id AND a.entry_id = e.entry_id
    WHERE e.tenant_id = %(tenant)s AND e.event_id = ANY (%(events)s) AND a.actor = %(actor)s
) AS brought_in

-- name: objection_counts
-- How many objections there are in each state, and how many of them are overdue.
SELECT x.state, count(*) AS objections, count(*) FILTER (WHERE x.overdue) AS overdue
FROM (
-- include: _objection
WHERE o.tenant_id = %(tenant)s
) x GROUP BY x.state
