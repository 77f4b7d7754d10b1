"""Secrets of webhooks: made, kept, and signed with (Standard Webhooks 1.0, HMAC-SHA256).

A secret can't be hashed, since the service signs with it: it is encrypted by a key that the database doesn't hold.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from service.settings import SettingError

_PREFIX = "whsec_"
_SECRET_BYTES = 32  # the specification asks for 24 to 64


class Unreadable(RuntimeError):
    """A secret was encrypted by a key that isn't among those that are set."""


class Keys:
    """The keys that secrets are encrypted by: the first encrypts, each decrypts; without any, nothing is encrypted."""

    def __init__(self, stated: str) -> None:
        """As JIFEN_WEBHOOK_KEYS states them. SettingError for what is no key."""
        try:
            keys = [Fernet(key.strip()) for key in stated.split(",") if key.strip()]
        except ValueError:
            raise SettingError("JIFEN_WEBHOOK_KEYS must be keys of 32 bytes in URL-safe Base64, with commas") from None
        self._keys = MultiFernet(keys) if keys else None

    def kept(self, secret: str) -> str:
        """A secret as it is stored."""
        return self._keys.encrypt(secret.encode()).decode() if self._keys else secret

    def read(self, kept: str) -> str:
        """A secret that was stored. Unreadable without its key."""
        if kept.startswith(_PREFIX):
            return kept
        try:
            if self._keys:
                return self._keys.decrypt(kept).decode()
        except InvalidToken:
            pass
        raise Unreadable("a webhook's secret can't be read: its key is not in JIFEN_WEBHOOK_KEYS")


def new_secret() -> str:
    """A secret as receivers are given it."""
    return _PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers(identifier: str, now: datetime, body: bytes, signers: Sequence[str]) -> dict[str, str]:
    """The headers of a message, signed by each secret: id, time of this try, signatures."""
    timestamp = str(int(now.timestamp()))
    content = b".".join([identifier.encode(), timestamp.encode(), body])
    signatures = [_signature(secret, content) for secret in signers]
    return {"webhook-id": identifier, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


def _signature(secret: str, content: bytes) -> str:
    key = b64decode(secret.removeprefix(_PREFIX))
    return "v1," + b64encode(hmac.digest(key, content, "sha256")).decode()
