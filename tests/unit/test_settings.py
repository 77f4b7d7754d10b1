"""Settings: one table, read from the environment or from files, loud on nonsense."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

from service.settings import SettingError, Settings, read

WHOLE = [item for item in fields(Settings) if isinstance(item.default, int)]
NAMES = {item.metadata["name"]: item for item in fields(Settings)}


# What must be said where another is.
BESIDE = {"JIFEN_JWT_JWKS": {"JIFEN_JWT_ISSUER": "somebody", "JIFEN_JWT_AUDIENCE": "jifen"}}


def some(item: Any) -> str:
    """A text that a setting can have."""
    return str((item.metadata["one_of"] or ("somewhere",))[-1])


def test_without_an_environment_everything_has_its_default() -> None:
    assert read({}) == Settings()


def test_every_setting_has_a_name_a_default_and_a_meaning() -> None:
    for item in fields(Settings):
        name = item.metadata["name"]
        assert name == "DATABASE_URL" or name.startswith("JIFEN_")
        assert item.metadata["meaning"]
        assert item.default is not None
    assert len(NAMES) == len(fields(Settings))


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_can_be_set(name: str) -> None:
    item = NAMES[name]
    text = str(item.metadata["least"] + 1) if isinstance(item.default, int) else some(item)
    assert str(getattr(read({**BESIDE.get(name, {}), name: text}), item.name)) == text


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_can_stand_in_a_file(name: str, tmp_path: Path) -> None:
    item = NAMES[name]
    text = str(item.metadata["least"]) if isinstance(item.default, int) else some(item)
    file = tmp_path / "value"
    file.write_text(f"{text}\n", "utf-8")
    assert str(getattr(read({**BESIDE.get(name, {}), f"{name}_FILE": str(file)}), item.name)) == text


@pytest.mark.parametrize("name", NAMES)
def test_a_value_and_a_file_at_once_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=f"{name} and {name}_FILE are both set"):
        read({name: "1", f"{name}_FILE": str(tmp_path)})


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_cannot_be_read_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=f"{name}_FILE: No such file"):
        read({f"{name}_FILE": str(tmp_path / "missing")})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "value"
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SettingError, match="JIFEN_PORT_FILE"):
        read({"JIFEN_PORT_FILE": str(file)})


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    """Otherwise a secret that was not mounted would silently mean another database."""
    file = tmp_path / "value"
    file.write_text("\n", "utf-8")
    with pytest.raises(SettingError, match="DATABASE_URL_FILE"):
        read({"DATABASE_URL_FILE": str(file)})


@pytest.mark.parametrize("item", WHOLE, ids=lambda item: item.name)
@pytest.mark.parametrize("text", ["x", "1.5", "-1", "+1", " 1", "1_000", "0x10", "１０", "1e3", "{below}"])
def test_nonsense_for_a_number_is_refused(item: object, text: str) -> None:
    meta = item.metadata  # type: ignore[attr-defined]
    text = text.format(below=meta["least"] - 1)
    with pytest.raises(SettingError, match=f"{meta['name']} must be a whole number of at least {meta['least']}"):
        read({meta["name"]: text})


@pytest.mark.parametrize("item", WHOLE, ids=lambda item: item.name)
def test_the_default_of_a_number_is_allowed(item: object) -> None:
    assert item.default >= item.metadata["least"]  # type: ignore[attr-defined]


def test_a_port_is_at_most_65535() -> None:
    with pytest.raises(SettingError, match="JIFEN_PORT"):
        read({"JIFEN_PORT": "65536"})


@pytest.mark.parametrize("name", [name for name, item in NAMES.items() if item.metadata["one_of"]])
def test_a_word_that_is_none_of_those_is_refused(name: str) -> None:
    with pytest.raises(SettingError, match=f"{name} must be one of .*, not 'TEXT'"):
        read({name: "TEXT"})
    assert NAMES[name].default in NAMES[name].metadata["one_of"]


def test_an_empty_value_is_the_default() -> None:
    assert read({"JIFEN_PORT": "", "DATABASE_URL": ""}) == Settings()


def test_settings_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]
