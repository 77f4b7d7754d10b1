"""Where messages may go: public addresses, whatever a name is, and private networks that are named."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from service.settings import SettingError
from service.webhooks import calling
from service.webhooks.addresses import Reachable, Refused

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "240e::1"]


@pytest.mark.parametrize("text", PRIVATE)
def test_what_is_not_public_is_refused(text: str) -> None:
    assert not Reachable("").may(ip_address(text), is_plain=False)
    assert not Reachable("").may_literal(text, is_plain=False)


@pytest.mark.parametrize("text", PUBLIC)
def test_what_is_public_is_called_by_https_alone(text: str) -> None:
    assert Reachable("").may(ip_address(text), is_plain=False)
    assert not Reachable("10.0.0.0/8").may(ip_address(text), is_plain=True)


@pytest.mark.parametrize("is_plain", [False, True])
def test_a_network_that_is_named_may_be_called_and_no_other(is_plain: bool) -> None:
    reachable = Reachable("10.1.0.0/16, fd12::/32")
    assert reachable.may(ip_address("10.1.2.3"), is_plain)
    assert reachable.may(ip_address("fd12::1"), is_plain)
    assert not reachable.may(ip_address("10.2.0.1"), is_plain)
    assert not reachable.may(ip_address("127.0.0.1"), is_plain)


@pytest.mark.parametrize("nonsense", ["x", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/8;11.0.0.0/8"])
def test_what_is_no_network_is_refused(nonsense: str) -> None:
    with pytest.raises(SettingError, match="JIFEN_WEBHOOK_PRIVATE"):
        Reachable(nonsense)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "017700000001"])
def test_another_way_to_write_an_address_leads_nowhere_else(host: str) -> None:
    """The resolver reads them all as 127.0.0.1: so it is looked at after it was asked."""
    try:
        socket.getaddrinfo(host, 443)
    except OSError:
        pytest.skip("NOT TESTED: this machine's resolver doesn't read it")
    with pytest.raises(Refused):
        Reachable("").resolve(host, 443, is_plain=False)


def answering(monkeypatch: pytest.MonkeyPatch, *turns: list[str]) -> None:
    """A name server that answers otherwise each time it is asked."""
    left = list(turns)

    def lookup(host: Any, port: int, *_: Any, **__: Any) -> list[Any]:
        try:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (str(ip_address(host)), port))]
        except ValueError:
            found = left.pop(0) if len(left) > 1 else left[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def test_of_several_addresses_the_private_ones_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, ["169.254.169.254", "8.8.8.8", "10.0.0.1", "fe80::1%eth0"])
    assert Reachable("").resolve("mixed.example", 443, is_plain=False) == ["8.8.8.8"]


def test_what_was_looked_at_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to a public address when it is looked at, and to a private one a moment later."""
    answering(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(address: Any, *_: Any, **__: Any) -> Any:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    answer = calling.post("https://turning.example/x", b"{}", {}, Reachable(""))
    assert answer.outcome == "unreachable"
    assert connected == [("8.8.8.8", 443)]
    assert calling.post("https://turning.example/x", b"{}", {}, Reachable("")).outcome == "address"
    assert len(connected) == 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "https://",
        "https:///path",
        "//example.org/",
        "example.org",
        "https://user@example.org/",
        "https://user:secret@example.org/",
        "https://example.org/#part",
        "https://example.org:x/",
        "https://example.org:70000/",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://example.org/\r\nHost: other",
        "https://example.org\\@127.0.0.1/",
        "https://积分.example/",
        "https://[::1/",
    ],
)
def test_an_address_that_could_be_read_otherwise_is_refused(url: str) -> None:
    with pytest.raises(calling.Malformed):
        calling.parsed(url)


def test_an_address_is_read_once() -> None:
    where = calling.parsed("https://Example.org:8443/a/b?c=d%20e")
    assert (where.host, where.port, where.target) == ("example.org", 8443, "/a/b?c=d%20e")
    assert where.authority == "example.org:8443"
    assert calling.parsed("https://[2606:4700::1]").authority == "[2606:4700::1]"
    assert calling.parsed("https://example.org?x").target == "/?x"
