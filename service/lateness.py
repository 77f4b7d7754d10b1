"""Events that came after their period was published: where they count, and what is told of them.

Where a rulebook says `late: carry`, a late event counts in the earliest later period of the same kind whose first
revision doesn't lie before it; by `late: refuse` nowhere. All that decides are positions: of the event (for what
replaces another, of that one), and the watermarks of first revisions. So a run finds the same for ever: no first
revision gets a watermark before that of a run which is there.
"""

from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from service import cursors, journal, seeing
from service.database.transactions import Transaction, json
from service.errors import Finding, Problem, finding
from service.explanation.words import Words, say
from service.periods import Period, parse
from service.rulebooks import store
from service.rulebooks.store import Ruling

Said = dict[str, Any]


@dataclass(frozen=True)
class Earlier:
    """The published periods before one, nearest first, each with the position after which its events are carried.

    `published` are all periods of the rulebook that are, of any kind; `published_at` their watermarks and positions.
    """

    periods: list[tuple[Period, int]]
    published: list[Period]
    published_at: list[tuple[int, int | None]]

    def is_new_to(self, watermark: int) -> bool:
        """Whether one was published unseen by what was computed up to a watermark, and makes events of it late."""
        return any(w < watermark and (at is None or at > watermark) for w, at in self.published_at)

    def widened(self, period: Period, values: Said) -> Said:
        """Where to look for what changed: wherever an event may lie that is carried, or was, here or into a part."""
        if not self.published:
            return {"admitting": [period.text]}
        return {
            "seen_from": "-infinity",
            "periods": values["periods"] + [text for p in self.published for text in p.contained()],
            "admitting": [period.text, *(p.text for p in self.published)],
        }

    def admitting(self, period: Period) -> list[str]:
        """The periods into which what counts in one may be let in."""
        return [period.text, *(p.text for p, _ in self.periods)]

    def carried(self, transaction: Transaction, ruling: Ruling, looks_back: int, values: Said) -> Said:
        """The events that are carried into the period, and from when on to look for what belongs to them."""
        if not self.periods:
            return {}
        first, _ = self.periods[-1]
        rows = transaction.all(
            "carried",
            **values,
            earlier=json([_told(p, after, ruling.timezone) for p, after in self.periods]),
            earlier_starts=first.bounds(ruling.timezone)[0],
            earlier_periods=[text for p, _ in self.periods for text in p.contained()],
            earlier_after=self.periods[0][1],
        )
        homes = [p for p, _ in self.periods if any(row.period == p.text for row in rows)]
        seen_from = [home.months_before(looks_back, ruling.timezone) for home in homes]
        return {"carried": [row.event_id for row in rows], "seen_from": min([values["seen_from"], *seen_from])}


def earlier(transaction: Transaction, ruling: Ruling, period: Period) -> Earlier:
    """The periods whose late events may count in one: of its kind, published one after the other up to it."""
    if not _carries(ruling):
        return Earlier([], [], [])
    first = {row.period: row for row in transaction.all("first_revisions", rulebook_id=ruling.id)}
    before = reversed(period.before(period.kind, len(first))) if first else []
    found = [(p, first[p.text]) for p in takewhile(lambda p: p.text in first, before)]
    after = [max(row.watermark for _, row in found[: n + 1]) for n in range(len(found))]
    periods = [(p, position) for (p, _), position in zip(found, after, strict=True)]
    published_at = [(row.watermark, row.position) for row in first.values()]
    return Earlier(periods, [parse(text) for text in first], published_at)


def abreast(transaction: Transaction, ruling: Ruling, watermark: int) -> int:
    """The watermark up to which a period is published, for the holder of the rulebook's lock: at least the given one.

    What another run was made of must not become late for a period that it took as unpublished, and what was let in
    where it belongs must not be carried too. To seal here makes others wait: only where that came meanwhile.
    """
    newest = transaction.one("newest_watermark", rulebook_id=ruling.id, watermark=watermark)
    return journal.seal(transaction) if newest.is_blind else max(watermark, int(newest.watermark))


def _carries(ruling: Ruling) -> bool:
    return bool(ruling.document["periods"].get("late") == "carry")


def _told(period: Period, after: int, timezone: str) -> Said:
    starts, ends = (instant.isoformat() for instant in period.bounds(timezone))
    return {"period": period.text, "starts": starts, "ends": ends, "after": after, "periods": period.contained()}


def late_events(
    transaction: Transaction,
    period: Period,
    rulebook: str | None,
    after: str | None,
    limit: int,
    sees: str | None = None,
) -> dict[str, Any]:
    """What came for a period after it was published, where each event counts, and why there; of whom one `sees`."""
    ruling = store.ruling(transaction, period, rulebook)
    chain = transaction.one("chain")
    life = f"late@{chain.epoch}"
    of, start = cursors.decode(after, str, int) if after else (life, 0)
    cursors.refuse_other(of, life)
    if start > chain.position:  # a copy of the whole server came back, which has the same epoch
        raise Problem("page.restored")
    rows = _late(transaction, ruling, period, None, start, limit + 1, sees)
    following = cursors.encode(life, rows[limit - 1].position) if len(rows) > limit else None
    places = _Places(transaction, ruling, period)
    return {"items": [_item(row, places) for row in rows[:limit]], "next": following}


def refused(transaction: Transaction, ruling: Ruling, period: Period, events: list[UUID]) -> list[Finding]:
    """Which of these events can't be let in: they count in a later period, which is published as it is."""
    places = _Places(transaction, ruling, period)
    found = []
    for row in _late(transaction, ruling, period, events, 0, len(events)):
        code, place = places.of(row)
        if code == "carried" and places.is_settled(place):
            n = events.index(UUID(row.event))
            found.append(finding(f"/admit/{n}", "event.carried", period=place.text if place else ""))
    return found


def _late(
    transaction: Transaction,
    ruling: Ruling,
    period: Period,
    events: list[UUID] | None,
    after: int,
    limit: int,
    sees: str | None = None,
) -> list[Any]:
    values = {"rulebook_id": ruling.id, "period": period.text, "periods": period.contained(), **seeing.parameters(sees)}
    return list(transaction.all("late_events", **values, only=events, after=after, limit=limit))


class _Places:
    """Where the late events of one period count."""

    def __init__(self, transaction: Transaction, ruling: Ruling, period: Period) -> None:
        self._transaction = transaction
        self._ruling = ruling
        self._period = period
        self._first = {r.period: r.watermark for r in transaction.all("first_revisions", rulebook_id=ruling.id)}
        self._takes: dict[Period, bool] = {}

    def of(self, row: Any) -> tuple[str, Period | None]:
        """Why an event counts where it does, and in which period; None for nowhere."""
        if row.reversed:
            return "reversed", None
        if row.admitted:
            return "admitted", self._period
        if row.came_at <= self._first[self._period.text]:
            return "replacement", self._period
        place = self._period.following()
        while self._first.get(place.text, row.came_at) < row.came_at:
            place = place.following()
        if place not in self._takes:
            self._takes[place] = _carries(store.ruling(self._transaction, place, self._ruling.id))
        return ("carried", place) if self._takes[place] else ("refused", None)

    def is_settled(self, place: Period | None) -> bool:
        """Whether a period is published and isn't taken up again."""
        if place is None or place.text not in self._first:
            return False
        keys = {"rulebook_id": self._ruling.id, "period": place.text}
        return bool(self._transaction.one("period_state", **keys).state != "closing")


def _item(row: Any, places: _Places) -> Said:
    code, place = places.of(row)
    return {
        "event": row.event,
        "id": row.id,
        "source": row.source,
        "type": row.type,
        "subject": row.subject,
        "time": row.time.isoformat(),
        "period": row.period,
        "position": row.position,
        "admitted": row.admitted,
        "reversed": row.reversed,
        "counts_in": place.text if place else None,
        "because": {"code": code, "sentence": _because(code, place).json()},
    }


def _because(code: str, place: Period | None) -> Words:
    zh, en = _BECAUSE[code]
    return say(zh, en, period=place.text if place else "")


_BECAUSE = {
    "admitted": ("经更正指名补入 {period}。", "A correction let it in by name: it counts in {period}."),
    "replacement": (
        "替换按时到达的事实，计入 {period}。",
        "It stands in the place of an event that came in time: it counts in {period}.",
    ),
    "carried": ("迟到，结转计入 {period}。", "It came late and is carried: it counts in {period}."),
    "refused": ("迟到，不计分。", "It came late and counts nowhere."),
    "reversed": ("已撤销，不计分。", "It was taken back and counts nowhere."),
}
