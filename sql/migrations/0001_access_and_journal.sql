-- Who may do what, and the journal of every write: tenants, tokens, audit entries, positions, the hash chain.
--
-- Every table but `tenant` has tenant_id first in its key and is closed by row-level security to the one tenant that
-- the transaction names in the setting jifen.tenant_id. The service's role is jifen_service; it owns nothing.

CREATE TABLE tenant (
    tenant_id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT tenant_pkey PRIMARY KEY,
    name text COLLATE "C" NOT NULL CONSTRAINT tenant_name_key UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tenant IS 'a county or district that runs its own appraisal';

CREATE TABLE token (
    tenant_id integer NOT NULL,
    token_id integer GENERATED ALWAYS AS IDENTITY,
    hash bytea NOT NULL,
    actor text COLLATE "C" NOT NULL,
    scopes text[] COLLATE "C" NOT NULL,
    sources text[] COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT token_pkey PRIMARY KEY (tenant_id, token_id),
    CONSTRAINT token_hash_key UNIQUE (tenant_id, hash)
);
COMMENT ON TABLE token IS 'access: the SHA-256 of a token, the actor it stands for, its scopes, the sources it may send as';

CREATE TABLE budget (
    tenant_id integer NOT NULL,
    token_id integer NOT NULL,
    available numeric NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT budget_pkey PRIMARY KEY (tenant_id, token_id)
);
COMMENT ON TABLE budget IS 'how many requests a token may still send now, over all processes; it can be emptied at any time';
COMMENT ON COLUMN budget.available IS 'requests that were left at counted_at; since then it has grown by the rate, up to the burst';

CREATE TABLE audit_entry (
    tenant_id integer NOT NULL,
    entry_id bigint GENERATED ALWAYS AS IDENTITY,
    action text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    size integer NOT NULL CONSTRAINT audit_entry_size_check CHECK (size > 0),
    detail jsonb NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (tenant_id, entry_id)
);
COMMENT ON TABLE audit_entry IS 'one write transaction: who did what, when; never a name, a phone number or free text about a person';
COMMENT ON COLUMN audit_entry.size IS 'how many positions it takes: its events, or 1';
COMMENT ON COLUMN audit_entry.digest IS 'SHA-256 over the other columns, the content of its events, and whether a remark stands beside it';

CREATE TABLE unsealed (
    tenant_id integer NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT unsealed_pkey PRIMARY KEY (tenant_id, entry_id)
);
COMMENT ON TABLE unsealed IS 'committed audit entries that have no position yet';

CREATE TABLE seal (
    tenant_id integer NOT NULL,
    entry_id bigint NOT NULL,
    position bigint NOT NULL,
    CONSTRAINT seal_pkey PRIMARY KEY (tenant_id, entry_id),
    CONSTRAINT seal_position_key UNIQUE (tenant_id, position)
);
COMMENT ON TABLE seal IS 'the positions of an entry: position, position + 1, … as many as its size; event n of the entry has position + n';

CREATE TABLE chain_block (
    tenant_id integer NOT NULL,
    last_position bigint NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT chain_block_pkey PRIMARY KEY (tenant_id, last_position)
);
COMMENT ON TABLE chain_block IS 'the hash chain: SHA-256 over the hash before, the time, and the position and digest of each entry sealed together';

CREATE TABLE chain_head (
    tenant_id integer NOT NULL CONSTRAINT chain_head_pkey PRIMARY KEY,
    position bigint NOT NULL,
    hash bytea NOT NULL
);
COMMENT ON TABLE chain_head IS 'the last position given and the last hash; its row lock makes one sealer at a time';

-- Nobody has to remember it: a dump is loaded into other tables, mostly of another server; a recovery begins another timeline.
CREATE FUNCTION epoch() RETURNS text
    LANGUAGE sql STABLE
    RETURN left(encode(sha256(convert_to(
        (SELECT system_identifier FROM pg_control_system())::text || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || ' '
        || (SELECT oid FROM pg_database WHERE datname = current_database())::text || ' '
        || 'chain_head'::regclass::oid::text, 'UTF8')), 'hex'), 16);
COMMENT ON FUNCTION epoch IS 'which life of the data this is: another after every restore, so that no cursor or head from before is taken for one of now';

CREATE TABLE verification (
    tenant_id integer NOT NULL,
    verification_no bigint GENERATED ALWAYS AS IDENTITY,
    of text COLLATE "C" NOT NULL CONSTRAINT verification_of_check CHECK (of IN ('runs', 'journal')),
    finished_at timestamptz NOT NULL DEFAULT now(),
    seconds numeric NOT NULL,
    checked bigint NOT NULL,
    wrong bigint NOT NULL,
    CONSTRAINT verification_pkey PRIMARY KEY (tenant_id, verification_no)
);
COMMENT ON TABLE verification IS 'what came of proving runs or the journal, for whoever watches; the proof itself rests on none of it';

ALTER TABLE token ENABLE ROW LEVEL SECURITY;
ALTER TABLE budget ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE unsealed ENABLE ROW LEVEL SECURITY;
ALTER TABLE seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE chain_block ENABLE ROW LEVEL SECURITY;
ALTER TABLE chain_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE verification ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON token USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON budget USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON audit_entry USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON unsealed USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON seal USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON chain_block USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON chain_head USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON verification USING (tenant_id = current_setting('jifen.tenant_id')::integer);

GRANT SELECT ON tenant TO jifen_service;
GRANT SELECT, INSERT, UPDATE (revoked_at) ON token TO jifen_service;
GRANT SELECT, INSERT, UPDATE (available, counted_at) ON budget TO jifen_service;
GRANT SELECT, INSERT ON audit_entry, seal, chain_block, verification TO jifen_service;
GRANT SELECT, INSERT, DELETE ON unsealed TO jifen_service;
-- Made with the tenant by the owner; by the service only for a tenant apart, which ends with its transaction.
GRANT SELECT, INSERT, UPDATE (position, hash) ON chain_head TO jifen_service;
