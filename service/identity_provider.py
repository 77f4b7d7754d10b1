"""Whom the user's identity provider vouches for: a signed JWT (RFC 7519) says who asks, and what that one may do.

Claims: `tenant`; `actor`, or else `sub`; `scope`, words of ours among any others; `sources`; `under`. Signature,
issuer, audience and expiry are checked here, by the keys of `jwks` and the algorithms that are listed.
"""

import logging
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from marshmallow import ValidationError

from schemas.claims import Claims
from service.errors import Problem
from service.jwks import Jwks, Key
from service.settings import Settings

log = logging.getLogger("jifen")
_CLAIMS = Claims()


@dataclass(frozen=True)
class Vouched:
    """What a JWT says of who asks."""

    tenant: str
    actor: str
    scopes: frozenset[str]
    sources: frozenset[str]
    under: str | None


class IdentityProvider:
    """Reads what the provider signs."""

    def __init__(self, settings: Settings, jwks: Jwks | None = None) -> None:
        """The one of the settings (JIFEN_JWT_*)."""
        self.issuer = settings.jwt_issuer
        self._algorithms = settings.jwt_algorithm_list
        self._jwks = jwks or Jwks(settings.jwt_jwks)
        self._registry = jwt.JWTClaimsRegistry(
            leeway=settings.jwt_leeway_seconds,
            iss={"essential": True, "value": settings.jwt_issuer},
            aud={"essential": True, "value": settings.jwt_audience},
            exp={"essential": True},
        )

    def vouched(self, token: str) -> Vouched:
        """Whom a JWT is about. Problem access.unknown_token, service.unavailable."""
        try:
            claims = jwt.decode(token, self._key, algorithms=self._algorithms).claims
            self._registry.validate(claims)
            said = _CLAIMS.load(claims)
        except (JoseError, ValidationError, ValueError, TypeError) as error:
            # What is sent stays out of the log: it may be a secret, or as long as a header.
            log.info("a JWT was refused: %s", type(error).__name__)
            raise Problem("access.unknown_token") from None
        return Vouched(
            said["tenant"],
            said.get("actor") or said["sub"],
            frozenset(said["scope"]),
            frozenset(said["sources"]),
            said.get("under"),
        )

    def _key(self, signed: Any) -> Key:
        kid = signed.headers().get("kid")
        return self._jwks.key(kid if isinstance(kid, str) else None)
