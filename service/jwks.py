"""The keys by which an identity provider signs (RFC 7517), from a file or by HTTP.

They are read when one is asked for that isn't known, and now and then, so that a key that was taken away ends; at most
once a minute in all. Where they can't be read, those that are known stay good: nobody is locked out by it.
"""

import json
import logging
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import httpcore
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from service.errors import Problem

log = logging.getLogger("jifen")
Key = RSAKey | ECKey | OKPKey

_PUBLIC = ("RSA", "EC", "OKP")
_AGAIN_SECONDS = 60
_OLD_SECONDS = 600
_TIMEOUT_SECONDS = 2  # for each of: connect, send, receive a piece
_DEADLINE_SECONDS = 5
_MOST_BYTES = 1 << 20
_TIMEOUT = dict.fromkeys(("connect", "read", "write", "pool"), _TIMEOUT_SECONDS)


class Jwks:
    """Public keys by their ids."""

    def __init__(self, place: str, clock: Callable[[], float] = time.monotonic) -> None:
        """At this place, a URL or the path of a file; `clock` tells seconds."""
        self._place, self._clock = place, clock
        self._keys: dict[str | None, Key] = {}
        self._tried_at = self._read_at = float("-inf")
        self._is_reachable = False
        self._lock = Lock()

    def key(self, kid: str | None) -> Key:
        """The key of this id; without one, the only key that there is.

        Problem access.unknown_token where there is none; service.unavailable while nobody can say.
        """
        found = self._find(kid)
        if found is None:
            with self._lock:
                self._read_again()
            found = self._find(kid)
        elif self._clock() - self._read_at > _OLD_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._read_again()
            finally:
                self._lock.release()
            found = self._find(kid)
        if found is None:
            raise Problem("access.unknown_token" if self._is_reachable else "service.unavailable")
        return found

    def _find(self, kid: str | None) -> Key | None:
        keys = self._keys
        if kid is None:
            return next(iter(keys.values())) if len(keys) == 1 else None
        return keys.get(kid)

    def _read_again(self) -> None:
        if self._clock() - self._tried_at < _AGAIN_SECONDS:
            return
        self._tried_at = self._clock()
        try:
            self._keys = _keys_of(json.loads(_read(self._place)))
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, ValueError) as error:
            self._is_reachable = False
            log.warning("the keys of JIFEN_JWT_JWKS can't be read: %s", error or type(error).__name__)
        else:
            self._is_reachable, self._read_at = True, self._tried_at


def _keys_of(document: Any) -> dict[str | None, Key]:
    """The keys that verify; secrets, keys that encrypt and keys of a kind that isn't known are left out."""
    said = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(said, list):
        raise ValueError("it is no JSON Web Key Set")
    found: dict[str | None, Key] = {}
    for one in said:
        if not isinstance(one, dict) or one.get("kty") not in _PUBLIC or one.get("use", "sig") != "sig":
            continue
        try:
            key = import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, Key):
            found[kid if isinstance(kid := one.get("kid"), str) else None] = key
    return found


def _read(place: str) -> bytes:
    return _fetch(place) if place.startswith(("http://", "https://")) else Path(place).read_bytes()


def _fetch(url: str) -> bytes:
    """What a server answers. Any exception of httpcore; ValueError where it is no answer."""
    ends = time.monotonic() + _DEADLINE_SECONDS
    body = b""
    with (
        httpcore.ConnectionPool(ssl_context=ssl.create_default_context()) as pool,
        pool.stream("GET", url, headers={"Accept": "application/json"}, extensions={"timeout": _TIMEOUT}) as answer,
    ):
        if answer.status != 200:
            raise ValueError(f"the server answers {answer.status}")
        for piece in answer.iter_stream():
            body += piece
            if len(body) > _MOST_BYTES or time.monotonic() > ends:
                raise ValueError("the answer is too long, or comes too slowly")
    return body
