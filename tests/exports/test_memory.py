"""However many results: an export is never in memory, whatever it is written as."""

import tracemalloc

import psycopg
import pytest

from service import exports, journal, results
from service.exports import FORMATS, Asked
from service.periods import parse
from service.results import Filter
from tests.county import County
from tests.http.asking import assert_problem

MARCH = parse("2025-03")
MANY, MORE = 500, 4_000
GROWN = 200_000  # bytes; a row is 200 as text, and many times that as cells

_RESULT = """organisation_no, post, peer_group, pool, service_days, category_points, total, tie_values, eligible, rank,
    list_groups, tier_no, outcomes, outcome_values, unanswered, candidacies"""
_LINES = "lines, measures, codes, counts, no_data, negatives, met"
_CROWD = f"""
WITH added AS (
    INSERT INTO subject (tenant_id, kind, id)
    SELECT %(tenant)s, 'worker', 'crowd' || n FROM generate_series(%(first)s::integer, %(last)s) n RETURNING subject_no
),
lined AS (
    INSERT INTO result_lines (tenant_id, run_no, subject_no, {_LINES})
    SELECT tenant_id, run_no, added.subject_no, {_LINES} FROM added, result_lines l
    WHERE l.tenant_id = %(tenant)s AND l.subject_no = %(like)s
)
INSERT INTO result (tenant_id, run_no, subject_no, {_RESULT})
SELECT tenant_id, run_no, added.subject_no, {_RESULT} FROM added, result r
WHERE r.tenant_id = %(tenant)s AND r.subject_no = %(like)s
"""


def crowd(county: County, first: int, last: int) -> None:
    """Add so many to a published month who are like the first of it."""
    with psycopg.connect(county.url) as connection:
        leads = "SELECT subject_no FROM result WHERE tenant_id = %s AND rank = 1 ORDER BY subject_no"
        row = connection.execute(leads, [county.tenant_id]).fetchone()
        assert row is not None
        connection.execute(_CROWD.encode(), {"tenant": county.tenant_id, "first": first, "last": last, "like": row[0]})


def peak(county: County, form: str) -> tuple[int, int]:
    """How much memory an export needs at most, in bytes, and how long the file is."""
    watermark = journal.sealed(county.database, county.tenant_id)
    tracemalloc.start()
    try:
        with county.database.transaction(county.tenant_id) as transaction:
            shown = results.show(transaction, MARCH, None, watermark)
            if form == "html":
                notice = exports.take_notice(transaction, shown, Filter(), "zh", ["name", "total", "tier"])
            else:
                table = exports.take(transaction, shown, Asked(form))
        with exports.written_notice(notice, form) if form == "html" else exports.written(table, form) as file:
            length = file.seek(0, 2)
        return tracemalloc.get_traced_memory()[1], length
    finally:
        tracemalloc.stop()


def test_memory_is_flat(county: County) -> None:
    crowd(county, 1, MANY)
    forms = ("csv", "ndjson", "xlsx", "html")
    few = {form: peak(county, form) for form in forms}
    few = {form: peak(county, form) for form in forms}  # what is kept from the first time isn't counted
    crowd(county, MANY + 1, MORE)
    for form in forms:
        needed, length = peak(county, form)
        assert length > few[form][1] * 3, form
        assert needed < few[form][0] + GROWN, (form, needed, few[form])


def test_more_than_a_sheet_has_rows_is_refused(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(county, MORE + 1, MORE + 20)
    monkeypatch.setitem(FORMATS, "xlsx", FORMATS["xlsx"]._replace(most=10))
    assert_problem(county.hr.get("/v1/rankings/2025-03.xlsx"), 422, "export.rows")
    assert county.hr.get("/v1/rankings/2025-03.xlsx?no_tier=other").status_code == 200
    assert county.hr.get("/v1/rankings/2025-03.csv").status_code == 200
