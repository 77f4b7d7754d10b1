"""Counts statements where they are executed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

_OF_TENANT = re.compile(r"jifen\.tenant_id = '\d+'")


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """Every statement that any connection executes inside, by its text, whichever tenant it names."""
    executed: Counter[str] = Counter()

    def counting(
        original: Callable[..., Any],
    ) -> Callable[..., Any]:
        def execute(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
            text = query.decode() if isinstance(query, bytes) else str(query)
            executed[_OF_TENANT.sub("jifen.tenant_id = ?", text)] += 1
            return original(self, query, *arguments, **options)

        return execute

    with monkeypatch.context() as patched:
        for name in ("execute", "executemany", "stream"):
            patched.setattr(psycopg.Cursor, name, counting(getattr(psycopg.Cursor, name)))
        yield executed
