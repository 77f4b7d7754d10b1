"""A crew: several jobs at once, each in a thread of its own, and nobody's failure is overlooked."""

import traceback
from collections.abc import Callable, Sequence
from threading import Thread


class Crew:
    """Jobs that begin together."""

    def __init__(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Begin nothing yet."""
        self._broken: list[str] = []
        self._threads = [Thread(target=self._guarded, args=(job,), daemon=True) for job in jobs]

    def begin(self) -> None:
        """Let them work."""
        for thread in self._threads:
            thread.start()

    def end(self, seconds: float) -> None:
        """Wait for everybody for so long at most; AssertionError where somebody isn't done, or failed."""
        for thread in self._threads:
            thread.join(seconds)
        assert not any(thread.is_alive() for thread in self._threads), f"not done within {seconds:.0f} s"
        assert self._broken == []

    def _guarded(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception:
            self._broken.append(traceback.format_exc())


def work(jobs: Sequence[Callable[[], None]], seconds: float) -> None:
    """Do all jobs at once, within bounded time."""
    crew = Crew(jobs)
    crew.begin()
    crew.end(seconds)
