-- What intake refused: kept for a while, so that somebody sees it and can send it again. No result rests on it.

CREATE TABLE rejection (
    tenant_id integer NOT NULL,
    rejection_no bigint GENERATED ALWAYS AS IDENTITY,
    actor text COLLATE "C" NOT NULL,
    source text COLLATE "C",
    id text COLLATE "C",
    event_id uuid,
    request_id text COLLATE "C" NOT NULL,
    findings jsonb NOT NULL,
    body_digest bytea NOT NULL,
    body_bytes bigint NOT NULL,
    body bytea NOT NULL,
    times bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT rejection_pkey PRIMARY KEY (tenant_id, rejection_no),
    CONSTRAINT rejection_body_key UNIQUE (tenant_id, actor, body_digest)
);
COMMENT ON TABLE rejection IS 'an event, or a whole request, that was refused; may hold personal data, so it ends by age, by number, or when it is erased';
COMMENT ON COLUMN rejection.source IS 'as sent, where it could be read; who sent it is the actor';
COMMENT ON COLUMN rejection.event_id IS 'the identity of source and id; the rejection waits while no event has it';
COMMENT ON COLUMN rejection.findings IS 'why it was refused the last time: pointer, code and the values of the sentence';
COMMENT ON COLUMN rejection.body_digest IS 'SHA-256 of the whole body, also where only its beginning is kept';
COMMENT ON COLUMN rejection.times IS 'how often the actor sent this body and was refused';
-- The oldest of an actor, which go first.
CREATE INDEX rejection_actor ON rejection (tenant_id, actor, rejection_no);

ALTER TABLE rejection ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON rejection USING (tenant_id = current_setting('jifen.tenant_id')::integer);

GRANT SELECT, INSERT, UPDATE (request_id, findings, times, last_at), DELETE ON rejection TO jifen_service;
