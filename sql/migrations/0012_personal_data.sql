-- What the journal says of personal data, so that it can be erased; and the ways to an entry for whoever reads the journal.

ALTER TABLE worker_record
    ADD COLUMN name_hash bytea,
    ADD COLUMN phone_hash bytea,
    ADD COLUMN aliases_hash bytea;
COMMENT ON COLUMN worker_record.name_hash IS 'HMAC-SHA-256 of the name by the salt of the worker, null where there was none; with the salt gone it matches nothing';
COMMENT ON COLUMN worker_record.phone_hash IS 'the same of the phone number';
COMMENT ON COLUMN worker_record.aliases_hash IS 'the same of the aliases';

CREATE TABLE salt (
    tenant_id integer NOT NULL,
    subject_no integer NOT NULL,
    salt bytea NOT NULL,
    CONSTRAINT salt_pkey PRIMARY KEY (tenant_id, subject_no)
);
COMMENT ON TABLE salt IS 'by what the personal data of a worker are hashed; goes when the worker is erased';

ALTER TABLE salt ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON salt USING (tenant_id = current_setting('jifen.tenant_id')::integer);
GRANT SELECT, INSERT, DELETE ON salt TO jifen_service;

-- Entries about something, and the one before; not those of intake, of which there are thousands to one, and which say nothing but a number.
CREATE INDEX audit_entry_detail ON audit_entry USING gin (detail jsonb_path_ops) WHERE action <> 'event.create';
CREATE INDEX audit_entry_commanded ON audit_entry (tenant_id, entry_id) WHERE action <> 'event.create';
-- Entries of a time: rows lie in this order.
CREATE INDEX audit_entry_time ON audit_entry USING brin (recorded_at);
