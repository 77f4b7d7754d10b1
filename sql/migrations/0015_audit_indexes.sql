-- outside a transaction: the ways to an entry for whoever reads the journal.

DROP INDEX CONCURRENTLY IF EXISTS audit_entry_about;
-- The entry before about the same thing.
CREATE INDEX CONCURRENTLY audit_entry_about ON audit_entry (tenant_id, about, entry_id) WHERE about IS NOT NULL;

DROP INDEX CONCURRENTLY IF EXISTS audit_entry_action;
-- Entries of an action; those of intake, of which there are thousands to one, are nearly all there are.
CREATE INDEX CONCURRENTLY audit_entry_action ON audit_entry (tenant_id, action, entry_id) WHERE action <> 'event.create';

DROP INDEX CONCURRENTLY IF EXISTS audit_entry_time;
-- Entries of a time: rows lie in this order.
CREATE INDEX CONCURRENTLY audit_entry_time ON audit_entry USING brin (recorded_at);
