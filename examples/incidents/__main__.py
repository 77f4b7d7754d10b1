"""Feeds the incident log to a running service and prints a month's ranking.

The admin token needs the scopes rulebooks:write, roster:write, events:write and results:read, and may send as the
source incidents.example; the approver token belongs to another person and needs rulebooks:publish.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from examples import incidents
from examples.incidents.feeding import FeedError, Post
from examples.incidents.founding import Call, FoundingError, found


def main() -> None:
    """Found the desk, feed the log, show what came of it."""
    asked = _arguments()
    try:
        with _caller(asked.url, asked.admin_token) as admin, _caller(asked.url, asked.approver_token) as approver:
            found(admin, approver, asked.path)
            _feed(asked)
            _show(admin, asked.month)
    except (FeedError, FoundingError, httpx.HTTPError, OSError) as error:
        sys.exit(f"{asked.path} was not fed: {error}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.incidents", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, help="the log, .csv or .csv.gz")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the service (default %(default)s)")
    parser.add_argument("--admin-token", required=True)
    parser.add_argument("--approver-token", required=True)
    parser.add_argument("--clients", type=int, default=4, help="how many send at once (default %(default)s)")
    parser.add_argument("--shuffle", type=int, metavar="SEED", help="send in another order")
    parser.add_argument("--month", default="2016-04", help="whose ranking to print (default %(default)s)")
    return parser.parse_args()


def _feed(asked: argparse.Namespace) -> None:
    happened = list(incidents.events(asked.path))
    if asked.shuffle is not None:
        happened = incidents.shuffled(happened, asked.shuffle)
    with ExitStack() as stack:
        callers = [stack.enter_context(_caller(asked.url, asked.admin_token)) for _ in range(max(asked.clients, 1))]
        begun = time.perf_counter()
        tally = incidents.feed(happened, [_post(call) for call in callers])
        seconds = time.perf_counter() - begun
    print(f"{len(happened)} events in {seconds:.1f} s from {len(callers)} clients")
    for result, count in sorted(tally.results.items()):
        print(f"  {result:10} {count:6}")
    for (pointer, code), count in sorted(tally.faults.items()):
        print(f"    {code} at {pointer or 'the event'}: {count}")


def _show(admin: Call, month: str) -> None:
    status, said = admin("GET", f"/v1/rankings/{month}?limit=10", None)
    if status != 200:
        raise FeedError(f"the ranking of {month} was answered with {status}: {said}")
    print(f"{month}, first ten:")
    print(f"  {'rank':>4}  {'worker':16} {'total':>7}  tier")
    for item in said["items"]:
        worker = item["subject"].removeprefix("worker/")
        print(f"  {item['rank'] or '-':>4}  {worker:16} {item['total']:>7}  {item.get('tier') or item['no_tier']}")


@contextmanager
def _caller(url: str, token: str) -> Iterator[Call]:
    """One connection that is kept open; bytes are sent as YAML, everything else as JSON."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=120) as client:

        def call(method: str, path: str, body: Any) -> tuple[int, Any]:
            if isinstance(body, bytes):
                answer = client.request(method, path, content=body, headers={"Content-Type": "application/yaml"})
            else:
                answer = client.request(method, path, json=body)
            return answer.status_code, answer.json()

        yield call


def _post(call: Call) -> Post:
    return lambda path, body: call("POST", path, body)


if __name__ == "__main__":
    main()
