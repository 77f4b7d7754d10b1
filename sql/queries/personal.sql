-- Personal data: the salts of their hashes, and erasure.

-- name: salts_add
-- Give salts to workers who have none.
INSERT INTO salt (tenant_id, subject_no, salt)
SELECT %(tenant)s, r.worker_no, decode(r.salt, 'hex') FROM jsonb_to_recordset(%(rows)s) AS r (worker_no integer, salt text)
ON CONFLICT ON CONSTRAINT salt_pkey DO NOTHING

-- name: salts
-- By what the personal data of workers are hashed.
SELECT subject_no, salt FROM salt WHERE tenant_id = %(tenant)s AND subject_no = ANY (%(workers)s)

-- name: person_erase
-- Forget what a worker is called.
DELETE FROM person WHERE tenant_id = %(tenant)s AND subject_no = %(worker)s

-- name: salt_erase
-- Forget by what it was hashed: nothing matches the hashes any more.
DELETE FROM salt WHERE tenant_id = %(tenant)s AND subject_no = %(worker)s

-- name: remarks_erase
-- Empty the reasons of what was done about a worker: objections about or by the worker and what became of them, corrections and admissions
-- of the worker's events, tiers filled in.
WITH about AS (
    SELECT o.entry_id, o.objection_id FROM objection o
    WHERE o.tenant_id = %(tenant)s AND (o.subject_no = %(worker)s OR o.objector_no = %(worker)s)
),
entry AS (
    SELECT b.entry_id FROM about b
    UNION ALL
    SELECT d.entry_id FROM objection_end d JOIN about b ON b.objection_id = d.objection_id WHERE d.tenant_id = %(tenant)s
    UNION ALL
    SELECT v.entry_id FROM event e JOIN reversal v ON v.tenant_id = e.tenant_id AND v.event_id = e.event_id
    WHERE e.tenant_id = %(tenant)s AND e.subject_no = %(worker)s
    UNION ALL
    SELECT d.entry_id FROM event e JOIN admission d ON d.tenant_id = e.tenant_id AND d.event_id = e.event_id
    WHERE e.tenant_id = %(tenant)s AND e.subject_no = %(worker)s
    UNION ALL
    SELECT c.entry_id FROM completion c WHERE c.tenant_id = %(tenant)s AND c.subject_no = %(worker)s
)
UPDATE remark m SET reason = ''
WHERE m.tenant_id = %(tenant)s AND m.reason <> '' AND m.entry_id IN (SELECT n.entry_id FROM entry n)

-- name: remarks_naming
-- Reasons in which any of these texts stands, and what they say.
SELECT m.entry_id, m.reason FROM remark m
WHERE m.tenant_id = %(tenant)s AND EXISTS (SELECT FROM unnest(%(named)s::text[]) n WHERE strpos(m.reason, n) > 0)

-- name: remark_reword
-- Leave out of a reason what names somebody.
UPDATE remark SET reason = %(reason)s WHERE tenant_id = %(tenant)s AND entry_id = %(entry)s

-- name: rejections_erase
-- Take away what was refused and names a worker: by any of these pieces of its body, or by the alias of its source.
WITH named AS (
    SELECT r.rejection_no FROM rejection r
    WHERE r.tenant_id = %(tenant)s AND (
        EXISTS (SELECT FROM unnest(%(pieces)s::bytea[]) n WHERE position(n IN r.body) > 0)
        OR EXISTS (SELECT FROM alias a WHERE a.tenant_id = %(tenant)s AND a.subject_no = %(worker)s AND a.source = r.source
            AND position(convert_to('"worker/' || a.external_id || '"', 'UTF8') IN r.body) > 0))
    ORDER BY r.body_digest FOR UPDATE
)
DELETE FROM rejection r USING named n WHERE r.tenant_id = %(tenant)s AND r.rejection_no = n.rejection_no

-- name: answers_erase
-- Forget what was answered to commands about a worker, or naming one; that they were carried out stays known.
UPDATE command SET status = NULL, location = NULL, answer = NULL
WHERE tenant_id = %(tenant)s AND status IS NOT NULL
  AND (route = %(route)s OR EXISTS (SELECT FROM unnest(%(pieces)s::bytea[]) n WHERE position(n IN answer) > 0))

-- name: workers_gone
-- Workers who are still called something, although their last assignment ended before a day.
SELECT s.id
FROM subject s
JOIN (
    SELECT r.worker_no, max(r.entry_id) AS entry_id FROM worker_record r WHERE r.tenant_id = %(tenant)s GROUP BY r.worker_no
) w ON w.worker_no = s.subject_no
WHERE s.tenant_id = %(tenant)s AND s.kind = 'worker'
  AND (EXISTS (SELECT FROM person p WHERE p.tenant_id = %(tenant)s AND p.subject_no = s.subject_no)
    OR EXISTS (SELECT FROM alias l WHERE l.tenant_id = %(tenant)s AND l.subject_no = s.subject_no))
  AND (
    SELECT max(coalesce(a.valid_to, 'infinity')) < %(end_day)s FROM assignment a
    WHERE a.tenant_id = %(tenant)s AND a.worker_no = s.subject_no AND a.entry_id = w.entry_id)
ORDER BY s.id LIMIT %(limit)s
