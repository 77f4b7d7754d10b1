-- Deliveries: the messages of a webhook, one for each item of the feed that it is told of, and every try.

-- name: deliveries_add
-- Messages, each once; one that is there, because its place is passed again, is to be delivered again.
INSERT INTO delivery (tenant_id, delivery_id, webhook_id, position, ordinal, message_id, type, body, state, attempts, next_at, created_at)
SELECT %(tenant)s, m.delivery_id, %(webhook)s, m.position, m.ordinal, m.message_id, m.type, m.body, 'pending', 0, %(now)s, %(now)s
FROM jsonb_to_recordset(%(messages)s) AS m (delivery_id uuid, position bigint, ordinal bigint, message_id text, type text, body text)
ORDER BY m.position, m.ordinal
ON CONFLICT ON CONSTRAINT delivery_place_key DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
    next_at = excluded.next_at, ended_at = excluded.ended_at

-- name: delivery_again
-- Deliver a message again.
UPDATE delivery SET state = 'pending', attempts = 0, next_at = %(now)s, ended_at = NULL
WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s AND delivery_id = %(delivery)s

-- name: deliveries_failed_again
-- Deliver again whatever was given up.
UPDATE delivery SET state = 'pending', attempts = 0, next_at = %(now)s, ended_at = NULL
WHERE tenant_id = %(tenant)s AND webhook_id = %(webhook)s AND state = 'failed'

-- name: delivery_claim
-- The next message of an active webhook, which nobody else tries until a moment.
WITH following AS (
    SELECT d.delivery_id, w.url FROM delivery d
    JOIN webhook w ON w.tenant_id = d.tenant_id AND w.webhook_id = d.webhook_id AND w.state = 'active'
    WHERE d.tenant_id = %(tenant)s AND d.webhook_id = %(webhook)s AND d.state = 'pending' AND d.next_at <= %(now)s
    ORDER BY d.next_at, d.delivery_no LIMIT 1 FOR UPDATE OF d
)
UPDATE delivery d SET next_at = %(until)s FROM following f
WHERE d.tenant_id = %(tenant)s AND d.delivery_id = f.delivery_id
RETURNING d.delivery_id, d.message_id, f.url, d.body, d.attempts

-- name: delivery_settle
-- What came of a try; of a message that was settled meanwhile, only the try is remembered, of one that is gone, nothing.
WITH settled AS (
    UPDATE delivery SET state = %(state)s, attempts = %(attempts)s, next_at = %(next_at)s,
        ended_at = CASE WHEN %(state)s <> 'pending' THEN %(now)s::timestamptz END
    WHERE tenant_id = %(tenant)s AND delivery_id = %(delivery)s AND state = 'pending'
)
INSERT INTO delivery_attempt (tenant_id, delivery_id, attempted_at, seconds, outcome, status, answer)
SELECT d.tenant_id, d.delivery_id, %(attempted_at)s, %(seconds)s, %(outcome)s, %(status)s, %(text)s
FROM delivery d WHERE d.tenant_id = %(tenant)s AND d.delivery_id = %(delivery)s

-- name: _delivery
-- A message with the last try.
SELECT d.delivery_id, d.delivery_no, d.message_id, d.type, d.body, d.state, d.attempts, d.next_at, d.created_at, d.ended_at,
    a.attempted_at, a.seconds, a.outcome, a.status, a.answer
FROM delivery d
LEFT JOIN delivery_attempt a ON a.tenant_id = d.tenant_id AND a.delivery_id = d.delivery_id AND a.attempt_no = (
    SELECT max(l.attempt_no) FROM delivery_attempt l WHERE l.tenant_id = d.tenant_id AND l.delivery_id = d.delivery_id)

-- name: delivery
-- One message of a webhook.
-- include: _delivery
WHERE d.tenant_id = %(tenant)s AND d.webhook_id = %(webhook)s AND d.delivery_id = %(delivery)s

-- name: deliveries
-- A page of the messages of a webhook, newest first.
-- include: _delivery
WHERE d.tenant_id = %(tenant)s AND d.webhook_id = %(webhook)s AND (%(state)s::text IS NULL OR d.state = %(state)s)
  AND (%(after)s::bigint IS NULL OR d.delivery_no < %(after)s)
ORDER BY d.delivery_no DESC LIMIT %(limit)s

-- name: delivery_attempts
-- Every try to deliver a message, oldest first.
SELECT attempted_at, seconds, outcome, status, answer FROM delivery_attempt
WHERE tenant_id = %(tenant)s AND delivery_id = %(delivery)s ORDER BY attempt_no

-- name: deliveries_expire
-- Take away what was settled before.
WITH old AS (
    DELETE FROM delivery WHERE tenant_id = %(tenant)s AND state <> 'pending' AND ended_at < %(last_to)s RETURNING delivery_id
)
DELETE FROM delivery_attempt a USING old o WHERE a.tenant_id = %(tenant)s AND a.delivery_id = o.delivery_id

-- name: deliveries_watched
-- How many messages wait, how long the oldest has waited, how many were given up, and how many webhooks fail.
SELECT (SELECT count(*) FROM delivery d WHERE d.tenant_id = %(tenant)s AND d.state = 'pending') AS pending,
    (SELECT extract(epoch FROM now() - min(d.created_at)) FROM delivery d
     WHERE d.tenant_id = %(tenant)s AND d.state = 'pending') AS waiting_seconds,
    (SELECT count(*) FROM delivery d WHERE d.tenant_id = %(tenant)s AND d.state = 'failed') AS failed,
    (SELECT count(*) FROM webhook w WHERE w.tenant_id = %(tenant)s AND (w.failing_since IS NOT NULL OR w.state = 'gone')) AS failing
