"""Settles the cases of an example scheme through the service, and compares what comes of them with what they expect.

As a command, for any folder: `.venv/bin/python -m tests.examples.cases FOLDER`. It prints what lint finds in the
rulebooks, then for each case every difference or `ok`; it ends with 1 where there was any.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from oracle import appraise
from service.database.embedded import Embedded
from service.database.migrations import migrate
from service.database.transactions import Database
from service.rulebooks import extension
from service.settings import Settings
from tests.county import County
from tests.examples import said, scheme
from tests.examples.said import Said
from tests.examples.scheme import Case, Check, Scheme

_BATCH = 2000


class Refused(Exception):
    """The service refuses what a case needs."""


def findings(url: str, database: Database, folder: Scheme) -> list[str]:
    """What lint finds in the rulebooks, and what is refused of the event types: file, pointer, code, sentence."""
    county = County.empty(url, database)
    found = []
    for name, declared in folder.event_types.items():
        answer = county.hr.put(f"/v1/event-types/{name}", declared)
        found += [] if answer.status_code == 201 else _sentences(f"event_types.yaml {name}", answer.json)
    for stem in folder.rulebooks:
        answer = county.hr.post_text("/v1/rulebooks", folder.texts[stem].encode(), "application/yaml")
        found += [] if answer.status_code == 201 else _sentences(f"{stem}.yaml", answer.json)
    return found


def settle(url: str, database: Database, folder: Scheme, case: Case) -> County:
    """A fresh tenant with all that a case says. Refused where the service doesn't take it."""
    county = County.empty(url, database)
    organisations = [{"title": one["id"], **one} for one in case.roster["organisations"]]
    try:
        county.state(organisations, case.roster["workers"])
        county.declare(folder.event_types)
        for stem in folder.rulebooks:
            county.rule(folder.texts[stem])
    except AssertionError as error:
        raise Refused(str(error).partition("\n")[0]) from None
    for start in range(0, len(case.events), _BATCH):
        batch = case.events[start : start + _BATCH]
        for event, answer in zip(batch, county.send(*batch), strict=True):
            if answer["result"] != "created":
                raise Refused(f"the event {event} is {answer}")
    return county


def differences(county: County, folder: Scheme, case: Case) -> list[str]:
    """Where service or oracle differ from what the case expects, or from each other."""
    return [one for check in case.checks for one in _checked(county, folder, case, check)]


def on_service(county: County, rulebook: str, period: str, subject: str) -> Said | None:
    """What the service says of a subject; None where there is no result."""
    kind, identifier = subject.split("/")
    answer = county.hr.get(f"/v1/{kind}s/{identifier}/results/{period}?rulebook={rulebook}")
    body: Any = answer.json
    if answer.status_code == 404 and body["code"] == "resource.unknown":
        return None
    if answer.status_code != 200:
        raise Refused(f"{subject} in {period}: {body}")
    return said.of_answer(body)


def on_oracle(folder: Scheme, case: Case, check: Check) -> dict[str, Said]:
    """What the oracle says of everyone, of all subjects by one appraisal."""
    books = {stem: _whole(folder, book) for stem, book in folder.rulebooks.items()}
    book = books[check.rulebook]
    others = [other for stem, other in books.items() if stem != check.rulebook]
    found = appraise(book, folder.event_types, case.roster, case.events, check.period, others)
    return {subject: said.of_result(result, book["numbers"]["step"]) for subject, result in found.items()}


def _checked(county: County, folder: Scheme, case: Case, check: Check) -> Iterator[str]:
    rulebook = folder.rulebook_id(check.rulebook)
    oracle = on_oracle(folder, case, check)
    for subject in {**check.expected, **oracle}:
        found = on_service(county, rulebook, check.period, subject)
        where = f"{rulebook} {check.period} {subject}"
        if subject in check.expected:
            expected = check.expected[subject]
            yield from (f"service {where} {one}" for one in said.lacking(expected, found))
            yield from (f"oracle  {where} {one}" for one in said.lacking(expected, oracle.get(subject)))
        yield from (f"service differs from oracle {where} {one}" for one in said.unlike(oracle.get(subject), found))


def _whole(folder: Scheme, book: scheme.Node) -> scheme.Node:
    """The rulebook, put together with that which it extends."""
    if "extends" not in book:
        return book
    named = {(one["rulebook"], one["version"]): one for one in folder.rulebooks.values()}
    return extension.compose(book, named[book["extends"]["rulebook"], book["extends"]["version"]])


def _sentences(where: str, problem: Any) -> list[str]:
    errors = problem.get("errors") or [{"pointer": "", "code": problem["code"], "detail": problem["title"]}]
    return [f"{where} {error['pointer'] or '/'} {error['code']}: {error['detail']}" for error in errors]


@contextmanager
def server() -> Iterator[tuple[str, Database]]:
    """A database of its own, in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="jifen-cases-") as folder, Embedded(Path(folder), None, {}) as url:
        migrate(url)
        with closing(Database(url, Settings())) as database:
            database.open()
            yield url, database


def main(folders: list[str]) -> int:
    """Check folders; 1 where anything differs."""
    schemes = [scheme.read(Path(folder)) for folder in folders]
    with server() as (url, database):
        return max(_told(url, database, folder) for folder in schemes)


def _told(url: str, database: Database, folder: Scheme) -> int:
    found = findings(url, database, folder)
    for one in found:
        _say(f"{folder.name}: {one}")
    if found:
        return 1
    _say(f"{folder.name}: {len(folder.rulebooks)} rulebook(s) without findings")
    failed = 0
    for case in folder.cases:
        try:
            wrong = differences(settle(url, database, folder, case), folder, case)
        except Refused as error:
            wrong = [str(error)]
        _say("\n    ".join([f"{folder.name} {case.id}:{'' if wrong else ' ok'}", *wrong]))
        failed |= bool(wrong)
    return failed


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("usage: python -m tests.examples.cases FOLDER...")
    try:
        sys.exit(main(sys.argv[1:]))
    except (scheme.Miswritten, OSError) as error:
        sys.exit(str(error))
