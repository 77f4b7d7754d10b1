-- For those who run the service.

-- name: schema_known
-- Whether this database was ever migrated.
SELECT to_regclass('public.migration') IS NOT NULL AS known

-- name: schema_version
-- The newest migration of this database.
SELECT max(number) AS number FROM migration
