-- Tenants and tokens.

-- name: tenant_by_name
-- The number of a tenant.
SELECT tenant_id FROM tenant WHERE name = %(tenant_name)s

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

-- name: token_add
-- Store a token by its hash.
INSERT INTO token (tenant_id, hash, actor, scopes, sources) VALUES (%(tenant)s, %(hash)s, %(actor)s, %(scopes)s, %(sources)s)
RETURNING token_id

-- name: token_by_hash
-- The token that may be used now.
SELECT token_id, actor, scopes, sources FROM token
WHERE tenant_id = %(tenant)s AND hash = %(hash)s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())

-- name: tokens_revoke
-- Take back the tokens of an actor.
UPDATE token SET revoked_at = now() WHERE tenant_id = %(tenant)s AND actor = %(actor)s AND revoked_at IS NULL

-- name: sources_add
-- Register sources.
INSERT INTO source (tenant_id, source)
SELECT %(tenant)s, s FROM unnest(%(sources)s::text[]) s ORDER BY s
ON CONFLICT ON CONSTRAINT source_source_key DO NOTHING
