-- Commands that a person sent with a key: what was answered, so that sending one again changes nothing.

CREATE TABLE command (
    tenant_id integer NOT NULL,
    token_id integer NOT NULL,
    route text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    content_digest bytea NOT NULL,
    entry_id bigint,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    status integer,
    location text COLLATE "C",
    answer bytea,
    CONSTRAINT command_pkey PRIMARY KEY (tenant_id, token_id, route, key)
);
COMMENT ON TABLE command IS 'a command that was carried out under an Idempotency-Key, in the transaction of its audit entry; ends after seven days';
COMMENT ON COLUMN command.route IS 'method and path';
COMMENT ON COLUMN command.content_digest IS 'SHA-256 of query and body: another content under the same key is another command';
COMMENT ON COLUMN command.entry_id IS 'its first audit entry; null where it changed nothing';
COMMENT ON COLUMN command.answer IS 'the body that was answered, stored after the command; null where the process ended between the two';

ALTER TABLE command ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON command USING (tenant_id = current_setting('jifen.tenant_id')::integer);

GRANT SELECT, INSERT, UPDATE (status, location, answer), DELETE ON command TO jifen_service;
