-- outside a transaction: what the feed finds its way by.

DROP INDEX CONCURRENTLY IF EXISTS seal_in_feed;
-- What the feed tells after a position.
CREATE INDEX CONCURRENTLY seal_in_feed ON seal (tenant_id, position) WHERE in_feed;

DROP INDEX CONCURRENTLY IF EXISTS chain_block_age;
-- The last position that is older than what the feed keeps.
CREATE INDEX CONCURRENTLY chain_block_age ON chain_block (tenant_id, sealed_at, last_position);
