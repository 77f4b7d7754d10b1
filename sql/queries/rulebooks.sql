-- Rulebooks: versions and their parameter rows.

-- name: rulebook_add
-- A new version.
INSERT INTO rulebook (tenant_id, id, version, hash, language, document, drafted_by, effective_from, effective_day, timezone, subject_kind, posts, kinds,
    under, except_under, assignment, group_by, group_min_size, small_groups, measure_step, step, total_min, total_max,
    bonus_order, quota_order)
VALUES (%(tenant)s, %(id)s, %(version)s, %(hash)s, %(language)s, %(document)s, %(drafted_by)s, %(effective_from)s, %(effective_day)s,
    %(timezone)s, %(subject_kind)s, %(posts)s, %(kinds)s, %(under)s, %(except_under)s, %(assignment)s, %(group_by)s,
    %(group_min_size)s, %(small_groups)s, %(measure_step)s, %(step)s, %(total_min)s, %(total_max)s, %(bonus_order)s,
    %(quota_order)s)
RETURNING rulebook_no

-- name: rulebook_rows_add
-- The parameter rows of a version, from one document of lists by table.
WITH sheets AS (
    INSERT INTO sheet SELECT * FROM jsonb_populate_recordset(NULL::sheet, %(rows)s -> 'sheet')
),
categories AS (
    INSERT INTO category SELECT * FROM jsonb_populate_recordset(NULL::category, %(rows)s -> 'category')
),
indicators AS (
    INSERT INTO indicator SELECT * FROM jsonb_populate_recordset(NULL::indicator, %(rows)s -> 'indicator')
),
measures AS (
    INSERT INTO measure SELECT * FROM jsonb_populate_recordset(NULL::measure, %(rows)s -> 'measure')
),
readings AS (
    INSERT INTO reading SELECT * FROM jsonb_populate_recordset(NULL::reading, %(rows)s -> 'reading')
),
tests AS (
    INSERT INTO test SELECT * FROM jsonb_populate_recordset(NULL::test, %(rows)s -> 'test')
),
clauses AS (
    INSERT INTO clause SELECT * FROM jsonb_populate_recordset(NULL::clause, %(rows)s -> 'clause')
),
restrictions AS (
    INSERT INTO restriction SELECT * FROM jsonb_populate_recordset(NULL::restriction, %(rows)s -> 'restriction')
),
tiers AS (
    INSERT INTO tier SELECT * FROM jsonb_populate_recordset(NULL::tier, %(rows)s -> 'tier')
),
gates AS (
    INSERT INTO gate SELECT * FROM jsonb_populate_recordset(NULL::gate, %(rows)s -> 'gate')
),
tie_breaks AS (
    INSERT INTO tie_break SELECT * FROM jsonb_populate_recordset(NULL::tie_break, %(rows)s -> 'tie_break')
),
ranked_lists AS (
    INSERT INTO ranked_list SELECT * FROM jsonb_populate_recordset(NULL::ranked_list, %(rows)s -> 'ranked_list')
)
INSERT INTO outcome SELECT * FROM jsonb_populate_recordset(NULL::outcome, %(rows)s -> 'outcome')

-- name: rulebook_version
-- One version by its label.
SELECT r.rulebook_no, r.id, r.version, r.hash, r.document, r.drafted_by, r.effective_from, r.effective_day, r.timezone, r.language,
    p.published_by, p.reason, p.document AS ordered_by
FROM rulebook r LEFT JOIN publication p ON p.tenant_id = r.tenant_id AND p.rulebook_no = r.rulebook_no
WHERE r.tenant_id = %(tenant)s AND r.id = %(id)s AND r.version = %(version)s

-- name: rulebook_by_number
-- One version by its number.
SELECT rulebook_no, id, version, hash, document, effective_from, timezone, language
FROM rulebook WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s

-- name: rulebooks
-- All versions, without their documents.
SELECT r.id, r.version, encode(r.hash, 'hex') AS hash, r.document ->> 'title' AS title, r.effective_from, r.drafted_by, p.published_by
FROM rulebook r LEFT JOIN publication p ON p.tenant_id = r.tenant_id AND p.rulebook_no = r.rulebook_no
WHERE r.tenant_id = %(tenant)s ORDER BY r.id, r.effective_from, r.version

-- name: rulebook_lock
-- One change of the rules, or decision that rests on them, at a time in a tenant.
SELECT pg_advisory_xact_lock(%(tenant)s, 2)

-- name: cases_add
-- The cases of a version, in place of those before.
INSERT INTO rulebook_cases (tenant_id, rulebook_no, entry_id, text, hash)
VALUES (%(tenant)s, %(rulebook)s, %(entry)s, %(text)s, %(hash)s)

-- name: cases_of
-- The cases of a version as they were last kept.
SELECT text, hash FROM rulebook_cases
WHERE tenant_id = %(tenant)s AND rulebook_no = %(rulebook)s ORDER BY entry_id DESC LIMIT 1

-- name: publication_add
-- Let a version rule.
INSERT INTO publication (tenant_id, rulebook_no, published_by, reason, document)
VALUES (%(tenant)s, %(rulebook)s, %(published_by)s, %(reason)s, %(ordered_by)s)

-- name: rulebooks_published
-- The published versions of a rulebook.
SELECT r.id, r.version, r.effective_from, r.effective_day, r.timezone, r.document
FROM rulebook r JOIN publication p ON p.tenant_id = r.tenant_id AND p.rulebook_no = r.rulebook_no
WHERE r.tenant_id = %(tenant)s AND r.id = %(id)s ORDER BY r.effective_day

-- name: _ruling
-- For each rulebook, the published version that rules a period that ends on this day, or is named by an import of its results.
SELECT DISTINCT ON (r.id) r.rulebook_no, r.id, r.hash
FROM rulebook r JOIN publication p ON p.tenant_id = r.tenant_id AND p.rulebook_no = r.rulebook_no
WHERE r.tenant_id = %(tenant)s AND (%(id)s::text IS NULL OR r.id = %(id)s)
  AND (r.effective_day < %(end_day)s OR EXISTS (SELECT FROM run n WHERE n.tenant_id = r.tenant_id AND n.rulebook = r.id
      AND n.period = %(imported)s AND n.rulebook_no = r.rulebook_no AND n.kind = 'import'))
ORDER BY r.id, r.effective_day DESC, r.rulebook_no DESC

-- name: rulebooks_ruling
-- include: _ruling

-- name: rulebook_references
-- Which rulebooks the published versions, and this one, read results of.
SELECT DISTINCT r.id, q.rulebook AS reads
FROM reading q
JOIN rulebook r ON r.tenant_id = q.tenant_id AND r.rulebook_no = q.rulebook_no
LEFT JOIN publication p ON p.tenant_id = r.tenant_id AND p.rulebook_no = r.rulebook_no
WHERE q.tenant_id = %(tenant)s AND q.rulebook IS NOT NULL AND q.rulebook <> r.id
  AND (p.rulebook_no IS NOT NULL OR r.rulebook_no = %(rulebook)s)
ORDER BY r.id, q.rulebook
