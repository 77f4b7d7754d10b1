"""What the users of a county do all day: a sender posts, HR reads a standing and publishes one month after another.

They go where they are sent, as behind a load balancer, and note every answer that isn't a success.
"""

import itertools
import threading
from collections.abc import Callable, Sequence
from typing import Self

from tests.county import SOURCE
from tests.upgrade.release import Answer, ask

BATCH = 5
MONTHS = 2
"""How many are published in each part of a test, so that each part's servers surely publish some."""


class Traffic:
    """Three users at work as long as the block runs."""

    def __init__(self, token: str, ports: Sequence[int]) -> None:
        """Promise nothing yet; `ports` are where requests go, in turn, and may be set anew."""
        self.ports = ports
        self.acknowledged: list[str] = []
        self.published: list[str] = []
        self.failed: list[str] = []
        self.asked = 0
        self._token = token
        self._ended = threading.Event()
        self._steps = threading.Semaphore(0)
        users = (self._send, self._read, self._publish)
        self._threads = [threading.Thread(target=self._work, args=[user], daemon=True) for user in users]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._steps.release()
        for thread in self._threads:
            thread.join(90)

    def go_on(self, requests: int) -> None:
        """Wait until so many more requests were answered, and `MONTHS` more months were published."""
        until, published = self.asked + requests, len(self.published) + MONTHS
        self._steps.release(2 * MONTHS)
        for _ in range(1200):
            if (self.asked >= until and len(self.published) >= published) or self.failed:
                return
            self._ended.wait(0.1)
        raise AssertionError(f"nothing moves after {self.asked} requests")

    def _work(self, turn: Callable[[int], None]) -> None:
        for number in itertools.count():
            if self._ended.is_set():
                return
            turn(number)
            self._ended.wait(0.02)

    def _send(self, number: int) -> None:
        ids = [f"upgrade-{number}-{n}" for n in range(BATCH)]
        said = {"specversion": "1.0", "source": SOURCE, "type": "visit.done", "time": "2025-03-10T09:00:00+08:00"}
        events = [{**said, "id": i, "subject": "worker/w1", "data": {"household": i}} for i in ids]
        answer = self._ask("POST", "/v1/events", events)
        if answer is not None:
            self.acknowledged += [item["event"] for item in answer.body["items"]]

    def _read(self, number: int) -> None:
        self._ask("GET", "/v1/rankings/2025-03")

    def _publish(self, number: int) -> None:
        self._steps.acquire()
        if self._ended.is_set():
            return
        period, step = f"2025-{number // 2 + 1:02}", ("close", "publish")[number % 2]
        if self._ask("POST", f"/v1/periods/{period}/{step}") is not None and step == "publish":
            self.published.append(period)

    def _ask(self, method: str, path: str, body: object = None) -> Answer | None:
        ports = self.ports
        port = ports[self.asked % len(ports)]
        try:
            answer = ask(port, method, path, self._token, body)
        except OSError as error:
            self.failed.append(f"{method} {path}: {error!r}")
            return None
        self.asked += 1
        if answer.status >= 400:
            self.failed.append(f"{method} {path}: {answer}")
            return None
        return answer
