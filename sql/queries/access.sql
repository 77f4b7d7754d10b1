-- Tenants and tokens.

-- name: tenant_by_name
-- The number of a tenant.
SELECT tenant_id FROM tenant WHERE name = %(tenant_name)s

-- name: tenant_name
-- What the tenant is called.
SELECT name FROM tenant WHERE tenant_id = %(tenant)s

-- name: tenants
-- All tenants, for operations.
SELECT tenant_id, name FROM tenant ORDER BY name

-- name: tenant_add
-- A new tenant with an empty chain and an empty dictionary; by the owner's role only.
WITH added AS (
    INSERT INTO tenant (name) VALUES (%(tenant_name)s) RETURNING tenant_id
),
words AS (
    INSERT INTO dictionary (tenant_id, entry_id) SELECT tenant_id, 0 FROM added
)
INSERT INTO chain_head (tenant_id, position, hash) SELECT tenant_id, 0, '' FROM added RETURNING tenant_id

-- name: token_by_hash
-- The token that may be used now.
SELECT token_id, actor, scopes, sources, under FROM token
WHERE tenant_id = %(tenant)s AND hash = %(hash)s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())

-- name: sources_add
-- Register sources.
INSERT INTO source (tenant_id, source)
SELECT %(tenant)s, s FROM unnest(%(sources)s::text[]) s ORDER BY s
ON CONFLICT ON CONSTRAINT source_source_key DO NOTHING

-- name: budget_begin
-- A token that sends its first request may send as many as there are in a burst.
INSERT INTO budget (tenant_id, token_id, available, counted_at) VALUES (%(tenant)s, %(token)s, %(burst)s, now())
ON CONFLICT ON CONSTRAINT budget_pkey DO NOTHING

-- name: budget_lease
-- Give a process some of the requests that a token may send now, or as many as there are.
WITH grown AS (
    SELECT greatest(counted_at, now()) AS counted_at,
        least(%(burst)s, available + %(rate)s * greatest(0, extract(epoch FROM now() - counted_at))) AS available
    FROM budget
    WHERE tenant_id = %(tenant)s AND token_id = %(token)s
    FOR UPDATE
)
UPDATE budget b SET available = g.available - least(%(wanted)s, floor(g.available)), counted_at = g.counted_at
FROM grown g
WHERE b.tenant_id = %(tenant)s AND b.token_id = %(token)s
RETURNING least(%(wanted)s, floor(g.available))::integer AS leased, b.available

-- name: _seen
-- Whether a subject (e) is one that a reader sees: anybody, or below an organisation, as last recorded: by its place in the tree, or by an
-- assignment of today.
(%(sees)s::text IS NULL OR EXISTS (
        SELECT FROM (
            SELECT e.subject_no AS organisation_no
            UNION ALL
            SELECT a.organisation_no FROM assignment a
            WHERE a.tenant_id = %(tenant)s AND a.worker_no = e.subject_no
              AND a.entry_id = (SELECT max(w.entry_id) FROM worker_record w WHERE w.tenant_id = %(tenant)s AND w.worker_no = e.subject_no)
              AND a.valid_from <= %(today)s AND (a.valid_to IS NULL OR a.valid_to > %(today)s)
        ) p
        JOIN organisation_record o ON o.tenant_id = %(tenant)s AND o.organisation_no = p.organisation_no
        WHERE %(sees)s = ANY (o.path) AND o.entry_id = (
            SELECT max(l.entry_id) FROM organisation_record l WHERE l.tenant_id = %(tenant)s AND l.organisation_no = p.organisation_no)))

-- name: subject_seen
-- A subject, if a reader sees it.
SELECT e.subject_no FROM subject e
WHERE e.tenant_id = %(tenant)s AND e.kind = %(kind)s AND e.id = %(id)s
  AND
-- include: _seen
