-- Webhooks and the secrets that their messages are signed with.

-- name: webhooks_lock
-- One request at a time makes a webhook, so that there are never more than there may be.
SELECT pg_advisory_xact_lock(hashtextextended('webhooks', %(tenant)s))

-- name: webhook_add
-- A new webhook, told of what comes from a place in the feed on.
INSERT INTO webhook (tenant_id, webhook_id, url, types, state, created_at, position, ordinal)
VALUES (%(tenant)s, %(webhook)s, %(url)s, %(types)s, 'active', %(now)s, %(position)s, %(ordinal)s)

-- name: _webhook
-- A webhook with what waits for it and what was given up.
SELECT w.webhook_id, w.url, w.types, w.state, w.failing_since, w.created_at,
    (SELECT count(*) FROM delivery d
     WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.webhook_id AND d.state = 'pending') AS pending,
    (SELECT count(*) FROM delivery d
     WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.webhook_id AND d.state = 'failed') AS failed
FROM webhook w

-- name: webhook
-- One webhook.
-- include: _webhook
WHERE w.tenant_id = %(tenant)s AND w.webhook_id = %(webhook)s

-- name: webhooks
-- All webhooks, oldest first.
-- include: _webhook
WHERE w.tenant_id = %(tenant)s
ORDER BY w.created_at, w.webhook_id

-- name: webhook_lock
-- A webhook that stays as it is until the transaction ends.
SELECT state, types, position, ordinal FROM webhook WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s FOR UPDATE

-- name: webhook_change
-- State anew where it is, what it is told, and whether it is; who is told again is no longer failing.
UPDATE webhook SET url = %(url)s, types = %(types)s, state = %(state)s,
    failing_since = CASE WHEN %(state)s = state THEN failing_since END
WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s

-- name: webhook_move
-- From which place in the feed its messages are derived next.
UPDATE webhook SET position = %(position)s, ordinal = %(ordinal)s WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s

-- name: webhook_gone
-- The receiver wants no more; nothing, where somebody has disabled it meanwhile.
UPDATE webhook SET state = 'gone' WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s AND state = 'active'

-- name: webhook_failing
-- A message was given up.
UPDATE webhook SET failing_since = %(now)s WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s AND failing_since IS NULL

-- name: webhook_well
-- A message arrived.
UPDATE webhook SET failing_since = NULL WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s AND failing_since IS NOT NULL

-- name: webhook_delete
-- Take a webhook away with its secrets, its messages and their log.
WITH attempts AS (
    DELETE FROM delivery_attempt a USING delivery d
    WHERE a.tenant_id = %(tenant)s AND d.tenant_id = %(tenant)s AND d.delivery_id = a.delivery_id AND d.webhook_id = %(webhook)s
),
deliveries AS (
    DELETE FROM delivery WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s
),
secrets AS (
    DELETE FROM webhook_secret WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s
)
DELETE FROM webhook WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s

-- name: webhook_secret_add
-- A new secret.
INSERT INTO webhook_secret (tenant_id, webhook_id, kept, created_at) VALUES (%(tenant)s, %(webhook)s, %(kept)s, %(now)s)
RETURNING secret_no

-- name: webhook_secrets_end
-- The newest secret ends at a moment; one that was to end before ends now, so that there are never more than two.
UPDATE webhook_secret SET ends_at = CASE WHEN ends_at IS NULL THEN %(until)s::timestamptz ELSE %(now)s END
WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s AND (ends_at IS NULL OR ends_at > %(now)s)

-- name: webhook_secrets
-- The secrets in use, newest first.
SELECT secret_no, kept, created_at, ends_at FROM webhook_secret
WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s AND (ends_at IS NULL OR ends_at > %(now)s)
ORDER BY secret_no DESC

-- name: webhooks_active
-- Whether there is an active webhook.
SELECT EXISTS (SELECT FROM webhook WHERE tenant_id = %(tenant)s AND state = 'active') AS active

-- name: webhooks_behind
-- The active webhooks whose messages are not yet derived up to the end of the feed.
SELECT webhook_id FROM webhook
WHERE tenant_id = %(tenant)s AND state = 'active' AND (position, ordinal) < (%(position)s::bigint, %(ordinal)s::bigint)
ORDER BY webhook_id

-- name: webhooks_due
-- The active webhooks for which a message may be tried now.
SELECT w.webhook_id FROM webhook w
WHERE w.tenant_id = %(tenant)s AND w.state = 'active' AND EXISTS (
    SELECT FROM delivery d
    WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.webhook_id AND d.state = 'pending' AND d.next_at <= %(now)s)
ORDER BY w.webhook_id
