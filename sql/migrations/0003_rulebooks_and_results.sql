-- The rules as parameter rows, and what they make of the events: standings (a cache) and results (for ever).

CREATE FUNCTION quotient(dividend numeric, divisor numeric, step numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN sign(dividend) * sign(divisor) * step
        * div(2 * abs(dividend) + abs(divisor) * step, nullif(2 * abs(divisor) * step, 0));
COMMENT ON FUNCTION quotient IS
    'dividend / divisor as a multiple of step, half away from zero, by one exact division; null where the divisor is zero';

CREATE FUNCTION counted_part(number numeric, over numeric, under numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN number IS NULL THEN NULL -- greatest would pass it over
        WHEN over IS NOT NULL THEN greatest(number - over, 0)
        WHEN under IS NOT NULL THEN greatest(under - number, 0)
        ELSE number
    END;
COMMENT ON FUNCTION counted_part IS 'what of a number is beyond a bound, or missing to it; without a bound, the number';

CREATE FUNCTION points_for(
    give text, number numeric, code text, each_points numeric, each_start numeric, each_per numeric, each_units text, each_over numeric,
    each_under numeric, bounds numeric[], band_points numeric[], codes text[], code_points numeric[], from_low numeric, from_high numeric,
    to_low numeric, to_high numeric) RETURNS numeric
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE give
        WHEN 'as_is' THEN number
        WHEN 'each' THEN CASE each_units
            WHEN 'exact' THEN each_start * each_per + each_points * counted_part(number, each_over, each_under)
            WHEN 'whole' THEN each_start + each_points * div(counted_part(number, each_over, each_under), each_per)
            ELSE each_start + each_points * (div(counted_part(number, each_over, each_under), each_per)
                + sign(mod(counted_part(number, each_over, each_under), each_per)))
        END
        WHEN 'bands' THEN band_points[width_bucket(number, bounds) + 1]
        WHEN 'table' THEN code_points[array_position(codes, code)]
        WHEN 'linear' THEN CASE WHEN number IS NOT NULL THEN to_low * (from_high - from_low)
            + (least(greatest(number, from_low), from_high) - from_low) * (to_high - to_low) END
    END;
COMMENT ON FUNCTION points_for IS 'what a give node makes of a number or a code, still to be divided by the item''s give_over; null for no data';

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
    effective_day date NOT NULL,
    timezone text COLLATE "C" NOT NULL,
    subject_kind text COLLATE "C" NOT NULL,
    posts text[] COLLATE "C" NOT NULL,
    kinds text[] COLLATE "C" NOT NULL,
    under text COLLATE "C" NOT NULL,
    except_under text[] COLLATE "C" NOT NULL,
    assignment text COLLATE "C" NOT NULL,
    group_by text[] COLLATE "C" NOT NULL,
    group_min_size integer NOT NULL,
    small_groups text COLLATE "C" NOT NULL,
    measure_step numeric NOT NULL,
    step numeric NOT NULL,
    total_min numeric NOT NULL,
    total_max numeric NOT NULL,
    bonus_order text COLLATE "C" NOT NULL,
    quota_order text COLLATE "C" NOT NULL,
    CONSTRAINT rulebook_pkey PRIMARY KEY (tenant_id, rulebook_no),
    CONSTRAINT rulebook_version_key UNIQUE (tenant_id, id, version)
);
COMMENT ON TABLE rulebook IS 'one immutable version of a rulebook; the tables after this one are its parameter rows';
COMMENT ON COLUMN rulebook.hash IS 'SHA-256 of the canonical form: the identity of the version';

CREATE TABLE publication (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    published_by text COLLATE "C" NOT NULL,
    reason text,
    document text,
    CONSTRAINT publication_pkey PRIMARY KEY (tenant_id, rulebook_no),
    CONSTRAINT publication_grounds_check CHECK ((reason IS NULL) = (document IS NULL))
);
COMMENT ON TABLE publication IS 'a rulebook version that rules, and the second person who said so';
COMMENT ON COLUMN publication.document IS 'with the reason, the grounds of a version that rules periods that had ended';

CREATE TABLE rulebook_cases (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    entry_id bigint NOT NULL,
    text text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT rulebook_cases_pkey PRIMARY KEY (tenant_id, rulebook_no, entry_id)
);
COMMENT ON TABLE rulebook_cases IS 'the cases of a version as its author wrote them: those of the last entry count, and of a published version are kept for ever';
COMMENT ON COLUMN rulebook_cases.hash IS 'SHA-256 of the text';

CREATE TABLE sheet (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    items smallint NOT NULL,
    min_service_days integer NOT NULL,
    min_periods integer NOT NULL,
    looks_back integer NOT NULL,
    looks_ahead boolean NOT NULL,
    relative boolean NOT NULL,
    plain boolean NOT NULL,
    CONSTRAINT sheet_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet)
);
COMMENT ON TABLE sheet IS 'the items of one kind of period: month, year';
COMMENT ON COLUMN sheet.looks_back IS 'months before the period in which events may matter';
COMMENT ON COLUMN sheet.looks_ahead IS 'whether what became of an act after the period matters';
COMMENT ON COLUMN sheet.plain IS 'whether all it takes are events that need nothing but a filter';
COMMENT ON COLUMN sheet.relative IS 'whether one subject''s events can move another''s total';

CREATE TABLE category (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    category_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL
        CONSTRAINT category_kind_check CHECK (kind IN ('indicator', 'bonus', 'deduction', 'part')),
    parent_no smallint,
    counts text COLLATE "C" NOT NULL CONSTRAINT category_counts_check CHECK (counts IN ('sum', 'mean', 'best', 'worst')),
    min numeric,
    max numeric,
    weight numeric NOT NULL,
    CONSTRAINT category_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, category_no)
);
COMMENT ON TABLE category IS 'items that are combined under one maximum; the bonus, the negative list and the parts of a roll-up are categories of their kind';
COMMENT ON COLUMN category.weight IS 'per cent';

CREATE TABLE indicator (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    indicator_no smallint NOT NULL,
    category_no smallint,
    id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL
        CONSTRAINT indicator_kind_check CHECK (kind IN ('indicator', 'bonus', 'deduction', 'part', 'multiplier', 'measure')),
    combine text COLLATE "C" NOT NULL CONSTRAINT indicator_combine_check CHECK (
        combine IN ('count', 'sum', 'mean', 'ratio', 'best', 'worst', 'latest', 'plurality', 'running', 'days', 'each')),
    at_least_n integer NOT NULL,
    prorated boolean NOT NULL,
    compare_as text COLLATE "C",
    compare_sign smallint,
    compare_within text COLLATE "C",
    give text COLLATE "C" NOT NULL CONSTRAINT indicator_give_check CHECK (give IN ('each', 'as_is', 'bands', 'table', 'linear')),
    each_points numeric,
    each_start numeric,
    each_per numeric,
    each_units text COLLATE "C",
    each_over numeric,
    each_under numeric,
    bounds numeric[],
    band_points numeric[],
    codes text[] COLLATE "C",
    code_points numeric[],
    from_low numeric,
    from_high numeric,
    to_low numeric,
    to_high numeric,
    give_over numeric NOT NULL,
    weight_times numeric NOT NULL,
    weight_over numeric NOT NULL,
    min numeric,
    max numeric,
    no_data_points numeric,
    no_data_code text COLLATE "C",
    data_required boolean NOT NULL,
    ceiling_no smallint,
    veto_no smallint,
    CONSTRAINT indicator_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, indicator_no)
);
COMMENT ON TABLE indicator IS 'an item: an indicator, a bonus item, an item of the negative list, a part of a roll-up, a multiplier or a measure';
COMMENT ON COLUMN indicator.category_no IS 'the category that it is added to or, of a multiplier, multiplies (null: the total)';
COMMENT ON COLUMN indicator.combine IS 'how rows become one number';
COMMENT ON COLUMN indicator.bounds IS 'of bands, rising: band_points has the points below the first, from the first on, from the second on, …';
COMMENT ON COLUMN indicator.give_over IS 'what points_for is divided by';
COMMENT ON COLUMN indicator.weight_over IS 'points × weight_times ÷ weight_over';
COMMENT ON COLUMN indicator.no_data_points IS 'points, or the number of a measure or multiplier, where there is no data';
COMMENT ON COLUMN indicator.ceiling_no IS 'no better tier than this once a row counts';

CREATE TABLE measure (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    indicator_no smallint NOT NULL,
    role text COLLATE "C" NOT NULL CONSTRAINT measure_role_check CHECK (role IN ('value', 'divisor')),
    plain boolean NOT NULL,
    type_no integer NOT NULL,
    where_any jsonb[],
    distinct_field text COLLATE "C",
    reads text COLLATE "C" CONSTRAINT measure_reads_check CHECK (reads IN ('quantity', 'number', 'code', 'value')),
    field text COLLATE "C",
    low numeric,
    high numeric,
    value_codes text[] COLLATE "C",
    value_numbers numeric[],
    about text COLLATE "C" NOT NULL CONSTRAINT measure_about_check CHECK (about IN ('subject', 'organisation', 'members')),
    about_kind text COLLATE "C",
    about_posts text[] COLLATE "C",
    window_year boolean NOT NULL,
    window_months integer,
    lasting boolean NOT NULL,
    lasts_months integer,
    lasts_field text COLLATE "C",
    lasts_codes text[] COLLATE "C",
    lasts_code_months integer[],
    lasts_until text COLLATE "C",
    state_type_no integer,
    state_same text COLLATE "C",
    state_field text COLLATE "C",
    state_codes text[] COLLATE "C",
    state_without boolean,
    state_at_end boolean,
    once_field text COLLATE "C",
    once_keep text COLLATE "C",
    once_across text COLLATE "C",
    repeat_within text COLLATE "C",
    repeat_months integer,
    repeat_field text COLLATE "C",
    repeat_times numeric[],
    share_field text COLLATE "C",
    share_by text COLLATE "C",
    cap1_per text[] COLLATE "C",
    cap1_min numeric,
    cap1_max numeric,
    cap2_per text[] COLLATE "C",
    cap2_min numeric,
    cap2_max numeric,
    class_field text COLLATE "C",
    class_codes text[] COLLATE "C",
    class_weights numeric[],
    class_empty text COLLATE "C",
    turnout_field text COLLATE "C",
    turnout_codes text[] COLLATE "C",
    turnout_percents numeric[],
    vote_order text[] COLLATE "C",
    wins text COLLATE "C",
    tie text COLLATE "C",
    of_ballots boolean,
    run_codes text[] COLLATE "C",
    CONSTRAINT measure_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, indicator_no, role)
);
COMMENT ON TABLE measure IS 'which events an item takes, what is read from them and which belong together; a ratio has two';
COMMENT ON COLUMN measure.plain IS 'nothing but a filter is needed: the short way';

CREATE TABLE reading (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    indicator_no smallint NOT NULL,
    of text COLLATE "C" NOT NULL CONSTRAINT reading_of_check CHECK (
        of IN ('own', 'organisation', 'service_days', 'tenure', 'attribute', 'fixed')),
    of_kind text COLLATE "C",
    results text COLLATE "C",
    rulebook text COLLATE "C",
    period_word text COLLATE "C",
    before_n integer,
    read text COLLATE "C",
    read_id text COLLATE "C",
    tiers text[] COLLATE "C",
    top integer,
    at_least_n integer NOT NULL,
    no_tier text COLLATE "C" CONSTRAINT reading_no_tier_check CHECK (no_tier IN ('breaks', 'skips', 'holds')),
    posts text[] COLLATE "C",
    attribute text COLLATE "C",
    as_number boolean NOT NULL,
    fixed numeric,
    CONSTRAINT reading_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, indicator_no)
);
COMMENT ON TABLE reading IS 'what an item takes from results (own, organisation), from the roster, or as it is written (fixed)';

CREATE TABLE test (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    test_no smallint NOT NULL,
    operand text COLLATE "C" NOT NULL CONSTRAINT test_operand_check CHECK (
        operand IN ('item', 'category', 'measure', 'code', 'no_data', 'post', 'events', 'tier', 'total', 'place')),
    negated boolean NOT NULL,
    number smallint,
    numbers smallint[],
    codes text[] COLLATE "C",
    at_least numeric,
    percent numeric,
    rounding text COLLATE "C",
    from_top boolean,
    all_ties boolean,
    CONSTRAINT test_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, test_no)
);
COMMENT ON TABLE test IS 'one thing that conditions ask: points, a number, a code, a post, events, and after the placement tier, total and place';
COMMENT ON COLUMN test.at_least IS 'of a place: so many of the first or last, or (percent) so large a share';

CREATE TABLE clause (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    condition_no smallint NOT NULL,
    clause_no smallint NOT NULL,
    test_nos smallint[] NOT NULL,
    CONSTRAINT clause_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, condition_no, clause_no)
);
COMMENT ON TABLE clause IS 'a condition holds when all tests of one of its clauses do';

CREATE TABLE restriction (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    restriction_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    condition_no smallint NOT NULL,
    deduct numeric,
    ceiling_no smallint,
    tier_no smallint,
    no_tier text COLLATE "C",
    bonus_ignored boolean NOT NULL,
    CONSTRAINT restriction_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, restriction_no)
);
COMMENT ON TABLE restriction IS 'what a condition does to the points or the tier';

CREATE TABLE tier (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    tier_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    total_at_least numeric,
    measure text COLLATE "C",
    quota_kind text COLLATE "C" CONSTRAINT tier_quota_kind_check CHECK (quota_kind IN ('at_most', 'seats', 'at_least', 'about')),
    quota_percent numeric,
    quota_measure text COLLATE "C",
    quota_seats integer,
    quota_of text COLLATE "C",
    quota_rounding text COLLATE "C",
    quota_ties text COLLATE "C",
    CONSTRAINT tier_pkey PRIMARY KEY (tenant_id, rulebook_no, tier_no)
);
COMMENT ON TABLE tier IS 'best first: tier 1 is the best';
COMMENT ON COLUMN tier.measure IS 'the id of the measure that says the threshold';

CREATE TABLE gate (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    gate_no smallint NOT NULL,
    tier_no smallint NOT NULL,
    condition_no smallint NOT NULL,
    CONSTRAINT gate_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, gate_no)
);
COMMENT ON TABLE gate IS 'a condition of a tier';

CREATE TABLE tie_break (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    tie_break_no smallint NOT NULL,
    kind text COLLATE "C" NOT NULL CONSTRAINT tie_break_kind_check CHECK (kind IN ('indicator', 'category', 'measure')),
    number smallint NOT NULL,
    sign smallint NOT NULL,
    CONSTRAINT tie_break_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, tie_break_no)
);
COMMENT ON TABLE tie_break IS 'what orders candidates of equal totals; sign 1: more first, -1: fewer first';

CREATE TABLE ranked_list (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    list_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    group_by text[] COLLATE "C" NOT NULL,
    posts text[] COLLATE "C",
    method text COLLATE "C" NOT NULL,
    CONSTRAINT ranked_list_pkey PRIMARY KEY (tenant_id, rulebook_no, list_no)
);
COMMENT ON TABLE ranked_list IS 'a further list of the ranked, beside that of the peer group';

CREATE TABLE outcome (
    tenant_id integer NOT NULL,
    rulebook_no integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    outcome_no smallint NOT NULL,
    id text COLLATE "C" NOT NULL,
    condition_no smallint,
    value_of text COLLATE "C" CONSTRAINT outcome_value_of_check CHECK (value_of IN ('tier', 'total')),
    give text COLLATE "C",
    each_points numeric,
    each_start numeric,
    each_per numeric,
    each_units text COLLATE "C",
    each_over numeric,
    each_under numeric,
    bounds numeric[],
    band_points numeric[],
    codes text[] COLLATE "C",
    code_points numeric[],
    from_low numeric,
    from_high numeric,
    to_low numeric,
    to_high numeric,
    give_over numeric,
    among text COLLATE "C" CONSTRAINT outcome_among_check CHECK (among IN ('peer_group', 'cohort', 'list')),
    list_no smallint,
    seats integer,
    percent numeric,
    share_of text COLLATE "C",
    rounding text COLLATE "C",
    ties text COLLATE "C",
    used_type_no integer,
    used_where_any jsonb[],
    used_year boolean,
    used_months integer,
    CONSTRAINT outcome_pkey PRIMARY KEY (tenant_id, rulebook_no, sheet, outcome_no)
);
COMMENT ON TABLE outcome IS 'a named consequence, its condition, and the number that goes with it: by tier (code_points, by tier_no) or by total';
COMMENT ON COLUMN outcome.among IS 'of whom the candidates are chosen, for so many seats or a share; null: it follows for all of them';
COMMENT ON COLUMN outcome.used_type_no IS 'events of this type have used up seats';

CREATE TABLE period_state (
    tenant_id integer NOT NULL,
    rulebook text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    state text COLLATE "C" NOT NULL
        CONSTRAINT period_state_state_check CHECK (state IN ('closing', 'provisional', 'final')),
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
    group_digests jsonb NOT NULL,
    entry_id bigint NOT NULL,
    asked_by bigint,
    kind text COLLATE "C" NOT NULL CONSTRAINT run_kind_check CHECK (kind IN ('computation', 'completion', 'import')),
    base_run_no bigint,
    base_digest bytea,
    document text COLLATE "C",
    published_at timestamptz NOT NULL,
    CONSTRAINT run_base_check CHECK ((kind = 'completion') = (base_run_no IS NOT NULL AND base_digest IS NOT NULL)),
    CONSTRAINT run_document_check CHECK ((kind = 'import') = (document IS NOT NULL)),
    CONSTRAINT run_pkey PRIMARY KEY (tenant_id, run_no),
    CONSTRAINT run_revision_key UNIQUE (tenant_id, rulebook, period, revision)
);
COMMENT ON TABLE run IS 'one full computation of a cohort and everything that it depends on: computed again, the digest is the same';
COMMENT ON COLUMN run.group_digests IS 'the digest of each peer group, in hexadecimal; of an import none';
COMMENT ON COLUMN run.asked_by IS 'of a correction, the entry that asked for it and says why';
COMMENT ON COLUMN run.base_run_no IS 'of a completion, the revision whose results it carries, and (base_digest) the digest of that';
COMMENT ON COLUMN run.document IS 'of an import, the document that says these results';

CREATE TABLE finalisation (
    tenant_id integer NOT NULL,
    rulebook text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT finalisation_pkey PRIMARY KEY (tenant_id, rulebook, period, revision)
);
COMMENT ON TABLE finalisation IS 'a revision that became final, and the entry that made it so: what history reads';

CREATE TABLE reopening (
    tenant_id integer NOT NULL,
    rulebook text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    revision integer NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT reopening_pkey PRIMARY KEY (tenant_id, rulebook, period, revision, entry_id)
);
COMMENT ON TABLE reopening IS 'a published period taken up again: the revision that is to be corrected, and the entry that says why';

CREATE TABLE admission (
    tenant_id integer NOT NULL,
    rulebook text COLLATE "C" NOT NULL,
    period text COLLATE "C" NOT NULL,
    event_id uuid NOT NULL,
    entry_id bigint NOT NULL,
    CONSTRAINT admission_pkey PRIMARY KEY (tenant_id, rulebook, period, event_id)
);
COMMENT ON TABLE admission IS 'a late event that a correction lets in, by name';

CREATE TABLE completion (
    tenant_id integer NOT NULL,
    entry_id bigint NOT NULL,
    subject_no integer NOT NULL,
    CONSTRAINT completion_pkey PRIMARY KEY (tenant_id, entry_id, subject_no)
);
COMMENT ON TABLE completion IS 'a subject without a tier, whose tier a reopening (entry_id) asks to fill in';

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
    organisation_no integer,
    post text COLLATE "C",
    peer_group text COLLATE "C" NOT NULL,
    pool text COLLATE "C",
    service_days integer,
    category_points numeric[] NOT NULL,
    total numeric,
    tie_values numeric[] NOT NULL,
    ceiling_no smallint,
    veto_no smallint,
    eligible smallint[] NOT NULL,
    no_tier text COLLATE "C",
    rank integer,
    list_rank integer NOT NULL GENERATED ALWAYS AS (coalesce(rank, 2147483647)) STORED,
    list_groups text[] COLLATE "C" NOT NULL,
    list_ranks integer[],
    seat_no smallint,
    tier_no smallint,
    outcomes smallint[] NOT NULL,
    outcome_values numeric[] NOT NULL,
    unanswered smallint[] NOT NULL,
    candidacies integer[] NOT NULL,
    CONSTRAINT result_pkey PRIMARY KEY (tenant_id, run_no, subject_no)
);
COMMENT ON TABLE result IS 'what a run says of one subject: total, rank, tier or no-tier reason, outcomes';
COMMENT ON COLUMN result.organisation_no IS 'null, as post, service_days and total, only where an imported result doesn''t say it';
COMMENT ON COLUMN result.post IS 'of an organisation, its kind';
COMMENT ON COLUMN result.peer_group IS 'the group that the subject shares with its peers';
COMMENT ON COLUMN result.pool IS 'who it is ranked with: the peer group, or the pool of the small ones';
COMMENT ON COLUMN result.category_points IS 'by category_no';
COMMENT ON COLUMN result.list_rank IS 'the rank, or behind all ranks: a plain column, so that row-level security lets an index seek by it';
COMMENT ON COLUMN result.list_groups IS 'the group in each further list, by list_no; null where the subject isn''t in it; list_ranks likewise';
COMMENT ON COLUMN result.eligible IS 'the tiers whose total and gates hold';
COMMENT ON COLUMN result.unanswered IS 'the outcomes whose condition stays open, because results that it asks for aren''t there';
COMMENT ON COLUMN result.candidacies IS 'of each outcome that is chosen for and whose condition holds: outcome_no, place among the candidates, seats, used';
COMMENT ON COLUMN result.seat_no IS 'the tier in which the subject has a seat under a quota';
-- A page of a ranking at any depth.
CREATE INDEX result_ranking ON result (tenant_id, run_no, pool, list_rank, subject_no);

CREATE TABLE result_lines (
    tenant_id integer NOT NULL,
    run_no bigint NOT NULL,
    subject_no integer NOT NULL,
    lines numeric[] NOT NULL,
    measures numeric[] NOT NULL,
    codes text[] COLLATE "C" NOT NULL,
    counts integer[] NOT NULL,
    no_data smallint[] NOT NULL,
    negatives smallint[] NOT NULL,
    met smallint[] NOT NULL,
    CONSTRAINT result_lines_pkey PRIMARY KEY (tenant_id, run_no, subject_no)
);
COMMENT ON TABLE result_lines IS 'how the total of a result came about; apart from it, because rankings read millions of totals and nobody''s lines';
COMMENT ON COLUMN result_lines.lines IS 'the lines, whose sum is the total: items, their caps, then of each category cap, weight and multiplier, the restrictions, the multiplier of the total, the limit';
COMMENT ON COLUMN result_lines.measures IS 'by indicator_no, as codes and counts: the number handed to give, or the value of a measure or multiplier';
COMMENT ON COLUMN result_lines.no_data IS 'the items whose line or value is what they say for no data';
COMMENT ON COLUMN result_lines.negatives IS 'the items of the negative list that an event is of, also where the act counts under another item';
COMMENT ON COLUMN result_lines.met IS 'the conditions that hold';

-- Standings are a cache: every row can be computed again, so they are not logged, and a crash that empties them costs one computation.
CREATE UNLOGGED TABLE standing (
    tenant_id integer NOT NULL,
    standing_no bigint GENERATED ALWAYS AS IDENTITY,
    rulebook_no integer NOT NULL,
    period text COLLATE "C" NOT NULL,
    again bigint NOT NULL DEFAULT 0,
    watermark bigint NOT NULL DEFAULT 0,
    changed_at bigint NOT NULL DEFAULT 0,
    read_runs bigint[] NOT NULL DEFAULT '{}',
    read_standings bigint[] NOT NULL DEFAULT '{}',
    read_at bigint[] NOT NULL DEFAULT '{}',
    refreshed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT standing_pkey PRIMARY KEY (tenant_id, standing_no),
    CONSTRAINT standing_period_key UNIQUE (tenant_id, rulebook_no, period, again)
);
COMMENT ON TABLE standing IS 'the results of a period as of a position; brought up to date when it is read';
COMMENT ON COLUMN standing.again IS 'the run that is computed once more, to verify it or to complete it, else 0; never committed otherwise';
COMMENT ON COLUMN standing.changed_at IS 'the watermark at which somebody was last computed again';
COMMENT ON COLUMN standing.read_runs IS 'the runs that it read: published base periods of a roll-up, results of organisations';
COMMENT ON COLUMN standing.read_standings IS 'the standings that it read of what isn''t published, and (read_at) when each last changed';

CREATE UNLOGGED TABLE standing_result (LIKE result INCLUDING COMMENTS) WITH (fillfactor = 80);
ALTER TABLE standing_result RENAME COLUMN run_no TO standing_no;
ALTER TABLE standing_result RENAME COLUMN rank TO carried_rank;
ALTER TABLE standing_result DROP COLUMN list_rank, ALTER COLUMN outcomes DROP NOT NULL, ADD COLUMN places integer[],
    ADD COLUMN ranked_total numeric GENERATED ALWAYS AS (CASE WHEN no_tier IS NULL AND veto_no IS NULL THEN total END) STORED;
ALTER TABLE standing_result ALTER COLUMN organisation_no SET NOT NULL, ALTER COLUMN post SET NOT NULL,
    ALTER COLUMN service_days SET NOT NULL, ALTER COLUMN total SET NOT NULL;
ALTER TABLE standing_result ADD CONSTRAINT standing_result_pkey PRIMARY KEY (tenant_id, standing_no, subject_no);
COMMENT ON TABLE standing_result IS 'a result in a standing, without its rank, as one event can move those of a whole group; columns as in result';
COMMENT ON COLUMN standing_result.outcomes IS 'as in result; null where tier and outcomes are to be settled (anew)';
COMMENT ON COLUMN standing_result.places IS 'the tests of a place in front or at the end that hold';
COMMENT ON COLUMN standing_result.ranked_total IS 'the total, of who is ranked by it';
COMMENT ON COLUMN standing_result.carried_rank IS 'of a completion, the rank as it was published or filled in; null: the rank that follows from the totals';
-- A page of a ranking, the unranked last; the first and the last of a pool, and its size.
CREATE INDEX standing_result_ranking ON standing_result (tenant_id, standing_no, pool, ranked_total DESC NULLS LAST, subject_no)
    INCLUDE (no_tier, carried_rank);
-- Who has a seat, or a place in front or at the end.
CREATE INDEX standing_result_seats ON standing_result (tenant_id, standing_no, pool, seat_no, subject_no) WHERE seat_no IS NOT NULL;
CREATE INDEX standing_result_places ON standing_result (tenant_id, standing_no, pool) WHERE places IS NOT NULL;

-- Who is to be settled.
CREATE INDEX standing_result_unsettled ON standing_result (tenant_id, standing_no, subject_no) WHERE outcomes IS NULL;

CREATE VIEW standing_ranked WITH (security_invoker = true) AS
SELECT tenant_id, standing_no, subject_no, organisation_no, post, peer_group, pool, service_days, category_points, total, tie_values,
    ceiling_no, veto_no, eligible, no_tier, rank, coalesce(rank, 2147483647) AS list_rank, list_groups, list_ranks, seat_no, tier_no,
    outcomes, outcome_values, unanswered, candidacies, ranked_total
FROM (
    SELECT s.*, CASE WHEN s.ranked_total IS NOT NULL THEN coalesce(s.carried_rank, rank() OVER (
        PARTITION BY s.tenant_id, s.standing_no, s.pool ORDER BY s.ranked_total DESC NULLS LAST)::integer) END AS rank
    FROM standing_result s
) s;
COMMENT ON VIEW standing_ranked IS 'the results in standings with their ranks: 1-2-2-4 by the displayed total among the ranked of each pool';

CREATE UNLOGGED TABLE standing_lines (LIKE result_lines INCLUDING COMMENTS);
ALTER TABLE standing_lines RENAME COLUMN run_no TO standing_no;
ALTER TABLE standing_lines ADD CONSTRAINT standing_lines_pkey PRIMARY KEY (tenant_id, standing_no, subject_no);
COMMENT ON TABLE standing_lines IS 'how a total in a standing came about; columns as in result_lines';

ALTER TABLE rulebook ENABLE ROW LEVEL SECURITY;
ALTER TABLE publication ENABLE ROW LEVEL SECURITY;
ALTER TABLE rulebook_cases ENABLE ROW LEVEL SECURITY;
ALTER TABLE sheet ENABLE ROW LEVEL SECURITY;
ALTER TABLE category ENABLE ROW LEVEL SECURITY;
ALTER TABLE indicator ENABLE ROW LEVEL SECURITY;
ALTER TABLE measure ENABLE ROW LEVEL SECURITY;
ALTER TABLE reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE test ENABLE ROW LEVEL SECURITY;
ALTER TABLE clause ENABLE ROW LEVEL SECURITY;
ALTER TABLE restriction ENABLE ROW LEVEL SECURITY;
ALTER TABLE tier ENABLE ROW LEVEL SECURITY;
ALTER TABLE gate ENABLE ROW LEVEL SECURITY;
ALTER TABLE tie_break ENABLE ROW LEVEL SECURITY;
ALTER TABLE ranked_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE outcome ENABLE ROW LEVEL SECURITY;
ALTER TABLE period_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
ALTER TABLE finalisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE reopening ENABLE ROW LEVEL SECURITY;
ALTER TABLE admission ENABLE ROW LEVEL SECURITY;
ALTER TABLE completion ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_input ENABLE ROW LEVEL SECURITY;
ALTER TABLE result ENABLE ROW LEVEL SECURITY;
ALTER TABLE result_lines ENABLE ROW LEVEL SECURITY;
ALTER TABLE standing ENABLE ROW LEVEL SECURITY;
ALTER TABLE standing_result ENABLE ROW LEVEL SECURITY;
ALTER TABLE standing_lines ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_only ON rulebook USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON publication USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON rulebook_cases USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON sheet USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON category USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON indicator USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON measure USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON reading USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON test USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON clause USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON restriction USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON tier USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON gate USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON tie_break USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON ranked_list USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON outcome USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON period_state USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON run USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON finalisation USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON reopening USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON admission USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON completion USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON run_input USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON result USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON result_lines USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON standing USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON standing_result USING (tenant_id = current_setting('jifen.tenant_id')::integer);
CREATE POLICY tenant_only ON standing_lines USING (tenant_id = current_setting('jifen.tenant_id')::integer);

GRANT SELECT, INSERT ON rulebook, publication, rulebook_cases, sheet, category, indicator, measure, reading, test, clause,
    restriction, tier, gate, tie_break, ranked_list, outcome, run, run_input, finalisation, reopening, admission, completion, result,
    result_lines TO jifen_service;
GRANT SELECT, INSERT, UPDATE (state) ON period_state TO jifen_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON standing, standing_result, standing_lines TO jifen_service;
GRANT SELECT ON standing_ranked TO jifen_service;
