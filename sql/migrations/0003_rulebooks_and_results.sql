-- The rules as parameter rows, and what they make of the events: standings (a cache) and results (for ever).

CREATE FUNCTION quotient(dividend numeric, divisor numeric, step numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sign(dividend) * sign(divisor) * step
        * div(2 * abs(dividend) + abs(divisor) * step, nullif(2 * abs(divisor) * step, 0));
COMMENT ON FUNCTION quotient IS
    'dividend / divisor as a multiple of step, half away from zero, by one exact division; null where the divisor is zero';

CREATE TABLE rulebook (
    tenant_id integer NOT NULL,
    rulebook_no integer GENERATED ALWAYS AS IDENTITY,
    id text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    language smallint NOT NULL,
    document jsonb NOT NULL,
    drafted_by text COLLATE "C" NOT NULL,
    effective_from text COLLATE "C" NOT NULL,
    timezone text COLLATE "C" NOT NULL,
    posts text[] COLLATE "C" NOT NULL,
    under text COLLATE "C" NOT NULL,
    assignment text COLLATE "C" NOT NULL,
    group_by text[] COLLATE "C" NOT NULL,
    group_min_size integer NOT NULL,
    small_groups text COLLATE "C" NOT NULL,
    measure_step numeric NOT NULL,
    step numeric NOT NULL,
    total_min numeric NOT NULL,
    total_max numeric NOT NULL,
    CONSTRAINT rulebook_pkey PRIMARY KEY (tenant_id, rulebook_no),
    CONSTRAINT rulebook_version_key UNIQUE (tenant_id, id, version)
);
COMMENT ON TABLE rulebook IS 'one immutable version of a rulebook; the tables after this one are its parameter rows';
COMMENT ON COLUMN rulebook.hash IS 'SHA-256 of the canonical form: the identity of the version';

CREATE TABLE publication (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    published_by text COLLATE "C" NOT NULL,
    CONSTRAINT publication_pkey PRIMARY KEY (tenant_id, rulebook_no)
);
COMMENT ON TABLE publication IS 'a rulebook version that rules, and the second person who said so';

CREATE TABLE sheet (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    min_service_days integer NOT NULL,
    min_periods integer NOT NULL,
    CONSTRAINT sheet_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet)
);
COMMENT ON TABLE sheet IS 'the indicators of one kind of period: month, year';

CREATE TABLE category (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    category_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL
        CONSTRAINT category_kind_check CHECK (kind IN ('indicator', 'bonus', 'deduction', 'part')),
    max numeric,
    CONSTRAINT category_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, category_no)
);
COMMENT ON TABLE category IS 'indicators that are added up under one maximum; the bonus, the negative list and the parts of a roll-up are categories of their kind';

CREATE TABLE indicator (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    indicator_no smallint NOT NULL,
    category_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    take text COLLATE "C" NOT NULL,
    at_least_n integer NOT NULL,
    combine text COLLATE "C" NOT NULL
        CONSTRAINT indicator_combine_check CHECK (combine IN ('sum', 'best', 'worst', 'latest')),
    give text COLLATE "C" NOT NULL
        CONSTRAINT indicator_give_check CHECK (give IN ('each', 'as_is', 'rows', 'linear')),
    points_each numeric,
    from_low numeric,
    from_high numeric,
    to_low numeric,
    to_high numeric,
    weight_times numeric NOT NULL,
    weight_over numeric NOT NULL,
    min numeric,
    max numeric,
    no_data_points numeric NOT NULL,
    data_required boolean NOT NULL,
    ceiling_no smallint,
    veto_no smallint,
    CONSTRAINT indicator_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, indicator_no)
);
COMMENT ON TABLE indicator IS 'what is taken and given: an indicator, a bonus item, an item of the negative list, or a part of a roll-up';
COMMENT ON COLUMN indicator.combine IS 'how the points of single events become one line';
COMMENT ON COLUMN indicator.weight_over IS 'points × weight_times ÷ weight_over: the weight, and the denominator of a linear rule';
COMMENT ON COLUMN indicator.ceiling_no IS 'no better tier than this once an event counts';

CREATE TABLE measure (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    indicator_no smallint NOT NULL,
    role text COLLATE "C" NOT NULL CONSTRAINT measure_role_check CHECK (role IN ('value', 'divisor')),
    type_no integer NOT NULL,
    where_any jsonb[],
    per_event boolean NOT NULL,
    distinct_field text COLLATE "C",
    reads text COLLATE "C" CONSTRAINT measure_reads_check CHECK (reads IN ('quantity', 'number', 'code')),
    field text COLLATE "C",
    low numeric,
    high numeric,
    CONSTRAINT measure_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, indicator_no, role)
);
COMMENT ON TABLE measure IS 'which events an indicator takes, and what is read from them; a ratio has two';
COMMENT ON COLUMN measure.per_event IS 'each event is given points by itself';

CREATE TABLE give_row (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    indicator_no smallint NOT NULL,
    row_no smallint NOT NULL,
    code text COLLATE "C",
    at_least numeric,
    below numeric,
    points numeric NOT NULL,
    CONSTRAINT give_row_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, indicator_no, row_no)
);
COMMENT ON TABLE give_row IS 'a row of a table (code) or of bands (at_least <= number < below)';

CREATE TABLE tier (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    tier_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    total_at_least numeric,
    quota_percent numeric,
    quota_of text COLLATE "C",
    quota_rounding text COLLATE "C",
    quota_ties text COLLATE "C",
    CONSTRAINT tier_pkey PRIMARY KEY (tenant_id, rulebook_no, tier_no)
);
COMMENT ON TABLE tier IS 'best first: tier 1 is the best';

CREATE TABLE gate (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    gate_no smallint NOT NULL,
    tier_no smallint NOT NULL,
    indicator_nos smallint[] NOT NULL,
    category_no smallint,
    at_least numeric,
    CONSTRAINT gate_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, gate_no)
);
COMMENT ON TABLE gate IS 'a condition of a tier: points of indicators or of a category at least so many, or (at_least null) no event of these indicators';

CREATE TABLE tie_break (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    tie_break_no smallint NOT NULL,
    indicator_no smallint,
    category_no smallint,
    sign smallint NOT NULL,
    CONSTRAINT tie_break_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, tie_break_no)
);
COMMENT ON TABLE tie_break IS 'what orders candidates of equal totals; sign 1: more points first, -1: fewer first';

CREATE TABLE outcome (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    outcome_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    bottom integer NOT NULL,
    ties text COLLATE "C" NOT NULL,
    CONSTRAINT outcome_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, outcome_no)
);
COMMENT ON TABLE outcome IS 'a named consequence: the last so many of a peer group';

CREATE TABLE period_state (
    tenant_id integer NOT NULL,
    rulebook text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL
        CONSTRAINT period_state_state_check CHECK (state IN ('closing', 'provisional')),
    CONSTRAINT period_state_pkey PRIMARY KEY (tenant_id, rulebook, period)
);
COMMENT ON TABLE period_state IS 'where a period stands; one without a row is open';

CREATE TABLE run (
    tenant_id integer NOT NULL,
    run_no bigint GENERATED ALWAYS AS IDENTITY,
    rulebook text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    rulebook_no integer NOT NULL,
    rulebook_hash bytea NOT NULL,
    language smallint NOT NULL,
    watermark bigint NOT NULL,
    roster_position bigint NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    digest bytea NOT NULL,
    entry_id bigint NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT run_pkey PRIMARY KEY (tenant_id, run_no),
    CONSTRAINT run_revision_key UNIQUE (tenant_id, rulebook, period, revision)
);
COMMENT ON TABLE run IS 'one full computation of a cohort and everything that it depends on: computed again, the digest is the same';

CREATE TABLE run_input (
    tenant_id integer NOT NULL,
    run_no bigint NOT NULL,
    input_run_no bigint NOT NULL,
    input_digest bytea NOT NULL,
    CONSTRAINT run_input_pkey PRIMARY KEY (tenant_id, run_no, input_run_no)
);
COMMENT ON TABLE run_input IS 'the revisions that a roll-up read';

CREATE TABLE result (
    tenant_id integer NOT NULL,
    run_no bigint NOT NULL,
    subject_no integer NOT NULL,
    organisation_no integer NOT NULL,
    post text COLLATE "C" NOT NULL,
    peer_group text COLLATE "C" NOT NULL,
    pool text COLLATE "C",
    service_days integer NOT NULL,
    points numeric[] NOT NULL,
    caps numeric[] NOT NULL,
    measures numeric[] NOT NULL,
    counts integer[] NOT NULL,
    no_data smallint[] NOT NULL,
    category_caps numeric[] NOT NULL,
    total_limit numeric NOT NULL,
    total numeric NOT NULL,
    gates boolean[] NOT NULL,
    tie_values numeric[] NOT NULL,
    ceiling_no smallint,
    veto_no smallint,
    eligible smallint[] NOT NULL,
    no_tier text COLLATE "C",
    rank integer,
    list_rank integer NOT NULL GENERATED ALWAYS AS (coalesce(rank, 2147483647)) STORED,
    seat_no smallint,
    tier_no smallint,
    outcomes smallint[] NOT NULL,
    CONSTRAINT result_pkey PRIMARY KEY (tenant_id, run_no, subject_no)
);
COMMENT ON TABLE result IS 'what a run says of one subject: its lines, total, rank, tier or no-tier reason, outcomes';
COMMENT ON COLUMN result.peer_group IS 'the group that the subject shares with its peers';
COMMENT ON COLUMN result.pool IS 'who it is ranked with: the peer group, or the pool of the small ones';
COMMENT ON COLUMN result.points IS 'one line for each indicator, by indicator_no; caps, measures and counts likewise';
COMMENT ON COLUMN result.no_data IS 'the indicators whose line is what they say for no data';
COMMENT ON COLUMN result.category_caps IS 'one line for each category, by category_no';
COMMENT ON COLUMN result.total_limit IS 'the line that holds the total inside its bounds';
COMMENT ON COLUMN result.list_rank IS 'the rank, or behind all ranks: a plain column, so that row-level security lets an index seek by it';
COMMENT ON COLUMN result.eligible IS 'the tiers whose total, gates and ceiling hold';
COMMENT ON COLUMN result.seat_no IS 'the tier in which the subject has a seat under a quota';
-- A page of a ranking at any depth.
CREATE INDEX result_ranking ON result (tenant_id, run_no, pool, list_rank, subject_no);

-- Standings are a cache: every row can be computed again, so they are not logged, and a crash that empties them costs one computation.
CREATE UNLOGGED TABLE standing (
    tenant_id integer NOT NULL,
    standing_no bigint GENERATED ALWAYS AS IDENTITY,
    rulebook_no integer NOT NULL,
    period text COLLATE "C" NOT NULL,
    watermark bigint NOT NULL DEFAULT 0,
    changed_at bigint NOT NULL DEFAULT 0,
    part_runs bigint[] NOT NULL DEFAULT '{}',
    part_standings bigint[] NOT NULL DEFAULT '{}',
    refreshed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT standing_pkey PRIMARY KEY (tenant_id, standing_no),
    CONSTRAINT standing_period_key UNIQUE (tenant_id, rulebook_no, period)
);
COMMENT ON TABLE standing IS 'the results of a period as of a position; brought up to date when it is read';
COMMENT ON COLUMN standing.changed_at IS 'the watermark at which somebody was last computed again';
COMMENT ON COLUMN standing.part_runs IS 'what a roll-up read: the runs of the published base periods, and (part_standings) the standings of the others';

CREATE UNLOGGED TABLE standing_result (LIKE result INCLUDING COMMENTS INCLUDING GENERATED) WITH (fillfactor = 80);
ALTER TABLE standing_result RENAME COLUMN run_no TO standing_no;
ALTER TABLE standing_result ADD CONSTRAINT standing_result_pkey PRIMARY KEY (tenant_id, standing_no, subject_no);
COMMENT ON TABLE standing_result IS 'a result in a standing; columns as in result';

ALTER TABLE rulebook ENABLE ROW LEVEL SECURITY;
ALTER TABLE publication ENABLE ROW LEVEL SECURITY;
ALTER TABLE sheet ENABLE ROW LEVEL SECURITY;
ALTER TABLE category ENABLE ROW LEVEL SECURITY;
ALTER TABLE indicator ENABLE ROW LEVEL SECURITY;
ALTER TABLE measure ENABLE ROW LEVEL SECURITY;
ALTER TABLE give_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE tier ENABLE ROW LEVEL SECURITY;
ALTER TABLE gate ENABLE ROW LEVEL SECURITY;
ALTER TABLE tie_break ENABLE ROW LEVEL SECURITY;
ALTER TABLE outcome ENABLE ROW LEVEL SECURITY;
ALTER TABLE period_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_input ENABLE ROW LEVEL SECURITY;
ALTER TABLE result ENABLE ROW LEVEL SECURITY;
ALTER TABLE standing ENABLE ROW LEVEL SECURITY;
ALTER TABLE standing_result ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON rulebook USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON publication USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON sheet USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON category USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON indicator USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON measure USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON give_row USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON tier USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON gate USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON tie_break USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON outcome USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON period_state USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON run USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON run_input USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON result USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON standing USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON standing_result USING (tenant_id = current_setting('jifen.tenant_id')::integer);

GRANT SELECT, INSERT ON rulebook, publication, sheet, category, indicator, measure, give_row, tier, gate, tie_break,
    outcome, run, run_input, result TO jifen_service;
GRANT SELECT, INSERT, UPDATE (state) ON period_state TO jifen_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON standing, standing_result TO jifen_service;
