-- Corrections: what is taken back, and what stands in its place.

-- name: corrections_lock
-- One request of corrections at a time: their items may build on each other, so no order of finer locks would be safe.
SELECT pg_advisory_xact_lock(hashtextextended('corrections', %(tenant)s))

-- name: correctable
-- What a correction of these events needs to know of them.
SELECT e.event_id, so.source, coalesce(b.root_id, e.event_id) AS root_id, coalesce(b.root_entry_id, e.entry_id) AS root_entry_id,
    v.event_id IS NOT NULL AS reversed, v.replaced_by, r.actor AS reversed_by, m.reason AS reversed_because
FROM event e
JOIN source so ON so.tenant_id = e.tenant_id AND so.source_no = e.source_no
LEFT JOIN reversal b ON b.tenant_id = e.tenant_id AND b.replaced_by = e.event_id
LEFT JOIN reversal v ON v.tenant_id = e.tenant_id AND v.event_id = e.event_id
LEFT JOIN audit_entry r ON r.tenant_id = v.tenant_id AND r.entry_id = v.entry_id
LEFT JOIN remark m ON m.tenant_id = v.tenant_id AND m.entry_id = v.entry_id
WHERE e.tenant_id = %(tenant)s AND e.event_id = ANY (%(events)s)

-- name: reversals_add
-- Take events back.
INSERT INTO reversal (tenant_id, event_id, entry_id, replaced_by, root_id, root_entry_id)
SELECT %(tenant)s, r.event_id, r.entry_id, r.replaced_by, r.root_id, r.root_entry_id
FROM jsonb_to_recordset(%(rows)s) AS r (event_id uuid, entry_id bigint, replaced_by uuid, root_id uuid, root_entry_id bigint)
ORDER BY r.event_id
