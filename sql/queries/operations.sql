-- For those who run the service.

-- name: schema_known
-- Whether this database was ever migrated.
SELECT to_regclass('public.migration') IS NOT NULL AS known

-- name: schema_version
-- The newest migration of this database.
SELECT max(number) AS number FROM migration

-- name: lead
-- Whether this process does a task now: nobody else does before the transaction ends, however long it idles meanwhile.
SELECT pg_try_advisory_xact_lock(hashtextextended(%(task)s::text, 0)) AS leads,
    set_config('idle_in_transaction_session_timeout', '0', true) AS patience

-- name: server_facts
-- What has to hold of the server: its version and clock, what makes it durable, and how many connections it has left for us.
SELECT current_setting('server_version_num')::integer AS version, extract(epoch FROM clock_timestamp())::float AS clock,
    current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
    current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer AS most,
    (SELECT sum(numbackends)::integer FROM pg_stat_database) AS used,
    (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS bypasses
