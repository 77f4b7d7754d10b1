-- What the journal says of personal data, so that it can be erased; and what an entry is about, for whoever reads the journal. The column is
-- written into every entry that there is: while that lasts, seconds for a million of them, writes wait.

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

-- By an expression, row-level security wouldn't let an index find the entry before about the same thing; so it is a column.
ALTER TABLE audit_entry ADD COLUMN about text COLLATE "C" GENERATED ALWAYS AS (
    CASE
        WHEN action = 'calendar.state' THEN 'calendar/' || (detail ->> 'year')
        WHEN action = 'event.reverse' THEN 'event/' || (detail ->> 'event')
        WHEN action = 'event_type.declare' THEN 'event-type/' || (detail ->> 'type')
        WHEN action IN ('objection.enter', 'objection.end') THEN 'objection/' || (detail ->> 'objection')
        WHEN action IN ('period.close', 'period.publish', 'period.finalise', 'period.reopen')
            THEN 'period/' || (detail ->> 'rulebook') || '/' || (detail ->> 'period')
        WHEN action = 'person.erase' THEN 'worker/' || (detail ->> 'worker')
        WHEN action = 'rejection.erase' THEN 'rejection/' || (detail ->> 'rejection')
        WHEN action = 'results.import' THEN 'results/' || (detail ->> 'rulebook') || '/' || (detail ->> 'period')
        WHEN action IN ('rulebook.draft', 'rulebook.publish')
            THEN 'rulebook/' || (detail ->> 'rulebook') || '@' || (detail ->> 'version')
        WHEN action = 'tenant.create' THEN 'tenant/' || (detail ->> 'tenant')
        WHEN action IN ('token.create', 'token.rotate', 'token.vouch', 'token.revoke') THEN 'token/' || (detail ->> 'actor')
        WHEN action IN ('webhook.create', 'webhook.change', 'webhook.gone', 'webhook.delete') THEN 'webhook/' || (detail ->> 'webhook')
    END) STORED;
COMMENT ON COLUMN audit_entry.about IS 'the one thing that the entry changes, as kind/id; null for the roster and for intake, whose rows know their entry';
