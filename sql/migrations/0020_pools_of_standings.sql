-- A standing keeps how many are in its pools, so that nobody counts a whole group because of one of its members.

-- What servers of before refresh moves refreshed_at alone, and is so known not to be what was kept.
ALTER TABLE standing ADD COLUMN pools jsonb, ADD COLUMN pools_at timestamptz;
COMMENT ON COLUMN standing.pools IS 'how many are due, appraised and ranked in each pool, where that is kept';
COMMENT ON COLUMN standing.pools_at IS 'as of which refresh (refreshed_at) that is so';
