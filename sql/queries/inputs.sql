-- What published results were made of, and what of that didn't stay.

-- name: inputs_revised
-- For one run, or each current one: the revisions that it read of periods that were revised since, or are taken up for it.
SELECT c.run_no, r.rulebook, r.period, r.revision, n.revision AS newest, p.state
FROM run c
JOIN run_input i ON i.tenant_id = c.tenant_id AND i.run_no = c.run_no
JOIN run r ON r.tenant_id = i.tenant_id AND r.run_no = i.input_run_no
JOIN period_state p ON p.tenant_id = r.tenant_id AND p.rulebook = r.rulebook AND p.period = r.period
CROSS JOIN LATERAL (
    SELECT max(l.revision) AS revision FROM run l WHERE l.tenant_id = r.tenant_id AND l.rulebook = r.rulebook AND l.period = r.period
) n
WHERE c.tenant_id = %(tenant)s AND (n.revision > r.revision OR p.state = 'closing')
  AND CASE WHEN %(run)s::bigint IS NOT NULL THEN c.run_no = %(run)s ELSE NOT EXISTS (
      SELECT FROM run l WHERE l.tenant_id = c.tenant_id AND l.rulebook = c.rulebook AND l.period = c.period AND l.revision > c.revision)
  END
ORDER BY c.run_no, r.rulebook, r.period
