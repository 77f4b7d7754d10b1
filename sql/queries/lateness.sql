-- Events that came after their period was published: which of them count in a later period, and what is told of all.
--
-- Parameters, beside those of cohort.sql: earlier (the periods whose late events may count in this one: starts, ends, periods
-- that it contains, after which position), earlier_starts, earlier_periods and earlier_after (the least of each, or all of them).

-- name: first_revisions
-- The periods of a rulebook that were published, up to which position their first revisions hold events, and when that was.
SELECT r.period, r.watermark, s.position
FROM run r
LEFT JOIN seal s ON s.tenant_id = r.tenant_id AND s.entry_id = r.entry_id
WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.revision = 1

-- name: newest_watermark
-- The greatest watermark of a run of a rulebook, and whether a late event was let in that a watermark doesn't hold.
SELECT coalesce(max(r.watermark), 0) AS watermark, EXISTS (
    SELECT FROM admission a
    LEFT JOIN seal s ON s.tenant_id = a.tenant_id AND s.entry_id = a.entry_id
    WHERE a.tenant_id = %(tenant)s AND a.rulebook = %(rulebook_id)s AND (s.position IS NULL OR s.position > %(watermark)s)) AS is_blind
FROM run r WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s

-- name: carried
-- The events that are carried into a period, and where the periods begin to which they belong. What replaces another event came
-- when that one did; what a correction of its own period let in isn't carried.
WITH
-- include: _beyond
,
came AS (
    SELECT e.event_id, e.entry_id, e.time, e.period, v.root_id, v.root_entry_id
    FROM event e
    LEFT JOIN reversal v ON v.tenant_id = e.tenant_id AND v.replaced_by = e.event_id
    WHERE e.tenant_id = %(tenant)s
      AND e.entry_id >= (SELECT min(s.entry_id) FROM seal s WHERE s.tenant_id = %(tenant)s AND s.position > %(earlier_after)s)
      AND ((e.period IS NULL AND e.time >= %(earlier_starts)s AND e.time < %(starts)s) OR e.period = ANY (%(earlier_periods)s))
      AND (%(subjects)s::integer[] IS NULL OR e.subject_no = ANY (%(subjects)s::integer[]))
      AND e.type_no IN (
          SELECT m.type_no FROM measure m
          WHERE m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s)
      -- In time for this period. That what it replaces was let in here doesn't matter: it isn't of this period itself.
      AND (e.entry_id < (SELECT entry_id FROM horizon) OR (
          coalesce(v.root_entry_id, e.entry_id) NOT IN (SELECT entry_id FROM late) AND e.entry_id NOT IN (SELECT entry_id FROM beyond)))
      AND e.event_id NOT IN (SELECT event_id FROM reversed)
)
SELECT c.event_id, p.period
FROM came c
JOIN seal s ON s.tenant_id = %(tenant)s AND s.entry_id = coalesce(c.root_entry_id, c.entry_id)
JOIN jsonb_to_recordset(%(earlier)s) AS p (period text, starts timestamptz, ends timestamptz, after bigint, periods text[])
    ON s.position > p.after AND ((c.period IS NULL AND c.time >= p.starts AND c.time < p.ends) OR c.period = ANY (p.periods))
WHERE NOT EXISTS (
    SELECT FROM admission a
    WHERE a.tenant_id = %(tenant)s AND a.rulebook = %(rulebook_id)s AND a.period = p.period AND a.event_id IN (c.event_id, c.root_id)
      AND NOT EXISTS (SELECT FROM beyond b WHERE b.entry_id = a.entry_id))
