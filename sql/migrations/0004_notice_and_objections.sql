-- What follows a publication: its public notice, objections and what became of them, what was forced; the working days.

CREATE TABLE calendar_year (
    tenant_id integer NOT NULL,
    year smallint NOT NULL,
    entry_id bigint NOT NULL,
    holidays date[] NOT NULL,
    working_days date[] NOT NULL,
    CONSTRAINT calendar_year_pkey PRIMARY KEY (tenant_id, year, entry_id)
);
COMMENT ON TABLE calendar_year IS 'the working days of a year as the tenant stated them by one entry; the last entry counts';
COMMENT ON COLUMN calendar_year.working_days IS 'the Saturdays and Sundays that are worked';

CREATE TABLE notice (
    tenant_id integer NOT NULL,
    run_no bigint NOT NULL,
    until date NOT NULL,
    objections_until date NOT NULL,
    calendar jsonb NOT NULL,
    CONSTRAINT notice_pkey PRIMARY KEY (tenant_id, run_no)
);
COMMENT ON TABLE notice IS 'the public notice of a run: its last day and the last day for objections, in the time zone of the rulebook';
COMMENT ON COLUMN notice.calendar IS 'by year, where its working days come from: the version of the library, or the position of the tenant''s entry';

CREATE TABLE forcing (
    tenant_id integer NOT NULL,
    run_no bigint NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT forcing_pkey PRIMARY KEY (tenant_id, run_no, entry_id)
);
COMMENT ON TABLE forcing IS 'a run that was published or made final before its time: the entry that says what was forced, and whose remark says why';

CREATE TABLE objection (
    tenant_id integer NOT NULL,
    objection_id uuid NOT NULL,
    run_no bigint NOT NULL,
    subject_no integer NOT NULL,
    line text COLLATE "C",
    objector_no integer NOT NULL,
    evidence uuid[] NOT NULL,
    answer_by date NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT objection_pkey PRIMARY KEY (tenant_id, objection_id)
);
COMMENT ON TABLE objection IS 'a contested result, or line of one; the remark of its entry is what was said';
COMMENT ON COLUMN objection.line IS 'the item, or null for the result as a whole';
-- A page of objections, and those of a run.
CREATE INDEX objection_entry ON objection (tenant_id, entry_id);
CREATE INDEX objection_run ON objection (tenant_id, run_no);

CREATE TABLE objection_end (
    tenant_id integer NOT NULL,
    objection_id uuid NOT NULL,
    state text COLLATE "C" NOT NULL
        CONSTRAINT objection_end_state_check CHECK (state IN ('withdrawn', 'upheld', 'rejected')),
    entry_id bigint NOT NULL,
    CONSTRAINT objection_end_pkey PRIMARY KEY (tenant_id, objection_id)
);
COMMENT ON TABLE objection_end IS 'what became of an objection; one without a row is open';

CREATE TABLE run_answer (
    tenant_id integer NOT NULL,
    objection_id uuid NOT NULL,
    run_no bigint NOT NULL,
    CONSTRAINT run_answer_pkey PRIMARY KEY (tenant_id, objection_id)
);
COMMENT ON TABLE run_answer IS 'the correction that follows an objection that was upheld';

ALTER TABLE calendar_year ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE forcing ENABLE ROW LEVEL SECURITY;
ALTER TABLE objection ENABLE ROW LEVEL SECURITY;
ALTER TABLE objection_end ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_answer ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON calendar_year USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON notice USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON forcing USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON objection USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON objection_end USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON run_answer USING (tenant_id = current_setting('jifen.tenant_id')::integer);

GRANT SELECT, INSERT ON calendar_year, notice, forcing, objection, objection_end, run_answer TO jifen_service;
