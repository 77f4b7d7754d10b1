"""What the server knows of the connection that a thread answers: who waited how long, and how long it may take to send.

The server says so, and whoever answers asks; another server, or a test, says nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar

# How long the request waited for its thread.
seconds: ContextVar[float] = ContextVar("waited_seconds", default=0.0)

# Inside, what the client sends ends after so many seconds, as if it had gone.
at_most: ContextVar[Callable[[float], AbstractContextManager[None]]] = ContextVar(
    "at_most", default=lambda _: nullcontext()
)
