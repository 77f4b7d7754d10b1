-- Commands with a key: carried out once, answered again as often as they are sent.

-- name: command_add
-- Note, in the transaction of the command, that it is carried out under this key; fails where it was before.
INSERT INTO command (tenant_id, token_id, route, key, content_digest, entry_id)
VALUES (%(tenant)s, %(token)s, %(route)s, %(key)s, %(digest)s, %(entry)s)

-- name: command
-- What was carried out under a key.
SELECT content_digest, entry_id, status, location, answer FROM command
WHERE tenant_id = %(tenant)s AND token_id = %(token)s AND route = %(route)s AND key = %(key)s

-- name: command_answered
-- Keep what was answered.
UPDATE command SET status = %(status)s, location = %(location)s, answer = %(answer)s
WHERE tenant_id = %(tenant)s AND token_id = %(token)s AND route = %(route)s AND key = %(key)s

-- name: commands_expire
-- Forget keys that were used more than seven days ago.
DELETE FROM command WHERE tenant_id = %(tenant)s AND recorded_at < now() - interval '7 days'
