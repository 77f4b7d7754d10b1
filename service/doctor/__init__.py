"""The doctor: what blocks a start, or a step of a period, with what to do about it; it changes nothing.

It looks at the machine first, then at the server, then into each tenant; what can't be looked at is said once.
"""

from collections.abc import Iterator

from service.database.reach import Hindered, hindered
from service.database.transactions import Database
from service.doctor.kinds import Found, found
from service.doctor.machine import of_machine
from service.doctor.server import of_server
from service.doctor.tenants import of_tenant
from service.errors import Problem
from service.settings import Settings

__all__ = ["Found", "found", "of_database", "of_machine"]


def of_database(url: str, settings: Settings) -> Iterator[Found]:
    """All that can be found in a database, its server included."""
    why = hindered(url)
    if why is not None:
        yield _of_connection(why)
        return
    database = Database(url, settings)
    database.open()
    try:
        yield from _of_open(database, settings)
    except Problem as problem:
        yield found("database.unreachable", why=str(problem.__cause__ or problem.code))
    finally:
        database.close()


def _of_connection(why: Hindered) -> Found:
    if why.step == "address":
        return found("database.url")
    return found("database.role" if why.step == "role" else "database.unreachable", why=why.said)


def _of_open(database: Database, settings: Settings) -> Iterator[Found]:
    at_server = list(of_server(database, settings))
    yield from at_server
    if any(one.code == "schema.behind" for one in at_server):
        return
    with database.transaction() as transaction:
        tenants = transaction.all("tenants")
    for tenant in tenants:
        with database.transaction(tenant.tenant_id) as transaction:
            yield from of_tenant(transaction, tenant.name, settings)
