-- The list of events: a page is found first, then told.

-- name: _listed
-- Which events are asked for; by subject, by the period that they name, or by their time.
SELECT e.event_id FROM event e
WHERE e.tenant_id = %(tenant)s
  AND (%(subject_id)s::text IS NULL OR e.subject_no = (
    SELECT s.subject_no FROM subject s WHERE s.tenant_id = %(tenant)s AND s.kind = %(kind)s AND s.id = %(subject_id)s))
  AND (%(type)s::text IS NULL OR e.type_no = (SELECT t.type_no FROM event_type t WHERE t.tenant_id = %(tenant)s AND t.type = %(type)s))
  AND (%(source)s::text IS NULL OR e.source_no = (
    SELECT s.source_no FROM source s WHERE s.tenant_id = %(tenant)s AND s.source = %(source)s))
  AND (%(period)s::text IS NULL OR e.period = %(period)s)
  AND (%(time_from)s::timestamptz IS NULL OR e.time >= %(time_from)s) AND (%(time_to)s::timestamptz IS NULL OR e.time < %(time_to)s)
  AND
-- include: _seen

-- name: events_newest
-- A page of events, the newest first.
WITH page AS (
-- include: _listed
  AND (%(after_time)s::timestamptz IS NULL OR (e.time <= %(after_time)s AND (e.time, e.event_id) < (%(after_time)s, %(after_event)s::uuid)))
ORDER BY e.time DESC, e.event_id DESC LIMIT %(limit)s
)
-- include: _event
WHERE e.tenant_id = %(tenant)s AND e.event_id = ANY (ARRAY(SELECT p.event_id FROM page p))
ORDER BY e.time DESC, e.event_id DESC

-- name: events_oldest
-- A page of events, the oldest first.
WITH page AS (
-- include: _listed
  AND (%(after_time)s::timestamptz IS NULL OR (e.time >= %(after_time)s AND (e.time, e.event_id) > (%(after_time)s, %(after_event)s::uuid)))
ORDER BY e.time, e.event_id LIMIT %(limit)s
)
-- include: _event
WHERE e.tenant_id = %(tenant)s AND e.event_id = ANY (ARRAY(SELECT p.event_id FROM page p))
ORDER BY e.time, e.event_id
