-- Rejections: what intake refused, why, from whom; whether an event of the same source and id has come since.
--
-- Whoever locks many does it in the order of their bodies' digests, so that nobody waits for each other.

-- name: rejections_add
-- Keep what was refused; the same body from the same actor counts up, and its reasons are those of the last time.
INSERT INTO rejection (tenant_id, actor, source, id, event_id, request_id, findings, body_digest, body_bytes, body, times, first_at, last_at)
SELECT %(tenant)s, %(actor)s, r.source, r.id, r.event_id, %(request_id)s, r.findings, decode(r.body_digest, 'hex'), r.body_bytes,
    decode(r.body, 'hex'), r.times, %(now)s, %(now)s
FROM jsonb_to_recordset(%(rejections)s) AS r (source text, id text, event_id uuid, findings jsonb, body_digest text, body_bytes bigint,
    body text, times bigint)
ORDER BY decode(r.body_digest, 'hex')
ON CONFLICT ON CONSTRAINT rejection_body_key DO UPDATE SET request_id = excluded.request_id, findings = excluded.findings,
    times = rejection.times + excluded.times, last_at = excluded.last_at

-- name: rejections_again
-- What was sent again from here is refused once more.
WITH again AS (
    SELECT a.rejection_no, a.findings
    FROM jsonb_to_recordset(%(rejections)s) AS a (rejection_no bigint, findings jsonb)
    JOIN rejection r ON r.tenant_id = %(tenant)s AND r.rejection_no = a.rejection_no
    ORDER BY r.body_digest FOR UPDATE OF r
)
UPDATE rejection r SET request_id = %(request_id)s, findings = a.findings, times = r.times + 1, last_at = %(now)s
FROM again a WHERE r.tenant_id = %(tenant)s AND r.rejection_no = a.rejection_no

-- name: rejections_trim
-- Of an actor keep so many, the newest; the others go.
WITH surplus AS (
    SELECT r.rejection_no FROM rejection r
    WHERE r.tenant_id = %(tenant)s AND r.actor = %(actor)s AND r.rejection_no <= (
        SELECT n.rejection_no FROM rejection n WHERE n.tenant_id = %(tenant)s AND n.actor = %(actor)s
        ORDER BY n.rejection_no DESC OFFSET %(most)s LIMIT 1)
    ORDER BY r.body_digest FOR UPDATE
)
DELETE FROM rejection r USING surplus s WHERE r.tenant_id = %(tenant)s AND r.rejection_no = s.rejection_no

-- name: rejections_expire
-- Take away what was last refused before.
WITH old AS (
    SELECT r.rejection_no FROM rejection r WHERE r.tenant_id = %(tenant)s AND r.last_at < %(last_to)s
    ORDER BY r.body_digest FOR UPDATE
)
DELETE FROM rejection r USING old o WHERE r.tenant_id = %(tenant)s AND r.rejection_no = o.rejection_no

-- name: rejection_erase
-- Take one away.
DELETE FROM rejection WHERE tenant_id = %(tenant)s AND rejection_no = %(rejection)s

-- name: _rejection
-- What is told of a rejection.
SELECT r.rejection_no, r.actor, r.source, r.id, r.request_id, r.findings, r.body_digest, r.body_bytes, r.times, r.first_at, r.last_at,
    octet_length(r.body) < r.body_bytes AS truncated, e.event_id::text AS event, r.event_id IS NOT NULL AND e.event_id IS NULL AS waiting

-- name: _refused
-- Rejections with the event that has their source and id now.
FROM rejection r
LEFT JOIN event e ON e.tenant_id = r.tenant_id AND e.event_id = r.event_id
WHERE r.tenant_id = %(tenant)s

-- name: _sought
-- Those that a filter asks for.
  AND (%(source)s::text IS NULL OR r.source = %(source)s)
  AND (%(code)s::text IS NULL OR r.findings @> jsonb_build_array(jsonb_build_object('code', %(code)s::text)))
  AND (%(last_from)s::timestamptz IS NULL OR r.last_at >= %(last_from)s) AND (%(last_to)s::timestamptz IS NULL OR r.last_at < %(last_to)s)
  AND (%(waiting)s::boolean IS NULL OR (r.event_id IS NOT NULL AND e.event_id IS NULL) = %(waiting)s)

-- name: rejection
-- One rejection with the beginning of its body.
-- include: _rejection
    , r.body
-- include: _refused
  AND r.rejection_no = %(rejection)s

-- name: rejections
-- A page of rejections, those that were first refused last before the others.
-- include: _rejection
-- include: _refused
-- include: _sought
  AND (%(after)s::bigint IS NULL OR r.rejection_no < %(after)s)
ORDER BY r.rejection_no DESC LIMIT %(limit)s

-- name: rejections_to_retry
-- The next that wait and can be sent again as one of these sources, oldest first, and how many there are with them.
SELECT r.rejection_no, r.body, count(*) OVER () AS matching
-- include: _refused
-- include: _sought
  AND r.event_id IS NOT NULL AND e.event_id IS NULL AND octet_length(r.body) = r.body_bytes AND r.source = ANY (%(sources)s)
  AND r.rejection_no > %(after)s
ORDER BY r.rejection_no LIMIT %(limit)s

-- name: rejections_waiting
-- How long the oldest rejection has waited for an event of its source and id; none: null.
SELECT extract(epoch FROM now() - min(r.first_at)) AS seconds
-- include: _refused
  AND r.event_id IS NOT NULL AND e.event_id IS NULL
