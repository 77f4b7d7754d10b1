-- Standings and runs: what is computed when, and what is kept.

-- name: standing_ensure
-- A standing for the period, empty at first; `again` is the run that is computed once more, or 0.
INSERT INTO standing (tenant_id, rulebook_no, period, again) VALUES (%(tenant)s, %(rulebook)s, %(period)s, %(again)s)
ON CONFLICT ON CONSTRAINT standing_period_key DO NOTHING

-- name: standing
-- The standing of a period, held by nobody.
SELECT standing_no, watermark, changed_at, read_runs, read_standings, read_at, '' AS epoch FROM standing
WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s AND period = %(period)s AND again = %(again)s

-- name: standing_lock
-- One computation of a standing at a time; what it kept of the sizes of pools, unless somebody refreshed it who keeps nothing.
SELECT standing_no, watermark, changed_at, read_runs, read_standings, read_at, '' AS epoch,
    CASE WHEN pools_at = refreshed_at THEN pools END AS kept_sizes
FROM standing
WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s AND period = %(period)s AND again = %(again)s FOR UPDATE

-- name: standing_shared
-- The standing of a period, held as it is until what is read of it was read.
SELECT standing_no, watermark, changed_at, read_runs, epoch() AS epoch FROM standing
WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s AND period = %(period)s AND again = %(again)s FOR SHARE

-- name: standing_refreshed
-- The standing holds everything up to the watermark.
UPDATE standing SET watermark = %(watermark)s, changed_at = CASE WHEN %(changed)s::boolean THEN %(watermark)s ELSE changed_at END,
    read_runs = %(read_runs)s, read_standings = %(read_standings)s, read_at = %(read_at)s, refreshed_at = now(),
    pools = %(kept_sizes)s, pools_at = now()
WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
RETURNING standing_no, watermark, changed_at, read_runs, epoch() AS epoch

-- name: standing_plan
-- Join and group by hashing: how many rows a step leaves can't be foreseen, and a nested loop over a whole cohort would never
-- end. A cohort of a million takes minutes, longer than any other statement may.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true) AS plans,
    set_config('random_page_cost', CASE %(nested_loops)s WHEN 'off' THEN '4' ELSE '1.1' END, true) AS pages, set_config('enable_nestloop', %(nested_loops)s, true) AS nested_loops,
    set_config('enable_mergejoin', %(nested_loops)s, true) AS merge_joins, set_config('enable_sort', %(nested_loops)s, true) AS sorts, set_config('work_mem', '256MB', true) AS memory,
    set_config('statement_timeout', '15min', true) AS statement_timeout,
    set_config('idle_in_transaction_session_timeout', '15min', true) AS idle_timeout -- one connection waits for the other

-- name: standing_plan_of_some
-- The same for statements about some subjects, whose plans the connection keeps: planning them takes longer than they do. A few may have
-- very many events.
SELECT set_config('plan_cache_mode', 'force_generic_plan', true) AS plans, set_config('enable_nestloop', 'off', true) AS nested_loops,
    set_config('enable_mergejoin', 'off', true) AS merge_joins, set_config('enable_sort', 'off', true) AS sorts,
    set_config('statement_timeout', '15min', true) AS statement_timeout

-- name: sheet_needs
-- How far a sheet looks, whether one subject can move another, and which parts of the placement it has.
WITH
-- include: _tiers_here
SELECT s.looks_back, s.looks_ahead, s.relative, s.plain, r.small_groups = 'pool_in_tenant' AS pools_small_groups,
    ARRAY(SELECT t.tier_no FROM tier_here t WHERE t.quota_kind IN ('at_most', 'seats') ORDER BY t.tier_no) AS quota_tiers,
    EXISTS (SELECT FROM tier_here t WHERE t.quota_kind = 'at_least') AS forces,
    (SELECT EXISTS (SELECT FROM test t WHERE t.tenant_id = s.tenant_id AND t.rulebook_no = s.rulebook_no AND t.sheet = s.sheet
        AND t.operand = 'place')) AS asks_places,
    (SELECT EXISTS (SELECT FROM ranked_list l WHERE l.tenant_id = s.tenant_id AND l.rulebook_no = s.rulebook_no)) AS has_lists,
    (SELECT EXISTS (SELECT FROM outcome o WHERE o.tenant_id = s.tenant_id AND o.rulebook_no = s.rulebook_no AND o.sheet = s.sheet
        AND o.among IS NOT NULL)) AS chooses
FROM sheet s JOIN rulebook r ON r.tenant_id = s.tenant_id AND r.rulebook_no = s.rulebook_no
WHERE s.tenant_id = %(tenant)s AND s.rulebook_no = %(rulebook)s AND s.sheet = %(sheet)s

-- name: readings
-- The results that a sheet reads: of which rulebook, kind of period and periods.
SELECT q.indicator_no, q.rulebook, q.results, q.period_word, q.before_n, q.read IN ('indicator') AS reads_lines
FROM reading q
WHERE q.tenant_id = %(tenant)s AND q.rulebook_no = %(rulebook)s AND q.sheet = %(sheet)s AND q.of IN ('own', 'organisation')
ORDER BY q.indicator_no

-- name: result_sources
-- For each rulebook and period: the published version that rules it (or, of an import, is named by it), and its current run.
SELECT x.rulebook, x.period, r.rulebook_no, r.id, r.version, r.hash, r.document, r.effective_from, r.timezone, r.language,
    (SELECT n.run_no FROM run n WHERE n.tenant_id = %(tenant)s AND n.rulebook = x.rulebook AND n.period = x.period
        ORDER BY n.revision DESC LIMIT 1) AS run_no
FROM unnest(%(rulebooks)s::text[], %(period_texts)s::text[], %(end_days)s::date[]) WITH ORDINALITY AS x (rulebook, period, end_day, place)
JOIN (
    SELECT b.*, lead(b.effective_day) OVER (PARTITION BY b.id ORDER BY b.effective_day) AS followed_on
    FROM rulebook b JOIN publication p ON p.tenant_id = b.tenant_id AND p.rulebook_no = b.rulebook_no
    WHERE b.tenant_id = %(tenant)s AND b.id = ANY (%(rulebooks)s::text[])
) r ON r.id = x.rulebook AND (r.effective_day < x.end_day AND (r.followed_on IS NULL OR r.followed_on >= x.end_day)
    OR r.rulebook_no = (SELECT i.rulebook_no FROM run i
        WHERE i.tenant_id = %(tenant)s AND i.rulebook = x.rulebook AND i.period = x.period AND i.kind = 'import'
        ORDER BY i.revision DESC LIMIT 1))
ORDER BY x.place

-- name: finals
-- The newest revision of each period of these rulebooks that was final at a position.
SELECT DISTINCT ON (r.rulebook, r.period) r.rulebook, r.period, r.run_no, r.rulebook_no
FROM finalisation f
JOIN seal s ON s.tenant_id = f.tenant_id AND s.entry_id = f.entry_id AND s.position <= %(watermark)s
JOIN run r ON r.tenant_id = f.tenant_id AND r.rulebook = f.rulebook AND r.period = f.period AND r.revision = f.revision
WHERE f.tenant_id = %(tenant)s AND f.rulebook = ANY (%(rulebooks)s)
ORDER BY r.rulebook, r.period, r.revision DESC

-- name: changed_since
-- The first entry sealed after a position, and whether organisations changed.
SELECT min(s.entry_id) AS first_entry,
    EXISTS (SELECT FROM organisation_record o JOIN seal t ON t.tenant_id = o.tenant_id AND t.entry_id = o.entry_id
        WHERE o.tenant_id = %(tenant)s AND t.position > %(since)s) AS organisations
FROM seal s WHERE s.tenant_id = %(tenant)s AND s.position > %(since)s

-- name: changed_subjects
-- Who has other events that matter, or another record, than at a position.
SELECT e.subject_no FROM event e
JOIN seal s ON s.tenant_id = e.tenant_id AND s.entry_id = e.entry_id
WHERE e.tenant_id = %(tenant)s AND e.entry_id >= %(first_entry)s AND s.position > %(since)s
  AND ((e.period IS NULL AND e.time >= %(seen_from)s AND e.time < %(seen_to)s) OR e.period = ANY (%(periods)s))
UNION
SELECT e.subject_no FROM reversal v
JOIN seal s ON s.tenant_id = v.tenant_id AND s.entry_id = v.entry_id
JOIN event e ON e.tenant_id = v.tenant_id AND e.event_id = v.event_id
WHERE v.tenant_id = %(tenant)s AND v.entry_id >= %(first_entry)s AND s.position > %(since)s
  AND ((e.period IS NULL AND e.time >= %(seen_from)s AND e.time < %(seen_to)s) OR e.period = ANY (%(periods)s))
UNION
SELECT e.subject_no FROM admission a
JOIN seal s ON s.tenant_id = a.tenant_id AND s.entry_id = a.entry_id
JOIN event e ON e.tenant_id = a.tenant_id AND e.event_id = a.event_id
WHERE a.tenant_id = %(tenant)s AND a.rulebook = %(rulebook_id)s AND a.period = ANY (%(admitting)s) AND s.position > %(since)s
UNION
SELECT w.worker_no FROM worker_record w
JOIN seal s ON s.tenant_id = w.tenant_id AND s.entry_id = w.entry_id
WHERE w.tenant_id = %(tenant)s AND w.entry_id >= %(first_entry)s AND s.position > %(since)s

-- name: standing_size
-- How many subjects a standing has, counted up to so many.
SELECT count(*) AS subjects FROM (
    SELECT FROM standing_result WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s LIMIT %(limit)s
) s

-- name: standing_said
-- One line per subject, in the order of their ids: all that is said of it, and nothing else. They are sorted last: where little is known
-- of a new tenant, an order that an index has would be kept through a product of all with all.
SELECT l.pool, l.said
FROM (
    SELECT u.kind, u.id, s.pool, concat_ws('|',
        u.kind || '/' || u.id, s.pool, array_to_string(l.lines, ',', '-'), array_to_string(l.measures, ',', '-'),
        array_to_string(l.codes, ',', '-'), array_to_string(l.counts, ',', '-'), array_to_string(l.no_data, ','),
        array_to_string(s.category_points, ','), s.total, coalesce(s.rank::text, '-'), array_to_string(s.list_groups, ',', '-'),
        array_to_string(s.list_ranks, ',', '-'), coalesce(t.id, s.no_tier), array_to_string(l.negatives, ','), array_to_string(l.met, ','),
        array_to_string(s.outcomes, ','), array_to_string(s.outcome_values, ',', '-'),
        'unanswered ' || nullif(array_to_string(s.unanswered, ','), ''), 'candidate ' || nullif(array_to_string(s.candidacies, ','), '')) AS said
    FROM standing_ranked s
    JOIN standing_lines l ON l.tenant_id = s.tenant_id AND l.standing_no = s.standing_no AND l.subject_no = s.subject_no
    JOIN subject u ON u.tenant_id = s.tenant_id AND u.subject_no = s.subject_no
    LEFT JOIN tier t ON t.tenant_id = s.tenant_id AND t.rulebook_no = %(rulebook)s AND t.tier_no = s.tier_no
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s
    OFFSET 0
) l
ORDER BY l.kind, l.id

-- name: period_state
-- Where a period stands, and its current run.
SELECT coalesce((SELECT p.state FROM period_state p
        WHERE p.tenant_id = %(tenant)s AND p.rulebook = %(rulebook_id)s AND p.period = %(period)s), 'open') AS state,
    (SELECT max(r.revision) FROM run r WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s)
        AS revision

-- name: period_states
-- Where all periods stand that are not simply open, and their current runs.
SELECT p.rulebook, p.period, p.state, r.revision, r.run_no, n.until AS notice_until, n.objections_until,
-- include: _forced
FROM period_state p
LEFT JOIN LATERAL (
    SELECT c.tenant_id, c.run_no, c.revision FROM run c
    WHERE c.tenant_id = p.tenant_id AND c.rulebook = p.rulebook AND c.period = p.period ORDER BY c.revision DESC LIMIT 1
) r ON true
LEFT JOIN notice n ON n.tenant_id = r.tenant_id AND n.run_no = r.run_no
WHERE p.tenant_id = %(tenant)s ORDER BY p.rulebook, p.period

-- name: period_lock
-- One decision about a period at a time.
SELECT pg_advisory_xact_lock(hashtextextended(%(rulebook_id)s || '/' || %(period)s, %(tenant)s))

-- name: period_state_set
-- The period is in this state now.
INSERT INTO period_state (tenant_id, rulebook, period, state) VALUES (%(tenant)s, %(rulebook_id)s, %(period)s, %(state)s)
ON CONFLICT ON CONSTRAINT period_state_pkey DO UPDATE SET state = excluded.state

-- name: finalisation_add
-- The current revision of the period is final.
INSERT INTO finalisation (tenant_id, rulebook, period, revision, entry_id)
VALUES (%(tenant)s, %(rulebook_id)s, %(period)s, %(revision)s, %(entry)s)

-- name: reopening_add
-- Why a published period is corrected, and who said so.
INSERT INTO reopening (tenant_id, rulebook, period, revision, entry_id)
VALUES (%(tenant)s, %(rulebook_id)s, %(period)s, %(revision)s, %(entry)s)

-- name: reopening
-- Who last asked for a correction of a period.
SELECT o.revision, o.entry_id, a.actor FROM reopening o
JOIN audit_entry a ON a.tenant_id = o.tenant_id AND a.entry_id = o.entry_id
WHERE o.tenant_id = %(tenant)s AND o.rulebook = %(rulebook_id)s AND o.period = %(period)s
ORDER BY o.entry_id DESC LIMIT 1

-- name: late_events
-- Events of a period that came after it was published, or of these only: since when they or what they replace were there, whether
-- a correction let them in, and whether they were taken back.
SELECT e.event_id::text AS event, e.id, so.source, et.type, u.kind || '/' || u.id AS subject, e.time, e.period, s.position + e.ordinal AS position,
    coalesce(y.position, s.position) AS came_at, v.event_id IS NOT NULL AS reversed,
    EXISTS (SELECT FROM admission a WHERE a.tenant_id = r.tenant_id AND a.rulebook = r.rulebook AND a.period = r.period
        AND a.event_id IN (e.event_id, b.root_id)) AS admitted
FROM run r
JOIN seal s ON s.tenant_id = r.tenant_id AND s.position > r.watermark
JOIN event e ON e.tenant_id = s.tenant_id AND e.entry_id = s.entry_id
JOIN source so ON so.tenant_id = e.tenant_id AND so.source_no = e.source_no
JOIN event_type et ON et.tenant_id = e.tenant_id AND et.type_no = e.type_no
JOIN subject u ON u.tenant_id = e.tenant_id AND u.subject_no = e.subject_no
LEFT JOIN reversal b ON b.tenant_id = e.tenant_id AND b.replaced_by = e.event_id
LEFT JOIN seal y ON y.tenant_id = b.tenant_id AND y.entry_id = b.root_entry_id
LEFT JOIN reversal v ON v.tenant_id = e.tenant_id AND v.event_id = e.event_id
WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s AND r.revision = 1
  AND ((e.period IS NULL AND e.time >= r.starts_at AND e.time < r.ends_at) OR e.period = ANY (%(periods)s))
  AND (%(only)s::uuid[] IS NULL OR e.event_id = ANY (%(only)s::uuid[]))
  AND et.type_no IN (SELECT m.type_no FROM measure m WHERE m.tenant_id = r.tenant_id AND m.rulebook_no = r.rulebook_no
      UNION SELECT o.used_type_no FROM outcome o WHERE o.tenant_id = r.tenant_id AND o.rulebook_no = r.rulebook_no)
  AND s.position + e.ordinal > %(after)s
  AND
-- include: _seen
ORDER BY s.position + e.ordinal LIMIT %(limit)s

-- name: admissions_add
-- Let late events in; answers those that are late events of the period.
INSERT INTO admission (tenant_id, rulebook, period, event_id, entry_id)
SELECT r.tenant_id, r.rulebook, r.period, e.event_id, %(entry)s
FROM run r
JOIN event e ON e.tenant_id = r.tenant_id AND e.event_id = ANY (%(events)s)
JOIN seal s ON s.tenant_id = e.tenant_id AND s.entry_id = e.entry_id AND s.position > r.watermark
WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s AND r.revision = 1
  AND ((e.period IS NULL AND e.time >= r.starts_at AND e.time < r.ends_at) OR e.period = ANY (%(periods)s))
ON CONFLICT ON CONSTRAINT admission_pkey DO NOTHING
RETURNING event_id

-- name: roster_position
-- The last position that changed the roster.
SELECT coalesce(max(s.position), 0) AS position
FROM seal s JOIN audit_entry a ON a.tenant_id = s.tenant_id AND a.entry_id = s.entry_id
WHERE s.tenant_id = %(tenant)s AND s.position <= %(watermark)s AND a.action = 'roster.state'

-- name: run_add
-- A run, with everything that it depends on.
INSERT INTO run (tenant_id, rulebook, period, revision, rulebook_no, rulebook_hash, language, watermark, roster_position,
    starts_at, ends_at, digest, group_digests, entry_id, asked_by, kind, base_run_no, base_digest, document, published_at)
SELECT %(tenant)s, %(rulebook_id)s, %(period)s, %(revision)s, %(rulebook)s, %(rulebook_hash)s, %(language)s, %(watermark)s,
    %(roster_position)s, %(starts)s, %(ends)s, %(digest)s, %(group_digests)s, a.entry_id, %(asked_by)s, %(kind_of_run)s, %(base_run)s, %(base_digest)s,
    %(imported_from)s, a.recorded_at
FROM audit_entry a WHERE a.tenant_id = %(tenant)s AND a.entry_id = %(entry)s
RETURNING run_no

-- name: run_inputs_add
-- The revisions that it read.
INSERT INTO run_input (tenant_id, run_no, input_run_no, input_digest)
SELECT r.tenant_id, %(run)s, r.run_no, r.digest FROM run r WHERE r.tenant_id = %(tenant)s AND r.run_no = ANY (%(read_runs)s)

-- name: results_add
-- Freeze a standing as the results of a run.
WITH explained AS (
    INSERT INTO result_lines (tenant_id, run_no, subject_no, lines, measures, codes, counts, no_data, negatives, met)
    SELECT tenant_id, %(run)s, subject_no, lines, measures, codes, counts, no_data, negatives, met
    FROM standing_lines WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
)
INSERT INTO result (tenant_id, run_no, subject_no, organisation_no, post, peer_group, pool, service_days, category_points, total,
    tie_values, ceiling_no, veto_no, eligible, no_tier, rank, list_groups, list_ranks, seat_no, tier_no, outcomes, outcome_values,
    unanswered, candidacies)
SELECT tenant_id, %(run)s, subject_no, organisation_no, post, peer_group, pool, service_days, category_points, total,
    tie_values, ceiling_no, veto_no, eligible, no_tier, rank, list_groups, list_ranks, seat_no, tier_no, outcomes, outcome_values,
    unanswered, candidacies
FROM standing_ranked WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s

-- name: _run
-- A run and its provenance.
SELECT r.run_no, r.rulebook, r.period, r.revision, r.rulebook_no, b.version, r.rulebook_hash, r.language, r.watermark,
    r.rulebook_no AS run_rulebook_no, r.rulebook_hash AS run_rulebook_hash,
    EXISTS (SELECT FROM run_input i WHERE i.tenant_id = r.tenant_id AND i.run_no = r.run_no) AS reads_runs,
    r.roster_position, r.starts_at, r.ends_at, r.digest, r.group_digests, r.published_at, a.actor, o.actor AS corrected_by, m.reason,
    r.kind, r.base_run_no, r.base_digest, r.document, r.asked_by, ARRAY(
        SELECT u.kind || '/' || u.id FROM completion c
        JOIN subject u ON u.tenant_id = c.tenant_id AND u.subject_no = c.subject_no
        WHERE c.tenant_id = r.tenant_id AND c.entry_id = r.asked_by ORDER BY u.kind, u.id) AS completed,
    n.until AS notice_until, n.objections_until, n.calendar,
    ARRAY(SELECT x.objection_id::text FROM run_answer x WHERE x.tenant_id = r.tenant_id AND x.run_no = r.run_no ORDER BY 1) AS answers,
-- include: _forced
FROM run r
JOIN rulebook b ON b.tenant_id = r.tenant_id AND b.rulebook_no = r.rulebook_no
JOIN audit_entry a ON a.tenant_id = r.tenant_id AND a.entry_id = r.entry_id
LEFT JOIN audit_entry o ON o.tenant_id = r.tenant_id AND o.entry_id = r.asked_by
LEFT JOIN remark m ON m.tenant_id = r.tenant_id AND m.entry_id = coalesce(r.asked_by, r.entry_id)
LEFT JOIN notice n ON n.tenant_id = r.tenant_id AND n.run_no = r.run_no

-- name: run
-- A revision of a period, or the current one.
-- include: _run
WHERE r.tenant_id = %(tenant)s AND r.rulebook = %(rulebook_id)s AND r.period = %(period)s
  AND (%(revision)s::integer IS NULL OR r.revision = %(revision)s)
ORDER BY r.revision DESC LIMIT 1

-- name: runs
-- Runs, oldest first, or the one of that number.
-- include: _run
WHERE r.tenant_id = %(tenant)s AND (%(run)s::bigint IS NULL OR r.run_no = %(run)s)
  AND (%(rulebook_id)s::text IS NULL OR r.rulebook = %(rulebook_id)s) AND (%(period)s::text IS NULL OR r.period = %(period)s)
ORDER BY r.run_no

-- name: runs_named
-- What the runs of these numbers are of.
SELECT r.run_no, r.rulebook, r.period, r.rulebook_no, r.kind FROM run r WHERE r.tenant_id = %(tenant)s AND r.run_no = ANY (%(runs)s)
ORDER BY r.revision

-- name: run_inputs
-- The revisions that a run read.
SELECT i.input_run_no, i.input_digest, r.digest, r.rulebook, r.period, r.revision
FROM run_input i
JOIN run r ON r.tenant_id = i.tenant_id AND r.run_no = i.input_run_no
WHERE i.tenant_id = %(tenant)s AND i.run_no = %(run)s
ORDER BY r.rulebook, r.period

-- name: results_unlike
-- Whose stored result or lines differ, in anything, from those that were computed again; one that is missing differs. A column that has
-- been added since, and of which this code knows nothing, is null.
SELECT coalesce(u.kind || '/' || u.id, 'nobody (' || d.subject_no || ')') AS subject
FROM (
    SELECT coalesce(r.subject_no, s.subject_no) AS subject_no
    FROM (SELECT * FROM result WHERE tenant_id = %(tenant)s AND run_no = %(run)s) r
    FULL JOIN (SELECT * FROM standing_ranked WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s) s ON s.subject_no = r.subject_no
    WHERE jsonb_strip_nulls(to_jsonb(r) - 'run_no') IS DISTINCT FROM jsonb_strip_nulls(to_jsonb(s) - 'standing_no' - 'ranked_total')
    UNION
    SELECT coalesce(r.subject_no, s.subject_no)
    FROM (SELECT * FROM result_lines WHERE tenant_id = %(tenant)s AND run_no = %(run)s) r
    FULL JOIN (SELECT * FROM standing_lines WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s) s ON s.subject_no = r.subject_no
    WHERE jsonb_strip_nulls(to_jsonb(r) - 'run_no') IS DISTINCT FROM jsonb_strip_nulls(to_jsonb(s) - 'standing_no')
) d
LEFT JOIN subject u ON u.tenant_id = %(tenant)s AND u.subject_no = d.subject_no
ORDER BY u.kind, u.id, d.subject_no
