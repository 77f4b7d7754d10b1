"""A world as it waits for mutants: a tenant with roster, types and events, and what is to come out of it.

The rulebook is missing, because what is written when it is drafted is part of what is tried.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any, cast
from uuid import UUID

from oracle import Result
from service.app import create_app
from service.database.transactions import Database
from service.settings import Settings
from tests.computation import worlds
from tests.county import Client, County
from tests.oracle.strategies import World

Record = dict[str, Any]


@dataclass(frozen=True)
class Token:
    """What stands for a client while there is no application."""

    text: str | None


@dataclass
class Prepared:
    """One world: its tenant, its rulebooks, which periods are read as of which positions, and what is read there.

    At the last position the oracle speaks of every period; what lies behind it, up to a later one, must not count, but
    where a correction lets a late event in by name. What is read after publishing isn't for the oracle to say: it is
    what the code says that isn't changed.
    """

    seed: int
    world: World
    tenant: dict[str, Any]
    rulebooks: list[Any]
    before: list[tuple[int, str]]
    last: int
    later: int
    late: list[UUID]
    expected: dict[str, dict[str, Result]]
    digests: dict[tuple[int, str], str] = field(default_factory=dict)
    published: list[str] = field(default_factory=list)
    frozen: dict[str, dict[str, Result]] = field(default_factory=dict)
    admitted: dict[str, list[UUID]] = field(default_factory=dict)
    corrected: dict[str, dict[str, Result]] = field(default_factory=dict)
    is_case: bool = False

    @property
    def name(self) -> str:
        """How it is spoken of, so that it can be made again."""
        return f"case {self.seed}" if self.is_case else f"the world of seed {self.seed}"

    @property
    def rulebook(self) -> str:
        """The id of the rulebook that is tried."""
        return str(self.world.rulebook["rulebook"])


class Said:
    """Takes the place of a county, and keeps what is said to it."""

    def __init__(self, one: World) -> None:
        """What founds a world."""
        self.organisations: list[Record] = []
        self.workers: list[Record] = []
        self.types: dict[str, Any] = {}
        self.rulebooks: list[Any] = [*one.others, one.rulebook]
        worlds.state(cast(County, self), one)

    def state(self, organisations: list[Record], workers: list[Record]) -> None:
        """Records of the roster."""
        self.organisations += organisations
        self.workers += workers

    def declare(self, types: dict[str, Any]) -> None:
        """Event types."""
        self.types |= types


def packed(county: County) -> dict[str, Any]:
    """What a county is made of, without database and application."""
    values = {f.name: getattr(county, f.name) for f in fields(County) if f.name not in ("url", "database", "client")}
    return {name: Token(said.token) if isinstance(said, Client) else said for name, said in values.items()}


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A pool on the database, closed afterwards."""
    database = Database(url, Settings())
    database.open()
    try:
        yield database
    finally:
        database.close()


class Counties:
    """Counties made again from what was packed, over one database and one application."""

    def __init__(self, url: str, database: Database) -> None:
        """Over an open database."""
        self._url, self._database = url, database
        self._client = create_app(Settings(), database).test_client()

    def unpacked(self, tenant: dict[str, Any]) -> County:
        """The county of a tenant."""
        values: dict[str, Any] = {
            name: Client(self._client, said.text) if isinstance(said, Token) else said for name, said in tenant.items()
        }
        return County(url=self._url, database=self._database, client=self._client, **values)
