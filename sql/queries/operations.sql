-- For those who run the service.

-- name: schema_version
-- The newest migration of this database.
SELECT max(number) AS number FROM migration
