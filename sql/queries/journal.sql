-- The journal: audit entries, their positions, the hash chain.

-- name: _about
-- The one thing that an entry changes, as kind/id; null for intake and the roster, whose rows know their entry.
CASE
    WHEN action = 'calendar.state' THEN 'calendar/' || (detail ->> 'year')
    WHEN action = 'event.reverse' THEN 'event/' || (detail ->> 'event')
    WHEN action = 'event_type.declare' THEN 'event-type/' || (detail ->> 'type')
    WHEN action IN ('objection.enter', 'objection.end') THEN 'objection/' || (detail ->> 'objection')
    WHEN action IN ('period.close', 'period.publish', 'period.finalise', 'period.reopen')
        THEN 'period/' || (detail ->> 'rulebook') || '/' || (detail ->> 'period')
    WHEN action = 'person.erase' THEN 'worker/' || (detail ->> 'worker')
    WHEN action = 'rejection.erase' THEN 'rejection/' || (detail ->> 'rejection')
    WHEN action = 'results.import' THEN 'results/' || (detail ->> 'rulebook') || '/' || (detail ->> 'period')
    WHEN action IN ('rulebook.draft', 'rulebook.publish')
        THEN 'rulebook/' || (detail ->> 'rulebook') || '@' || (detail ->> 'version')
    WHEN action = 'tenant.create' THEN 'tenant/' || (detail ->> 'tenant')
    WHEN action IN ('token.create', 'token.rotate', 'token.vouch', 'token.revoke') THEN 'token/' || (detail ->> 'actor')
    WHEN action IN ('webhook.create', 'webhook.change', 'webhook.gone', 'webhook.delete') THEN 'webhook/' || (detail ->> 'webhook')
END

-- name: entry_add
-- Record a write; it waits for its position.
WITH entry AS (
    INSERT INTO audit_entry (tenant_id, action, actor, request_id, recorded_at, size, detail, digest, about)
    SELECT %(tenant)s, action, %(actor)s, %(request_id)s, %(recorded_at)s, %(size)s, detail, %(digest)s,
-- include: _about
    FROM (SELECT %(action)s::text AS action, %(detail)s::jsonb AS detail) said
    RETURNING entry_id
)
INSERT INTO unsealed (tenant_id, entry_id) SELECT %(tenant)s, entry_id FROM entry
RETURNING entry_id

-- name: entries_add
-- Record writes of one kind, each of which waits for a position of its own; answers them with their digests.
WITH entry AS (
    INSERT INTO audit_entry (tenant_id, action, actor, request_id, recorded_at, size, detail, digest, about)
    SELECT %(tenant)s, action, %(actor)s, %(request_id)s, %(recorded_at)s, 1, detail, decode(w.digest, 'hex'),
-- include: _about
    FROM (SELECT %(action)s::text AS action) said
    CROSS JOIN jsonb_to_recordset(%(rows)s) AS w (ordinal integer, detail jsonb, digest text)
    ORDER BY w.ordinal
    RETURNING entry_id, digest
),
waiting AS (
    INSERT INTO unsealed (tenant_id, entry_id) SELECT %(tenant)s, entry_id FROM entry
)
SELECT entry_id, digest FROM entry

-- name: entries_complete
-- Fill in what entries are about that servers of before 0021_about wrote over it; for the owner.
UPDATE audit_entry SET about =
-- include: _about
WHERE tenant_id = %(tenant)s AND about IS NULL AND action NOT IN ('event.create', 'roster.state') AND (
-- include: _about
) IS NOT NULL

-- name: entries_of
-- How many writes of one kind there were.
SELECT count(*) AS entries FROM audit_entry WHERE tenant_id = %(tenant)s AND action = %(action)s

-- name: head
-- The end of the chain, and whether committed entries still wait for their positions.
SELECT h.position, h.hash, EXISTS (SELECT FROM unsealed u WHERE u.tenant_id = %(tenant)s) AS waiting
FROM chain_head h WHERE h.tenant_id = %(tenant)s

-- name: tenant_begin
-- The empty chain and the empty dictionary of a tenant apart.
WITH chain AS (
    INSERT INTO chain_head (tenant_id, position, hash) VALUES (%(tenant)s, 0, '')
)
INSERT INTO dictionary (tenant_id, entry_id) VALUES (%(tenant)s, 0)

-- name: head_lock
-- One sealer at a time; what it sees afterwards is everything that the sealer before it left.
SELECT position FROM chain_head WHERE tenant_id = %(tenant)s FOR UPDATE

-- name: seal
-- Give every committed entry its positions, in the order in which they began, and extend the chain by one block.
WITH drained AS (
    DELETE FROM unsealed WHERE tenant_id = %(tenant)s RETURNING entry_id
),
numbered AS (
    SELECT d.entry_id, e.digest, h.position + sum(e.size) OVER (ORDER BY d.entry_id) - e.size + 1 AS first_position,
        h.position + sum(e.size) OVER (ORDER BY d.entry_id) AS last_position,
-- include: _in_feed
            AS in_feed
    FROM drained d
    JOIN audit_entry e ON e.tenant_id = %(tenant)s AND e.entry_id = d.entry_id
    JOIN chain_head h ON h.tenant_id = %(tenant)s
),
sealed AS (
    INSERT INTO seal (tenant_id, entry_id, position, in_feed) SELECT %(tenant)s, entry_id, first_position, in_feed FROM numbered
),
block AS (
    SELECT max(n.last_position) AS last_position,
        sha256(h.hash || int8send((extract(epoch FROM now()) * 1000000)::bigint)
            || string_agg(int8send(n.first_position::bigint) || n.digest, NULL ORDER BY n.first_position)) AS hash
    FROM numbered n JOIN chain_head h ON h.tenant_id = %(tenant)s
    GROUP BY h.hash
),
chained AS (
    INSERT INTO chain_block (tenant_id, last_position, hash, sealed_at) SELECT %(tenant)s, last_position, hash, now() FROM block
)
UPDATE chain_head h SET position = b.last_position, hash = b.hash FROM block b WHERE h.tenant_id = %(tenant)s
RETURNING h.position
