"""Delivering: messages claimed, signed, sent and settled; each webhook in a lane of its own.

A message is claimed by moving on when it may be tried, in a transaction before it is sent: nobody else sends it
meanwhile, and after a crash it is sent once more. At least once, therefore, always with the same id; and in no promised
order, since what failed comes later than what follows it.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import SystemRandom
from threading import Lock
from typing import Any
from uuid import UUID

from service import clock, journal, logs, metrics
from service.database.transactions import Database, Transaction
from service.settings import Settings
from service.webhooks import calling, outbox, signing
from service.webhooks.calling import Answer
from service.webhooks.terms import Terms, terms

# Between tries; Standard Webhooks 1.0, "Deliverability and reliability". Together three days and three hours.
RETRY_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
_JITTER = 0.1  # a share of each pause, either way
_MOST_PAUSE_SECONDS = 86_400  # that a receiver may ask for
_CLAIMED_SECONDS = 60  # longer than a call takes
_LANES = 32
_TURN = 100  # messages of a webhook before others have their turn
_STRETCHES = 10  # of the feed that are passed for a webhook before others have their turn
_ACTOR = "webhooks"


class Deliverer:
    """Delivers what is due, round by round; a slow receiver holds up its own lane alone."""

    def __init__(self, settings: Settings) -> None:
        """On the terms of these settings."""
        self._terms = terms(settings)
        self._lanes = ThreadPoolExecutor(_LANES, "webhook")
        self._busy: set[tuple[int, UUID]] = set()
        self._lock = Lock()

    def round(self, database: Database, tenants: list[int]) -> None:
        """Derive what there is to tell, and begin a lane for each webhook that waits for one and has none."""
        for tenant_id in tenants:
            if not is_telling(database, tenant_id):
                continue
            derive_all(database, tenant_id)
            for webhook in due(database, tenant_id):
                self._begin(database, tenant_id, webhook)

    def _begin(self, database: Database, tenant_id: int, webhook: UUID) -> None:
        key = (tenant_id, webhook)
        with self._lock:
            if key in self._busy:
                return
            self._busy.add(key)
        self._lanes.submit(self._drive, database, key)

    def _drive(self, database: Database, key: tuple[int, UUID]) -> None:
        try:
            drive(database, *key, self._terms)
        except Exception:
            logs.logger().exception("messages of a webhook are tried again", webhook=str(key[1]))
        finally:
            with self._lock:
                self._busy.discard(key)


def is_telling(database: Database, tenant_id: int) -> bool:
    """Whether a tenant has anybody to tell: most have nobody, and are asked no more than this."""
    with database.transaction(tenant_id) as transaction:
        return bool(transaction.one("webhooks_active").active)


def derive_all(database: Database, tenant_id: int) -> None:
    """Derive the messages that the feed asks for by now; of a webhook that is far behind, some, as others wait too."""
    sealed = journal.sealed(database, tenant_id)
    with database.transaction(tenant_id) as transaction:
        behind = outbox.behind(transaction, sealed)
    for webhook in behind:
        for _ in range(_STRETCHES):
            with database.transaction(tenant_id) as transaction:
                if not outbox.derive(transaction, webhook, sealed):
                    break


def due(database: Database, tenant_id: int) -> list[UUID]:
    """The webhooks with a message that may be tried now."""
    with database.transaction(tenant_id) as transaction:
        return [row.webhook_id for row in transaction.all("webhooks_due", now=clock.now())]


def drive(database: Database, tenant_id: int, webhook: UUID, terms: Terms) -> None:
    """Send what is due, one after the other, until nothing is, something fails, or it is the others' turn."""
    for _ in range(_TURN):
        with database.transaction(tenant_id) as transaction:
            claimed = claim(transaction, webhook)
            secrets = transaction.all("webhook_secrets", webhook=webhook, now=clock.now())
        if claimed is None:
            return
        begun = clock.now()
        answer = send(claimed, [row.kept for row in secrets], terms)
        with database.transaction(tenant_id) as transaction:
            settle(transaction, webhook, claimed, begun, answer)
        metrics.webhook_attempts.labels(answer.outcome).inc()
        if answer.outcome != "delivered":
            return


def claim(transaction: Transaction, webhook: UUID) -> Any:
    """The next message, which nobody else tries meanwhile; None where nothing is due."""
    now = clock.now()
    return transaction.maybe(
        "delivery_claim", webhook=webhook, now=now, until=now + timedelta(seconds=_CLAIMED_SECONDS)
    )


def send(claimed: Any, kept: list[str], terms: Terms) -> Answer:
    """One try, signed at its time; never unsigned."""
    try:
        secrets = [terms.keys.read(secret) for secret in kept]
    except signing.Unreadable as error:
        logs.logger().error("a message can't be signed", message=str(claimed.message_id), why=str(error))
        return Answer("secret")
    body = claimed.body.encode()
    headers = signing.headers(claimed.message_id, clock.now(), body, secrets)
    return calling.post(claimed.url, body, headers, terms.reachable)


def settle(transaction: Transaction, webhook: UUID, claimed: Any, begun: datetime, answer: Answer) -> None:
    """Keep what came of a try: delivered, given up, or when it comes again; nothing, where the webhook is gone."""
    if transaction.maybe("webhook_lock", webhook=webhook) is None:
        return
    now, attempts = clock.now(), claimed.attempts + 1
    pause = _pause(attempts, answer)
    state = "delivered" if answer.outcome == "delivered" else "failed" if pause is None else "pending"
    transaction.do(
        "delivery_settle",
        delivery=claimed.delivery_id,
        state=state,
        attempts=attempts,
        next_at=now + (pause or timedelta()),
        now=now,
        attempted_at=begun,
        seconds=answer.seconds,
        outcome=answer.outcome,
        status=answer.status,
        text=answer.text,
    )
    if answer.outcome == "gone":
        _end(transaction, webhook)
    elif state == "failed":
        transaction.do("webhook_failing", webhook=webhook, now=now)
    elif state == "delivered":
        transaction.do("webhook_well", webhook=webhook)


def _end(transaction: Transaction, webhook: UUID) -> None:
    if transaction.do("webhook_gone", webhook=webhook):
        journal.record(transaction, "webhook.gone", _ACTOR, {"webhook": str(webhook)})


def _pause(attempts: int, answer: Answer) -> timedelta | None:
    """How long until the next try; None where there is none."""
    if answer.outcome == "gone" or attempts > len(RETRY_SECONDS):
        return None
    seconds = RETRY_SECONDS[attempts - 1] * SystemRandom().uniform(1 - _JITTER, 1 + _JITTER)
    return timedelta(seconds=max(seconds, min(answer.retry_after_seconds or 0, _MOST_PAUSE_SECONDS)))
