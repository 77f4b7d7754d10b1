"""Whether this process was told to stop: it is no longer ready, and what could go on for ever ends in time."""

import time
from collections.abc import Callable


class Stopping:
    """Begins once, and is asked by whoever answers."""

    def __init__(self, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Requests under way have so many seconds from then on."""
        self._seconds, self._clock = seconds, clock
        self._since: float | None = None

    def begin(self) -> None:
        """From now on."""
        if self._since is None:
            self._since = self._clock()

    @property
    def has_begun(self) -> bool:
        """Whether it was told to stop."""
        return self._since is not None

    @property
    def hurries(self) -> bool:
        """Whether half of the time is over: what has no end of its own is told to come back."""
        return self._since is not None and self._clock() - self._since > self._seconds / 2
