"""Counts statements where they are executed."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Every statement that any connection executes inside, by its text."""
    executed: Counter[str] = Counter()

    def counting(
        original: Callable[..., Any],
    ) -> Callable[..., Any]:
        def execute(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
            executed[query.decode() if isinstance(query, bytes) else str(query)] += 1
            return original(self, query, *arguments, **options)

        return execute

    with monkeypatch.context() as patched:
        for name in ("execute", "executemany"):
            patched.setattr(psycopg.Cursor, name, counting(getattr(psycopg.Cursor, name)))
        yield executed
