"""The journal as the owner reads it, and an independent recomputation of it: from the tables alone."""

from datetime import UTC
from decimal import Decimal
from hashlib import sha256
from json import dumps
from re import fullmatch
from typing import Any

from psycopg import Connection

from service import journal
from tests.county import County


def seal(county: County) -> int:
    """Seal; the last position."""
    with county.database.transaction(county.tenant_id) as transaction:
        return journal.seal(transaction)


def entries(owner: Connection[Any], county: County) -> list[Any]:
    """The audit entries of the tenant in the order of their ids, with the transaction that wrote each."""
    query = (
        "SELECT a.xmin::text AS transaction, a.*, m.entry_id IS NOT NULL AS has_reason FROM audit_entry a"
        " LEFT JOIN remark m USING (tenant_id, entry_id) WHERE tenant_id = %s ORDER BY entry_id"
    )
    return owner.execute(query, [county.tenant_id]).fetchall()


def canonical(value: Any) -> Any:
    """Numbers and decimal texts as one text, keys sorted when it is written."""
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and fullmatch(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?", value):
        number = Decimal(value).normalize()
        return f"{number:f}" if number else "0"
    return value


def digest(value: Any) -> bytes:
    """SHA-256 of the canonical form."""
    return sha256(dumps(canonical(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).digest()


def exact(value: Any) -> bytes:
    """As it stands, keys sorted."""
    return dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def recomputed(owner: Connection[Any], county: County) -> list[str]:
    """What in the journal doesn't agree with what it covers."""
    wrong = []
    contents: dict[int, bytes] = {}
    for row in owner.execute(
        "SELECT e.entry_id, e.event_id, t.type, s.kind || '/' || s.id AS about,"
        " coalesce(e.sent_subject, s.kind || '/' || s.id) AS subject, e.sent_subject, e.time,"
        " e.period, e.data, e.extensions, e.content_digest FROM event e JOIN event_type t USING (tenant_id, type_no)"
        " JOIN subject s USING (tenant_id, subject_no) WHERE tenant_id = %s ORDER BY e.entry_id, e.ordinal",
        [county.tenant_id],
    ):
        time = row.time.astimezone(UTC).isoformat(timespec="microseconds")
        if digest([row.type, row.subject, time, row.period, row.data]) != row.content_digest:
            wrong.append("event")
        about = row.about if row.sent_subject else None
        data = row.data if exact(row.data) != exact(canonical(row.data)) else None
        untold = [about, row.period, data, row.extensions]
        rest = exact(untold) if untold != [None] * 4 else b""
        covered = row.event_id.bytes + row.content_digest + rest + b"\0"
        contents[row.entry_id] = contents.get(row.entry_id, b"") + covered
    for entry in entries(owner, county):
        time = entry.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
        said = [entry.action, entry.actor, entry.request_id, time, entry.size, entry.detail, entry.has_reason]
        if sha256(exact(said) + b"\0" + contents.get(entry.entry_id, b"")).digest() != entry.digest:
            wrong.append("entry")
    return wrong + broken_blocks(owner, county)


def broken_blocks(owner: Connection[Any], county: County) -> list[str]:
    """The blocks whose hash isn't that of the one before and of what they seal."""
    sealed = owner.execute(
        "SELECT s.position, a.digest FROM seal s JOIN audit_entry a USING (tenant_id, entry_id)"
        " WHERE tenant_id = %s ORDER BY s.position",
        [county.tenant_id],
    ).fetchall()
    wrong, before, first = [], b"", 0
    for block in owner.execute(
        "SELECT last_position, hash, (extract(epoch FROM sealed_at) * 1000000)::bigint AS sealed_at FROM chain_block"
        " WHERE tenant_id = %s ORDER BY last_position",
        [county.tenant_id],
    ):
        links = b"".join(
            row.position.to_bytes(8) + row.digest for row in sealed if first < row.position <= block.last_position
        )
        if sha256(before + block.sealed_at.to_bytes(8) + links).digest() != block.hash:
            wrong.append("block")
        before, first = block.hash, block.last_position
    head = owner.execute("SELECT position, hash FROM chain_head WHERE tenant_id = %s", [county.tenant_id]).fetchone()
    return wrong if head and (head.position, head.hash) == (first, before) else [*wrong, "head"]
