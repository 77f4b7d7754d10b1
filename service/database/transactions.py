"""The database: the one place that knows psycopg. Transactions of one tenant, statements by name, errors translated.

A transaction acts as the role jifen_service and sees the rows of its tenant alone, by row-level security as well as by
the statements' own filters.
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

import psycopg
from psycopg import Connection, Cursor, RawCursor, Rollback, errors, sql
from psycopg.pq import TransactionStatus
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from service import metrics
from service.database import arrays, moments
from service.errors import Problem
from service.settings import Settings
from sql import numbered, statement, statement_of_some

__all__ = [
    "IMPOSSIBLE",
    "Database",
    "Rollback",
    "Transaction",
    "json",
    "owner_connection",
    "owner_transaction",
    "rehearsal",
]

SERVICE_ROLE = "jifen_service"

_STREAMED = 2000  # rows fetched at once
_OBSERVED_SECONDS = 1
_DOWN_PATIENCE_SECONDS = 0.1  # nobody waits long for a database that has just refused

_BUSY = (
    errors.QueryCanceled,
    errors.LockNotAvailable,
    errors.OperationalError,
    errors.InterfaceError,
    errors.IdleInTransactionSessionTimeout,
    PoolTimeout,
    TooManyRequests,
)


arrays.teach()
_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


class Missing(LookupError):
    """A row that there must be isn't there."""


# What comes of rows that the service can't have written.
IMPOSSIBLE = (Missing, errors.DataError, errors.IntegrityError)


class Transaction:
    """One transaction of one tenant. Statements are called by name; `tenant` is among their parameters always."""

    def __init__(
        self,
        connection: Connection[Any],
        tenant_id: int | None,
        beside: "Callable[[], AbstractContextManager[Transaction]] | None" = None,
        memory: dict[str, Any] | None = None,
        brief: bool = False,
        some: bool = False,
    ) -> None:
        """Over an open connection; `beside` begins another transaction of the tenant on a connection of its own.

        `memory` is what this process remembers of the tenant from one transaction to the next. It may be out of date.
        The plans of statements are kept where they are `brief`, and where they are about `some` subjects, as
        `about_some` says.
        """
        self._connection = connection
        self._keeps_plans = brief or some
        self._text = statement_of_some if some else statement
        self.tenant_id = tenant_id
        self.beside = beside
        self.memory = {} if memory is None else memory

    def all(self, name: str, /, **values: Any) -> Sequence[Any]:
        """The rows that the statement answers."""
        return self._execute(name, values).fetchall()

    def maybe(self, name: str, /, **values: Any) -> Any:
        """The first row, or None."""
        return self._execute(name, values).fetchone()

    def one(self, name: str, /, **values: Any) -> Any:
        """The first row, which there must be; else Missing."""
        row = self.maybe(name, **values)
        if row is None:
            raise Missing(name)
        return row

    def do(self, name: str, /, **values: Any) -> int:
        """Execute; how many rows it touched."""
        return self._execute(name, values).rowcount

    def attempt(self, name: str, /, **values: Any) -> int:
        """Execute; how many rows it touched: none, and nothing is done, where a row of one of its keys is there."""
        is_part = self._connection.pgconn.transaction_status != TransactionStatus.IDLE
        try:
            with self._connection.transaction() if is_part else nullcontext():
                return self.do(name, **values)
        except errors.UniqueViolation:
            return 0

    def stream(self, name: str, /, **values: Any) -> Iterator[Any]:
        """The rows that the statement answers, a few at a time, however many there are."""
        with self._connection.cursor(name=name, row_factory=namedtuple_row) as cursor:
            cursor.itersize = _STREAMED
            yield from cursor.execute(statement(name).encode(), {"tenant": self.tenant_id, **values})

    def flow(self, name: str, /, **values: Any) -> Iterator[Any]:
        """The rows that one statement answers, as they come, however many; ask nothing else before the last."""
        begun = time.perf_counter()
        cursor = RawCursor(self._connection, row_factory=namedtuple_row)
        try:
            yield from cursor.stream(*self._sent(name, values))
        finally:
            metrics.database_seconds.labels(name).observe(time.perf_counter() - begun)

    def csv(self, name: str, quoted: str, /, **values: Any) -> Generator[bytes]:
        """The rows that the statement answers as lines of CSV, however many; a value of `quoted` always in quotes.

        Close it where not all are wanted: nothing else can be asked before.
        """
        text = f"COPY ({statement(name)}) TO STDOUT (FORMAT csv, FORCE_QUOTE ({quoted}))"
        values.setdefault("tenant", self.tenant_id)
        with Cursor(self._connection) as cursor, cursor.copy(text.encode(), values) as rows:
            for row in rows:
                yield bytes(row)

    def about_some(self) -> "Transaction":
        """This transaction for statements about some subjects, whose plans the connection keeps.

        Planning such a statement takes longer than it does.
        """
        self.do("standing_plan_of_some")
        return Transaction(self._connection, self.tenant_id, self.beside, some=True)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can be undone by itself: raise Rollback inside."""
        try:
            with self._connection.transaction():
                yield
        except Rollback as undone:  # psycopg lets it out only where the connection broke while undoing
            raise errors.OperationalError("the connection broke while a part was undone") from undone

    @contextmanager
    def apart(self) -> Iterator["Transaction"]:
        """A tenant of this transaction's own, empty and seen by nobody; the end of the block undoes all of it.

        Its number is that of no tenant, as it is below zero, and of no other transaction, as it is the connection's.
        """
        with self.savepoint():
            setting = "SELECT set_config('jifen.tenant_id', (-pg_backend_pid())::text, true)"
            [(number,)] = self._connection.execute(setting).fetchall()
            apart = Transaction(self._connection, int(number))
            apart.do("tenant_begin")
            yield apart
            raise Rollback

    def _execute(self, name: str, values: dict[str, Any]) -> psycopg.Cursor[Any]:
        begun = time.perf_counter()
        cursor = RawCursor(self._connection, row_factory=namedtuple_row)
        try:
            prepare = True if self._keeps_plans else None  # None: as the connection does with whatever is sent often
            return cursor.execute(*self._sent(name, values), prepare=prepare)
        finally:
            metrics.database_seconds.labels(name).observe(time.perf_counter() - begun)

    def _sent(self, name: str, values: dict[str, Any]) -> tuple[bytes, list[Any]]:
        """A statement as it is sent, and its parameters in order."""
        text, parameters = numbered(self._text(name))  # psycopg would read a long one anew each time
        values.setdefault("tenant", self.tenant_id)
        return text.encode(), [values[parameter] for parameter in parameters]


class _Connection(Connection[Any]):
    """A connection that knows for whom its session was set, and for how many seconds a statement may take."""

    session: tuple[int, int] | None = None


class Database:
    """A pool of connections that act as the service's role. Open it after the fork, never before."""

    def __init__(self, url: str, settings: Settings) -> None:
        """For this database; connects at `open`."""
        self._statement_timeout = settings.statement_timeout_seconds
        self._down = False
        self._observed = 0.0
        self._memories: dict[int | None, dict[str, Any]] = {}
        self._pool: ConnectionPool[_Connection] = ConnectionPool(
            url,
            connection_class=_Connection,
            min_size=1,
            max_size=settings.pool_size,
            timeout=settings.pool_timeout_seconds,
            configure=self._configure,
            # Requests try again, not a timer that waits longer each time.
            reconnect_timeout=0,
            reconnect_failed=self._mark_down,
            open=False,
        )

    def open(self) -> None:
        """Start the pool; connections are made as they are needed."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    @contextmanager
    def transaction(
        self,
        tenant_id: int | None = None,
        frozen: bool = False,
        seconds: int | None = None,
        kept: bool = False,
        by_key: bool = False,
    ) -> Iterator[Transaction]:
        """A transaction that commits when the block ends well. Problem service.unavailable where none can be had.

        If `frozen`, all its statements see what was there when it began. With `seconds` it is a brief one: none of its
        statements takes longer, locks that it waits for included, and as they are about little, their plans are kept.
        `by_key` says that its statements find little, by key, so that PostgreSQL may keep the plans of those that it
        executes often. In a `rehearsal` it is undone, unless it is to be `kept`.
        """
        with self._connection() as connection, connection:
            # One text, so that it is one way to the database and back.
            begin = b"BEGIN ISOLATION LEVEL REPEATABLE READ" if frozen else b"BEGIN"
            connection.execute(begin + self._set(b"SET LOCAL", tenant_id, seconds, by_key))
            memory = self._memories.setdefault(tenant_id, {})
            yield Transaction(connection, tenant_id, lambda: self.transaction(tenant_id), memory, seconds is not None)
            # psycopg commits nothing over a lost connection, and PostgreSQL nothing that failed, without a word.
            if connection.info.transaction_status != TransactionStatus.INTRANS:
                raise errors.OperationalError("there is nothing left that could be committed")
            if _rehearsing.get() and not kept:
                connection.rollback()

    @contextmanager
    def statements(self, tenant_id: int, seconds: int) -> Iterator[Transaction]:
        """Brief statements, each of which is a transaction by itself: one way to the database and back."""
        with self._connection() as connection:
            if connection.session != (tenant_id, seconds):
                connection.execute(self._set(b"SET", tenant_id, seconds)[2:])
                connection.session = (tenant_id, seconds)
            memory = self._memories.setdefault(tenant_id, {})
            yield Transaction(connection, tenant_id, lambda: self.transaction(tenant_id), memory, True)

    @contextmanager
    def _connection(self) -> Iterator["_Connection"]:
        try:
            connection = self._pool.getconn(_DOWN_PATIENCE_SECONDS if self._down else None)
            self._down = False
            try:
                yield connection
            finally:
                self._pool.putconn(connection)
        except _BUSY as error:
            raise Problem("service.unavailable") from error
        finally:
            self._observe_pool()

    def _set(self, command: bytes, tenant_id: int | None, seconds: int | None, by_key: bool = False) -> bytes:
        """What holds for some statements, said in full, as a session keeps what was said before."""
        tenant = b"" if tenant_id is None else b"%d" % tenant_id  # of no tenant's: then its tables can't be read at all
        # A plan for any filter at all would be one for none of them.
        plans = b"force_generic_plan" if seconds is not None else b"auto" if by_key else b"force_custom_plan"
        settings = {
            b"jifen.tenant_id": tenant,
            b"statement_timeout": b"%ds" % (seconds or self._statement_timeout),
            b"plan_cache_mode": plans,
        }
        return b"".join(b"; %s %s = '%s'" % (command, name, value) for name, value in settings.items())

    def _mark_down(self, _: ConnectionPool) -> None:
        self._down = True

    def _configure(self, connection: Connection[Any]) -> None:
        connection.autocommit = True
        moments.read_all(connection)
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(SERVICE_ROLE)))
        # A crashed client must hold no locks, neither between its statements nor by one that goes on without it.
        connection.execute("SET idle_in_transaction_session_timeout = '60s'")
        connection.execute("SET client_connection_check_interval = '2s'")
        # What is read often is in memory: a page by an index that has its order is better than sorting a whole group.
        connection.execute("SET random_page_cost = 1.1")
        # An acknowledged event is on disk, whatever the server's or the role's default.
        connection.execute("SET synchronous_commit = on")
        connection.execute("SET jit = off")
        connection.execute("SET timezone = 'UTC'")

    def _observe_pool(self) -> None:
        """Once in a while: it would cost a small request more than all else that is measured of it."""
        now = time.monotonic()
        if now < self._observed + _OBSERVED_SECONDS:
            return
        self._observed = now
        stats = self._pool.get_stats()
        metrics.pool_connections.labels("used").set(stats.get("pool_size", 0) - stats.get("pool_available", 0))
        metrics.pool_connections.labels("idle").set(stats.get("pool_available", 0))
        metrics.pool_waiting.set(stats.get("requests_waiting", 0))


@contextmanager
def rehearsal() -> Iterator[None]:
    """What transactions do inside is answered as ever, and has not happened."""
    token = _rehearsing.set(True)
    try:
        yield
    finally:
        _rehearsing.reset(token)


def json(value: Any) -> Any:
    """A value for a jsonb parameter."""
    return Jsonb(value)


@contextmanager
def owner_connection(url: str) -> Iterator[Connection[Any]]:
    """A connection of the owner, for migrations and tenants; nothing else uses it."""
    with psycopg.connect(url, autocommit=True, row_factory=namedtuple_row) as connection:
        yield connection


@contextmanager
def owner_transaction(url: str) -> Iterator[Transaction]:
    """A transaction of the owner, who isn't subject to row-level security."""
    with psycopg.connect(url) as connection:
        yield Transaction(connection, None)
