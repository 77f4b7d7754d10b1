"""ETag and 304: an answer about results is asked for again by its tag, which changes when the answer may have."""

from collections.abc import Callable
from typing import Any

import pytest

from service import journal
from service.database.transactions import Transaction
from tests.county import ALL_SCOPES, SOURCE, TYPES, County, visit
from tests.http.asking import assert_problem

PATHS = [
    "/v1/rankings/2025-03",
    "/v1/rankings/2025-03?tier=incompetent&sort=-total",
    "/v1/rankings/2025-03?view=standing&limit=2",
    "/v1/outcomes/2025-03",
    "/v1/workers/w1/results/2025-03",
    "/v1/workers/w1/results/2025-03?view=standing",
]


@pytest.fixture(scope="module")
def published(module_url: str, shared: County) -> County:
    """A county whose March is published."""
    county = County.small(module_url, shared.database)
    county.send(visit("w1", "h1"))
    publish(county)
    return county


def publish(county: County) -> None:
    """Close and publish March."""
    county.hr.post("/v1/periods/2025-03/close")
    assert county.hr.post("/v1/periods/2025-03/publish").status_code == 200


def tag(county: County, path: str) -> str:
    """The tag of what is answered now."""
    answer = county.hr.get(path)
    assert answer.status_code == 200, answer.json
    assert answer.headers["Cache-Control"] == "private, no-cache"
    return answer.headers["ETag"]


@pytest.mark.parametrize("path", PATHS)
def test_who_has_the_answer_is_told_so(published: County, path: str) -> None:
    known = tag(published, path)
    assert known.startswith('W/"')
    answer = published.hr.get(path, If_None_Match=f'"other", {known}')
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == known
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("path", PATHS)
def test_who_has_another_answer_is_sent_this_one(published: County, path: str) -> None:
    answer = published.hr.get(path, If_None_Match='W/"0123456789abcdef"')
    assert answer.status_code == 200
    assert answer.json == published.hr.get(path).json


def test_a_known_tag_opens_nothing_without_a_token(published: County) -> None:
    known = tag(published, PATHS[0])
    assert_problem(published.anonymous.get(PATHS[0], If_None_Match=known), 401, "access.unknown_token")


def test_a_refusal_has_no_tag(published: County) -> None:
    answer = published.hr.get("/v1/rankings/2025-03?after=nonsense")
    assert answer.status_code == 422
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def declare_other_title(county: County) -> None:
    """The words of an event type, which explanations quote."""
    declaration = {**TYPES["visit.done"], "title": "走访"}
    assert county.hr.put("/v1/event-types/visit.done", declaration).status_code == 200


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/v1/rankings/2025-03?view=standing", lambda county: county.send(visit("w2", "h2"))),
        ("/v1/rankings/2025-03", lambda county: county.hr.post("/v1/periods/2025-03/reopen", {"reason": "why"})),
        ("/v1/workers/w1/results/2025-03", declare_other_title),
        ("/v1/outcomes/2025-03", declare_other_title),
    ],
)
def test_the_tag_changes_with_what_is_answered(fresh: County, path: str, change: Callable[[County], object]) -> None:
    fresh.send(visit("w1", "h1"))
    publish(fresh)
    known = tag(fresh, path)
    change(fresh)
    answer = fresh.hr.get(path, If_None_Match=known)
    assert answer.status_code == 200
    assert answer.headers["ETag"] != known


def test_a_standing_that_nothing_touched_keeps_its_tag(fresh: County) -> None:
    known = tag(fresh, "/v1/rankings/2025-03")
    fresh.send(visit("w1", "h1", "2025-07-10T09:00:00+08:00"))
    assert fresh.hr.get("/v1/rankings/2025-03", If_None_Match=known).status_code == 304
    assert fresh.hr.get("/v1/rankings/2025-03", If_None_Match=known).status_code == 304


def test_a_standing_is_brought_up_to_date_by_who_is_told_that_nothing_changed(fresh: County) -> None:
    """Invariant 9: what was computed for an answer that isn't sent is kept all the same."""
    known = tag(fresh, "/v1/rankings/2025-03")
    fresh.send(visit("w1", "h1", "2025-07-10T09:00:00+08:00"))
    assert fresh.hr.get("/v1/rankings/2025-03", If_None_Match=known).status_code == 304
    with fresh.database.transaction(fresh.tenant_id) as transaction:
        head = transaction.one("head")
        [standing] = transaction.all("standings_watched", limit=5)
        row = transaction.one("standing", rulebook=standing.rulebook_no, period="2025-03", again=0)
    assert (row.watermark, head.waiting) == (head.position, False)


def test_a_roll_up_is_tagged_with_what_it_read(fresh: County) -> None:
    """Its answer names the revisions that were corrected since."""
    for month in range(1, 13):
        period = f"2025-{month:02}"
        fresh.hr.post(f"/v1/periods/{period}/close")
        assert fresh.hr.post(f"/v1/periods/{period}/publish").status_code == 200
    fresh.hr.post("/v1/periods/2025/close")
    assert fresh.hr.post("/v1/periods/2025/publish").status_code == 200
    known = tag(fresh, "/v1/rankings/2025")
    assert fresh.hr.get("/v1/rankings/2025", If_None_Match=known).status_code == 304
    fresh.hr.post("/v1/periods/2025-03/reopen", {"reason": "a mistake"})
    answer = fresh.hr.get("/v1/rankings/2025", If_None_Match=known)
    assert answer.status_code == 200
    assert [one["period"] for one in answer.json["inputs_revised"]] == ["2025-03"]


def test_a_revision_is_looked_up_once_while_nothing_is_written(fresh: County, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(fresh)
    journal.sealed(fresh.database, fresh.tenant_id)
    executed: list[str] = []
    execute = Transaction._execute

    def noted(self: Transaction, name: str, values: dict[str, Any]) -> Any:
        executed.append(name)
        return execute(self, name, values)

    monkeypatch.setattr(Transaction, "_execute", noted)
    known = tag(fresh, PATHS[0])
    executed.clear()
    for _ in range(3):
        assert fresh.hr.get(PATHS[0], If_None_Match=known).status_code == 304
    assert executed == ["head"] * 3
    executed.clear()
    fresh.send(visit("w1", "h1"))
    assert fresh.hr.get(PATHS[0], If_None_Match=known).status_code == 304
    assert "at_hand" in executed


@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_revision_that_is_remembered_never_hides_what_was_written_since(fresh: County, is_sealed: bool) -> None:
    """Invariant 15: every write leaves an entry, which the next reader notices, with a position or without."""
    publish(fresh)

    def seen() -> tuple[str, int]:
        if is_sealed:
            journal.sealed(fresh.database, fresh.tenant_id)
        shown = [fresh.hr.get(PATHS[0]).json for _ in range(2)]
        assert shown[0] == shown[1]
        return shown[0]["state"], shown[0]["revision"]

    journal.sealed(fresh.database, fresh.tenant_id)
    assert seen() == ("provisional", 1)
    fresh.hr.post("/v1/periods/2025-03/reopen", {"reason": "a mistake"})
    assert seen() == ("closing", 1)
    second = fresh.user("second", ALL_SCOPES, [SOURCE])
    assert second.post("/v1/periods/2025-03/publish").status_code == 200
    assert seen() == ("provisional", 2)
    assert fresh.hr.post("/v1/periods/2025-03/finalise").status_code == 200
    assert seen() == ("final", 2)
    assert fresh.hr.get("/v1/rankings/2025-03?revision=1").json["revision"] == 1
