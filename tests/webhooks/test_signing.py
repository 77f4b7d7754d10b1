"""Signatures are those of Standard Webhooks, as its own library verifies them; secrets are kept by keys."""

from base64 import b64decode
from datetime import UTC, datetime

import pytest
from cryptography.fernet import Fernet
from standardwebhooks import Webhook, WebhookVerificationError

from service.settings import SettingError
from service.webhooks.signing import Keys, Unreadable, headers, new_secret

BODY = '{"type":"a","data":{"title":"考核"}}'.encode()


def signed(*secrets: str, body: bytes = BODY) -> dict[str, str]:
    return headers("msg_1", datetime.now(UTC), body, secrets)


def test_the_reference_library_verifies() -> None:
    secret = new_secret()
    assert Webhook(secret).verify(BODY, signed(secret)) == {"type": "a", "data": {"title": "考核"}}


def test_each_of_two_secrets_verifies_and_no_third() -> None:
    old, new = new_secret(), new_secret()
    said = signed(new, old)
    assert len(said["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        Webhook(secret).verify(BODY, said)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, said)


@pytest.mark.parametrize(
    "changed",
    [{"webhook-id": "msg_2"}, {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) - 60)}],
    ids=lambda changed: next(iter(changed)),
)
def test_what_is_changed_on_the_way_is_noticed(changed: dict[str, str]) -> None:
    secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, {**signed(secret), **changed})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", signed(secret))


def test_the_example_of_a_signature_is_found_again() -> None:
    """Computed once by the reference library, for a fixed id, time and body."""
    at = datetime.fromtimestamp(1614265330, UTC)
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    expected = Webhook(secret).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, '{"test": 2432232314}')
    said = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [secret])
    assert said["webhook-signature"] == expected == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_new_each_time_and_long_enough() -> None:
    made = {new_secret() for _ in range(10)}
    assert len(made) == 10
    assert {len(b64decode(secret.removeprefix("whsec_"))) for secret in made} == {32}


def test_what_is_kept_is_read_by_the_same_key_alone() -> None:
    first, second = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    secret = new_secret()
    kept = Keys(first).kept(secret)
    assert secret not in kept
    assert Keys(first).read(kept) == secret
    assert Keys(f"{second}, {first}").read(kept) == secret, "the key before still decrypts"
    for others in (second, ""):
        with pytest.raises(Unreadable):
            Keys(others).read(kept)


def test_without_a_key_a_secret_is_kept_as_it_is_and_stays_readable() -> None:
    secret = new_secret()
    assert Keys("").kept(secret) == secret
    assert Keys(Fernet.generate_key().decode()).read(secret) == secret


@pytest.mark.parametrize("nonsense", ["x", "c2hvcnQ=", "考核", ",x"])
def test_what_is_no_key_is_refused(nonsense: str) -> None:
    with pytest.raises(SettingError, match="JIFEN_WEBHOOK_KEYS"):
        Keys(nonsense)
