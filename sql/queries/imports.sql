-- Results of years before, which were not computed here.
--
-- Parameters: tenant, run (its number).

-- name: imported_results_add
-- The results of an import; what it doesn't say is empty.
INSERT INTO result (tenant_id, run_no, subject_no, organisation_no, post, peer_group, pool, category_points, total, tie_values, eligible,
    no_tier, rank, list_groups, tier_no, outcomes, outcome_values, unanswered, candidacies)
SELECT %(tenant)s, %(run)s, x.subject_no, x.organisation_no, x.post, '*', '*', '{}', x.total, '{}', '{}', x.no_tier, x.rank, '{}',
    x.tier_no, '{}', '{}', '{}', '{}'
FROM jsonb_to_recordset(%(records)s) AS x (subject_no integer, organisation_no integer, post text, total numeric, no_tier text,
    rank integer, tier_no smallint)

-- name: imported_results
-- What an import says of everybody, and whether more is stored than it can say.
SELECT u.kind || '/' || u.id AS subject, o.id AS organisation, r.post, r.total, r.rank, t.id AS tier, r.no_tier,
    (r.peer_group, r.pool, r.service_days, r.category_points, r.tie_values, r.ceiling_no, r.veto_no, r.eligible, r.list_groups,
            r.list_ranks, r.seat_no, r.outcomes, r.outcome_values, r.unanswered, r.candidacies)
        IS DISTINCT FROM ('*', '*', NULL::integer, '{}'::numeric[], '{}'::numeric[], NULL::smallint, NULL::smallint, '{}'::smallint[],
            '{}'::text[], NULL::integer[], NULL::smallint, '{}'::smallint[], '{}'::numeric[], '{}'::smallint[], '{}'::integer[])
        OR EXISTS (SELECT FROM result_lines l
            WHERE l.tenant_id = r.tenant_id AND l.run_no = r.run_no AND l.subject_no = r.subject_no) AS altered
FROM result r
JOIN run n ON n.tenant_id = r.tenant_id AND n.run_no = r.run_no
JOIN subject u ON u.tenant_id = r.tenant_id AND u.subject_no = r.subject_no
LEFT JOIN subject o ON o.tenant_id = r.tenant_id AND o.subject_no = r.organisation_no
LEFT JOIN tier t ON t.tenant_id = r.tenant_id AND t.rulebook_no = n.rulebook_no AND t.tier_no = r.tier_no
WHERE r.tenant_id = %(tenant)s AND r.run_no = %(run)s
ORDER BY u.kind, u.id
