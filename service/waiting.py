"""How long the request that a thread works on waited for it; the server says so, and whoever answers asks."""

from contextvars import ContextVar

seconds: ContextVar[float] = ContextVar("waited_seconds", default=0.0)
