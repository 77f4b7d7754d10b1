-- From totals to ranks, seats, tiers and outcomes, within the pools of a standing.
--
-- Parameters: tenant, rulebook (its number), sheet (month, year), standing (its number), pools (keys, and in the same order how many are
-- due, appraised and ranked in each), resized (those of them in which everyone is settled), tier (its number), chooses (whether an outcome is only for some of the candidates), asks_all (whether everybody is settled, and
-- not only those whose outcomes are null).

-- name: pool
-- Pool the small groups; answers the pools in which somebody came or went. Without that word, everybody's pool is the group.
WITH due AS (
    SELECT peer_group, count(*) AS members FROM standing_result
    WHERE tenant_id = %(tenant)s AND standing_no = %(standing)s GROUP BY peer_group
),
pooled AS (
    SELECT d.peer_group,
        CASE WHEN d.members < r.group_min_size AND r.small_groups = 'pool_in_tenant' THEN '(small)' ELSE d.peer_group END AS pool
    FROM due d JOIN rulebook r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
),
moved AS (
    UPDATE standing_result s SET pool = p.pool
    FROM pooled p, standing_result before
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND p.peer_group = s.peer_group AND s.pool IS DISTINCT FROM p.pool
      AND before.tenant_id = s.tenant_id AND before.standing_no = s.standing_no AND before.subject_no = s.subject_no
    RETURNING s.pool, before.pool AS left_pool
)
SELECT DISTINCT pool FROM (SELECT pool FROM moved UNION ALL SELECT left_pool FROM moved) p WHERE pool IS NOT NULL ORDER BY pool

-- name: pool_sizes
-- How many are due, appraised and ranked in the pools (null: in all), counted once for all that is placed in them.
SELECT s.pool, count(*) AS due, count(*) FILTER (WHERE s.no_tier IS NULL) AS appraised, count(s.ranked_total) AS ranked
FROM standing_result s
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND (%(pools)s::text[] IS NULL OR s.pool = ANY (%(pools)s::text[]))
GROUP BY s.pool ORDER BY s.pool

-- name: list_ranks
-- The ranks in the further lists, of which each spans pools.
WITH listed AS (
    SELECT s.subject_no, g.list_no, CASE
            WHEN g.key IS NULL OR s.no_tier IS NOT NULL OR s.veto_no IS NOT NULL THEN NULL
            WHEN l.method = 'dense' THEN dense_rank() OVER peers
            ELSE rank() OVER peers
        END AS rank
    FROM standing_result s
    CROSS JOIN LATERAL unnest(s.list_groups) WITH ORDINALITY g (key, list_no)
    JOIN ranked_list l ON l.tenant_id = %(tenant)s AND l.rulebook_no = %(rulebook)s AND l.list_no = g.list_no
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s
    WINDOW peers AS (PARTITION BY g.list_no, g.key, s.no_tier IS NULL AND s.veto_no IS NULL ORDER BY s.total DESC)
),
ranks AS (
    SELECT subject_no, array_agg(rank::integer ORDER BY list_no) AS list_ranks FROM listed GROUP BY subject_no
)
UPDATE standing_result s SET list_ranks = r.list_ranks
FROM ranks r
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = r.subject_no
  AND s.list_ranks IS DISTINCT FROM r.list_ranks

-- name: _tiers_here
-- The tiers; a quota by a measure that the sheet doesn't have is passed over.
tier_here AS (
    SELECT t.tier_no, t.quota_percent, t.quota_seats, t.quota_of, t.quota_rounding, t.quota_ties, n.indicator_no AS quota_measure_no,
        CASE WHEN t.quota_measure IS NULL OR n.indicator_no IS NOT NULL THEN t.quota_kind END AS quota_kind
    FROM tier t
    LEFT JOIN indicator n ON n.tenant_id = t.tenant_id AND n.rulebook_no = t.rulebook_no AND n.sheet = %(sheet)s AND n.id = t.quota_measure
    WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s
)

-- name: _quotas
-- The bases of a quota in each pool, and its seats.
-- include: _tiers_here
,
pool_size AS (
    SELECT p.pool, p.due, p.appraised, p.ranked, p.due >= r.group_min_size AS full_size
    FROM unnest(%(pools)s::text[], %(due)s::bigint[], %(appraised)s::bigint[], %(ranked)s::bigint[]) p (pool, due, appraised, ranked)
    JOIN rulebook r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
),
-- A share that a measure says: of a pool, the smallest.
said_share AS (
    SELECT m.pool, t.tier_no, m.percent
    FROM tier_here t
    CROSS JOIN LATERAL (
        SELECT s.pool, min(l.measures[t.quota_measure_no]) AS percent
        FROM standing_result s
        JOIN standing_lines l ON l.tenant_id = s.tenant_id AND l.standing_no = s.standing_no AND l.subject_no = s.subject_no
        WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.pool = ANY (%(pools)s)
        GROUP BY s.pool
    ) m
    WHERE t.quota_measure_no IS NOT NULL
),
quota AS (
    SELECT t.tier_no, t.quota_kind, t.quota_ties, p.pool, CASE
            WHEN t.quota_kind = 'seats' THEN t.quota_seats
            WHEN t.quota_rounding = 'down' THEN floor(q.share)
            WHEN t.quota_rounding = 'up' THEN ceil(q.share)
            ELSE round(q.share)
        END AS seats
    FROM tier_here t
    CROSS JOIN pool_size p
    LEFT JOIN said_share d ON d.tier_no = t.tier_no AND d.pool = p.pool
    CROSS JOIN LATERAL (
        SELECT CASE t.quota_of WHEN 'due' THEN p.due WHEN 'appraised' THEN p.appraised ELSE p.ranked END
            * CASE WHEN t.quota_measure_no IS NULL THEN t.quota_percent ELSE greatest(coalesce(d.percent, 0), 0) END * 0.01 AS share
    ) q
    WHERE t.quota_kind IN ('at_most', 'seats', 'at_least') AND p.full_size
)

-- name: _forcing
-- The tiers that have too few at least, and the totals up to which the ranked of a pool can be no better.
forcing AS (
    SELECT q.pool, array_agg(q.tier_no) AS tiers, array_agg(l.total) AS totals
    FROM quota q
    CROSS JOIN LATERAL (
        SELECT max(b.total) AS total
        FROM (
            SELECT r.ranked_total AS total, rank() OVER below - 1 AS lower, count(*) OVER below AS lower_or_equal
            FROM standing_result r
            WHERE r.tenant_id = %(tenant)s AND r.standing_no = %(standing)s AND r.pool = q.pool AND r.ranked_total IS NOT NULL
            WINDOW below AS (ORDER BY r.ranked_total)
        ) b
        WHERE CASE q.quota_ties WHEN 'all_of_them' THEN b.lower < q.seats ELSE b.lower_or_equal <= q.seats END
    ) l
    WHERE q.quota_kind = 'at_least'
    GROUP BY q.pool
)

-- name: _held_down
-- The ceiling that a pool's tiers (l) force on a subject (s).
CROSS JOIN LATERAL (
    SELECT CASE WHEN l.tiers IS NOT NULL THEN (
        SELECT max(t.tier_no) FROM unnest(l.tiers, l.totals) t (tier_no, total) WHERE s.ranked_total <= t.total) END AS ceiling_no
) f

-- name: _few
-- Where not everybody is settled, the rows that are written (moved) are few, and looked up.
(%(asks_all)s OR s.subject_no = ANY (ARRAY(SELECT m.subject_no FROM moved m)))

-- name: _wants_seat
-- Whether a candidate (s) may have a seat of a tier's quota (q), and has no better place.
q.tier_no = ANY (s.eligible) AND q.tier_no >= coalesce(f.ceiling_no, 1)
    AND CASE r.quota_order
        WHEN 'after_ceilings' THEN s.veto_no IS NULL AND q.tier_no >= best.tier_no
        ELSE coalesce(s.veto_no, q.tier_no) >= q.tier_no
    END
    -- Who is in a better tier already wants no seat here; who is vetoed is in none.
    AND (s.veto_no IS NOT NULL OR best.tier_no = q.tier_no OR NOT EXISTS (SELECT FROM tier_here b
        WHERE b.tier_no < q.tier_no AND b.tier_no >= best.tier_no AND b.tier_no = ANY (s.eligible)
          AND (coalesce(b.quota_kind, '') NOT IN ('at_most', 'seats') OR b.tier_no = s.seat_no)))

-- name: _candidate
-- Who of a pool wants a seat of a tier's quota (q).
SELECT s.subject_no, s.total, CASE WHEN q.quota_ties = 'tie_breaks' THEN s.tie_values END AS tie_values
FROM standing_result s
-- include: _held_down
CROSS JOIN LATERAL (SELECT greatest(s.ceiling_no, f.ceiling_no, 1) AS tier_no) best
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.pool = q.pool AND s.no_tier IS NULL AND
-- include: _wants_seat

-- name: seat
-- Give the seats of one tier's quota to its candidates, and take them from others; who tie for the last seat all miss it. Better tiers
-- come first. Who gains or loses a seat is to be settled.
WITH
-- include: _quotas
,
-- include: _forcing
,
seated AS (
    SELECT c.subject_no
    FROM quota q
    JOIN rulebook r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
    LEFT JOIN forcing l ON l.pool = q.pool
    CROSS JOIN LATERAL (
        SELECT b.subject_no, count(*) OVER (ORDER BY b.total DESC, b.tie_values DESC RANGE UNBOUNDED PRECEDING) AS before_or_equal
        FROM (
            -- Of the ranked no more than there are seats, by the index; who is vetoed isn't ranked.
            (
-- include: _candidate
                AND s.ranked_total IS NOT NULL
            ORDER BY s.ranked_total DESC NULLS LAST, CASE WHEN q.quota_ties = 'tie_breaks' THEN s.tie_values END DESC
            FETCH FIRST (q.seats::bigint) ROWS WITH TIES)
            UNION ALL
-- include: _candidate
                AND s.ranked_total IS NULL
        ) b
    ) c
    WHERE q.tier_no = %(tier)s AND c.before_or_equal <= q.seats
),
moved AS (
    SELECT coalesce(c.subject_no, b.subject_no) AS subject_no, c.subject_no IS NOT NULL AS is_to_sit
    FROM seated c
    FULL JOIN (
        SELECT s.subject_no FROM standing_result s
        WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.pool = ANY (%(pools)s) AND s.seat_no = %(tier)s
    ) b ON b.subject_no = c.subject_no
    WHERE c.subject_no IS NULL OR b.subject_no IS NULL
)
UPDATE standing_result s SET seat_no = CASE WHEN m.is_to_sit THEN %(tier)s END, outcomes = CASE WHEN %(asks_all)s THEN s.outcomes END
FROM moved m
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = m.subject_no AND
-- include: _few

-- name: settle
-- Tier of those who are to be settled, and of everyone in a pool that has another size or a tier of at least so many.
WITH
-- include: _quotas
,
-- include: _forcing
,
to_settle AS (
    SELECT s.subject_no FROM standing_result s
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.outcomes IS NULL
    UNION
    SELECT s.subject_no FROM standing_result s
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.pool = ANY (%(resized)s)
),
placed AS (
    SELECT s.subject_no, s.tier_no AS tier_before, CASE
        WHEN s.no_tier IS NOT NULL THEN NULL
        WHEN s.veto_no IS NOT NULL THEN s.veto_no
        ELSE (SELECT min(t.tier_no) FROM tier_here t
            WHERE t.tier_no = ANY (s.eligible)
              AND t.tier_no >= greatest(s.ceiling_no, f.ceiling_no, 1)
              AND (coalesce(t.quota_kind, '') NOT IN ('at_most', 'seats') OR NOT p.full_size OR t.tier_no = s.seat_no))
        END AS tier_no
    FROM standing_result s
    JOIN pool_size p ON p.pool = s.pool
    LEFT JOIN forcing l ON l.pool = s.pool
-- include: _held_down
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s
      AND (%(asks_all)s OR s.subject_no = ANY (ARRAY(SELECT t.subject_no FROM to_settle t)))
),
moved AS (
    SELECT p.subject_no, p.tier_no FROM placed p WHERE p.tier_no IS DISTINCT FROM p.tier_before
)
UPDATE standing_result s SET tier_no = m.tier_no, outcomes = CASE WHEN %(asks_all)s THEN s.outcomes END
FROM moved m
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = m.subject_no AND
-- include: _few

-- name: _many
-- How many of the ranked (a.ranked) a test (t) of a place lets in.
CROSS JOIN LATERAL (
    SELECT CASE WHEN t.percent IS NULL THEN t.at_least WHEN t.rounding = 'down' THEN floor(x.share) WHEN t.rounding = 'up' THEN ceil(x.share)
        ELSE round(x.share) END AS many
    FROM (SELECT a.ranked * t.percent * 0.01 AS share) x
) k

-- name: places
-- Who is in front or at the end of the pools, and of lists, as tests of the sheet ask. Whose places change is to be settled. Lists span
-- pools: where there are any, these are all.
WITH
pool_asked AS (
    SELECT p.pool, p.ranked
    FROM unnest(%(pools)s::text[], %(due)s::bigint[], %(ranked)s::bigint[]) p (pool, due, ranked)
    JOIN rulebook r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
    WHERE p.due >= greatest(r.group_min_size, 2)
),
in_pool AS (
    SELECT d.subject_no, t.test_no
    FROM pool_asked a
    JOIN test t ON t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s AND t.sheet = %(sheet)s AND t.operand = 'place' AND t.number = 0
-- include: _many
    CROSS JOIN LATERAL (
        SELECT e.subject_no, count(*) OVER (ORDER BY e.ranked_total DESC) AS as_far
        FROM (
            SELECT s.subject_no, s.ranked_total FROM standing_result s
            WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.pool = a.pool AND s.ranked_total IS NOT NULL AND t.from_top
            ORDER BY s.ranked_total DESC NULLS LAST FETCH FIRST (k.many::bigint) ROWS WITH TIES
        ) e
        UNION ALL
        SELECT e.subject_no, count(*) OVER (ORDER BY e.ranked_total)
        FROM (
            SELECT s.subject_no, s.ranked_total FROM standing_result s
            WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.pool = a.pool AND s.ranked_total IS NOT NULL AND NOT t.from_top
            ORDER BY s.ranked_total NULLS FIRST FETCH FIRST (k.many::bigint) ROWS WITH TIES
        ) e
    ) d
    WHERE t.all_ties OR d.as_far <= k.many
),
listed AS (
    SELECT s.subject_no, g.list_no, count(*) OVER peers AS ranked, rank() OVER above - 1 AS higher, count(*) OVER above AS higher_or_equal
    FROM standing_result s CROSS JOIN LATERAL unnest(s.list_groups) WITH ORDINALITY g (key, list_no)
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.ranked_total IS NOT NULL AND g.key IS NOT NULL
      AND EXISTS (SELECT FROM ranked_list l WHERE l.tenant_id = %(tenant)s AND l.rulebook_no = %(rulebook)s)
    WINDOW peers AS (PARTITION BY g.list_no, g.key), above AS (PARTITION BY g.list_no, g.key ORDER BY s.ranked_total DESC)
),
in_list AS (
    SELECT a.subject_no, t.test_no
    FROM listed a
    JOIN test t ON t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s AND t.sheet = %(sheet)s AND t.operand = 'place'
        AND t.number = a.list_no
-- include: _many
    WHERE a.ranked > 1 AND CASE
        WHEN t.from_top AND t.all_ties THEN a.higher < k.many
        WHEN t.from_top THEN a.higher_or_equal <= k.many
        WHEN t.all_ties THEN a.ranked - a.higher_or_equal < k.many
        ELSE a.ranked - a.higher <= k.many
    END
),
in_front AS (
    SELECT i.subject_no, array_agg(i.test_no::integer ORDER BY i.test_no) AS places
    FROM (SELECT subject_no, test_no FROM in_pool UNION ALL SELECT subject_no, test_no FROM in_list) i
    GROUP BY i.subject_no
),
moved AS (
    SELECT coalesce(b.subject_no, f.subject_no) AS subject_no, f.places
    FROM (
        SELECT s.subject_no, s.places FROM standing_result s
        WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.places IS NOT NULL
          AND s.pool = ANY (%(pools)s::text[])
    ) b
    FULL JOIN in_front f ON f.subject_no = b.subject_no
    WHERE b.places IS DISTINCT FROM f.places
)
UPDATE standing_result s SET places = m.places, outcomes = CASE WHEN %(asks_all)s THEN s.outcomes END
FROM moved m
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = m.subject_no AND
-- include: _few

-- name: outcomes_add
-- What follows for those who are to be settled, or for everyone; then they are.
WITH
moved AS (
    SELECT s.subject_no FROM standing_result s
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND (s.outcomes IS NULL OR %(asks_all)s)
),
asked AS (
    SELECT s.subject_no, s.post, l.lines, l.measures, l.codes, l.counts, l.no_data, l.negatives, s.category_points, s.tier_no, s.total, s.places,
        s.ranked_total IS NOT NULL AS is_ranked, s.list_groups
    FROM standing_result s
    JOIN standing_lines l ON l.tenant_id = s.tenant_id AND l.standing_no = s.standing_no AND l.subject_no = s.subject_no
    WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND
-- include: _few
      AND (%(asks_all)s OR l.subject_no = ANY (ARRAY(SELECT m.subject_no FROM moved m)))
      AND EXISTS (SELECT FROM outcome o WHERE o.tenant_id = %(tenant)s AND o.rulebook_no = %(rulebook)s AND o.sheet = %(sheet)s)
),
-- include: _conditions
,
-- Who is chosen is ranked, and in the list from which one is chosen.
possible AS NOT MATERIALIZED (
    SELECT a.subject_no, o.outcome_no, o.condition_no
    FROM asked a
    JOIN outcome o ON o.tenant_id = %(tenant)s AND o.rulebook_no = %(rulebook)s AND o.sheet = %(sheet)s
        AND (o.among IS NULL OR (%(chooses)s AND a.is_ranked AND (o.list_no IS NULL OR a.list_groups[o.list_no] IS NOT NULL)))
),
-- What asks for results that aren't there is open, and so is a condition that neither holds nor fails whatever they were.
history_test AS MATERIALIZED (
    SELECT t.test_no, t.operand, t.number
    FROM test t
    JOIN reading q ON q.tenant_id = t.tenant_id AND q.rulebook_no = t.rulebook_no AND q.sheet = t.sheet AND q.indicator_no = t.number
        AND q.of IN ('own', 'organisation')
    WHERE t.tenant_id = %(tenant)s AND t.rulebook_no = %(rulebook)s AND t.sheet = %(sheet)s AND t.operand IN ('measure', 'code')
),
open_test AS (
    SELECT a.subject_no, array_agg(t.test_no) AS tests
    FROM asked a
    CROSS JOIN history_test t
    WHERE CASE t.operand WHEN 'measure' THEN a.measures[t.number] IS NULL ELSE a.codes[t.number] IS NULL END
    GROUP BY a.subject_no
),
unanswered AS (
    SELECT p.subject_no, array_agg(DISTINCT p.outcome_no ORDER BY p.outcome_no) AS outcomes
    FROM possible p
    JOIN open_test u ON u.subject_no = p.subject_no
    JOIN held h ON h.subject_no = p.subject_no
    JOIN clause c ON c.tenant_id = %(tenant)s AND c.rulebook_no = %(rulebook)s AND c.sheet = %(sheet)s AND c.condition_no = p.condition_no
        AND c.test_nos <@ (coalesce(h.tests, '{}') || u.tests)
    LEFT JOIN met m ON m.subject_no = p.subject_no
    WHERE p.condition_no <> ALL (coalesce(m.conditions, '{}'))
    GROUP BY p.subject_no
),
followed AS (
    SELECT a.subject_no, array_agg(o.outcome_no ORDER BY o.outcome_no) AS outcomes,
        array_agg(CASE
            WHEN o.value_of = 'tier' THEN round(o.code_points[a.tier_no], scale(r.measure_step))
            WHEN o.value_of = 'total' THEN quotient(points_for(o.give, a.total, NULL, o.each_points, o.each_start, o.each_per, o.each_units,
                o.each_over, o.each_under, o.bounds, o.band_points, o.codes, o.code_points, o.from_low, o.from_high, o.to_low, o.to_high),
                o.give_over, r.measure_step)
        END ORDER BY o.outcome_no) AS outcome_values
    FROM asked a
    JOIN rulebook r ON r.tenant_id = %(tenant)s AND r.rulebook_no = %(rulebook)s
    LEFT JOIN met m ON m.subject_no = a.subject_no
    JOIN possible p ON p.subject_no = a.subject_no
    JOIN outcome o ON o.tenant_id = %(tenant)s AND o.rulebook_no = %(rulebook)s AND o.sheet = %(sheet)s AND o.outcome_no = p.outcome_no
        AND CASE WHEN o.condition_no IS NULL THEN a.tier_no IS NOT NULL ELSE o.condition_no = ANY (m.conditions) END
    GROUP BY a.subject_no
)
UPDATE standing_result s SET outcomes = coalesce(f.outcomes, '{}'), outcome_values = coalesce(f.outcome_values, '{}'),
    unanswered = coalesce(u.outcomes, '{}'), candidacies = '{}'
FROM moved m
LEFT JOIN followed f ON f.subject_no = m.subject_no
LEFT JOIN unanswered u ON u.subject_no = m.subject_no
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = m.subject_no AND
-- include: _few
  AND (s.outcomes, s.outcome_values, s.unanswered, s.candidacies)
      IS DISTINCT FROM (coalesce(f.outcomes, '{}'), coalesce(f.outcome_values, '{}'), coalesce(u.outcomes, '{}'), '{}')

-- name: choose
-- Of the candidates of each outcome that is chosen for (all for whom it would follow), those who have a seat; each keeps its place.
WITH
-- include: _beyond
,
-- Events of any subject, who may have left since.
used AS (
    SELECT o.outcome_no, count(*)::integer AS seats
    FROM outcome o
    JOIN rulebook r ON r.tenant_id = o.tenant_id AND r.rulebook_no = o.rulebook_no
    JOIN event e ON e.tenant_id = o.tenant_id AND e.type_no = o.used_type_no AND (o.used_where_any IS NULL OR e.data @> ANY (o.used_where_any))
    WHERE o.tenant_id = %(tenant)s AND o.rulebook_no = %(rulebook)s AND o.sheet = %(sheet)s
      AND e.time >= CASE WHEN o.used_year THEN %(year_starts)s
          ELSE (%(end_day)s::date - make_interval(months => o.used_months))::timestamp AT TIME ZONE r.timezone END
      AND e.time < %(ends)s
      AND
-- include: _stands
    GROUP BY o.outcome_no
),
grouped AS (
    SELECT o.outcome_no, o.seats, o.percent, o.share_of, o.rounding, o.ties, s.subject_no, s.no_tier, s.ranked_total, s.total, s.tie_values,
        s.outcomes, CASE o.among WHEN 'peer_group' THEN s.pool WHEN 'list' THEN s.list_groups[o.list_no] ELSE '*' END AS key
    FROM outcome o
    JOIN standing_result s ON s.tenant_id = o.tenant_id AND s.standing_no = %(standing)s
    WHERE o.tenant_id = %(tenant)s AND o.rulebook_no = %(rulebook)s AND o.sheet = %(sheet)s AND o.among IS NOT NULL
),
seated AS (
    SELECT b.outcome_no, b.key, coalesce(u.seats, 0) AS used, CASE
            WHEN b.percent IS NULL THEN b.seats
            WHEN b.rounding = 'down' THEN floor(b.share)
            WHEN b.rounding = 'up' THEN ceil(b.share)
            ELSE round(b.share)
        END::integer AS seats
    FROM (
        SELECT g.outcome_no, g.key, g.seats, g.percent, g.rounding, g.percent * 0.01 * CASE g.share_of
                WHEN 'due' THEN count(*)
                WHEN 'appraised' THEN count(*) FILTER (WHERE g.no_tier IS NULL)
                ELSE count(g.ranked_total)
            END AS share
        FROM grouped g
        WHERE g.key IS NOT NULL
        GROUP BY g.outcome_no, g.key, g.seats, g.percent, g.rounding, g.share_of
    ) b
    LEFT JOIN used u ON u.outcome_no = b.outcome_no
),
candidate AS (
    SELECT g.subject_no, g.outcome_no, q.seats, q.used, g.ties, rank() OVER ahead AS place, count(*) OVER ahead AS ahead_or_equal
    FROM grouped g
    JOIN seated q ON q.outcome_no = g.outcome_no AND q.key = g.key
    WHERE g.outcome_no = ANY (g.outcomes)
    WINDOW ahead AS (PARTITION BY g.outcome_no, g.key ORDER BY g.total DESC, CASE WHEN g.ties = 'tie_breaks' THEN g.tie_values END DESC)
),
decided AS (
    SELECT c.subject_no, array_agg(ARRAY[c.outcome_no, c.place::integer, c.seats, c.used] ORDER BY c.outcome_no) AS candidacies,
        coalesce(array_agg(c.outcome_no) FILTER (
            WHERE CASE c.ties WHEN 'all_of_them' THEN c.place ELSE c.ahead_or_equal END > c.seats - c.used), '{}') AS missed
    FROM candidate c
    GROUP BY c.subject_no
)
UPDATE standing_result s SET candidacies = d.candidacies,
    outcomes = ARRAY(SELECT x.outcome_no FROM unnest(s.outcomes) x (outcome_no) WHERE x.outcome_no <> ALL (d.missed) ORDER BY x.outcome_no),
    outcome_values = ARRAY(SELECT x.value FROM unnest(s.outcomes, s.outcome_values) x (outcome_no, value)
        WHERE x.outcome_no <> ALL (d.missed) ORDER BY x.outcome_no)
FROM decided d
WHERE s.tenant_id = %(tenant)s AND s.standing_no = %(standing)s AND s.subject_no = d.subject_no
