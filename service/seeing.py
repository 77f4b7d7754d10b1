"""Whom a reader sees, where a token sees only what is below an organisation.

It sees that organisation, all below it, and whoever is assigned there today, as last recorded. The results of a period
have their own place in the tree, which `service.results` asks for.
"""

from typing import Any

from service import clock
from service.database.transactions import Transaction
from service.errors import unknown

_ZONE = "Asia/Shanghai"  # by which it is today


def parameters(sees: str | None) -> dict[str, Any]:
    """What the fragment _seen needs to know; None sees everybody."""
    return {"sees": sees, "today": clock.today(_ZONE)}


def refuse_unseen(transaction: Transaction, sees: str | None, kind: str, identifier: str) -> None:
    """Problem resource.unknown, as for a subject that there isn't."""
    if sees is not None and not transaction.all("subject_seen", kind=kind, id=identifier, **parameters(sees)):
        raise unknown(kind, identifier)
