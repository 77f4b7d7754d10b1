"""Clients for the examples: several of one sending system, each fit to be used by a thread of its own."""

from typing import Any

from service import tokens
from service.app import create_app
from service.settings import Settings
from service.tokens import Grant
from tests.county import Client, County

Answers = list[dict[str, Any]]


def senders(county: County, sources: list[str], count: int = 1) -> list[Client]:
    """So many clients with one token that may send as these sources."""
    with county.database.transaction(county.tenant_id) as transaction:
        token, _ = tokens.create(transaction, "setup", Grant("sources", ["events:write"], sources))
    application = create_app(Settings(), county.database)
    return [Client(application.test_client(), token) for _ in range(count)]


def whole_ranking(county: County, period: str) -> Answers:
    """Everybody in the ranking of a period; the examples have less than a page of 1,000."""
    return county.ranking(period, limit="1000")
