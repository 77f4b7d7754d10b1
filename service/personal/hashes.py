"""Salted hashes of personal data: whoever knows a name can tell whether an entry said it, until the salt is gone.

The salt is of one worker, so that two of the same name have nothing in common, and is stored apart from the journal.
"""

import hmac
import secrets
from collections.abc import Iterable
from typing import Any

from service import canonical
from service.database.transactions import Transaction, json

FIELDS = ("name", "phone", "aliases")
_SALT_BYTES = 32
Hashes = dict[str, str | None]


def of_records(transaction: Transaction, records: Iterable[dict[str, Any]]) -> dict[int, Hashes]:
    """The hashes of each record's personal data in hexadecimal, by `worker_no`; salts are given where there are none.

    A field that is absent or empty has no hash.
    """
    said = {record["worker_no"]: record for record in records if any(record.get(field) for field in FIELDS)}
    if not said:
        return {}
    new = [{"worker_no": number, "salt": secrets.token_hex(_SALT_BYTES)} for number in sorted(said)]
    transaction.do("salts_add", rows=json(new))
    salts = {row.subject_no: bytes(row.salt) for row in transaction.all("salts", workers=list(said))}
    return {number: _hashes(salts[number], record) for number, record in said.items()}


def hashed(salt: bytes, field: str, value: Any) -> str:
    """HMAC-SHA-256 (RFC 2104) by a salt over the field's name and its value, in hexadecimal."""
    return hmac.digest(salt, canonical.exact([field, value]), "sha256").hex()


def _hashes(salt: bytes, record: dict[str, Any]) -> Hashes:
    return {field: hashed(salt, field, record[field]) if record.get(field) else None for field in FIELDS}
