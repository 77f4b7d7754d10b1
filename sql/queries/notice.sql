-- Public notice: the working days, the dates of a run, what was forced.

-- name: calendar_lock
-- One statement about working days at a time, so that each states what changed since the one before.
SELECT pg_advisory_xact_lock(%(tenant)s, 2)

-- name: calendar_year_add
-- State the working days of a year.
INSERT INTO calendar_year (tenant_id, year, entry_id, holidays, working_days)
VALUES (%(tenant)s, %(year)s, %(entry)s, %(holidays)s, %(working_days)s)

-- name: calendar_year_stated
-- The last statement about a year.
SELECT c.holidays, c.working_days FROM calendar_year c
WHERE c.tenant_id = %(tenant)s AND c.year = %(year)s ORDER BY c.entry_id DESC LIMIT 1

-- name: calendar_year
-- The last statement about a year up to a position.
SELECT c.holidays, c.working_days, s.position
FROM calendar_year c
JOIN seal s ON s.tenant_id = c.tenant_id AND s.entry_id = c.entry_id
WHERE c.tenant_id = %(tenant)s AND c.year = %(year)s AND s.position <= %(watermark)s
ORDER BY s.position DESC LIMIT 1

-- name: notice_add
-- The dates of a run's notice.
INSERT INTO notice (tenant_id, run_no, until, objections_until, calendar)
VALUES (%(tenant)s, %(run)s, %(until)s, %(objections_until)s, %(calendar)s)

-- name: notice
-- The notice of the current run of a period.
SELECT r.run_no, n.until, n.objections_until FROM run r
LEFT JOIN notice n ON n.tenant_id = r.tenant_id AND n.run_no = r.run_no
WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s
ORDER BY r.revision DESC LIMIT 1

-- name: forcing_add
-- A step of a run's life was taken before its time.
INSERT INTO forcing (tenant_id, run_no, entry_id) VALUES (%(tenant)s, %(run)s, %(entry)s)

-- name: _forced
-- The steps that were forced of a run, r, in their order, by whom and why.
(SELECT coalesce(jsonb_agg(jsonb_build_object('step', split_part(fa.action, '.', 2), 'overridden', fa.detail -> 'forced',
        'by', fa.actor, 'reason', fm.reason) ORDER BY f.entry_id), '[]')
    FROM forcing f
    JOIN audit_entry fa ON fa.tenant_id = f.tenant_id AND fa.entry_id = f.entry_id
    LEFT JOIN remark fm ON fm.tenant_id = f.tenant_id AND fm.entry_id = f.entry_id
    WHERE f.tenant_id = r.tenant_id AND f.run_no = r.run_no) AS forced
