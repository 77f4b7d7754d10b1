"""Rankings read right after an answer: whoever was told that an event is created finds it in the next ranking.

Each sender has a worker of its own, so it knows what that worker's total must be, and of the others at least what they
had been told before it asked.
"""

import json
import random
import time
from decimal import Decimal
from functools import partial
from threading import Lock

from tests.county import RULEBOOK, visit
from tests.faults.crew import work
from tests.faults.line import PATIENCE_SECONDS, Flight, Line, NoAnswer
from tests.faults.sender import Sender

MOST_SECONDS = 3600.0
WORKERS = tuple(f"w{number}" for number in range(1, 9))
PERIOD = "2025-03"
EACH, WITHOUT = Decimal("0.01"), Decimal(30)  # points of a visit; of somebody whom nobody rated
MOST_VISITS = 6000  # more have no points
# The small county's, but for a step so small that every visit is seen.
RULES = RULEBOOK.replace("give: {each: 10}", f"give: {{each: {EACH}}}")


class Told:
    """How many visits of each worker were answered created."""

    def __init__(self) -> None:
        """None yet."""
        self._counts = dict.fromkeys(WORKERS, 0)
        self._lock = Lock()

    def add(self, worker: str, visits: int) -> None:
        """So many more were."""
        with self._lock:
            self._counts[worker] += visits

    def totals(self) -> dict[str, Decimal]:
        """What everybody has at least."""
        with self._lock:
            return {f"worker/{worker}": WITHOUT + EACH * visits for worker, visits in self._counts.items()}


def read_what_was_told(port: int, sender: str, reader: str, tries: int, seed: int) -> list[str]:
    """Send, be answered, read at once, so often; everything that a ranking lacked or had too much."""
    told, wrong, ends_at = Told(), list[str](), time.monotonic() + MOST_SECONDS
    each = -(-tries // len(WORKERS))
    assert 2 * each < MOST_VISITS

    def try_it(worker: str) -> None:
        dice, sending = random.Random(f"{seed}/{worker}"), Sender(port, sender, odd=wrong)
        reading = Line(port, Flight(), PATIENCE_SECONDS)
        done = 0
        while done < each:
            assert time.monotonic() < ends_at, f"{done} of {each} tries"
            visits = dice.choice([1, 1, 3])
            outcomes = sending.send([visit(worker, f"{done}-{number}") for number in range(visits)])
            told.add(worker, outcomes.count("created"))
            wrong.extend(f"answered {outcome}" for outcome in outcomes if outcome != "created")
            wrong.extend(_lacking(reading, reader, f"worker/{worker}", told))
            done += 1
        reading.close()
        sending.line.close()

    work([partial(try_it, worker) for worker in WORKERS], MOST_SECONDS + 60)
    return wrong


def _lacking(line: Line, token: str, own: str, told: Told) -> list[str]:
    least = told.totals()
    try:
        answer = line.exchange("GET", f"/v1/rankings/{PERIOD}?limit=100", {"Authorization": f"Bearer {token}"})
    except NoAnswer:
        return ["no ranking"]
    if answer.status != 200:
        return [f"a ranking was answered {answer.status}: {answer.body[:200]!r}"]
    found = {item["subject"]: Decimal(item["total"]) for item in json.loads(answer.body)["items"]}
    wrong = [f"{who} has {found.get(who)}, not {least[who]}" for who in [own] if found.get(who) != least[who]]
    return wrong + [
        f"{who} has {found.get(who)}, less than {total}" for who, total in least.items() if found.get(who, 0) < total
    ]
