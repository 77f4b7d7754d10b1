"""Commands that may be sent again: a key names one command of a token on one route, for seven days.

That a command was carried out is noted with its first audit entry, in its own transaction, so it is done once whatever
breaks; its answer is kept after that. What is refused is not noted: it can be repaired and sent under the same key.
After draft-ietf-httpapi-idempotency-key-header.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NamedTuple

from service.database.transactions import Transaction
from service.errors import Problem


@dataclass
class Command:
    """A command under its key, and whether it is noted that it was carried out."""

    token: int
    route: str
    key: str
    digest: bytes
    is_noted: bool = False

    @property
    def keys(self) -> dict[str, int | str]:
        """The parameters that name it."""
        return {"token": self.token, "route": self.route, "key": self.key}


class Answer(NamedTuple):
    """What was answered to a command: status, JSON, and the address of what it made."""

    status: int
    body: bytes
    location: str | None


class RepeatedError(Exception):
    """The command is carried out already, by another request that was quicker."""


_current: ContextVar[Command | None] = ContextVar("command", default=None)


@contextmanager
def carrying_out(command: Command) -> Iterator[None]:
    """What is recorded inside is done by this command. RepeatedError, and nothing is done, where it was done before."""
    token = _current.set(command)
    try:
        yield
    finally:
        _current.reset(token)


def note(transaction: Transaction, entry: int | None) -> None:
    """Note with its first audit entry that the command under way, if it has a key, is carried out."""
    command = _current.get()
    if command is None or command.is_noted:
        return
    if not transaction.attempt("command_add", **command.keys, digest=command.digest, entry=entry):
        raise RepeatedError
    command.is_noted = True


def answered(transaction: Transaction, command: Command) -> Answer | None:
    """What was answered when it was sent before; None where it is new.

    Problem idempotency.reused where the key was another command's, idempotency.unanswered where the answer was lost.
    """
    transaction.do("commands_expire")
    row = transaction.maybe("command", **command.keys)
    if row is None:
        return None
    if bytes(row.content_digest) != command.digest:
        raise Problem("idempotency.reused")
    if row.status is None:
        raise Problem("idempotency.unanswered", entry=row.entry_id)
    return Answer(row.status, bytes(row.answer), row.location)


def keep(transaction: Transaction, command: Command, answer: Answer) -> None:
    """Keep the answer of a command that was carried out, or had nothing to change. RepeatedError as `carrying_out`."""
    with carrying_out(command):
        note(transaction, None)
    transaction.do(
        "command_answered", **command.keys, status=answer.status, answer=answer.body, location=answer.location
    )


def expire(transaction: Transaction) -> None:
    """Forget the keys that are too old to be believed."""
    transaction.do("commands_expire")
