"""Which addresses a message may go to: public ones, and the private networks that operations name.

Names are looked up where a connection is made, and what was looked at is what is connected to: a name that is answered
otherwise a second later leads nowhere else.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from service.settings import SettingError

Address = IPv4Address | IPv6Address

# Beside what Python's ipaddress, in its older versions too, tells as private: what carries an address of IPv4 inside,
# where a private one could hide, what is kept for protocols, and a cloud's own service at a public address.
_NEVER = [
    ip_network(text)
    for text in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "192.88.99.0/24",
        "192.0.0.0/24",
        "168.63.129.16/32",
    )
]


class Refused(Exception):
    """No address of a host may be connected to."""


class Reachable:
    """What a message may be sent to."""

    def __init__(self, stated: str) -> None:
        """With the private networks of JIFEN_WEBHOOK_PRIVATE. SettingError for what is no network."""
        try:
            self._private = [ip_network(text.strip()) for text in stated.split(",") if text.strip()]
        except ValueError as error:
            raise SettingError(f"JIFEN_WEBHOOK_PRIVATE must be networks such as 10.0.0.0/8: {error}") from None

    @property
    def has_private(self) -> bool:
        """Whether operations have named private networks."""
        return bool(self._private)

    def may(self, address: Address, is_plain: bool) -> bool:
        """Whether an address may be connected to; in plain text only in a private network that is named."""
        return self._is_named(address) or (not is_plain and _is_public(address))

    def may_literal(self, host: str, is_plain: bool) -> bool:
        """The same of a host that is written as an address; a name is looked up when it is connected to."""
        address = _literal(host)
        return address is None or self.may(address, is_plain)

    def resolve(self, host: str, port: int, is_plain: bool) -> list[str]:
        """The addresses of a host that may be connected to, at least one. Refused; OSError where it has none."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        # An address with a zone (fe80::1%eth0) is link-local.
        every = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
        allowed = [text for text in every if self.may(ip_address(text), is_plain)]
        if not allowed:
            raise Refused(f"{host} is at {', '.join(every)}")
        return allowed

    def _is_named(self, address: Address) -> bool:
        return any(address in network for network in self._private)


def _is_public(address: Address) -> bool:
    if any(address in network for network in _NEVER):
        return False
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address.is_site_local):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
