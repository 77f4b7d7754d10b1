"""Over TLS the name is kept: the receiver is asked for by it, and its certificate must be its own and trusted."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.webhooks import calling
from service.webhooks.addresses import Reachable
from tests.webhooks.receiver import LOOPBACK, Receiver, listening
from tests.webhooks.test_addresses import answering

NAME = "receiver.example"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the name, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    unencrypted = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted))
    return files


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Receiver, list[str | None], Path]]:
    """A receiver that speaks TLS on loopback, the names that it was asked for, and its certificate."""
    trusted, key = certificate(tmp_path)
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, key)
    context.sni_callback = lambda _, name, __: asked.append(name)
    answering(monkeypatch, ["127.0.0.1"])
    with listening(context) as receiver:
        yield receiver, asked, trusted


def test_the_name_is_asked_for_at_the_address_that_was_looked_at(
    named: tuple[Receiver, list[str | None], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, asked, trusted = named
    monkeypatch.setattr(calling, "_trust", lambda: ssl.create_default_context(cafile=str(trusted)))
    answer = calling.post(f"https://{NAME}:{receiver.port}/hook", b"{}", {}, Reachable(LOOPBACK))
    assert (answer.outcome, answer.status) == ("delivered", 204)
    assert asked == [NAME]
    assert receiver.arrived[0].headers["host"] == f"{NAME}:{receiver.port}"


def test_the_certificate_of_another_name_is_not_taken(
    named: tuple[Receiver, list[str | None], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, _, trusted = named
    monkeypatch.setattr(calling, "_trust", lambda: ssl.create_default_context(cafile=str(trusted)))
    answer = calling.post(f"https://another.example:{receiver.port}/", b"{}", {}, Reachable(LOOPBACK))
    assert answer.outcome == "tls"
    assert receiver.arrived == []


def test_a_certificate_that_nobody_trusts_is_not_taken(named: tuple[Receiver, list[str | None], Path]) -> None:
    receiver, _, _ = named
    answer = calling.post(f"https://{NAME}:{receiver.port}/", b"{}", {}, Reachable(LOOPBACK))
    assert answer.outcome == "tls"
    assert receiver.arrived == []
