"""What processes count together: nothing falls when one is killed, and there are never more files than slots."""

import os
import re
import signal
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.faults.stack import WORKERS, Stack, within

KILLS, REQUESTS = 3, 12
AGAIN_SECONDS = 60.0


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as stack:
        yield stack


def scrape(stack: Stack, name: str, **labels: str) -> float:
    """The sum of the samples of that name with these labels."""
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=30)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status == 200, text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


def asked(stack: Stack) -> float:
    """How many requests for /healthz were counted."""
    return scrape(stack, "jifen_http_request_seconds_count", route="/healthz")


def files(stack: Stack) -> set[str]:
    """The slots in which something was counted."""
    return {re.sub(r".*_(\w+)\.db", r"\1", file.name) for file in (stack.data / "metrics").iterdir()}


def test_nothing_that_was_counted_is_lost_when_a_process_is_killed(stack: Stack) -> None:
    counted = asked(stack)
    for n in range(KILLS):
        for _ in range(REQUESTS):
            assert stack.answers("/healthz") == 200
        assert asked(stack) == counted + REQUESTS
        counted += REQUESTS
        os.kill(stack.workers()[n % WORKERS], signal.SIGKILL)
        begun = WORKERS + n + 1
        served = {"process": "serve"}
        assert within(AGAIN_SECONDS, lambda: scrape(stack, "jifen_process_starts_total", **served) == begun), begun  # noqa: B023
        assert asked(stack) == counted


def test_what_works_beside_the_requests_counts_on_too(stack: Stack) -> None:
    def begun() -> float:
        return scrape(stack, "jifen_process_starts_total", process="work")

    assert within(AGAIN_SECONDS, lambda: begun() > 0 and len(stack.beside()) == 2)
    before = begun()
    os.kill(stack.beside()[-1], signal.SIGKILL)
    assert within(AGAIN_SECONDS, lambda: begun() > before), (before, begun(), stack.tail())


def test_there_are_no_more_files_than_slots_and_no_connections_of_the_dead(stack: Stack) -> None:
    os.kill(stack.workers()[0], signal.SIGKILL)
    assert within(AGAIN_SECONDS, lambda: len(stack.workers()) == WORKERS and stack.answers("/readyz") == 200)
    assert files(stack) <= {"begin", "work", *map(str, range(WORKERS))}
    kept = {file.name for file in (stack.data / "metrics").iterdir() if file.name.startswith("gauge_live")}
    assert len(kept) <= WORKERS + 2
    assert scrape(stack, "jifen_pool_connections") <= (WORKERS + 1) * 8
