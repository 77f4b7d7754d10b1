-- What the audit compares: rows as they are stored, beside what their entries say of them.

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
    coalesce(r.period, a.detail ->> 'period') AS period,
    coalesce(r.revision, substring(a.detail ->> 'revision' FROM '^[0-9]{1,9}$')::integer, 0) AS revision
FROM (
    SELECT n.run_no, n.entry_id, n.rulebook, n.period, n.revision, n.published_at, b.id = n.rulebook AND b.hash = n.rulebook_hash AS ruled,
        jsonb_build_object('rulebook', n.rulebook, 'period', n.period, 'revision', n.revision, 'digest', encode(n.digest, 'hex'),
            'kind', n.kind, 'hash', encode(n.rulebook_hash, 'hex'), 'language', n.language, 'watermark', n.watermark,
            'roster_position', n.roster_position, 'asked_by', n.asked_by, 'carries', n.base_run_no,
            'carried_digest', encode(n.base_digest, 'hex'), 'document', n.document) AS said,
        (SELECT coalesce(jsonb_agg(i.input_run_no ORDER BY i.input_run_no), '[]')
            FROM run_input i WHERE i.tenant_id = n.tenant_id AND i.run_no = n.run_no) AS inputs, n.group_digests
    FROM run n LEFT JOIN rulebook b ON b.tenant_id = n.tenant_id AND b.rulebook_no = n.rulebook_no
    WHERE n.tenant_id = %(tenant)s AND (%(run)s::bigint IS NULL OR n.run_no = %(run)s)
) r
FULL JOIN (
    SELECT entry_id, recorded_at, detail FROM audit_entry
    WHERE tenant_id = %(tenant)s AND action IN ('period.publish', 'results.import')
      AND (%(run)s::bigint IS NULL OR entry_id = (SELECT n.entry_id FROM run n WHERE n.tenant_id = %(tenant)s AND n.run_no = %(run)s))
) a ON a.entry_id = r.entry_id
WHERE a.entry_id IS NULL OR r.entry_id IS NULL OR NOT a.detail @> r.said OR r.inputs IS DISTINCT FROM a.detail -> 'inputs'
   OR r.group_digests IS DISTINCT FROM a.detail -> 'group_digests'
   OR r.ruled IS NOT TRUE OR r.published_at IS DISTINCT FROM a.recorded_at
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
-- Reopenings, with the events that they let in and whom they complete, that aren't what their entries say, and entries without theirs.
SELECT entry_id, 'a reopening' AS what
FROM (
    SELECT o.entry_id, jsonb_build_object('rulebook', o.rulebook, 'period', o.period, 'revision', o.revision) AS said
    FROM reopening o WHERE o.tenant_id = %(tenant)s
) o
FULL JOIN (
    SELECT entry_id, detail,
-- include: _said_revision
    FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'period.reopen'
) a USING (entry_id)
WHERE o.said IS DISTINCT FROM a.said
UNION ALL
SELECT coalesce(a.entry_id, m.entry_id), 'an admission'
FROM (
    SELECT entry_id, rulebook, period, event_id::text AS event FROM admission WHERE tenant_id = %(tenant)s
) m
FULL JOIN (
    SELECT DISTINCT e.entry_id, e.detail ->> 'rulebook' AS rulebook, e.detail ->> 'period' AS period, x.event #>> '{}' AS event
    FROM audit_entry e CROSS JOIN LATERAL jsonb_path_query(e.detail, '$.admitted[*]') x (event)
    WHERE e.tenant_id = %(tenant)s AND e.action = 'period.reopen'
) a ON a.entry_id = m.entry_id AND a.rulebook = m.rulebook AND a.period = m.period AND a.event = m.event
WHERE a.entry_id IS NULL OR m.entry_id IS NULL
UNION ALL
SELECT entry_id, 'a completion'
FROM (
    SELECT c.entry_id, jsonb_agg(u.kind || '/' || u.id ORDER BY u.kind || '/' || u.id) AS said
    FROM completion c LEFT JOIN subject u ON u.tenant_id = c.tenant_id AND u.subject_no = c.subject_no
    WHERE c.tenant_id = %(tenant)s GROUP BY c.entry_id
) c
FULL JOIN (
    SELECT entry_id, detail -> 'completed' AS said FROM audit_entry
    WHERE tenant_id = %(tenant)s AND action = 'period.reopen' AND detail ? 'completed'
) a USING (entry_id)
WHERE c.said IS DISTINCT FROM a.said
ORDER BY 1, 2

-- name: _said_revision
-- Of a step of a period, as which of its entries says it: the revision.
        jsonb_build_object('rulebook', detail -> 'rulebook', 'period', detail -> 'period', 'revision', detail -> 'revision') AS said

-- name: finalisations_unlike
-- Finalisations that aren't what their entries say, and entries without theirs.
SELECT entry_id, 'a finalisation' AS what
FROM (
    SELECT f.entry_id, jsonb_build_object('rulebook', f.rulebook, 'period', f.period, 'revision', f.revision) AS said
    FROM finalisation f WHERE f.tenant_id = %(tenant)s
) f
FULL JOIN (
    SELECT entry_id,
-- include: _said_revision
    FROM audit_entry WHERE tenant_id = %(tenant)s AND action IN ('period.finalise', 'results.import')
) a USING (entry_id)
WHERE f.said IS DISTINCT FROM a.said
ORDER BY 1

-- name: forcings_unlike
-- Forced steps that aren't what their entries say, and entries without theirs.
SELECT entry_id, 'a forced step' AS what
FROM (
    SELECT f.entry_id, jsonb_build_object('rulebook', r.rulebook, 'period', r.period, 'revision', r.revision) AS said
    FROM forcing f LEFT JOIN run r ON r.tenant_id = f.tenant_id AND r.run_no = f.run_no
    WHERE f.tenant_id = %(tenant)s
) f
FULL JOIN (
    SELECT entry_id,
-- include: _said_revision
    FROM audit_entry
    WHERE tenant_id = %(tenant)s AND action IN ('period.publish', 'period.finalise') AND detail ? 'forced'
) a USING (entry_id)
WHERE f.said IS DISTINCT FROM a.said
ORDER BY 1

-- name: notices_unlike
-- Notices that aren't what the entries of their runs say, and entries without theirs.
SELECT entry_id, 'a notice' AS what
FROM (
    SELECT r.entry_id, jsonb_build_object('until', n.until, 'objections_until', n.objections_until, 'calendar', n.calendar) AS said
    FROM notice n LEFT JOIN run r ON r.tenant_id = n.tenant_id AND r.run_no = n.run_no
    WHERE n.tenant_id = %(tenant)s
) n
FULL JOIN (
    SELECT entry_id, jsonb_build_object('until', detail -> 'notice_until', 'objections_until', detail -> 'objections_until',
        'calendar', detail -> 'calendar') AS said
    FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'period.publish' AND detail ? 'notice_until'
) a USING (entry_id)
WHERE n.said IS DISTINCT FROM a.said
ORDER BY 1

-- name: objections_unlike
-- Objections, what became of them and which correction follows, that aren't what their entries say, and entries without theirs.
SELECT entry_id, 'an objection' AS what
FROM (
    SELECT o.entry_id, jsonb_build_object('objection', o.objection_id, 'run', o.run_no, 'subject', s.kind || '/' || s.id, 'line', o.line,
        'objector', w.kind || '/' || w.id, 'evidence', o.evidence, 'answer_by', o.answer_by) AS said
    FROM objection o
    LEFT JOIN subject s ON s.tenant_id = o.tenant_id AND s.subject_no = o.subject_no
    LEFT JOIN subject w ON w.tenant_id = o.tenant_id AND w.subject_no = o.objector_no
    WHERE o.tenant_id = %(tenant)s
) o
FULL JOIN (
    SELECT entry_id, detail AS said FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'objection.enter'
) a USING (entry_id)
WHERE o.said IS DISTINCT FROM a.said
UNION ALL
SELECT entry_id, 'the end of an objection'
FROM (
    SELECT e.entry_id, jsonb_build_object('objection', e.objection_id, 'state', e.state) AS said
    FROM objection_end e WHERE e.tenant_id = %(tenant)s
) e
FULL JOIN (
    SELECT entry_id, detail AS said FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'objection.end'
) a USING (entry_id)
WHERE e.said IS DISTINCT FROM a.said
UNION ALL
SELECT entry_id, 'what a correction answers'
FROM (
    SELECT r.entry_id, jsonb_agg(x.objection_id ORDER BY x.objection_id) AS said
    FROM run_answer x LEFT JOIN run r ON r.tenant_id = x.tenant_id AND r.run_no = x.run_no
    WHERE x.tenant_id = %(tenant)s GROUP BY r.entry_id
) x
FULL JOIN (
    SELECT entry_id, detail -> 'answers' AS said FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'period.publish'
) a USING (entry_id)
WHERE coalesce(x.said, '[]') IS DISTINCT FROM a.said
ORDER BY 1, 2

-- name: calendar_unlike
-- Statements about the working days of a year that aren't what their entries say, and entries without theirs.
SELECT entry_id, 'the calendar of a year' AS what
FROM (
    SELECT c.entry_id, jsonb_build_object('year', c.year, 'holidays', c.holidays, 'working_days', c.working_days) AS said
    FROM calendar_year c WHERE c.tenant_id = %(tenant)s
) c
FULL JOIN (
    SELECT entry_id, detail AS said FROM audit_entry WHERE tenant_id = %(tenant)s AND action = 'calendar.state'
) a USING (entry_id)
WHERE c.said IS DISTINCT FROM a.said
ORDER BY 1

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

-- name: feed_unlike
-- Entries that the feed tells and that aren't marked for it, so that it would pass them over. Of a mark too many nothing comes.
SELECT s.entry_id, 'its mark for the feed' AS what
FROM seal s JOIN audit_entry e ON e.tenant_id = s.tenant_id AND e.entry_id = s.entry_id
WHERE s.tenant_id = %(tenant)s AND NOT s.in_feed AND (
-- include: _in_feed
  )
ORDER BY s.entry_id

-- name: about_unlike
-- Entries that aren't about what they say, so that nobody would find them by it.
SELECT entry_id, 'what it is about' AS what
FROM audit_entry
WHERE tenant_id = %(tenant)s AND about IS DISTINCT FROM
-- include: _about
ORDER BY entry_id
