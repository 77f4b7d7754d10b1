-- From rows to one number for each subject and indicator. Fragments of the computation.
--
-- A cell is (subject, indicator): how many rows (events), value and divisor of its number, a code, and the points of rows
-- that were given points by themselves (points), held by their caps (held). Parameters: as in cohort.sql.

-- name: _plain_cells
-- The cells of events that need nothing but a filter. Those that are alike in what is asked of their type are added up before it is
-- asked what they count for; where rows are told apart, alike are those of one value, or of one number or code.
alike AS (
    SELECT p.subject_no, p.asked_no, p.key, p.worth, count(*) AS events, count(p.number) AS numbers,
        sum(p.number) FILTER (WHERE p.number IS NOT NULL) AS number
    FROM plain p
    GROUP BY p.subject_no, p.asked_no, p.key, p.worth
),
plain_cell AS (
    SELECT a.subject_no, s.indicator_no, n.events, coalesce(n.number, n.events) AS value,
        CASE s.combine WHEN 'mean' THEN n.events ELSE 0 END AS divisor, NULL::numeric AS points
    FROM alike a
    JOIN selection s ON s.asked_no = a.asked_no AND NOT s.apart
    CROSS JOIN LATERAL (
        SELECT CASE s.reads WHEN 'quantity' THEN a.numbers ELSE a.events END AS events, CASE WHEN s.reads IS NOT NULL THEN a.number END AS number
    ) n
    WHERE n.events > 0
    UNION ALL
    SELECT a.subject_no, s.indicator_no, sum(n.events),
        coalesce(sum(n.number) FILTER (WHERE s.of_value AND n.number IS NOT NULL), sum(n.rows) FILTER (WHERE s.of_value)),
        coalesce(sum(n.number) FILTER (WHERE NOT s.of_value AND n.number IS NOT NULL), sum(n.rows) FILTER (WHERE NOT s.of_value), 0),
        sum(a.events * points_for(i.give, round(coalesce(a.worth, 1), i.measure_decimals), a.key, i.each_points, i.each_start, i.each_per,
            i.each_units, i.each_over, i.each_under, i.bounds, i.band_points, i.codes, i.code_points, i.from_low, i.from_high, i.to_low,
            i.to_high)) FILTER (WHERE s.combine = 'each')
    FROM alike a
    JOIN selection s ON s.asked_no = a.asked_no AND s.apart
    JOIN item i ON i.indicator_no = s.indicator_no
    CROSS JOIN LATERAL (
        -- Of whole numbers a sum is kept in the least space.
        SELECT a.events::integer AS events, CASE WHEN s.distinct_field IS NULL THEN a.events::integer ELSE 1 END AS rows,
            CASE WHEN s.distinct_field IS NULL AND s.reads IS NOT NULL THEN a.number END AS number
    ) n
    GROUP BY a.subject_no, s.indicator_no
)

-- name: _cells
-- The cells of the longer way, and all cells.
-- The n-th time.
repeats AS (
    SELECT k.indicator_no, k.subject_no, k.event_id, count(*)::integer AS nth
    FROM kept k
    JOIN kept p ON p.indicator_no = k.indicator_no AND p.subject_no = k.subject_no AND p.repeat_key = k.repeat_key
        AND (p.time, p.event_id) <= (k.time, k.event_id) AND p.time >= k.repeat_from
        AND (p.in_period OR k.repeat_within <> 'period')
    WHERE k.in_period AND k.repeat_within IS NOT NULL
    GROUP BY k.indicator_no, k.subject_no, k.event_id
),
multiplied AS (
    SELECT k.subject_no, k.indicator_no, k.day, k.data, k.give_over, m.cap1_min, m.cap1_max, m.cap2_min, m.cap2_max,
        coalesce(k.points, 0) * CASE WHEN n.nth IS NULL THEN 1 ELSE m.repeat_times[least(n.nth, cardinality(m.repeat_times))] END
            AS points,
        k.data ->> m.share_field AS common_act,
        CASE WHEN m.share_by IS NULL THEN 1 ELSE coalesce((k.data ->> m.share_by)::numeric, 0) END AS contribution,
        CASE WHEN m.cap1_per IS NOT NULL THEN ARRAY(SELECT CASE c WHEN 'day' THEN k.day::text WHEN 'month' THEN to_char(k.day, 'YYYY-MM')
            ELSE coalesce(k.data ->> c, k.event_id::text) END FROM unnest(m.cap1_per) c) END AS cap1_key,
        CASE WHEN m.cap2_per IS NOT NULL THEN ARRAY(SELECT CASE c WHEN 'day' THEN k.day::text WHEN 'month' THEN to_char(k.day, 'YYYY-MM')
            ELSE coalesce(k.data ->> c, k.event_id::text) END FROM unnest(m.cap2_per) c) END AS cap2_key
    FROM kept k
    JOIN measure m ON m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
        AND m.indicator_no = k.indicator_no AND m.role = k.role
    LEFT JOIN repeats n ON n.indicator_no = k.indicator_no AND n.subject_no = k.subject_no AND n.event_id = k.event_id
    WHERE k.in_period AND k.combine = 'each'
),
shared AS (
    SELECT s.*, CASE
            WHEN s.common_act IS NULL THEN s.points
            WHEN s.together > 0
                THEN quotient(s.points * s.contribution, s.give_over * s.together, rule.measure_step) * s.give_over
            ELSE 0
        END AS part
    FROM (SELECT m.*, sum(m.contribution) OVER (PARTITION BY m.indicator_no, m.common_act) AS together FROM multiplied m) s
    CROSS JOIN rule
),
capped_once AS (
    SELECT subject_no, indicator_no, cap2_key, cap2_min, cap2_max, give_over, count(*) AS events, sum(part) AS points,
        least(greatest(sum(part), cap1_min * give_over), cap1_max * give_over) AS held
    FROM shared
    GROUP BY subject_no, indicator_no, cap1_key, cap1_min, cap1_max, cap2_key, cap2_min, cap2_max, give_over
),
capped_twice AS (
    SELECT subject_no, indicator_no, sum(events) AS events, sum(points) AS points,
        least(greatest(sum(held), cap2_min * give_over), cap2_max * give_over) AS held
    FROM capped_once
    GROUP BY subject_no, indicator_no, cap2_key, cap2_min, cap2_max, give_over
),
each_cell AS (
    SELECT subject_no, indicator_no, sum(events) AS events, sum(points) AS points, sum(held) AS held
    FROM capped_twice GROUP BY subject_no, indicator_no
),
-- Voters: the shares that some must have, the mean of each class, the code that wins.
turnout AS (
    SELECT v.subject_no, v.indicator_no, bool_and(v.enough) AS valid
    FROM (
        SELECT k.subject_no, k.indicator_no, c.code,
            count(*) FILTER (WHERE k.data ->> m.turnout_field = c.code) * 100 >= c.percent * count(*) AS enough
        FROM kept k
        JOIN measure m ON m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
            AND m.indicator_no = k.indicator_no AND m.role = k.role AND m.turnout_field IS NOT NULL
        CROSS JOIN LATERAL unnest(m.turnout_codes, m.turnout_percents) c (code, percent)
        WHERE k.in_period
        GROUP BY k.subject_no, k.indicator_no, c.code, c.percent
    ) v
    GROUP BY v.subject_no, v.indicator_no
),
class_mean AS (
    SELECT c.subject_no, c.indicator_no, c.class_empty, c.class_codes, c.class_weights,
        sum(c.mean * c.class_weights[array_position(c.class_codes, c.class)]) AS value,
        sum(c.class_weights[array_position(c.class_codes, c.class)]) FILTER (WHERE c.mean IS NOT NULL) AS weight,
        count(c.mean) AS classes
    FROM (
        SELECT k.subject_no, k.indicator_no, m.class_empty, m.class_codes, m.class_weights, k.data ->> m.class_field AS class,
            quotient(sum(k.number), count(k.number), rule.measure_step) AS mean
        FROM kept k
        JOIN measure m ON m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
            AND m.indicator_no = k.indicator_no AND m.role = k.role AND m.class_field IS NOT NULL
        CROSS JOIN rule
        WHERE k.in_period
        GROUP BY k.subject_no, k.indicator_no, m.class_empty, m.class_codes, m.class_weights, k.data ->> m.class_field, rule.measure_step
    ) c
    GROUP BY c.subject_no, c.indicator_no, c.class_empty, c.class_codes, c.class_weights
),
elected AS (
    SELECT v.subject_no, v.indicator_no, CASE
            WHEN count(*) = 1 OR v.tie = 'better' THEN v.vote_order[min(v.place)]
            WHEN v.tie = 'worse' THEN v.vote_order[max(v.place)]
        END AS code
    FROM (
        SELECT c.*, max(c.votes) FILTER (WHERE c.place IS NOT NULL) OVER whole AS most,
            sum(c.votes) FILTER (WHERE c.place IS NOT NULL OR c.of_ballots) OVER whole AS base
        FROM (
            SELECT k.subject_no, k.indicator_no, m.vote_order, m.wins, m.tie, m.of_ballots, array_position(m.vote_order, k.code) AS place,
                count(*) AS votes
            FROM kept k
            JOIN measure m ON m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
                AND m.indicator_no = k.indicator_no AND m.role = k.role
            WHERE k.in_period AND k.combine = 'plurality'
            GROUP BY k.subject_no, k.indicator_no, m.vote_order, m.wins, m.tie, m.of_ballots, k.code
        ) c
        WINDOW whole AS (PARTITION BY c.subject_no, c.indicator_no)
    ) v
    WHERE v.place IS NOT NULL AND v.votes = v.most
      AND CASE v.wins WHEN 'most' THEN true WHEN 'more_than_half' THEN 2 * v.votes > v.base ELSE 3 * v.votes >= 2 * v.base END
    GROUP BY v.subject_no, v.indicator_no, v.tie, v.vote_order
),
lasting_days AS (
    SELECT d.subject_no, d.indicator_no, sum(upper(d.days) - lower(d.days)) AS days
    FROM (
        SELECT k.subject_no, k.indicator_no,
            unnest(range_agg(daterange(greatest(k.day, %(first_day)s::date),
                greatest(least(k.lasts_to, %(end_day)s::date), k.day, %(first_day)s::date)))) AS days
        FROM kept k WHERE k.combine = 'days' GROUP BY k.subject_no, k.indicator_no
    ) d
    GROUP BY d.subject_no, d.indicator_no
),
-- The row that decides comes first; what runs, runs up to the last row.
tallied AS (
    SELECT k.*, m.distinct_field, m.reads, k.data ->> m.distinct_field AS different,
        row_number() OVER (PARTITION BY k.subject_no, k.indicator_no
            ORDER BY k.fits DESC, k.number IS NULL AND k.code IS NULL,
                CASE k.combine WHEN 'best' THEN k.points WHEN 'worst' THEN -k.points END DESC NULLS LAST,
                CASE WHEN k.combine = 'latest' THEN k.time END DESC,
                CASE WHEN k.combine = 'latest' THEN k.points END DESC NULLS LAST,
                k.number DESC NULLS LAST, k.time DESC, k.event_id) AS place,
        count(*) FILTER (WHERE NOT k.fits) OVER (PARTITION BY k.subject_no, k.indicator_no ORDER BY k.time DESC, k.event_id DESC) AS breaks
    FROM kept k
    LEFT JOIN measure m ON m.tenant_id = %(tenant)s AND m.rulebook_no = %(rulebook)s AND m.sheet = %(sheet)s
        AND m.indicator_no = k.indicator_no AND m.role = k.role
    WHERE k.in_period AND k.combine <> 'each'
),
tally AS (
    SELECT t.subject_no, t.indicator_no, t.combine, count(*) FILTER (WHERE t.placed) AS read, max(t.at_least_n) AS at_least_n,
        count(*) FILTER (WHERE t.placed AND (t.fits OR t.combine = 'running')) AS events,
        count(*) FILTER (WHERE t.fits AND t.breaks = 0) AS running,
        bool_or(t.breaks = 1 AND NOT t.fits AND NOT t.placed) AS without_tier,
        count(t.number) FILTER (WHERE t.fits) AS numbers,
        sum(t.number * t.weight) FILTER (WHERE t.fits) AS weighted,
        sum(t.weight) FILTER (WHERE t.fits AND t.number IS NOT NULL) AS weight,
        CASE WHEN bool_or(t.distinct_field IS NOT NULL) FILTER (WHERE t.role = 'value')
            THEN count(DISTINCT t.different) FILTER (WHERE t.role = 'value')
            ELSE sum(CASE WHEN t.combine = 'count' OR (t.combine = 'ratio' AND t.reads IS NULL) THEN 1 ELSE t.number END)
                FILTER (WHERE t.role = 'value' AND t.fits)
        END AS value,
        CASE WHEN bool_or(t.distinct_field IS NOT NULL) FILTER (WHERE t.role = 'divisor')
            THEN count(DISTINCT t.different) FILTER (WHERE t.role = 'divisor')
            ELSE sum(CASE WHEN t.reads IS NULL THEN 1 ELSE t.number END) FILTER (WHERE t.role = 'divisor')
        END AS divisor,
        max(t.number) FILTER (WHERE t.place = 1 AND t.fits) AS number, max(t.code) FILTER (WHERE t.place = 1 AND t.fits) AS code
    FROM tallied t
    GROUP BY t.subject_no, t.indicator_no, t.combine
),
row_cell AS (
    SELECT t.subject_no, t.indicator_no, t.events, CASE
            WHEN t.read < greatest(t.at_least_n, i.at_least_n) OR NOT coalesce(v.valid, true) THEN NULL
            WHEN t.combine = 'mean' AND c.classes IS NOT NULL
                THEN CASE WHEN c.class_empty <> 'no_data' OR c.classes = cardinality(c.class_codes) THEN c.value END
            WHEN t.combine = 'mean' THEN t.weighted
            WHEN t.combine = 'count' THEN coalesce(t.value, 0)
            WHEN t.combine = 'sum' THEN coalesce(t.value, CASE WHEN t.events > 0 THEN 0 END)
            WHEN t.combine = 'ratio' THEN t.value
            WHEN t.combine = 'running' THEN CASE WHEN NOT (t.without_tier AND q.no_tier IS NOT NULL) THEN t.running END
            WHEN t.combine = 'days' THEN coalesce(d.days, 0)
            WHEN t.combine = 'plurality' THEN NULL
            ELSE t.number
        END AS value,
        CASE
            WHEN t.combine = 'mean' AND c.class_empty = 'zero' AND c.classes > 0 THEN 100
            WHEN t.combine = 'mean' AND c.classes IS NOT NULL THEN c.weight
            WHEN t.combine = 'mean' THEN t.weight
            WHEN t.combine = 'ratio' THEN coalesce(t.divisor, 0)
        END AS divisor,
        CASE
            WHEN t.combine IN ('best', 'worst', 'latest') THEN t.code
            WHEN t.combine = 'plurality' AND t.read >= i.at_least_n AND coalesce(v.valid, true) THEN e.code
        END AS code
    FROM tally t
    JOIN item i ON i.indicator_no = t.indicator_no
    LEFT JOIN turnout v ON v.subject_no = t.subject_no AND v.indicator_no = t.indicator_no
    LEFT JOIN class_mean c ON c.subject_no = t.subject_no AND c.indicator_no = t.indicator_no
    LEFT JOIN elected e ON e.subject_no = t.subject_no AND e.indicator_no = t.indicator_no
    LEFT JOIN lasting_days d ON d.subject_no = t.subject_no AND d.indicator_no = t.indicator_no
    -- Where a result without a tier holds the answer up.
    LEFT JOIN reading q ON q.tenant_id = %(tenant)s AND q.rulebook_no = %(rulebook)s AND q.sheet = %(sheet)s
        AND q.indicator_no = t.indicator_no AND q.no_tier = 'holds'
),
cell AS (
    SELECT subject_no, indicator_no, events, value, divisor, NULL AS code, points, points AS held FROM plain_cell
    UNION ALL
    SELECT subject_no, indicator_no, events, NULL, NULL, NULL, points, held FROM each_cell
    UNION ALL
    SELECT subject_no, indicator_no, events, value, divisor, code, NULL, NULL FROM row_cell
)

-- name: _numbers
-- The number of every member and indicator, rounded, among others where it is compared; null where there is no data.
number AS (
    SELECT m.subject_no, m.peer_group, i.indicator_no, i.compare_as, coalesce(c.events, 0)::integer AS events, c.code, c.points, c.held,
        CASE
            WHEN i.combine = 'each' THEN NULL
            WHEN i.prorated THEN quotient(c.value * (%(end_day)s::date - %(first_day)s::date), m.service_days, i.measure_step)
            WHEN i.combine NOT IN ('ratio', 'mean') THEN round(c.value, i.measure_decimals)
            WHEN c.divisor > 0 AND (i.combine <> 'mean' OR c.events >= i.at_least_n)
                THEN quotient(coalesce(c.value, CASE i.combine WHEN 'ratio' THEN 0 END), c.divisor, i.measure_step)
        END AS number
    FROM member m
    CROSS JOIN item i
    LEFT JOIN cell c ON c.subject_no = m.subject_no AND c.indicator_no = i.indicator_no
    OFFSET 0 -- so that a number is made once, not wherever it is asked for
)

-- name: _comparison
-- The number among those of others, where it is compared.
among_others AS (
    SELECT n.subject_no, n.indicator_no, n.events, n.code, n.points, n.held, n.number FROM number n WHERE n.compare_as IS NULL
    UNION ALL
    SELECT n.subject_no, n.indicator_no, n.events, n.code, n.points, n.held, CASE
            WHEN n.number IS NULL THEN NULL
            WHEN n.compare_as = 'rank' THEN rank() OVER (PARTITION BY n.indicator_no, n.number IS NULL,
                CASE i.compare_within WHEN 'peer_group' THEN n.peer_group END ORDER BY n.number * i.compare_sign DESC)
            WHEN max(n.number) OVER (PARTITION BY n.indicator_no, CASE i.compare_within WHEN 'peer_group' THEN n.peer_group END) > 0
                THEN quotient(n.number, max(n.number) OVER (PARTITION BY n.indicator_no,
                    CASE i.compare_within WHEN 'peer_group' THEN n.peer_group END), i.measure_step)
        END
    FROM number n
    JOIN item i ON i.indicator_no = n.indicator_no
    WHERE n.compare_as IS NOT NULL
)
