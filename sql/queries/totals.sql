-- From numbers to points, lines, categories and totals; the statements of the computation up to the placement.
--
-- Parameters: those of cohort.sql and rows.sql, and standing (its number).

-- name: _conditions
-- Which conditions of a stage hold for whom: `asked` has one row for each subject, with everything that can be asked for.
held AS (
    SELECT a.subject_no, array_agg(t.test_no) FILTER (WHERE CASE t.operand
            WHEN 'item' THEN (a.lines[t.number] + a.lines[t.number + sheet.items] >= t.at_least) <> t.negated
            WHEN 'category' THEN (a.category_points[t.number] >= t.at_least) <> t.negated
            WHEN 'measure' THEN (a.measures[t.number] >= t.at_least) <> t.negated
            WHEN 'code' THEN (a.codes[t.number] = ANY (t.codes)) <> t.negated
            WHEN 'no_data' THEN (t.number = ANY (a.no_data)) <> t.negated
            WHEN 'post' THEN (a.post = ANY (t.codes)) <> t.negated
            WHEN 'events' THEN (a.negatives && t.numbers) <> t.negated
            WHEN 'tier' THEN coalesce(a.tier_no = ANY (t.numbers), false) <> t.negated
            WHEN 'total' THEN (a.total >= t.at_least) <> t.negated
            WHEN 'place' THEN coalesce(t.test_no = ANY (a.places), false) <> t.negated
        END) AS tests
    FROM asked a
    CROSS JOIN test t
    JOIN sheet ON sheet.tenant_id = t.tenant_id AND sheet.rulebook_no = t.rulebook_no AND sheet.sheet = t.sheet
    WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s AND t.sheet = %(sheet)s
    GROUP BY a.subject_no
),
met AS (
    SELECT h.subject_no, array_agg(DISTINCT c.condition_no ORDER BY c.condition_no) AS conditions
    FROM held h
    JOIN clause c ON c.tenant_id = %(tenant)s AND c.rulebook_no = %(rulebook)s AND c.sheet = %(sheet)s AND c.test_nos <@ h.tests
    GROUP BY h.subject_no
)

-- name: _tier_of_most
-- The tier without a seat. Who has a seat, or is held down by others, is settled, and only who is in another tier then is written again.
CASE WHEN e.no_tier IS NULL THEN coalesce(m.veto_no, (SELECT min(t.tier_no) FROM unnest(e.eligible) t (tier_no)
    WHERE t.tier_no >= coalesce(m.ceiling_no, 1) AND t.tier_no <> ALL (tiers.with_seats))) END

-- name: _totals
-- From the numbers (compared) to the rows of the standing, not yet placed.
given AS (
    SELECT c.subject_no, i.indicator_no, i.category_no, i.kind, i.has_line, i.counts, c.events, c.number, c.code, i.give_over, i.weight_times, i.weight_over,
        i.min, i.max, i.no_data_points, i.no_data_code, i.data_required, i.give, i.measure_step, i.step, i.steps_in_one,
        CASE i.combine WHEN 'each' THEN c.points ELSE points_for(i.give, c.number, c.code, i.each_points, i.each_start, i.each_per,
            i.each_units, i.each_over, i.each_under, i.bounds, i.band_points, i.codes, i.code_points, i.from_low, i.from_high, i.to_low,
            i.to_high) END AS points,
        CASE WHEN c.held <> c.points THEN c.held END AS held,
        i.kind = 'deduction' AND (c.events > 0 OR c.struck) AS negative
    FROM compared c
    JOIN item i ON i.indicator_no = c.indicator_no
    OFFSET 0 -- so that points are made once, not wherever they are asked for
),
-- The line of each item, rounded to the step, or what it says for no data; the value of each measure and multiplier.
line AS (
    SELECT g.subject_no, g.indicator_no, g.category_no, g.kind, g.has_line, g.counts, g.events, g.negative, g.data_required, g.min, g.max,
        g.points IS NULL AND (g.code IS NULL OR g.kind <> 'measure' OR g.give <> 'as_is') AS no_data,
        CASE WHEN g.has_line AND g.code IS NULL THEN g.number END AS measure,
        CASE
            WHEN g.kind <> 'measure' THEN CASE WHEN g.points IS NOT NULL THEN g.code END
            WHEN g.give = 'as_is' AND g.code IS NOT NULL THEN g.code
            WHEN g.points IS NULL THEN g.no_data_code
        END AS code,
        CASE
            WHEN g.has_line THEN NULL
            WHEN g.kind = 'measure' THEN
                CASE WHEN g.points IS NOT NULL THEN quotient(coalesce(g.held, g.points), g.give_over, g.measure_step)
                    WHEN g.code IS NULL OR g.give <> 'as_is' THEN g.no_data_points END
            WHEN g.points IS NULL THEN g.no_data_points
            ELSE least(greatest(quotient(coalesce(g.held, g.points), g.give_over, g.measure_step), g.min), g.max)
        END AS value,
        CASE
            WHEN NOT g.has_line THEN 0
            WHEN g.points IS NULL THEN g.no_data_points
            WHEN g.give_over = 1 AND g.weight_over = 1 THEN round(g.points * g.weight_times * g.steps_in_one) * g.step
            ELSE quotient(g.points * g.weight_times, g.give_over * g.weight_over, g.step)
        END AS points,
        CASE WHEN g.held IS NOT NULL THEN quotient(g.held * g.weight_times, g.give_over * g.weight_over, g.step) END AS held
    FROM given g
    OFFSET 0
),
capped AS MATERIALIZED (
    SELECT l.subject_no, l.indicator_no, l.category_no, l.kind, l.has_line, l.counts, l.events, l.negative, l.data_required, l.no_data,
        l.measure, l.code, l.value, l.points, l.cap, l.points + l.cap AS final
    FROM (
        SELECT l.*, CASE WHEN l.no_data OR NOT l.has_line THEN 0
            ELSE least(greatest(coalesce(l.held, l.points), l.min), l.max) - l.points END AS cap
        FROM line l
    ) l
),
factor AS (
    SELECT subject_no, category_no, value FROM capped WHERE kind = 'multiplier'
),
category_sum AS (
    SELECT c.subject_no, c.category_no, sum(c.final) AS points, count(*) AS parts,
        max(c.final) FILTER (WHERE c.counts = 'best') AS best, min(c.final) FILTER (WHERE c.counts = 'worst') AS worst
    FROM capped c WHERE c.has_line
    GROUP BY c.subject_no, c.category_no
),
-- Categories in others first: combined, held under the maximum, weighted, multiplied. The bonus before the weights is one.
inner_category AS (
    SELECT s.subject_no, s.category_no, s.parent_no, s.kind, s.points, least(greatest(s.combined, s.min), s.max) AS capped,
        round(least(greatest(s.combined, s.min), s.max) * s.weight * 0.01 * s.steps_in_one) * s.step AS final
    FROM (
        SELECT c.subject_no, c.category_no, k.parent_no, k.kind, k.min, k.max, k.weight, rule.step, rule.steps_in_one, c.points,
            CASE k.counts WHEN 'mean' THEN quotient(c.points, c.parts, rule.step) WHEN 'best' THEN c.best WHEN 'worst' THEN c.worst
                ELSE c.points END AS combined
        FROM category_sum c
        JOIN category k ON k.tenant_id = %(tenant)s AND k.rulebook_no = %(rulebook)s AND k.sheet = %(sheet)s
            AND k.category_no = c.category_no AND k.parent_no IS NOT NULL
        CROSS JOIN rule
    ) s
),
outer_category AS (
    SELECT s.subject_no, s.category_no, s.kind, s.points, s.combined, s.min, s.max, s.weight,
        least(greatest(s.combined, s.min), s.max) AS capped,
        CASE WHEN s.weight = 100 THEN least(greatest(s.combined, s.min), s.max)
            ELSE round(least(greatest(s.combined, s.min), s.max) * s.weight * 0.01 * s.steps_in_one) * s.step END AS weighted,
        s.step, s.steps_in_one
    FROM (
        SELECT c.subject_no, c.category_no, k.kind, k.min, k.max, k.weight, rule.step, rule.steps_in_one, c.points,
            CASE k.counts WHEN 'mean' THEN quotient(c.points, c.parts, rule.step) WHEN 'best' THEN c.best WHEN 'worst' THEN c.worst
                ELSE c.points END AS combined
        FROM (
            SELECT subject_no, category_no, sum(points) AS points, sum(parts) AS parts, max(best) AS best, min(worst) AS worst
            FROM (
                SELECT * FROM category_sum
                UNION ALL
                SELECT subject_no, parent_no, final, 1, final, final FROM inner_category
            ) c
            GROUP BY subject_no, category_no
        ) c
        JOIN category k ON k.tenant_id = %(tenant)s AND k.rulebook_no = %(rulebook)s AND k.sheet = %(sheet)s
            AND k.category_no = c.category_no AND k.parent_no IS NULL
        CROSS JOIN rule
    ) s
),
category_line AS (
    SELECT o.subject_no, o.category_no, o.kind, o.capped - o.points AS cap, o.weighted - o.capped AS weight,
        coalesce(round(o.weighted * f.value * o.steps_in_one) * o.step, o.weighted) - o.weighted AS multiplier,
        coalesce(round(o.weighted * f.value * o.steps_in_one) * o.step, o.weighted) AS final
    FROM outer_category o
    LEFT JOIN factor f ON f.subject_no = o.subject_no AND f.category_no = o.category_no
    UNION ALL
    SELECT i.subject_no, i.category_no, NULL, i.capped - i.points, i.final - i.capped, 0, i.final FROM inner_category i
),
-- What a category has by the bonus that it takes in before its weight: the one without it is held, weighted and multiplied likewise.
lifted AS (
    SELECT b.subject_no, l.final - coalesce(round(w.weighted * f.value * o.steps_in_one) * o.step, w.weighted) AS points
    FROM inner_category b
    JOIN outer_category o ON o.subject_no = b.subject_no AND o.category_no = b.parent_no
    JOIN category_line l ON l.subject_no = o.subject_no AND l.category_no = o.category_no
    LEFT JOIN factor f ON f.subject_no = o.subject_no AND f.category_no = o.category_no
    CROSS JOIN LATERAL (
        SELECT round(least(greatest(o.combined - b.final, o.min), o.max) * o.weight * 0.01 * o.steps_in_one) * o.step AS weighted
    ) w
    WHERE b.kind = 'bonus'
),
subject_categories AS (
    SELECT subject_no, array_agg(cap ORDER BY category_no) AS caps, array_agg(weight ORDER BY category_no) AS weights,
        array_agg(multiplier ORDER BY category_no) AS multipliers, array_agg(final ORDER BY category_no) AS category_points,
        coalesce(sum(final) FILTER (WHERE kind <> 'bonus'), 0) AS points, coalesce(sum(final) FILTER (WHERE kind = 'bonus'), 0) AS bonus
    FROM category_line GROUP BY subject_no
),
subject_items AS (
    SELECT subject_no, array_agg(points ORDER BY indicator_no) AS points, array_agg(cap ORDER BY indicator_no) AS caps,
        array_agg(coalesce(value, measure) ORDER BY indicator_no) AS measures, array_agg(code ORDER BY indicator_no) AS codes,
        array_agg(events ORDER BY indicator_no) AS counts,
        coalesce(array_agg(indicator_no ORDER BY indicator_no) FILTER (WHERE no_data), '{}') AS no_data,
        coalesce(array_agg(indicator_no ORDER BY indicator_no) FILTER (WHERE negative), '{}') AS negatives,
        bool_or(no_data AND data_required) AS data_missing,
        coalesce(max(value) FILTER (WHERE kind = 'multiplier' AND category_no IS NULL), 1) AS factor
    FROM capped GROUP BY subject_no
),
asked AS (
    SELECT m.subject_no, m.post, i.points || i.caps AS lines, i.measures, i.codes, i.counts, i.no_data, i.negatives, c.category_points,
        NULL::smallint AS tier_no, NULL::numeric AS total, NULL::integer[] AS places
    FROM member m JOIN subject_items i ON i.subject_no = m.subject_no JOIN subject_categories c ON c.subject_no = m.subject_no
),
-- include: _conditions
,
restricted AS (
    SELECT m.subject_no, sum(r.deduct) AS deducted, max(r.ceiling_no) AS ceiling_no, max(r.tier_no) AS veto_no,
        (array_agg(r.no_tier ORDER BY r.restriction_no) FILTER (WHERE r.no_tier IS NOT NULL))[1] AS no_tier,
        bool_or(r.bonus_ignored) AS bonus_ignored, array_agg(r.restriction_no) AS restrictions
    FROM met m
    JOIN restriction r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s AND r.sheet = %(sheet)s
        AND r.condition_no = ANY (m.conditions)
    GROUP BY m.subject_no
),
bound AS (
    SELECT i.subject_no, max(n.ceiling_no) AS ceiling_no, max(n.veto_no) AS veto_no
    FROM capped i
    JOIN item n ON n.indicator_no = i.indicator_no AND (n.ceiling_no IS NOT NULL OR n.veto_no IS NOT NULL)
    WHERE i.negative
    GROUP BY i.subject_no
),
summed AS (
    SELECT c.subject_no, c.caps, c.weights, c.multipliers, c.category_points, i.factor,
        greatest(b.ceiling_no, r.ceiling_no) AS ceiling_no, greatest(b.veto_no, r.veto_no) AS veto_no, r.no_tier,
        coalesce(r.restrictions, '{}') AS restrictions,
        c.points + CASE rule.bonus_order WHEN 'after_limit' THEN 0 ELSE c.bonus END - coalesce(r.deducted, 0) AS points,
        CASE WHEN r.bonus_ignored THEN c.points - coalesce(l.points, 0) - coalesce(r.deducted, 0) END AS points_without_bonus,
        CASE rule.bonus_order WHEN 'after_limit' THEN c.bonus ELSE 0 END AS beside
    FROM subject_categories c
    JOIN subject_items i ON i.subject_no = c.subject_no
    CROSS JOIN rule
    LEFT JOIN restricted r ON r.subject_no = c.subject_no
    LEFT JOIN lifted l ON l.subject_no = c.subject_no
    LEFT JOIN bound b ON b.subject_no = c.subject_no
),
totalled AS (
    SELECT s.*, s.multiplied - s.points AS multiplier, least(greatest(s.multiplied, rule.total_min), rule.total_max) - s.multiplied AS total_limit,
        least(greatest(s.multiplied, rule.total_min), rule.total_max) + s.beside AS total,
        CASE WHEN s.points_without_bonus IS NULL THEN least(greatest(s.multiplied, rule.total_min), rule.total_max) + s.beside
            ELSE least(greatest(round(s.points_without_bonus * s.factor * rule.steps_in_one) * rule.step, rule.total_min), rule.total_max)
        END AS decisive
    FROM (
        SELECT s.*, CASE WHEN s.factor = 1 THEN s.points ELSE round(s.points * s.factor * rule.steps_in_one) * rule.step END AS multiplied
        FROM summed s CROSS JOIN rule
    ) s
    CROSS JOIN rule
),
appraised_before AS (
    SELECT r.subject_no, count(*) FILTER (WHERE r.no_tier IS NULL)::integer AS periods
    FROM (
        SELECT subject_no, no_tier FROM result WHERE tenant_id = %(tenant)s AND run_no = ANY (%(base_runs)s::bigint[])
        UNION ALL
        SELECT subject_no, no_tier FROM standing_result WHERE tenant_id = %(tenant)s AND standing_no = ANY (%(base_standings)s::bigint[])
    ) r
    GROUP BY r.subject_no
),
tiers AS MATERIALIZED (
    SELECT coalesce(array_agg(t.tier_no ORDER BY t.tier_no), '{}') AS nos,
        coalesce(array_agg(t.total_at_least ORDER BY t.tier_no), '{}') AS bounds,
        coalesce(array_agg(n.indicator_no ORDER BY t.tier_no), '{}') AS measures,
        coalesce(array_agg(t.measure ORDER BY t.tier_no), '{}') AS named,
        coalesce(array_agg(t.tier_no) FILTER (WHERE t.quota_kind IN ('at_most', 'seats')), '{}') AS with_seats
    FROM tier t
    LEFT JOIN item n ON n.id = t.measure
    WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
),
gates AS MATERIALIZED (
    SELECT coalesce(array_agg(g.tier_no), '{}') AS tiers, coalesce(array_agg(g.condition_no), '{}') AS conditions
    FROM gate g WHERE g.tenant_id = %(tenant)s AND g.rulebook_no = %(rulebook)s AND g.sheet = %(sheet)s
),
ties AS MATERIALIZED (
    SELECT coalesce(array_agg(b.sign ORDER BY b.tie_break_no), '{}') AS signs,
        coalesce(array_agg(b.kind ORDER BY b.tie_break_no), '{}') AS kinds, coalesce(array_agg(b.number ORDER BY b.tie_break_no), '{}') AS nos
    FROM tie_break b WHERE b.tenant_id = %(tenant)s AND b.rulebook_no = %(rulebook)s AND b.sheet = %(sheet)s
),
restriction_set AS MATERIALIZED (
    SELECT coalesce(array_agg(r.restriction_no ORDER BY r.restriction_no), '{}') AS nos,
        coalesce(array_agg(coalesce(r.deduct, 0) ORDER BY r.restriction_no), '{}') AS deducts
    FROM restriction r WHERE r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s AND r.sheet = %(sheet)s
),
computed AS MATERIALIZED (
    SELECT m.*, t.total, t.decisive, t.category_points, t.ceiling_no, t.veto_no, t.no_tier AS restricted_to, a.measures, a.codes, a.counts, a.no_data, a.negatives,
        i.data_missing, coalesce(c.conditions, '{}') AS met,
        a.lines || t.caps || t.weights || t.multipliers
            || ARRAY(SELECT CASE WHEN u.n = ANY (t.restrictions) THEN -u.deduct ELSE 0 END
                FROM unnest(x.nos, x.deducts) WITH ORDINALITY u (n, deduct, place) ORDER BY u.place)
            || t.multiplier || t.total_limit AS lines
    FROM member m
    JOIN totalled t ON t.subject_no = m.subject_no
    JOIN asked a ON a.subject_no = m.subject_no
    JOIN subject_items i ON i.subject_no = m.subject_no
    LEFT JOIN met c ON c.subject_no = m.subject_no
    CROSS JOIN restriction_set x
),
explained AS (
    INSERT INTO standing_lines (tenant_id, standing_no, subject_no, lines, measures, codes, counts, no_data, negatives, met)
    SELECT %(tenant)s, %(standing)s, subject_no, lines, measures, codes, counts, no_data, negatives, met FROM computed
),
added AS (
    INSERT INTO standing_result (tenant_id, standing_no, subject_no, organisation_no, post, peer_group, pool, list_groups, service_days,
        category_points, total, tie_values, ceiling_no, veto_no, eligible, no_tier, tier_no, outcomes, outcome_values, unanswered, candidacies)
    SELECT %(tenant)s, %(standing)s, m.subject_no, m.organisation_no, m.post, m.peer_group, m.peer_group, m.list_groups, m.service_days,
        m.category_points, m.total,
        ARRAY(SELECT b.sign * CASE b.kind
                WHEN 'category' THEN m.category_points[b.number]
                WHEN 'measure' THEN coalesce(m.measures[b.number], b.sign * '-Infinity'::numeric)
                ELSE m.lines[b.number] + m.lines[b.number + s.items]
            END
            FROM unnest(ties.signs, ties.kinds, ties.nos) WITH ORDINALITY b (sign, kind, number, place) ORDER BY b.place),
        m.ceiling_no, m.veto_no, e.eligible, e.no_tier,
-- include: _tier_of_most
        , CASE WHEN %(asks_all)s THEN '{}'::smallint[] END, '{}', '{}', '{}'
    FROM computed m
    CROSS JOIN rule
    CROSS JOIN tiers
    CROSS JOIN gates
    CROSS JOIN ties
    JOIN sheet s ON s.tenant_id = %(tenant)s AND s.rulebook_no = %(rulebook)s AND s.sheet = %(sheet)s
    LEFT JOIN appraised_before p ON p.subject_no = m.subject_no
    CROSS JOIN LATERAL (
        SELECT ARRAY(SELECT t.tier_no
            FROM unnest(tiers.nos, tiers.bounds, tiers.measures, tiers.named) t (tier_no, bound, measure_no, measure)
            WHERE CASE WHEN t.measure_no IS NOT NULL THEN coalesce(m.decisive >= m.measures[t.measure_no], false)
                    ELSE t.bound IS NULL OR m.decisive >= t.bound END
              AND NOT EXISTS (SELECT FROM unnest(gates.tiers, gates.conditions) g (tier_no, condition_no)
                  WHERE g.tier_no = t.tier_no AND g.condition_no <> ALL (m.met))
            ORDER BY t.tier_no) AS eligible,
            CASE
                WHEN m.service_days < rule.min_service_days THEN 'service_short'
                WHEN coalesce(p.periods, 0) < rule.min_periods THEN 'few_periods'
                WHEN m.restricted_to IS NOT NULL THEN m.restricted_to
                WHEN m.data_missing THEN 'data_missing'
            END AS no_tier
        OFFSET 0
    ) e
    RETURNING pool, no_tier, ranked_total
)
SELECT pool, count(*) AS due, count(*) FILTER (WHERE no_tier IS NULL) AS appraised, count(ranked_total) AS ranked
FROM added GROUP BY pool ORDER BY pool

-- name: totals_add
-- Compute lines and total of the subjects (or of the whole cohort) and add them to the standing, not yet placed; answers which pools they join.
WITH
-- include: _beyond
,
-- include: _cohort
,
-- include: _related
,
-- include: _plain
,
-- include: _rows
,
-- include: _plain_cells
,
-- include: _cells
,
-- include: _numbers
,
-- include: _comparison
,
-- An act that counts under another item is no less one of this item of the negative list.
compared AS (
    SELECT a.*, k.indicator_no IS NOT NULL AS struck
    FROM among_others a
    LEFT JOIN (
        SELECT DISTINCT w.subject_no, w.indicator_no FROM worth w WHERE w.in_period AND w.act IS NOT NULL AND w.combine = 'each'
    ) k ON k.subject_no = a.subject_no AND k.indicator_no = a.indicator_no
),
-- include: _totals

-- name: totals_add_plain
-- The same for a sheet of events that need nothing but a filter, which most sheets are: a fifth of the steps to plan and to take.
WITH
-- include: _beyond
,
-- include: _cohort
,
-- include: _plain
,
-- include: _plain_cells
,
cell AS (
    SELECT subject_no, indicator_no, events, value, divisor, NULL::text AS code, points, points AS held FROM plain_cell
),
-- include: _numbers
,
compared AS (
    SELECT n.subject_no, n.indicator_no, n.events, n.code, n.points, n.held, n.number, false AS struck FROM number n
),
-- include: _totals

-- name: totals_forget
-- Take the subjects (or all) out of a standing; answers which pools they leave.
WITH unexplained AS (
    DELETE FROM standing_lines
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
      AND (%(subjects)s::integer[] IS NULL OR subject_no = ANY (%(subjects)s::integer[]))
),
gone AS (
    DELETE FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s
      AND (%(subjects)s::integer[] IS NULL OR subject_no = ANY (%(subjects)s::integer[]))
    RETURNING pool, no_tier, ranked_total
)
SELECT pool, count(*) AS due, count(*) FILTER (WHERE no_tier IS NULL) AS appraised, count(ranked_total) AS ranked
FROM gone GROUP BY pool ORDER BY pool

-- name: subjects_of_kind
-- Everybody who can be in a cohort of the rulebook.
SELECT s.subject_no FROM subject s
JOIN rulebook r ON r.tenant_id = s.tenant_id AND r.rulebook_no = %(rulebook)s AND r.subject_kind = s.kind
WHERE s.tenant_id = %(tenant)s ORDER BY s.subject_no

-- name: totals_join
-- Take into a standing what another connection computed for it.
WITH explained AS (
    UPDATE standing_lines SET standing_no = %(standing)s WHERE tenant_id = %(tenant)s AND standing_no = -%(standing)s
)
UPDATE standing_result SET standing_no = %(standing)s WHERE tenant_id = %(tenant)s AND standing_no = -%(standing)s

-- name: line_events
-- The events behind one line of one subject, in the order of time: a page is found first, then told.
WITH
-- include: _beyond
,
-- include: _cohort
,
-- include: _related
,
-- include: _plain
,
-- include: _rows
,
-- include: _counted
,
page AS MATERIALIZED (
    SELECT c.event_id, c.time, c.role, c.number, c.code
    FROM counted c
    WHERE c.subject_no = %(subject)s AND c.indicator_no = %(indicator)s
      AND (c.time, c.event_id, c.role) > (%(after_time)s, %(after_event)s::uuid, %(after_role)s)
    ORDER BY c.time, c.event_id, c.role
    LIMIT %(limit)s
)
SELECT c.event_id::text AS event, e.id, so.source, et.type, e.time, e.period, e.data, c.role, c.number, c.code,
    s.position + e.ordinal AS position
FROM page c
JOIN event e ON e.tenant_id = %(tenant)s AND e.event_id = c.event_id
JOIN seal s ON s.tenant_id = e.tenant_id AND s.entry_id = e.entry_id
JOIN source so ON so.tenant_id = e.tenant_id AND so.source_no = e.source_no
JOIN event_type et ON et.tenant_id = e.tenant_id AND et.type_no = e.type_no
ORDER BY c.time, c.event_id, c.role
