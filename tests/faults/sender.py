"""A sending system: its line, its token, and what the answers say of each event that it sent."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from tests.faults.ledger import Word
from tests.faults.line import PATIENCE_SECONDS, Answer, Flight, Line, NoAnswer

Outcome = Literal["created", "duplicate", "conflict", "rejected", "doubt"]

# What the ledger makes of an outcome.
WORDS: dict[Outcome, Word] = {
    "created": "created",
    "duplicate": "duplicate",
    "conflict": "refused",
    "rejected": "refused",
    "doubt": "doubt",
}
PATH = "/v1/events"
_STATUSES = {"created": 201, "duplicate": 200, "conflict": 409, "rejected": 422}


class Sender:
    """Sends one event or a batch at a time. `odd` are answers that nothing excuses, and nobody's fault is hidden."""

    def __init__(
        self,
        port: int,
        token: str,
        flight: Flight | None = None,
        odd: list[str] | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """To the service at this port; several senders may share `flight` and `odd`."""
        self.line = Line(port, flight or Flight(), patience_seconds)
        self.odd: list[str] = [] if odd is None else odd
        self.failures = 0  # answers of 500 and more
        self.unanswered = 0
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def send(self, bodies: Sequence[dict[str, Any]], batch: bool | None = None) -> list[Outcome]:
        """What is answered of each event; all in doubt where there is no answer, or a failure."""
        batch = len(bodies) > 1 if batch is None else batch
        try:
            answer = self.line.exchange("POST", PATH, self._headers, _text(bodies, batch))
        except NoAnswer:
            self.unanswered += 1
            return ["doubt"] * len(bodies)
        return self._outcomes(answer, bodies, batch)

    def hang_up(self, bodies: Sequence[dict[str, Any]], batch: bool) -> list[Outcome]:
        """Send and go away: everything is in doubt."""
        try:
            self.line.hang_up("POST", PATH, self._headers, _text(bodies, batch))
        except NoAnswer:
            self.unanswered += 1
        return ["doubt"] * len(bodies)

    def _outcomes(self, answer: Answer, bodies: Sequence[dict[str, Any]], batch: bool) -> list[Outcome]:
        if answer.status >= 500:
            self.failures += 1
            self.odd += odd_failure(answer)
            return ["doubt"] * len(bodies)
        said = json.loads(answer.body)
        if batch and answer.status in (200, 207):
            return self._of_batch(answer, said["items"], bodies)
        outcomes: dict[int, Outcome] = {201: "created", 200: "duplicate", 409: "conflict", 422: "rejected"}
        if batch or answer.status not in outcomes:
            self.odd.append(f"{answer.status}: {answer.body[:200]!r}")
            return ["rejected"] * len(bodies)
        outcome = outcomes[answer.status]
        if answer.status < 400 and (said["result"], said["id"]) != (outcome, bodies[0]["id"]):
            self.odd.append(f"{answer.status} for {bodies[0]['id']}: {answer.body[:200]!r}")
        return [outcome]

    def _of_batch(self, answer: Answer, items: list[Any], bodies: Sequence[dict[str, Any]]) -> list[Outcome]:
        together = zip(items, bodies, strict=False)
        # An event whose attributes can't be read is refused without its id.
        named = [item.get("id") or (item["result"] == "rejected" and body["id"]) for item, body in together]
        if len(items) != len(bodies) or named != [body["id"] for body in bodies]:
            self.odd.append(f"not one answer per event, in order: {answer.body[:200]!r}")
        outcomes: list[Outcome] = [item["result"] for item in items]
        good = set(outcomes) <= {"created", "duplicate"}
        if answer.status != (200 if good else 207) or not set(outcomes) <= _STATUSES.keys():
            self.odd.append(f"{answer.status} for {sorted(set(outcomes))}")
        return outcomes


def odd_failure(answer: Answer) -> list[str]:
    """A failure must say so in the one way that clients can rely on; what is odd about this one."""
    stated = answer.status, answer.content_type, bool(answer.retry_after)
    return [] if stated == (503, "application/problem+json", True) else [f"{stated}: {answer.body[:200]!r}"]


def _text(bodies: Sequence[dict[str, Any]], batch: bool) -> bytes:
    return json.dumps(bodies if batch else bodies[0]).encode()
