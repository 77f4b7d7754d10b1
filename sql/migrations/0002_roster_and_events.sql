-- What is appraised and what happened: subjects, the roster in two times, event types, events.
--
-- The roster is append-only: a write states a whole record, valid on the days [valid_from, valid_to), recorded by its audit
-- entry. Who reads it as of a position takes, for each subject, the record with the greatest position up to that one.

CREATE TABLE subject (
    tenant_id integer NOT NULL,
    subject_no integer GENERATED ALWAYS AS IDENTITY,
    kind text COLLATE "C" NOT NULL CONSTRAINT subject_kind_check CHECK (kind IN ('worker', 'organisation')),
    id text COLLATE "C" NOT NULL,
    CONSTRAINT subject_pkey PRIMARY KEY (tenant_id, subject_no),
    CONSTRAINT subject_id_key UNIQUE (tenant_id, kind, id)
);
COMMENT ON TABLE subject IS 'what is appraised, written worker/<id> or organisation/<id>; the number keeps keys short';

CREATE TABLE person (
    tenant_id integer NOT NULL,
    subject_no integer NOT NULL,
    name text,
    phone text,
    CONSTRAINT person_pkey PRIMARY KEY (tenant_id, subject_no)
);
COMMENT ON TABLE person IS 'personal data: with remark the only place of it, outside events, results, digests and the chain, so that it can be erased';

CREATE TABLE remark (
    tenant_id integer NOT NULL,
    entry_id bigint NOT NULL,
    reason text NOT NULL,
    CONSTRAINT remark_pkey PRIMARY KEY (tenant_id, entry_id)
);
COMMENT ON TABLE remark IS 'why a person did what the audit entry says: free text, which may be about somebody';

CREATE TABLE alias (
    tenant_id integer NOT NULL,
    source text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    subject_no integer NOT NULL,
    CONSTRAINT alias_pkey PRIMARY KEY (tenant_id, source, external_id)
);
COMMENT ON TABLE alias IS 'the id by which a source calls a worker';
CREATE INDEX alias_subject ON alias (tenant_id, subject_no);

CREATE TABLE organisation_record (
    tenant_id integer NOT NULL,
    organisation_no integer NOT NULL,
    entry_id bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    title text NOT NULL,
    path text[] COLLATE "C" NOT NULL,
    path_kinds text[] COLLATE "C" NOT NULL,
    CONSTRAINT organisation_record_pkey PRIMARY KEY (tenant_id, organisation_no, entry_id)
);
COMMENT ON TABLE organisation_record IS 'a node of the tree as recorded by one entry';
COMMENT ON COLUMN organisation_record.path IS 'the ids from the root to the node itself; a move writes a record for every node below';

CREATE TABLE worker_record (
    tenant_id integer NOT NULL,
    worker_no integer NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT worker_record_pkey PRIMARY KEY (tenant_id, worker_no, entry_id)
);
COMMENT ON TABLE worker_record IS 'a worker as recorded by one entry, with the assignments and attributes of that entry';

CREATE TABLE assignment (
    tenant_id integer NOT NULL,
    worker_no integer NOT NULL,
    entry_id bigint NOT NULL,
    assignment_no smallint NOT NULL,
    organisation_no integer NOT NULL,
    post text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT assignment_pkey PRIMARY KEY (tenant_id, worker_no, entry_id, assignment_no),
    CONSTRAINT assignment_days_check CHECK (valid_from < valid_to)
);
COMMENT ON TABLE assignment IS 'a post in an organisation on the days [valid_from, valid_to); no end: it goes on';

CREATE TABLE attribute (
    tenant_id integer NOT NULL,
    subject_no integer NOT NULL,
    entry_id bigint NOT NULL,
    attribute_no smallint NOT NULL,
    name text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT attribute_pkey PRIMARY KEY (tenant_id, subject_no, entry_id, attribute_no),
    CONSTRAINT attribute_days_check CHECK (valid_from < valid_to)
);
COMMENT ON TABLE attribute IS 'a dated fact about a subject, such as a certificate or the number of households';

CREATE TABLE event_type (
    tenant_id integer NOT NULL,
    type_no integer GENERATED ALWAYS AS IDENTITY,
    type text COLLATE "C" NOT NULL,
    declaration jsonb NOT NULL,
    CONSTRAINT event_type_pkey PRIMARY KEY (tenant_id, type_no),
    CONSTRAINT event_type_type_key UNIQUE (tenant_id, type)
);
COMMENT ON TABLE event_type IS 'a kind of event as data: title, subject, dated_by, quantity, fields';

CREATE TABLE source (
    tenant_id integer NOT NULL,
    source_no integer GENERATED ALWAYS AS IDENTITY,
    source text COLLATE "C" NOT NULL,
    CONSTRAINT source_pkey PRIMARY KEY (tenant_id, source_no),
    CONSTRAINT source_source_key UNIQUE (tenant_id, source)
);
COMMENT ON TABLE source IS 'a sending system, as in CloudEvents';

CREATE TABLE dictionary (
    tenant_id integer NOT NULL CONSTRAINT dictionary_pkey PRIMARY KEY,
    entry_id bigint NOT NULL
);
COMMENT ON TABLE dictionary IS 'the audit entry that changed last what senders'' words mean: event types, sources, subjects, aliases';

CREATE TABLE event (
    tenant_id integer NOT NULL,
    subject_no integer NOT NULL,
    type_no integer NOT NULL,
    source_no integer NOT NULL,
    event_id uuid NOT NULL,
    entry_id bigint NOT NULL,
    time timestamptz NOT NULL,
    ordinal integer NOT NULL,
    quantity numeric,
    period text COLLATE "C",
    id text COLLATE "C" NOT NULL,
    sent_subject text COLLATE "C",
    content_digest bytea NOT NULL,
    data jsonb NOT NULL,
    extensions jsonb,
    CONSTRAINT event_pkey PRIMARY KEY (tenant_id, event_id)
);
COMMENT ON TABLE event IS 'one immutable fact; it carries no points. No foreign keys: intake has checked, and rows are never deleted';
COMMENT ON COLUMN event.event_id IS 'the first 16 bytes of SHA-256 over source and id: identity, kept for ever';
COMMENT ON COLUMN event.ordinal IS 'place within its audit entry, from 0: its position is the seal''s plus this';
COMMENT ON COLUMN event.quantity IS 'the quantity that the event type declares, out of data, typed';
COMMENT ON COLUMN event.period IS 'for types dated by period: the period that it belongs to';
COMMENT ON COLUMN event.sent_subject IS 'the subject as sent, where an alias stood for the worker';
COMMENT ON COLUMN event.content_digest IS 'SHA-256 of the canonical content: type, subject as sent, time, period, data';
COMMENT ON COLUMN event.extensions IS 'attributes that CloudEvents leaves to the sender, as sent; not part of the content';
CREATE TABLE reversal (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    entry_id bigint NOT NULL,
    replaced_by uuid,
    root_id uuid NOT NULL,
    root_entry_id bigint NOT NULL,
    CONSTRAINT reversal_pkey PRIMARY KEY (tenant_id, event_id)
);
COMMENT ON TABLE reversal IS 'an event taken back, once and for ever; it stops counting where it counted';
COMMENT ON COLUMN reversal.replaced_by IS 'of an amendment, the event that counts in its place';
COMMENT ON COLUMN reversal.root_id IS 'the event that was amended first: what replaces it, and what replaces that, counts where it did';
-- What an event stands in for.
CREATE UNIQUE INDEX reversal_replacement ON reversal (tenant_id, replaced_by) WHERE replaced_by IS NOT NULL;
-- One subject's events of a period, when its standing is brought up to date.
CREATE INDEX event_of_subject ON event (tenant_id, subject_no, time);
-- Events that name their period; few, so that the index stays small.
CREATE INDEX event_of_period ON event (tenant_id, period, subject_no) WHERE period IS NOT NULL;
-- A whole month, and what came after a position: rows lie nearly in this order, so a block-range index is enough.
CREATE INDEX event_time ON event USING brin (time) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX event_entry ON event USING brin (entry_id) WITH (pages_per_range = 32, autosummarize = on);

ALTER TABLE subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE remark ENABLE ROW LEVEL SECURITY;
ALTER TABLE alias ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE worker_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE attribute ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_type ENABLE ROW LEVEL SECURITY;
ALTER TABLE source ENABLE ROW LEVEL SECURITY;
ALTER TABLE dictionary ENABLE ROW LEVEL SECURITY;
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
ALTER TABLE reversal ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON subject USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON person USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON remark USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON alias USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON organisation_record USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON worker_record USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON assignment USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON attribute USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON event_type USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON source USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON dictionary USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON event USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON reversal USING (tenant_id = current_setting('jifen.tenant_id')::integer);

GRANT SELECT, INSERT ON subject, organisation_record, worker_record, assignment, attribute, source, event, reversal TO jifen_service;
GRANT SELECT, INSERT, UPDATE (name, phone), DELETE ON person TO jifen_service;
-- The text can be erased; that there was one can't be undone, for the chain covers it.
GRANT SELECT, INSERT, UPDATE (reason) ON remark TO jifen_service;
GRANT SELECT, INSERT, DELETE ON alias TO jifen_service;
-- Made with the tenant by the owner; by the service only for a tenant apart, which ends with its transaction.
GRANT SELECT, INSERT, UPDATE (entry_id) ON dictionary TO jifen_service;
GRANT SELECT, INSERT, UPDATE (declaration) ON event_type TO jifen_service;
