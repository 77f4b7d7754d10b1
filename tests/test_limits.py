"""The table of limits: the same in both languages, true to the settings and the catalogue, each row held by a test."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from service import imports
from service.catalogue import FAULTS, PROBLEMS
from service.database.transactions import Database
from service.exports import as_xlsx
from service.files import of_xlsx
from service.files.tables import MOST_COLUMNS
from service.settings import Settings
from service.webhooks import store

ROOT = Path(__file__).parent.parent
PAGES = ("limits.md", "limits.zh-CN.md")
UNITS = {"": 1, " KiB": 1024, " MiB": 1024**2}
DEFAULTS = {item.metadata["name"]: item.default for item in fields(Settings)}

# Limits without a setting.
FIXED = {
    "a workbook unpacked": of_xlsx._MOST_BYTES,
    "columns of a file": MOST_COLUMNS,
    "merged cells": of_xlsx._MOST_MERGED,
    "results of an import": imports.MOST,
    "rows of a workbook of results": as_xlsx.MOST,
    "webhooks of a tenant": store.MOST,
}

# Which test holds each row, by what it limits.
HELD = {
    "the body of a request": "http/test_event_bodies.py::test_a_body_that_is_too_large_is_refused",
    "seconds of a client that": "faults/test_transport.py::test_a_client_that_stops_sending_is_told_so_and_let_go",
    "seconds until the head": "faults/test_stopping.py::test_a_head_that_comes_byte_by_byte_is_not_waited_for",
    "seconds until a body": "faults/test_stopping.py::test_a_body_that_comes_byte_by_byte_is_not_waited_for",
    "bytes of a header": "faults/test_stopping.py::test_what_is_no_request_is_refused_like_any_other",
    "headers of a request": "faults/test_stopping.py::test_what_is_no_request_is_refused_like_any_other",
    "nesting of JSON": "http/test_event_bodies.py::test_what_is_nested_too_deep_is_refused",
    "events of a batch": "http/test_event_bodies.py::test_a_batch_of_more_than_five_thousand_is_refused",
    "a line of a stream": "http/test_event_streams.py::test_a_line_that_is_no_event_is_rejected_and_the_stream_goes_on",
    "lines of a chunk": "http/test_event_streams.py::test_each_chunk_is_a_transaction_of_its_own",
    "rows of a file": "http/test_files.py::test_a_file_has_so_many_rows_at_most",
    "a workbook unpacked": "files/test_workbooks.py::test_what_would_fill_the_memory_is_refused_before",
    "columns of a file": "files/test_workbooks.py::test_what_would_fill_the_memory_is_refused_before",
    "merged cells": "files/test_workbooks.py::test_what_would_fill_the_memory_is_refused_before",
    "results of an import": "http/test_imports.py::test_what_is_ruled_is_computed_and_not_imported",
    "rows of a workbook of results": "exports/test_memory.py::test_more_than_a_sheet_has_rows_is_refused",
    "webhooks of a tenant": "http/test_webhooks.py::test_there_are_so_many_at_most",
    "items of a page": "http/test_rankings.py::test_a_query_that_cannot_be_is_refused_at_its_parameter",
    "requests a second": "http/test_rates.py::test_who_sends_too_much_is_told_when_to_come_again",
    "requests of a token at once": "http/test_rates.py::test_a_burst_is_let_through_and_no_more",
    "requests that a process": "faults/test_transport.py::test_who_waited_too_long_for_a_thread_is_told_503",
    "who wait in the feed": "http/test_feed_waiting.py::test_no_more_wait_than_half_of_the_threads",
    "seconds of waiting": "http/test_back_pressure.py::test_where_all_connections_are_taken_intake_says_503",
    "seconds of a statement of": "faults/test_transport.py::test_intake_waits_for_no_lock_longer_than_two_seconds",
    "seconds of any other": "http/test_errors.py::test_a_statement_that_takes_too_long_is_503",
    "seconds of a transaction": "test_limits.py::test_a_transaction_that_does_nothing_is_ended",
    "seconds that requests have": "faults/test_stopping.py"
    "::test_who_is_under_way_at_a_stop_is_answered_and_a_balancer_hears_of_it",
}


def rows(page: str) -> list[list[str]]:
    """The table: what, setting, default, beyond it."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    lines = re.findall(r"^\| (.*) \|$", text, re.MULTILINE)
    return [re.split(r" \| ", line) for line in lines[1:]]


def codes(text: str) -> list[str]:
    return re.findall(r"`([a-z_]+\.[a-z_]+)`", text)


def amount(said: str) -> int:
    number, unit = re.fullmatch(r"([\d,]+)( [KM]iB)?", said).groups()  # type: ignore[union-attr]
    return int(number.replace(",", "")) * UNITS[unit or ""]


def test_both_pages_say_the_same() -> None:
    said = [[(row[1], codes(row[3]), re.findall(r"\d+", row[2])) for row in rows(page)] for page in PAGES]
    assert said[0] == said[1]
    assert len(said[0]) == len(HELD)


@pytest.mark.parametrize("row", rows(PAGES[0]), ids=lambda row: row[0])
def test_a_row_says_what_holds(row: list[str]) -> None:
    what, setting, default, beyond = row
    for code in codes(beyond):
        assert code in PROBLEMS or code in FAULTS
        if status := re.search(rf"(\d{{3}}) `{re.escape(code)}`", beyond):
            assert PROBLEMS[code].status == int(status[1])
    if setting == "–":
        fixed = [value for name, value in FIXED.items() if what.startswith(name)]
        assert fixed in ([], [amount(default)])
        return
    stated = DEFAULTS[setting.strip("`")]
    if default == "any":
        assert stated == 0
        return
    assert amount(default) == (stated // 2 if "half of the threads" in what else stated)


@pytest.mark.parametrize("row", rows(PAGES[0]), ids=lambda row: row[0])
def test_a_row_is_held_by_a_test(row: list[str]) -> None:
    [held] = [test for what, test in HELD.items() if row[0].startswith(what)]
    file, _, name = held.partition("::")
    assert f"def {name}(" in (ROOT / "tests" / file).read_text("utf-8")


def test_a_transaction_that_does_nothing_is_ended(database: Database) -> None:
    """So that a crashed client holds no locks: PostgreSQL does it, where it is told how long to wait."""
    with database.transaction() as transaction:
        shown = transaction._connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert shown == ("1min",)
