"""POST /v1/corrections: many events taken back or amended at once, each answered as if it had come alone."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from service.database.transactions import Transaction
from service.settings import Settings
from tests.county import SOURCE, County, visit
from tests.http.asking import assert_problem, errors_of, nothing_written, user, written

REASON = "入户记录有误"
SEVERAL = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_rounds = count(1)


def correct(county: County, *items: Any, how: str = "") -> TestResponse:
    return county.sender.post(f"/v1/corrections{how}", list(items))


def results(answer: TestResponse) -> list[str]:
    """What became of each item; the answer has the shape that the OpenAPI document says."""
    return [item["result"] for item in answer.json["items"]]


def refused(answer: TestResponse) -> list[list[tuple[str, str]]]:
    return [errors_of(item) for item in answer.json["items"]]


def sent(county: County, many: int, worker: str = "w1") -> list[dict[str, Any]]:
    """Events that were sent, each with what the service calls it."""
    events = [visit(worker, f"h{next(_rounds)}") for _ in range(many)]
    return [{**said, "event": answer["event"]} for said, answer in zip(events, county.send(*events), strict=True)]


def named(event: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A correction of an event by the service's id."""
    return {"event": event["event"], "reason": REASON, **more}


def visits(county: County, worker: str) -> str:
    """The points of a worker's visits in March."""
    return str(next(line["points"] for line in county.result(worker, "2025-03")["lines"] if line["id"] == "visits"))


def test_events_are_taken_back_and_amended_together(fresh: County) -> None:
    first, second, third = sent(fresh, 3)
    assert visits(fresh, "w1") == "30.00"
    other = visit("w2", "h1")
    before = written(fresh)
    answer = correct(
        fresh,
        named(first),
        {"source": SOURCE, "id": second["id"], "reason": "another"},
        named(third, replacement=other),
    )
    assert (answer.status_code, results(answer)) == (200, ["created"] * 3), answer.json
    replaced_by = answer.json["items"][2]["replaced_by"]
    assert [item["event"] for item in answer.json["items"]] == [one["event"] for one in (first, second, third)]
    assert [item["replaced_by"] for item in answer.json["items"]] == [None, None, replaced_by]
    assert (visits(fresh, "w1"), visits(fresh, "w2")) == ("0.00", "10.00")
    assert fresh.hr.get(f"/v1/events/{second['event']}").json["reversed_because"] == "another"
    assert fresh.hr.get(f"/v1/events/{replaced_by}").json["replaces"] == third["event"]
    assert written(fresh) == (before[0] + 1, before[1] + 4)  # a reversal each, and one entry for what came in


def test_every_correction_has_a_position(fresh: County) -> None:
    """Invariant 15: the chain is as long as what was written."""
    events = sent(fresh, 3)
    correct(fresh, *(named(event, replacement=visit("w2", "h1")) for event in events))
    fresh.ranking("2025-03")
    with psycopg.connect(fresh.url) as connection:
        [entries, positions, head] = connection.execute(
            "SELECT count(*) FILTER (WHERE action = 'event.reverse'), sum(size), max(position)"
            " FROM audit_entry JOIN chain_head USING (tenant_id) WHERE tenant_id = %s",
            [fresh.tenant_id],
        ).fetchone() or (0, 0, 0)
    assert (entries, positions) == (3, head)


def test_the_same_batch_again_is_answered_alike(shared: County) -> None:
    """A time-out is ambiguous: who repeats it must be safe."""
    first, second = sent(shared, 2)
    batch = [named(first), named(second, replacement=visit("w2", "h1"))]
    said = correct(shared, *batch).json["items"]
    with nothing_written(shared):
        again = correct(shared, *batch)
    assert (again.status_code, results(again)) == (200, ["duplicate", "duplicate"])
    assert [{**item, "result": "created"} for item in again.json["items"]] == said


def test_what_is_refused_leaves_the_others(shared: County) -> None:
    reversed_, amended, known, kept, good = sent(shared, 5)
    correct(shared, named(reversed_))
    theirs = user(shared, ["events:write"], ["other-app"], "other")
    foreign = theirs.post("/v1/events", {**visit("w1", "h1"), "source": "other-app"}).json["event"]
    answer = correct(
        shared,
        {**named(reversed_), "reason": "other"},
        {"event": foreign, "reason": REASON},
        {"source": "other-app", "id": "x", "reason": REASON},
        {"event": "00000000-0000-0000-0000-000000000007", "reason": REASON},
        {"event": "v1", "reason": REASON},
        named(amended, replacement={**visit("w2", "h1"), "data": {}}),
        named(known, replacement={key: said for key, said in kept.items() if key != "event"}),
        named(kept, replacement={**visit("w2", "h9"), "id": good["id"]}),
        named(good),
    )
    assert answer.status_code == 207
    assert results(answer) == ["conflict", *["rejected"] * 6, "conflict", "created"]
    assert refused(answer) == [
        [("", "event.reversed")],
        [("/event", "source.forbidden")],
        [("/id", "event.unknown")],
        [("/event", "event.unknown")],
        [("/event", "event.unknown")],
        [("/replacement/data/household", "field.required")],
        [("/replacement/id", "event.known")],
        [("/replacement", "event.conflict")],
        [],
    ]
    said = [shared.hr.get(f"/v1/events/{event['event']}").json["reversed_at"] for event in (amended, known, kept)]
    assert said == [None, None, None]


@pytest.mark.parametrize(
    ("item", "errors"),
    [
        (1, [("", "field.object")]),
        ({}, [("/reason", "field.required")]),
        ({"reason": REASON}, [("", "correction.named")]),
        ({"reason": REASON, "source": SOURCE}, [("", "correction.named")]),
        ({"reason": REASON, "source": SOURCE, "id": "a", "event": "b"}, [("", "correction.named")]),
        ({"reason": REASON, "event": "b", "replacement": None}, [("/replacement", "field.null")]),
        ({"reason": "", "event": "b"}, [("/reason", "text.length")]),
        ({"reason": REASON, "event": "b", "because": 1}, [("/because", "field.unknown")]),
        ({"reason": REASON, "event": 7}, [("/event", "text.expected")]),
        ({"reason": REASON, "source": "\x00", "id": "a"}, [("/source", "text.character")]),
    ],
)
def test_an_item_that_cannot_be_read_is_rejected_at_its_field(
    shared: County, item: Any, errors: list[tuple[str, str]]
) -> None:
    with nothing_written(shared):
        answer = correct(shared, item)
    assert (answer.status_code, results(answer)) == (207, ["rejected"])
    assert refused(answer) == [errors]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{}", "application/json", 422, "request.invalid"),
        ("[", "application/json", 400, "request.malformed"),
        ("[]", "text/plain", 415, "request.media_type"),
    ],
)
def test_a_body_that_is_no_list_is_refused(shared: County, body: str, kind: str, status: int, code: str) -> None:
    assert_problem(shared.sender.post_text("/v1/corrections", body, kind), status, code)


def test_the_openapi_document_says_what_a_correction_is(shared: County) -> None:
    said = shared.anonymous.get("/openapi.json").json
    asked = said["paths"]["/v1/corrections"]["post"]
    items = asked["requestBody"]["content"]["application/json"]["schema"]["items"]["$ref"]
    properties = said["components"]["schemas"][items.rsplit("/", 1)[1]]["properties"]
    assert set(properties) == {"event", "source", "id", "reason", "replacement"}
    assert {"200", "207"} <= set(asked["responses"])


def test_nothing_to_correct_is_a_success(shared: County) -> None:
    answer = correct(shared)
    assert (answer.status_code, answer.json) == (200, {"items": []})


def test_a_batch_has_an_end(url: str, database: Any) -> None:
    county = County.small(url, database, Settings(max_batch_events=2))
    with nothing_written(county):
        answer = correct(county, *[{}] * 3)
    assert_problem(answer, 413, "request.too_many")


def test_all_or_none(shared: County) -> None:
    first, second = sent(shared, 2)
    correct(shared, named(second))
    batch = [named(first), named(first, replacement=visit("w2", "h1")), named(second)]
    with nothing_written(shared):
        answer = correct(shared, *batch, how="?atomic=true")
    assert_problem(answer, 422, "event.aborted")
    assert [item["result"] for item in answer.json["items"]] == ["aborted", "conflict", "aborted"]
    answer = correct(shared, batch[0], batch[2], how="?atomic=true")
    assert (answer.status_code, results(answer)) == (200, ["created", "duplicate"])


def test_a_dry_run_answers_and_writes_nothing(shared: County) -> None:
    first, second = sent(shared, 2)
    batch = [named(first), named(second, replacement=visit("w2", "h1")), named(second)]
    with nothing_written(shared):
        tried = correct(shared, *batch, how="?dry_run=true")
    assert (tried.status_code, results(tried)) == (207, ["created", "created", "conflict"])
    assert correct(shared, *batch).json == tried.json


def test_the_same_event_twice_in_a_batch(shared: County) -> None:
    first, second = sent(shared, 2)
    amendment = named(second, replacement=visit("w2", "h1"))
    answer = correct(shared, named(first), named(first), {**named(first), "reason": "other"}, amendment, amendment)
    assert results(answer) == ["created", "duplicate", "conflict", "created", "duplicate"]
    assert refused(answer)[2] == [("", "event.reversed")]


def test_what_replaced_an_event_may_be_amended_in_the_same_batch(shared: County) -> None:
    """The last of a chain counts where the first did."""
    [first] = sent(shared, 1)
    second, third = visit("w2", "h2"), visit("w3", "h3")
    answer = correct(
        shared,
        named(first, replacement=second),
        {"source": SOURCE, "id": second["id"], "reason": REASON, "replacement": third},
    )
    assert results(answer) == ["created", "created"]
    one, other = answer.json["items"]
    assert one["replaced_by"] == other["event"]
    assert shared.hr.get(f"/v1/events/{other['replaced_by']}").json["replaces"] == other["event"]


def test_batches_that_name_the_same_events_wait_for_each_other(fresh: County) -> None:
    """Invariant 3: an event is reversed once, whoever is first; nobody fails."""
    events = sent(fresh, 20)
    batches = [[named(event) for event in ordered] for ordered in (events, events[::-1])]
    askers = [(client, batch) for client in (fresh.sender, fresh.hr) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda asker: asker[0].post("/v1/corrections", asker[1]), askers))
    assert {answer.status_code for answer in answers} <= {200, 207}
    assert sum(results(answer).count("created") for answer in answers) == 20


def test_replacements_and_the_same_events_sent_beside_them_wait_for_each_other(fresh: County) -> None:
    """Invariant 2: one event once, whether it came as a replacement or by itself; nobody fails."""
    events, others = sent(fresh, 30), [visit("w2", f"h{n}") for n in range(30)]
    batch = [named(event, replacement=other) for event, other in zip(events, others, strict=True)]
    with ThreadPoolExecutor(2) as pool:
        asked = [("/v1/corrections", batch), ("/v1/events", others[::-1])]
        answers = list(pool.map(lambda one: fresh.sender.post(*one), asked))
    corrected, stored = (answer.json["items"] for answer in answers)
    stored_alone = {item["id"] for item in stored if item["result"] == "created"}
    for other, item in zip(others, corrected, strict=True):
        assert item["result"] == ("rejected" if other["id"] in stored_alone else "created"), item


def test_many_take_no_more_statements_than_a_few(fresh: County, monkeypatch: pytest.MonkeyPatch) -> None:
    executed: list[str] = []
    execute = Transaction._execute

    def counted(self: Transaction, name: str, values: dict[str, Any]) -> Any:
        executed.append(name)
        return execute(self, name, values)

    monkeypatch.setattr(Transaction, "_execute", counted)
    taken = []
    for many in (2, 2, 200):  # the first also learns whom the sender means
        batch = [named(event, replacement=visit("w2", "h1")) for event in sent(fresh, many)]
        executed.clear()
        assert set(results(correct(fresh, *batch))) == {"created"}
        taken.append(list(executed))
    assert taken[1] == taken[2]


actions = st.tuples(
    st.integers(0, 4),  # which event: two that were sent, three that may come as replacements
    st.sampled_from([None, 2, 3, 4]),  # what replaces it
    st.sampled_from(["a", "b"]),  # why
    st.sampled_from(["good", "good", "other", "bad"]),  # what the replacement says
)


def corrections_of(round_: int, drawn: list[tuple[int, int | None, str, str]]) -> list[dict[str, Any]]:
    """The same corrections of the events of a round."""
    said = []
    for event, by, reason, content in drawn:
        one: dict[str, Any] = {"source": SOURCE, "id": f"r{round_}-{event}", "reason": reason}
        if by is not None:
            data = {} if content == "bad" else {"household": content}
            one["replacement"] = {**visit("w1", "h1"), "id": f"r{round_}-{by}", "data": data}
        said.append(one)
    return said


def state(county: County, round_: int) -> list[Any]:
    """What became of the events of a round, and how many entries and positions that took."""
    with psycopg.connect(county.url) as connection:
        rows = connection.execute(
            "SELECT split_part(e.id, '-', 2), e.data, split_part(b.id, '-', 2), m.reason, split_part(o.id, '-', 2),"
            " (v.root_entry_id = o.entry_id), a.action, a.size"
            " FROM event e LEFT JOIN reversal v USING (tenant_id, event_id)"
            " LEFT JOIN event b ON b.tenant_id = e.tenant_id AND b.event_id = v.replaced_by"
            " LEFT JOIN event o ON o.tenant_id = e.tenant_id AND o.event_id = v.root_id"
            " LEFT JOIN remark m ON m.tenant_id = e.tenant_id AND m.entry_id = v.entry_id"
            " LEFT JOIN audit_entry a ON a.tenant_id = e.tenant_id AND a.entry_id = v.entry_id"
            " WHERE e.tenant_id = %s AND e.id LIKE %s ORDER BY 1",
            [county.tenant_id, f"r{round_}-%"],
        ).fetchall()
    return list(rows)


@SEVERAL
@given(drawn=st.lists(actions, min_size=1, max_size=7))
def test_a_batch_is_what_its_items_are_one_by_one(
    shared: County, drawn: list[tuple[int, int | None, str, str]]
) -> None:
    """Whatever builds on what: the same answers, events, reversals and reasons."""
    together, apart = next(_rounds), next(_rounds)
    for round_ in (together, apart):
        shared.send(*({**visit("w1", "h"), "id": f"r{round_}-{event}"} for event in (0, 1)))
    answer = correct(shared, *corrections_of(together, drawn))
    alone = [correct(shared, one) for one in corrections_of(apart, drawn)]
    assert results(answer) == [result for one in alone for result in results(one)]
    assert refused(answer) == [errors for one in alone for errors in refused(one)]
    assert state(shared, together) == state(shared, apart)
