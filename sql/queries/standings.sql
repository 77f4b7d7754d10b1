-- Standings and runs: what is computed when, and what is kept.

-- name: standing_ensure
-- A standing for the period, empty at first.
INSERT INTO standing (tenant_id, rulebook_no, period) VALUES (%(tenant)s, %(rulebook)s, %(period)s)
ON CONFLICT ON CONSTRAINT standing_period_key DO NOTHING

-- name: standing
-- The standing of a period.
SELECT standing_no, watermark, changed_at, part_runs, part_standings FROM standing
WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s AND period = %(period)s

-- name: standing_lock
-- One computation of a standing at a time.
SELECT standing_no, watermark, changed_at, part_runs, part_standings FROM standing
WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s AND period = %(period)s FOR UPDATE

-- name: standing_shared
-- The standing of a period, held as it is until what is read of it was read.
SELECT standing_no, watermark, changed_at FROM standing
WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s AND period = %(period)s FOR SHARE

-- name: standing_refreshed
-- The standing holds everything up to the watermark.
UPDATE standing SET watermark = %(watermark)s, changed_at = CASE WHEN %(changed)s::boolean THEN %(watermark)s ELSE changed_at END,
    part_runs = %(part_runs)s, part_standings = %(part_standings)s, refreshed_at = now()
WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s

-- name: standing_plan
-- Join by hashing: how many rows a step leaves can't be foreseen, and a nested loop over a whole cohort would never end.
-- A cohort of a million takes minutes, longer than any other statement may.
SELECT set_config('enable_nestloop', %(nested_loops)s, true) AS nested_loops, set_config('work_mem', '256MB', true) AS memory,
    set_config('statement_timeout', '15min', true) AS statement_timeout

-- name: changed_since
-- The first entry sealed after a position, and whether organisations changed.
SELECT min(s.entry_id) AS first_entry,
    EXISTS (SELECT FROM organisation_record o JOIN seal t ON t.tenant_id = o.tenant_id AND t.entry_id = o.entry_id
        WHERE o.tenant_id = %(tenant)s AND t.position > %(since)s) AS organisations
FROM seal s WHERE s.tenant_id = %(tenant)s AND s.position > %(since)s

-- name: changed_subjects
-- Who has other events in the period, or another record, than at a position.
SELECT e.subject_no FROM event e
JOIN seal s ON s.tenant_id = e.tenant_id AND s.entry_id = e.entry_id
WHERE e.tenant_id = %(tenant)s AND e.entry_id >= %(first_entry)s AND s.position > %(since)s
  AND ((e.period IS NULL AND e.time >= %(starts)s AND e.time < %(ends)s) OR e.period = ANY (%(periods)s))
UNION
SELECT w.worker_no FROM worker_record w
JOIN seal s ON s.tenant_id = w.tenant_id AND s.entry_id = w.entry_id
WHERE w.tenant_id = %(tenant)s AND w.entry_id >= %(first_entry)s AND s.position > %(since)s

-- name: standing_size
-- How many subjects a standing has.
SELECT count(*) AS subjects FROM standing_result WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s

-- name: standing_digest
-- SHA-256 over one line per subject, in the order of their ids: all that is said of it, and nothing else.
SELECT sha256(convert_to(coalesce(string_agg(concat_ws('|',
        u.kind || '/' || u.id, s.pool, array_to_string(s.points, ',', '-'), array_to_string(s.caps, ',', '-'),
        array_to_string(s.measures, ',', '-'), array_to_string(s.counts, ',', '-'), array_to_string(s.no_data, ','),
        array_to_string(s.category_caps, ',', '-'), s.total_limit, s.total, coalesce(s.rank::text, '-'),
        coalesce(t.id, s.no_tier), array_to_string(s.gates, ','), array_to_string(s.outcomes, ',')),
    E'\n' ORDER BY u.kind, u.id), ''), 'UTF8')) AS digest
FROM standing_result s
JOIN subject u ON u.tenant_id = s.tenant_id AND u.subject_no = s.subject_no
LEFT JOIN tier t ON t.tenant_id = s.tenant_id AND t.rulebook_no = %(rulebook)s AND t.tier_no = s.tier_no
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s

-- name: period_state
-- Where a period stands, and its current run.
SELECT coalesce((SELECT p.state FROM period_state p
        WHERE p.tenant_id = %(tenant)s AND p.rulebook = %(rulebook_id)s AND p.period = %(period)s), 'open') AS state,
    (SELECT r.run_no FROM run r WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s
        ORDER BY r.revision DESC LIMIT 1) AS run_no

-- name: period_states
-- Where all periods stand that are not simply open.
SELECT p.rulebook, p.period, p.state,
    (SELECT max(r.revision) FROM run r WHERE r.tenant_id = p.tenant_id AND r.rulebook = p.rulebook AND r.period = p.period) AS revision
FROM period_state p WHERE p.tenant_id = %(tenant)s ORDER BY p.rulebook, p.period

-- name: period_settled_since
-- A period that is closing or published and ends in this base period or later.
SELECT p.period, p.state FROM period_state p
WHERE p.tenant_id = %(tenant)s AND p.rulebook = %(rulebook_id)s
  AND CASE WHEN length(p.period) = 4 THEN p.period || '-12' ELSE p.period END >= %(base_period)s
ORDER BY p.period LIMIT 1

-- name: period_lock
-- One decision about a period at a time.
SELECT pg_advisory_xact_lock(hashtextextended(%(rulebook_id)s || '/' || %(period)s, %(tenant)s))

-- name: period_state_set
-- The period is in this state now.
INSERT INTO period_state (tenant_id, rulebook, period, state) VALUES (%(tenant)s, %(rulebook_id)s, %(period)s, %(state)s)
ON CONFLICT ON CONSTRAINT period_state_pkey DO UPDATE SET state = excluded.state

-- name: roster_position
-- The last position that changed the roster.
SELECT coalesce(max(s.position), 0) AS position
FROM seal s JOIN audit_entry a ON a.tenant_id = s.tenant_id AND a.entry_id = s.entry_id
WHERE s.tenant_id = %(tenant)s AND s.position <= %(watermark)s AND a.action = 'roster.state'

-- name: run_add
-- A run, with everything that it depends on.
INSERT INTO run (tenant_id, rulebook, period, revision, rulebook_no, rulebook_hash, language, watermark, roster_position,
    starts_at, ends_at, digest, entry_id)
VALUES (%(tenant)s, %(rulebook_id)s, %(period)s, %(revision)s, %(rulebook)s, %(rulebook_hash)s, %(language)s, %(watermark)s,
    %(roster_position)s, %(starts)s, %(ends)s, %(digest)s, %(entry)s)
RETURNING run_no

-- name: run_inputs_add
-- The revisions that a roll-up read.
INSERT INTO run_input (tenant_id, run_no, input_run_no, input_digest)
SELECT r.tenant_id, %(run)s, r.run_no, r.digest FROM run r WHERE r.tenant_id = %(tenant)s AND r.run_no = ANY (%(part_runs)s)

-- name: results_add
-- Freeze a standing as the results of a run.
INSERT INTO result (tenant_id, run_no, subject_no, organisation_no, post, peer_group, pool, service_days, points, caps, measures,
    counts, no_data, category_caps, total_limit, total, gates, tie_values, ceiling_no, veto_no, eligible, no_tier, rank, seat_no,
    tier_no, outcomes)
SELECT tenant_id, %(run)s, subject_no, organisation_no, post, peer_group, pool, service_days, points, caps, measures,
    counts, no_data, category_caps, total_limit, total, gates, tie_values, ceiling_no, veto_no, eligible, no_tier, rank, seat_no,
    tier_no, outcomes
FROM standing_result WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s

-- name: run
-- A run and its provenance.
SELECT r.run_no, r.rulebook, r.period, r.revision, r.rulebook_no, b.version, r.rulebook_hash, r.language, r.watermark,
    r.roster_position, r.starts_at, r.ends_at, r.digest, r.published_at, a.actor
FROM run r
JOIN rulebook b ON b.tenant_id = r.tenant_id AND b.rulebook_no = r.rulebook_no
JOIN audit_entry a ON a.tenant_id = r.tenant_id AND a.entry_id = r.entry_id
WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s
ORDER BY r.revision DESC LIMIT 1
