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
