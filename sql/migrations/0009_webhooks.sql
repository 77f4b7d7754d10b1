-- Webhooks: who is told of what the feed holds, by which secrets it is signed, and what became of each message.
--
-- The feed is the truth and every message can be derived from it again, so all of this may change and go.

CREATE TABLE webhook (
    tenant_id integer NOT NULL,
    webhook_id uuid NOT NULL,
    url text COLLATE "C" NOT NULL,
    types text[] COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL CONSTRAINT webhook_state_check CHECK (state IN ('active', 'disabled', 'gone')),
    failing_since timestamptz,
    created_at timestamptz NOT NULL,
    position bigint NOT NULL,
    ordinal bigint NOT NULL,
    CONSTRAINT webhook_pkey PRIMARY KEY (tenant_id, webhook_id)
);
COMMENT ON TABLE webhook IS 'a receiver of messages about items of the feed of these types; gone: it answered 410';
COMMENT ON COLUMN webhook.failing_since IS 'when a message was given up first; null since another one arrived';
COMMENT ON COLUMN webhook.position IS 'with ordinal, the place in the feed from which messages are derived next';

CREATE TABLE webhook_secret (
    tenant_id integer NOT NULL,
    webhook_id uuid NOT NULL,
    secret_no bigint GENERATED ALWAYS AS IDENTITY,
    kept text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    ends_at timestamptz,
    CONSTRAINT webhook_secret_pkey PRIMARY KEY (tenant_id, webhook_id, secret_no)
);
COMMENT ON TABLE webhook_secret IS 'what messages are signed with; two of a webhook at most are in use at once';
COMMENT ON COLUMN webhook_secret.kept IS 'encrypted by a key of JIFEN_WEBHOOK_KEYS; as it is where there was none';
COMMENT ON COLUMN webhook_secret.ends_at IS 'from when it signs nothing any more; null for the newest';

CREATE TABLE delivery (
    tenant_id integer NOT NULL,
    delivery_id uuid NOT NULL,
    delivery_no bigint GENERATED ALWAYS AS IDENTITY,
    webhook_id uuid NOT NULL,
    position bigint,
    ordinal bigint,
    message_id text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    body text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL CONSTRAINT delivery_state_check CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts integer NOT NULL,
    next_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT delivery_pkey PRIMARY KEY (tenant_id, delivery_id),
    CONSTRAINT delivery_place_key UNIQUE (tenant_id, webhook_id, position, ordinal)
);
COMMENT ON TABLE delivery IS 'a message for a webhook about an item of the feed, or a test without a place in it';
COMMENT ON COLUMN delivery.message_id IS 'the id of the item in the feed; of a test, one of its own';
COMMENT ON COLUMN delivery.body IS 'what is sent, to the byte, each time';
COMMENT ON COLUMN delivery.attempts IS 'how often it was tried since it was derived or replayed';
COMMENT ON COLUMN delivery.next_at IS 'when it may be tried; whoever is at it has moved this on, so that nobody else is';
-- The next to try, and how many wait.
CREATE INDEX delivery_pending ON delivery (tenant_id, webhook_id, next_at, delivery_no) WHERE state = 'pending';
CREATE INDEX delivery_failed ON delivery (tenant_id, webhook_id) WHERE state = 'failed';
-- A page of the log.
CREATE INDEX delivery_log ON delivery (tenant_id, webhook_id, delivery_no);

CREATE TABLE delivery_attempt (
    tenant_id integer NOT NULL,
    delivery_id uuid NOT NULL,
    attempt_no bigint GENERATED ALWAYS AS IDENTITY,
    attempted_at timestamptz NOT NULL,
    seconds numeric NOT NULL,
    outcome text COLLATE "C" NOT NULL,
    status integer,
    answer text COLLATE "C",
    CONSTRAINT delivery_attempt_pkey PRIMARY KEY (tenant_id, delivery_id, attempt_no)
);
COMMENT ON TABLE delivery_attempt IS 'one try to deliver a message, and what came of it';
COMMENT ON COLUMN delivery_attempt.answer IS 'the first characters of an answer that was no success';

ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_attempt ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON webhook USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON webhook_secret USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON delivery USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON delivery_attempt USING (tenant_id = current_setting('jifen.tenant_id')::integer);

GRANT SELECT, INSERT, UPDATE (url, types, state, failing_since, position, ordinal), DELETE ON webhook TO jifen_service;
GRANT SELECT, INSERT, UPDATE (ends_at), DELETE ON webhook_secret TO jifen_service;
GRANT SELECT, INSERT, UPDATE (state, attempts, next_at, ended_at), DELETE ON delivery TO jifen_service;
GRANT SELECT, INSERT, DELETE ON delivery_attempt TO jifen_service;
