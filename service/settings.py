"""What can be set: one table of name, default and meaning, read once from the environment, loud on nonsense.

A secret may be given as a file: NAME_FILE holds the path of a file with the value of NAME.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from service import logs


class SettingError(ValueError):
    """A setting has a value that it can't have; the text says which and why."""


# Whoever can verify by a shared secret can sign by it, so none of those is here, and no "none".
_ASYMMETRIC = (
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
    "EdDSA",
    "Ed25519",
)


def _setting(
    name: str, default: Any, meaning: str, least: int = 0, most: int = 2**31 - 1, one_of: tuple[str, ...] = ()
) -> Any:
    said = {"name": name, "meaning": meaning, "least": least, "most": most, "one_of": one_of}
    return field(default=default, metadata=said)


@dataclass(frozen=True)
class Settings:
    """The settings of one process."""

    database_url: str = _setting(
        "DATABASE_URL", "", "PostgreSQL to use, as a URL; empty: an embedded one in JIFEN_DATA"
    )
    owner_url: str = _setting("JIFEN_OWNER_URL", "", "who migrates and makes tenants; empty: DATABASE_URL")
    data: Path = _setting("JIFEN_DATA", Path("var"), "folder of the embedded database and of run-time files")
    host: str = _setting("JIFEN_HOST", "127.0.0.1", "address to listen on")
    port: int = _setting("JIFEN_PORT", 8000, "port to listen on", 1, 65535)
    workers: int = _setting("JIFEN_WORKERS", 2, "server processes", 1)
    threads: int = _setting("JIFEN_THREADS", 8, "requests that a process serves at once", 1)
    pool_size: int = _setting("JIFEN_POOL_SIZE", 8, "database connections of a process", 1)
    pool_timeout_seconds: int = _setting(
        "JIFEN_POOL_TIMEOUT_SECONDS",
        2,
        "how long a request waits for a thread, then for a connection, before 503",
        1,
    )
    statement_timeout_seconds: int = _setting(
        "JIFEN_STATEMENT_TIMEOUT_SECONDS",
        60,
        "how long one statement may take before 503 (a computation: 15 minutes)",
        1,
    )
    max_body_bytes: int = _setting("JIFEN_MAX_BODY_BYTES", 8 * 1024 * 1024, "largest request body", 1024)
    intake_timeout_seconds: int = _setting(
        "JIFEN_INTAKE_TIMEOUT_SECONDS",
        2,
        "how long one statement of intake may take, or wait for a lock, before 503",
        1,
    )
    client_timeout_seconds: int = _setting(
        "JIFEN_CLIENT_TIMEOUT_SECONDS", 30, "how long a client may neither send nor read in the middle of a request", 1
    )
    rate_per_second: int = _setting(
        "JIFEN_RATE_PER_SECOND",
        0,
        "requests a second that a token may send, over all processes, before 429; 0: any number",
    )
    rate_burst: int = _setting(
        "JIFEN_RATE_BURST", 0, "requests that a token may send at once after a pause; 0: those of one second"
    )
    max_line_bytes: int = _setting("JIFEN_MAX_LINE_BYTES", 64 * 1024, "longest line of a stream of events", 1024)
    stream_chunk_lines: int = _setting(
        "JIFEN_STREAM_CHUNK_LINES", 1000, "lines of a stream that are stored in one transaction", 1
    )
    max_batch_events: int = _setting("JIFEN_MAX_BATCH_EVENTS", 5000, "most events in one request", 1)
    max_file_rows: int = _setting("JIFEN_MAX_FILE_ROWS", 20_000, "most events in one file over HTTP", 1)
    seal_seconds: int = _setting(
        "JIFEN_SEAL_SECONDS", 3, "how often `jifen work` seals what was written into the hash chain", 1, 3600
    )
    verify_seconds: int = _setting(
        "JIFEN_VERIFY_SECONDS", 3600, "how often `jifen work` computes a published run once more; 0: never"
    )
    drift_seconds: int = _setting(
        "JIFEN_DRIFT_SECONDS", 3600, "how often `jifen work` looks for drift in what was published last; 0: never"
    )
    feed_days: int = _setting(
        "JIFEN_FEED_DAYS", 400, "for how many days the feed tells what happened; nothing is forgotten by it", 1, 36500
    )
    rejection_days: int = _setting(
        "JIFEN_REJECTION_DAYS", 90, "for how many days what intake refused is kept after it was sent last", 1, 36500
    )
    rejection_bytes: int = _setting(
        "JIFEN_REJECTION_BYTES", 4096, "how much of a refused body is kept; what is kept whole can be sent again"
    )
    rejections_kept: int = _setting(
        "JIFEN_REJECTIONS_KEPT", 10_000, "most rejections kept of one actor, the oldest go first; 0: none"
    )
    jwt_jwks: str = _setting(
        "JIFEN_JWT_JWKS",
        "",
        "keys of the identity provider whose JWTs are taken as tokens: a URL, or a file; empty: none",
    )
    jwt_issuer: str = _setting("JIFEN_JWT_ISSUER", "", "who must have issued a JWT (`iss`)")
    jwt_audience: str = _setting("JIFEN_JWT_AUDIENCE", "", "for whom a JWT must be (`aud`)")
    jwt_algorithms: str = _setting(
        "JIFEN_JWT_ALGORITHMS", "RS256,ES256", f"by which a JWT may be signed, with commas, of {', '.join(_ASYMMETRIC)}"
    )
    jwt_leeway_seconds: int = _setting(
        "JIFEN_JWT_LEEWAY_SECONDS",
        30,
        "how far the clocks of the identity provider and of the service may differ",
        0,
        300,
    )
    identity_days: int = _setting(
        "JIFEN_IDENTITY_DAYS",
        0,
        "how many days after the end of the last assignment `jifen work` erases a worker's identity; 0: never",
        0,
        36500,
    )
    webhook_keys: str = _setting(
        "JIFEN_WEBHOOK_KEYS",
        "",
        "keys (Fernet, with commas) that webhooks' secrets are encrypted by: the first encrypts, each decrypts;"
        " empty: they are stored as they are",
    )
    webhook_private: str = _setting(
        "JIFEN_WEBHOOK_PRIVATE",
        "",
        "private networks (10.0.0.0/8, with commas) to which webhooks may be sent, by http too; empty: none",
    )
    webhook_seconds: int = _setting(
        "JIFEN_WEBHOOK_SECONDS", 1, "how often `jifen work` looks for messages to deliver; 0: never", 0, 3600
    )
    webhook_days: int = _setting("JIFEN_WEBHOOK_DAYS", 30, "for how many days the log of deliveries is kept", 1, 36500)
    log_format: str = _setting(
        "JIFEN_LOG_FORMAT", "auto", "json, or text for people; auto: text on a terminal, else json", one_of=logs.FORMATS
    )
    log_level: str = _setting(
        "JIFEN_LOG_LEVEL",
        "info",
        "the least grave of what is logged: debug, info, warning or error",
        one_of=logs.LEVELS,
    )
    stop_seconds: int = _setting(
        "JIFEN_STOP_SECONDS", 30, "how long requests under way may go on when the service is told to stop", 1, 3600
    )
    drain_seconds: int = _setting(
        "JIFEN_DRAIN_SECONDS",
        0,
        "how long, told to stop, it says so at /readyz while it still takes connections, so that a balancer notices",
        0,
        600,
    )
    sending_seconds: int = _setting(
        "JIFEN_SENDING_SECONDS", 120, "how long a client may take to send a body; a stream may take any time", 1
    )
    max_header_bytes: int = _setting("JIFEN_MAX_HEADER_BYTES", 8190, "longest header of a request", 1024, 65536)
    max_depth: int = _setting("JIFEN_MAX_DEPTH", 16, "deepest nesting of a JSON body", 4)

    @property
    def jwt_algorithm_list(self) -> list[str]:
        """The algorithms by which a JWT may be signed."""
        return [name.strip() for name in self.jwt_algorithms.split(",")]


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment states; SettingError for a value that can't be."""
    stated = {}
    for item in fields(Settings):
        text = _text(environment, item.metadata["name"])
        if text is not None:
            stated[item.name] = _typed(text, item.default, item.metadata)
    settings = Settings(**stated)
    _refuse_half_an_identity_provider(settings)
    return settings


def _refuse_half_an_identity_provider(settings: Settings) -> None:
    if not settings.jwt_jwks:
        return
    for name, value in (("JIFEN_JWT_ISSUER", settings.jwt_issuer), ("JIFEN_JWT_AUDIENCE", settings.jwt_audience)):
        if not value:
            raise SettingError(f"{name} is required with JIFEN_JWT_JWKS")
    for name in settings.jwt_algorithm_list:
        if name not in _ASYMMETRIC:
            raise SettingError(f"JIFEN_JWT_ALGORITHMS must be of {', '.join(_ASYMMETRIC)}, not {name!r}")


def _text(environment: Mapping[str, str], name: str) -> str | None:
    file = environment.get(f"{name}_FILE")
    if file is None:
        return environment.get(name) or None
    if name in environment:
        raise SettingError(f"{name} and {name}_FILE are both set; set one of them")
    try:
        secret = Path(file).read_text("utf-8").strip()
    except OSError as error:
        raise SettingError(f"{name}_FILE: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"{name}_FILE: the file is not UTF-8 text") from error
    if not secret:
        raise SettingError(f"{name}_FILE: the file is empty")
    return secret


def _typed(text: str, default: Any, meta: Mapping[str, Any]) -> Any:
    if isinstance(default, Path):
        return Path(text)
    if not isinstance(default, int):
        if meta["one_of"] and text not in meta["one_of"]:
            raise SettingError(f"{meta['name']} must be one of {', '.join(meta['one_of'])}, not {text!r}")
        return text
    whole = text.isascii() and text.isdigit() and len(text) <= 10
    if not whole or not meta["least"] <= int(text) <= meta["most"]:
        bounds = f"at least {meta['least']} and at most {meta['most']}"
        raise SettingError(f"{meta['name']} must be a whole number of {bounds}, not {text!r}")
    return int(text)
