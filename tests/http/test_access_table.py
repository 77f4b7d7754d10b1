"""Every route for every scope, tenant, part of the tree and worker, cell by cell, the table being made from the routes.

Invariant 14, and what a token may see: who lacks a scope, belongs to another tenant, or sees another part of the tree,
is told nothing; a route that doesn't say that it is narrow is closed to who sees a part; who speaks for himself is told
of himself alone.
"""

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from zipfile import ZipFile

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from service import http
from tests.county import ALL_SCOPES, Client, County, rating, visit
from tests.http.asking import assert_problem, user
from tests.http.test_access import VALUES, _app
from tests.http.test_access import ask as call

APP = _app()
PERIOD = "2025-03"
MARCH = "?from=2025-03-01T00:00:00Z&to=2025-03-31T00:00:00Z&limit=5000"
EAST, WEST = ("w1", "w2", "w3"), ("w4", "w5", "w6")
# What the other part of the tree is called: none of it may stand in an answer.
OTHERS = re.compile(r"\bw[456]\b|\bwest\b|西")
FORMS = {"form": ("csv", "ndjson", "xlsx", "html")}


class Cell(NamedTuple):
    """A method of a route, and what it declares."""

    method: str
    rule: Rule
    scopes: tuple[str, ...]
    instead: tuple[str, ...]
    is_narrow: bool

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def cells() -> Iterator[Cell]:
    """Every method of every route that isn't public."""
    for rule in sorted(APP.url_map.iter_rules(), key=str):
        scopes = http.scopes_of(APP, rule.endpoint)
        declared = (scopes, http.instead_of(APP, rule.endpoint), http.is_narrow(APP, rule.endpoint))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if scopes != (http.PUBLIC,):
                yield Cell(method, rule, *declared)


CELLS = list(cells())
every_cell = pytest.mark.parametrize("cell", CELLS, ids=str)
READS = [cell for cell in CELLS if cell.method == "GET"]
every_read = pytest.mark.parametrize("cell", READS, ids=str)


def addresses(cell: Cell, values: dict[str, Any]) -> Iterator[str]:
    """The addresses of a route, one for each form that it has."""
    adapter = APP.url_map.bind("localhost")
    forms = [form for form in FORMS["form"] if "form" not in cell.rule.arguments or form in cell.rule.rule]
    for form in forms if "form" in cell.rule.arguments else [None]:
        said = {name: form if name == "form" else values[name] for name in cell.rule.arguments}
        yield adapter.build(cell.rule.endpoint, said)


def ask(client: Client, cell: Cell, address: str) -> TestResponse:
    """Call it, with what a list of events can't do without."""
    query = MARCH if cell.rule.rule == "/v1/events" else ""
    return call(client, cell.method, address + query)


def text_of(answer: TestResponse) -> str:
    """What an answer says; of a workbook, what is in it."""
    if "spreadsheetml" not in answer.content_type:
        return answer.text
    with ZipFile(io.BytesIO(answer.data)) as workbook:
        return " ".join(workbook.read(name).decode() for name in workbook.namelist())


# Scopes


@pytest.fixture(scope="module")
def with_one_scope(shared: County) -> dict[str, Client]:
    """For each scope, somebody who has it and no other."""
    return {scope: user(shared, [scope], ["grid-app"]) for scope in ALL_SCOPES}


@every_cell
def test_a_scope_opens_what_declares_it_and_nothing_else(
    shared: County, with_one_scope: dict[str, Client], cell: Cell
) -> None:
    [address, *_] = addresses(cell, VALUES)
    for scope, client in with_one_scope.items():
        answer = ask(client, cell, address)
        is_open = set(cell.scopes) <= {scope} or scope in cell.instead
        code = answer.json.get("code") if answer.is_json else None
        assert (code != "access.scope") == is_open, (scope, answer.text)


# Tenants, parts of the tree, and oneself: one county with something of everything in both communities


@pytest.fixture(scope="module")
def county(module_url: str, module_database: Any) -> County:
    """A county where each worker has events and results, late ones too, in a period that is published."""
    county = County.small(module_url, module_database)
    county.send(*(visit(w, f"h-{w}-{n}") for w in (*EAST, *WEST) for n in range(3)))
    county.send(*(rating(w, 4) for w in (*EAST, *WEST)))
    assert county.hr.post(f"/v1/periods/{PERIOD}/close").status_code == 200
    assert county.hr.post(f"/v1/periods/{PERIOD}/publish").status_code == 200
    county.send(*(visit(w, f"late-{w}") for w in (*EAST, *WEST)))
    return county


def event_of(county: County, worker: str) -> str:
    """An event about a worker."""
    found = county.hr.get(f"/v1/events?subject=worker/{worker}").json["items"]
    return str(found[0]["event"])


@pytest.fixture(scope="module")
def values(county: County) -> dict[str, dict[str, Any]]:
    """What the addresses name, by the community that it lies in."""
    run = county.hr.get(f"/v1/runs?period={PERIOD}").json["items"][0]["run"]
    same = {**VALUES, "period": PERIOD, "run": run, "line": "visits", "type_": "visit.done", "version": "2025-1"}
    return {
        worker: {**same, "kind": "workers", "id_": worker, "event": event_of(county, worker)}
        for worker in ("w1", "w2", "w4")
    }


def named(cell: Cell, values: dict[str, Any], worker: str, place: str) -> dict[str, Any]:
    """The values, where the address is of an organisation: the community of the worker."""
    if cell.rule.rule.startswith("/v1/organisations/"):
        return {**values[worker], "id_": place}
    if cell.rule.rule.startswith("/v1/rulebooks/"):
        return {**values[worker], "id_": "small-county"}
    return dict(values[worker])


def names_a_subject(cell: Cell) -> bool:
    """Whether its address is of one subject, or of something about one."""
    names = cell.rule.arguments & {"id_", "event"}
    return bool(names) and not cell.rule.rule.startswith("/v1/rulebooks/")


@every_read
def test_another_tenant_is_told_nothing(
    county: County, values: dict[str, Any], module_url: str, module_database: Any, cell: Cell
) -> None:
    """Invariant 14: tenants can't see each other, whatever is asked, by whatever name."""
    stranger = County.empty(module_url, module_database).hr
    for address in addresses(cell, named(cell, values, "w1", "east")):
        said = text_of(ask(stranger, cell, address))
        asked = re.compile(rf"\bw[2-6]\b|{values['w4']['event']}|h-w|入户走访|小县")
        assert not asked.search(said), said


@pytest.fixture(scope="module")
def in_the_east(county: County) -> Client:
    """Somebody with every scope but `self` who sees the east alone."""
    return user(county, [scope for scope in ALL_SCOPES if scope != "self"], ["grid-app"], "east-hr", "east")


@every_cell
def test_who_sees_a_part_is_told_of_that_part_alone(
    county: County, in_the_east: Client, values: dict[str, Any], cell: Cell
) -> None:
    for address in addresses(cell, named(cell, values, "w1", "east")):
        answer = ask(in_the_east, cell, address)
        if not cell.is_narrow:
            assert_problem(answer, 403, "access.subtree")
            continue
        whole = ask(county.hr, cell, address).status_code
        assert answer.status_code == whole, answer.text
        assert whole == 200 or cell.rule.rule.startswith("/v1/rulebooks/"), "nothing is told that could be narrow"
        assert not OTHERS.search(text_of(answer)), text_of(answer)
    if cell.is_narrow and names_a_subject(cell):
        for address in addresses(cell, named(cell, values, "w4", "west")):
            assert ask(county.hr, cell, address).status_code == 200
            assert_problem(ask(in_the_east, cell, address), 404, "resource.unknown")


def test_what_is_narrow_tells_of_the_others_whoever_sees_them(county: County, values: dict[str, Any]) -> None:
    """The test above can fail: without the narrowing these lists hold the west."""
    lists = [
        "rankings/2025-03",
        "rankings/2025-03.csv",
        f"events{MARCH}",
        "periods/2025-03/late",
        "outcomes/2025-03",
    ]
    for path in [*lists, "rankings/2025-03/statistics", "rankings/2025-03.xlsx", "rankings/2025-03/notice.html"]:
        answer = call(county.hr, "GET", f"/v1/{path}")
        assert answer.status_code == 200
        assert OTHERS.search(text_of(answer)), path


def test_who_sees_a_part_sees_all_of_it(county: County, in_the_east: Client) -> None:
    ranked = [item["subject"] for item in in_the_east.get(f"/v1/rankings/{PERIOD}").json["items"]]
    assert sorted(ranked) == [f"worker/{worker}" for worker in EAST]
    live = in_the_east.get(f"/v1/rankings/{PERIOD}?view=standing").json["items"]
    assert sorted(item["subject"] for item in live) == [f"worker/{worker}" for worker in EAST]
    listed = in_the_east.get(f"/v1/events{MARCH}").json["items"]
    assert len(listed) == 15
    assert {item["subject"] for item in listed} == {f"worker/{worker}" for worker in EAST}


def test_a_question_for_another_part_finds_nobody(in_the_east: Client) -> None:
    assert in_the_east.get(f"/v1/rankings/{PERIOD}?under=west").json["items"] == []
    assert in_the_east.get("/v1/events?subject=worker/w4").json["items"] == []
    whole = in_the_east.get(f"/v1/rankings/{PERIOD}?under=county").json["items"]
    assert sorted(item["subject"] for item in whole) == [f"worker/{worker}" for worker in EAST]


def test_a_tag_is_worth_nothing_to_who_sees_more(county: County, in_the_east: Client) -> None:
    """What was kept under a narrow view isn't taken for the whole."""
    for path in (f"/v1/rankings/{PERIOD}", f"/v1/rankings/{PERIOD}.csv"):
        tag = in_the_east.get(path).headers["ETag"]
        assert in_the_east.get(path, If_None_Match=tag).status_code == 304
        assert county.hr.get(path, If_None_Match=tag).status_code == 200


def test_who_moves_away_is_seen_where_he_is_and_his_results_where_they_lie(
    module_url: str, module_database: Any
) -> None:
    county = County.small(module_url, module_database)
    county.send(visit("w4", "h1"))
    moved = [
        {"organisation": "west", "post": "staff", "from": "2024-01-01", "to": "2025-06-01"},
        {"organisation": "east", "post": "staff", "from": "2025-06-01"},
    ]
    county.state([], [{"id": "w4", "assignments": moved}])
    scopes = ["roster:read", "events:read", "results:read"]
    east, west = (user(county, scopes, actor=place, under=place) for place in ("east", "west"))
    for path, in_east, in_west in (
        ("/v1/workers/w4", 200, 404),
        (f"/v1/events/{event_of(county, 'w4')}", 200, 404),
        ("/v1/workers/w4/results/2025-03", 404, 200),
        ("/v1/workers/w4/results/2025-07", 200, 404),
    ):
        assert (east.get(path).status_code, west.get(path).status_code) == (in_east, in_west), path


def test_a_part_that_is_moved_or_gone_is_seen_as_it_is_now(module_url: str, module_database: Any) -> None:
    county = County.small(module_url, module_database)
    street = user(county, ["roster:read"], actor="street", under="county")
    nowhere = user(county, ["roster:read", "results:read"], actor="east", under="east")
    assert [street.get(f"/v1/workers/{w}").status_code for w in (*EAST, *WEST)] == [200] * 6
    county.state([], [{"id": w, "assignments": []} for w in EAST])
    assert [nowhere.get(f"/v1/workers/{w}").status_code for w in (*EAST, *WEST)] == [404] * 6
    assert nowhere.get("/v1/organisations/east").status_code == 200


@pytest.fixture(scope="module")
def oneself(county: County) -> Client:
    """A worker who speaks for himself."""
    return user(county, ["self"], actor="worker/w1")


@every_cell
def test_who_speaks_for_himself_is_told_of_himself_alone(
    county: County, oneself: Client, values: dict[str, Any], cell: Cell
) -> None:
    for address in addresses(cell, named(cell, values, "w1", "east")):
        answer = ask(oneself, cell, address)
        if "self" not in cell.instead:
            assert_problem(answer, 403, "access.scope")
        elif cell.rule.rule.startswith("/v1/objections"):
            assert answer.status_code in (200, 404, 415, 422)
        elif address.startswith("/v1/organisations/"):
            assert_problem(answer, 404, "resource.unknown")
        else:
            assert answer.status_code == 200, answer.text
            if "/file" not in address:  # which says when it was made
                assert answer.data == ask(county.hr, cell, address).data
    if "self" in cell.instead and names_a_subject(cell):
        for other, place in (("w2", "east"), ("w4", "west")):
            for address in addresses(cell, named(cell, values, other, place)):
                assert_problem(ask(oneself, cell, address), 404, "resource.unknown")


def test_one_s_own_view_doesn_t_end_at_a_part_of_the_tree(county: County) -> None:
    elsewhere = user(county, ["self"], actor="worker/w1", under="west")
    assert elsewhere.get(f"/v1/workers/w1/results/{PERIOD}").status_code == 200
    assert elsewhere.get("/v1/workers/w1").status_code == 200
    assert elsewhere.get("/v1/objections").status_code == 200
    assert_problem(elsewhere.get("/v1/workers/w4"), 404, "resource.unknown")


def test_whoever_asks_for_a_worker_that_there_is_not_is_told_the_same(oneself: Client) -> None:
    """404 doesn't say who is in the roster."""
    said = []
    for worker in ("w2", "w99"):
        answer = oneself.get(f"/v1/workers/{worker}/results/{PERIOD}")
        assert_problem(answer, 404, "resource.unknown")
        said.append(answer.json["title"].replace(worker, "-"))
    assert said[0] == said[1]
