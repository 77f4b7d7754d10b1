-- Tokens as they are given, read, rotated and taken back.

-- name: token_add
-- Store a token by its hash.
INSERT INTO token (tenant_id, hash, actor, scopes, sources, under, begins, expires_at)
VALUES (%(tenant)s, %(hash)s, %(actor)s, %(scopes)s, %(sources)s, %(under)s, %(begins)s, %(expires_at)s)
RETURNING token_id

-- name: tokens
-- A page of tokens in the order in which they were given, or one of them.
SELECT token_id, actor, scopes, sources, under, begins, issuer, created_at, expires_at, revoked_at, last_used_at,
    CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'usable' END AS state
FROM token
WHERE tenant_id = %(tenant)s AND token_id > %(after)s AND (%(token)s::integer IS NULL OR token_id = %(token)s)
  AND (%(actor)s::text IS NULL OR actor = %(actor)s)
  AND (%(state)s::text IS NULL OR %(state)s = CASE
    WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'usable' END)
ORDER BY token_id LIMIT %(limit)s

-- name: token_held
-- Nobody else changes a token until this transaction ends.
SELECT token_id FROM token WHERE tenant_id = %(tenant)s AND token_id = %(token)s FOR UPDATE

-- name: token_end
-- Let a token be good for so many hours more at most.
UPDATE token SET expires_at = least(expires_at, %(now)s + make_interval(hours => %(hours)s))
WHERE tenant_id = %(tenant)s AND token_id = %(token)s

-- name: token_revoke
-- Take a token back.
UPDATE token SET revoked_at = %(now)s WHERE tenant_id = %(tenant)s AND token_id = %(token)s AND revoked_at IS NULL

-- name: tokens_revoke
-- Take back the tokens of an actor.
UPDATE token SET revoked_at = now() WHERE tenant_id = %(tenant)s AND actor = %(actor)s AND revoked_at IS NULL

-- name: tokens_used
-- Note when tokens were used last.
UPDATE token t SET last_used_at = greatest(t.last_used_at, u.at)
FROM unnest(%(tokens)s::integer[], %(used)s::timestamptz[]) u (token_id, at)
WHERE t.tenant_id = %(tenant)s AND t.token_id = u.token_id

-- name: visitor
-- For whom an identity provider vouches, as we know them.
SELECT token_id, revoked_at FROM token WHERE tenant_id = %(tenant)s AND hash = %(hash)s

-- name: visitor_add
-- Get to know somebody for whom an identity provider vouches.
INSERT INTO token (tenant_id, hash, actor, scopes, sources, issuer)
VALUES (%(tenant)s, %(hash)s, %(actor)s, '{}', '{}', %(issuer)s)
