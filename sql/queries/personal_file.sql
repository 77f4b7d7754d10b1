-- Everything that is kept about one worker, for the file of a person. Parameters: worker (the number).

-- name: file_records
-- The records of the roster, oldest first, with who stated each.
SELECT a.recorded_at, a.actor,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('organisation', o.id, 'post', s.post, 'from', s.valid_from, 'to', s.valid_to)
            ORDER BY s.assignment_no), '[]')
        FROM assignment s JOIN subject o ON o.tenant_id = s.tenant_id AND o.subject_no = s.organisation_no
        WHERE s.tenant_id = w.tenant_id AND s.worker_no = w.worker_no AND s.entry_id = w.entry_id) AS assignments,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'value', t.value, 'from', t.valid_from, 'to', t.valid_to)
            ORDER BY t.attribute_no), '[]')
        FROM attribute t WHERE t.tenant_id = w.tenant_id AND t.subject_no = w.worker_no AND t.entry_id = w.entry_id) AS attributes
FROM worker_record w
JOIN audit_entry a ON a.tenant_id = w.tenant_id AND a.entry_id = w.entry_id
WHERE w.tenant_id = %(tenant)s AND w.worker_no = %(worker)s
ORDER BY w.entry_id

-- name: file_events
-- All events, by time.
-- include: _event
WHERE e.tenant_id = %(tenant)s AND e.subject_no = %(worker)s
ORDER BY e.time, e.event_id

-- name: file_runs
-- The revisions that have a result, oldest first.
SELECT r.run_no FROM run r
JOIN result p ON p.tenant_id = r.tenant_id AND p.run_no = r.run_no AND p.subject_no = %(worker)s
WHERE r.tenant_id = %(tenant)s
ORDER BY r.run_no

-- name: file_decisions
-- What was decided about single events and tiers beside all that: late events let in, and tiers that were to be filled in.
SELECT 'admission' AS decision, d.rulebook, d.period, d.event_id::text AS event, a.actor, a.recorded_at, m.reason
FROM event e
JOIN admission d ON d.tenant_id = e.tenant_id AND d.event_id = e.event_id
JOIN audit_entry a ON a.tenant_id = d.tenant_id AND a.entry_id = d.entry_id
LEFT JOIN remark m ON m.tenant_id = d.tenant_id AND m.entry_id = d.entry_id
WHERE e.tenant_id = %(tenant)s AND e.subject_no = %(worker)s
UNION ALL
SELECT 'completion', o.rulebook, o.period, NULL, a.actor, a.recorded_at, m.reason
FROM completion c
JOIN reopening o ON o.tenant_id = c.tenant_id AND o.entry_id = c.entry_id
JOIN audit_entry a ON a.tenant_id = c.tenant_id AND a.entry_id = c.entry_id
LEFT JOIN remark m ON m.tenant_id = c.tenant_id AND m.entry_id = c.entry_id
WHERE c.tenant_id = %(tenant)s AND c.subject_no = %(worker)s
ORDER BY recorded_at, rulebook, period, event

-- name: file_objections
-- The objections about the worker, or by the worker, oldest first.
-- include: _objection
WHERE o.tenant_id = %(tenant)s AND (o.subject_no = %(worker)s OR o.objector_no = %(worker)s)
ORDER BY o.entry_id
