"""Every statement in sql/queries: planned by a migrated database, used by the service, and in the SQL that we allow."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import service
import sql
from service.database.transactions import json
from service.intake.items import COLUMNS
from sql import statement_of_some, statements

NAMES = sorted(statements())
TEXTS = {
    "action",
    "actor",
    "after_pool",
    "after_role",
    "after_subject_id",
    "answer",
    "period",
    "id",
    "kind",
    "tenant_name",
    "request_id",
}
TEXTS |= {
    "reason",
    "text",
    "published_by",
    "drafted_by",
    "rulebook_id",
    "state",
    "type",
    "version",
    "effective_from",
    "timezone",
}
TEXTS |= {
    "under",
    "assignment",
    "small_groups",
    "sheet",
    "pool",
    "nested_loops",
    "subject_kind",
    "bonus_order",
    "quota_order",
    "line",
    "own",
    "subject_text",
}
LISTS = {
    "ids",
    "sources",
    "scopes",
    "periods",
    "pools",
    "posts",
    "kinds",
    "except_under",
    "group_by",
    "rulebooks",
    "period_texts",
}
LISTS |= {"actions", "admitting", "earlier_periods", "reading_sheets", "resized"}
TEXTS |= {"task", "of"}
TEXTS |= {"key", "location", "route"}
TEXTS |= {"after_word", "no_tier", "sort"}
NUMBERS = {
    "organisations",
    "runs",
    "subjects",
    "workers",
    "read_runs",
    "read_standings",
    "read_at",
    "base_runs",
    "base_standings",
    "line_runs",
}
NUMBERS |= {"after_reads", "before_reads"}
NUMBERS |= {"appraised", "due", "ranked"}
NUMBERS |= {"category_nos", "line_nos"}
LISTS |= {"outcome_ids", "outcome_titles", "reason_codes", "reason_words", "tier_ids", "tier_titles"}
TEXTS |= {"formula"}
NUMBERS |= {"bounds", "line_standings", "reading_nos", "reading_rulebooks", "reading_runs", "reading_standings"}
DATES = {"end_days", "reading_ends", "holidays", "working_days"}
INSTANTS = {
    "earlier_starts",
    "starts",
    "ends",
    "year_starts",
    "seen_from",
    "seen_to",
    "after_time",
    "recorded_at",
    "now",
}
DOCUMENTS = {"calendar", "detail", "declaration", "document", "earlier", "events", "named", "records", "rows"}
DOCUMENTS |= {"group_digests", "rejections"}
TEXTS |= {"begins", "issuer", "sees"}
INSTANTS |= {"expires_at"}
NUMBERS |= {"tokens"}
TEXTS |= {"code", "source", "subject_id"}
INSTANTS |= {"last_from", "last_to", "sealed_since", "time_from", "time_to"}
EVENTS = {"carried", "only"}
TEXTS |= {"kept", "url"}
INSTANTS |= {"attempted_at", "next_at"}
DOCUMENTS |= {"messages"}
DOCUMENTS |= {"kept_sizes"}
TEXTS |= {"imported", "imported_from", "kind_of_run"}
HASHES = {"answer", "base_digest", "hash", "digest", "rulebook_hash"}
DECIMALS = {"after_number", "measure_step", "near", "step", "total_min", "total_max", "width"}
DAYS = {"first_day", "end_day", "effective_day", "until", "objections_until", "answer_by", "today"}
UUIDS = {
    ("delivery", "delivery"),
    ("delivery", "delivery_again"),
    ("delivery", "delivery_attempts"),
    ("delivery", "delivery_settle"),
    ("first", "events_add"),
    ("objection", "objection"),
    ("objection", "objection_add"),
    ("objection", "objection_end"),
}
OWN = {
    ("remarks_naming", "named"): ["x"],
    ("trail_events", "entries"): [1],
    ("workers_gone", "end_day"): date(2025, 1, 1),
    ("rejections_erase", "pieces"): [b"x"],
    ("answers_erase", "pieces"): [b"x"],
    ("events_of_entries", "entries"): [1],
    ("delivery_claim", "until"): datetime(2025, 1, 1, tzinfo=UTC),
    ("delivery_settle", "outcome"): "x",
    ("webhook_add", "types"): ["x"],
    ("webhook_change", "types"): ["x"],
    ("webhook_secrets_end", "until"): datetime(2025, 1, 1, tzinfo=UTC),
}


def made_up(parameter: str, name: str) -> Any:
    """A value of the kind that the service gives this parameter."""
    some_event = UUID(int=1)
    if parameter in ("event", "after_event", "replaced_by", "root", "webhook") or (parameter, name) in UUIDS:
        return some_event
    if (name, parameter) in OWN:
        return OWN[name, parameter]
    if (name, parameter) == ("events_other", "source") or (
        name in ("events_add", "events_other") and parameter in COLUMNS
    ):
        return "{}"
    named = (
        ("events_known", "events"),
        ("correctable", "events"),
        ("admissions_add", "events"),
        ("brought_in_by", "events"),
    )
    if (name, parameter) in named or parameter in EVENTS:
        return [some_event]
    if parameter in ("evidence", "objections"):
        return [some_event]
    if parameter in (
        "asks_all",
        "changed",
        "chooses",
        "live",
        "overdue",
        "tells_proposed",
        "tells_revised",
        "waiting",
        "with_names",
    ):
        return True
    if parameter in TEXTS:
        return "x"
    kinds: list[tuple[set[str], Any]] = [
        (LISTS, ["x"]),
        (NUMBERS, [1]),
        (INSTANTS, datetime(2025, 1, 1, tzinfo=UTC)),
        (DOCUMENTS, json([])),
        (HASHES, b"x"),
        (DECIMALS, Decimal("0.01")),
        (DAYS, date(2025, 1, 1)),
        (DATES, [date(2025, 1, 1)]),
        ({"used"}, [datetime(2025, 1, 1, tzinfo=UTC)]),
    ]
    return next((value for names, value in kinds if parameter in names), 1)


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_is_planned_by_a_migrated_database(module_url: str, name: str) -> None:
    text = statements()[name]
    values = {parameter: made_up(parameter, name) for parameter in re.findall(r"%\((\w+)\)s", text)}
    with psycopg.connect(module_url) as connection:
        plan = connection.execute(f"EXPLAIN {text}".encode(), values).fetchall()
    assert plan


@pytest.mark.parametrize("name", ["totals_add", "totals_add_plain", "seat", "settle", "places", "outcomes_add"])
def test_the_plan_of_some_subjects_does_not_depend_on_who_they_are(module_url: str, name: str) -> None:
    """Invariant 9: it is the same statement; only whether it is about everybody has been answered."""
    text = statement_of_some(name)
    assert text != statements()[name]
    assert "%(subjects)s::integer[] IS NULL" not in text
    assert "%(asks_all)s" not in text
    values = {parameter: made_up(parameter, name) for parameter in re.findall(r"%\((\w+)\)s", text)}
    with psycopg.connect(module_url) as connection:
        assert connection.execute(f"EXPLAIN {text}".encode(), values).fetchall()


def test_a_plan_made_before_there_are_events_finds_one_by_its_key(module_url: str) -> None:
    """Connections keep the plans that they make in a system's first minutes, when nothing was ever counted."""
    text, parameters = sql.numbered(sql.statement("events_add"))
    nothing = ", ".join(["NULL"] * len(parameters))
    with psycopg.connect(module_url) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute(f"PREPARE adding AS {text}".encode())
        lines = connection.execute(f"EXPLAIN EXECUTE adding ({nothing})".encode()).fetchall()
    plan = "\n".join(line for (line,) in lines)
    assert re.search(r"using event_pkey on event e.*\n *Index Cond: .*event_id >= ", plan), plan
    assert "event_of_subject" not in plan


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_is_used(name: str) -> None:
    assert f'"{name}"' in SOURCE


SOURCE = "\n".join(file.read_text("utf-8") for file in Path(str(service.__file__)).parent.rglob("*.py"))


def test_every_statement_that_the_service_names_is_there() -> None:
    called = set(re.findall(r'transaction\.(?:all|maybe|one|do|stream|csv)\(\s*"(\w+)"', SOURCE))
    assert len(called) > 30
    assert called - set(NAMES) == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_says_its_purpose_in_its_first_line(name: str) -> None:
    first, second, *_ = [*statements()[name].splitlines(), ""]
    assert re.fullmatch(r"-- [A-Z1].*", first), first
    assert second


@pytest.mark.parametrize("name", NAMES)
def test_no_statement_answers_all_columns(name: str) -> None:
    """A column that is added must not leave by accident; inside a statement, and for typed records, * is plain."""
    text = without_comments(statements()[name])
    depth = 0
    for token in re.finditer(r"\(|\)|(?:\w+\.)?\*(?=\s+FROM|\s*,|\s*$)", text):
        if token[0] in "()":
            depth += 1 if token[0] == "(" else -1
        else:
            typed = text[token.end() :].lstrip().startswith("FROM jsonb_populate_recordset(")
            assert depth > 0 or typed, text[token.start() - 40 : token.end() + 40]


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_has_one_number_however_often_it_stands(name: str) -> None:
    """What is sent means what is written: each name's number stands wherever the name stood."""
    text, names = sql.numbered(statements()[name])
    assert "%" not in text
    assert len(set(names)) == len(names)
    named = re.sub(r"\$(\d+)", lambda found: f"%({names[int(found[1]) - 1]})s", text)
    assert named == statements()[name]


def test_no_procedure_no_loop_no_queue_in_sql() -> None:
    """One dialect that every supported PostgreSQL and a distributed one understands."""
    forbidden = r"plpgsql|\bDO\s+(?:\$|'|LANGUAGE)|\bEXECUTE\b|\bRECURSIVE\b|\bSKIP\s+LOCKED\b|\bLOOP\b|\bTRIGGER\b"
    files = list(Path(str(sql.__file__)).parent.rglob("*.sql"))
    assert len(files) > 8
    found = {f.name: re.findall(forbidden, without_comments(f.read_text("utf-8")), re.IGNORECASE) for f in files}
    assert {name: words for name, words in found.items() if words} == {}


def test_every_statement_filters_by_its_tenant() -> None:
    """Invariant 14: by the service as well as by the database."""
    of_no_tenant = {"schema_known", "schema_version", "tenant_add", "tenant_by_name", "tenants"}
    of_no_table = {"export_plan", "standing_plan", "standing_plan_of_some", "lead", "server_facts"}
    rows_name_it = {"rulebook_rows_add"}
    without = {name for name in NAMES if "%(tenant)s" not in statements()[name]}
    assert without - of_no_tenant - of_no_table - rows_name_it == set()


def without_comments(text: str) -> str:
    """The statement without its lines of comment."""
    return re.sub(r"--.*", "", text)
