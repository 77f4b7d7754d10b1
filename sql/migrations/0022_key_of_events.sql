-- outside a transaction: the key of events becomes the newest of the table's indexes.

DROP INDEX CONCURRENTLY IF EXISTS event_pkey_ccnew;
-- Of a table that was never analysed every index looks as cheap, and of two the planner takes the one that was made last. Connections
-- keep that plan until the first ANALYZE: whether an event is there was asked of all events of the tenant, one by one.
REINDEX INDEX CONCURRENTLY event_pkey;
