"""The doctor: each kind of finding is found where it is so, said in both languages, and it changes nothing."""

import json
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from service import calendar, clock
from service.cli import main
from service.database.transactions import Database
from service.doctor import Found, of_database, of_machine
from service.doctor.kinds import KINDS, found
from service.doctor.server import of_facts
from service.settings import Settings
from tests.county import County, visit
from tests.database.test_isolation import snapshot

WELL = SimpleNamespace(version=180_004, bypasses=False, fsync="on", full_page_writes="on", most=97, used=5)
KNOWN = datetime(2025, 6, 15, 4, tzinfo=UTC)  # a day of a year whose holidays are announced


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of a service that could start here."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return Settings(data=tmp_path, port=port)


def codes(findings: Iterator[Found]) -> list[str]:
    return [one.code for one in findings]


@pytest.mark.parametrize("code", KINDS)
def test_each_kind_says_the_same_in_both_languages(code: str) -> None:
    kind = KINDS[code]
    assert (kind.en + kind.do_en).isascii()
    for en, zh in ((kind.en, kind.zh), (kind.do_en, kind.do_zh)):
        assert re.search(r"[\u4e00-\u9fff]", zh)
        assert set(re.findall(r"{(\w+)}", en)) == set(re.findall(r"{(\w+)}", zh))


def test_each_kind_is_found_by_a_test_of_this_module() -> None:
    text = Path(__file__).read_text("utf-8")
    assert [code for code in KINDS if f'"{code}"' not in text] == []


def test_nothing_is_found_on_a_machine_that_is_well(settings: Settings) -> None:
    assert codes(of_machine(settings)) == []


def test_what_is_wrong_with_the_machine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(of_machine(replace(settings, pool_size=1))) == ["settings.threads"]
    file = settings.data / "file"
    file.write_text("no folder")
    assert codes(of_machine(replace(settings, data=file))) == ["data.folder"]
    assert codes(of_machine(replace(settings, host="192.0.2.1"))) == ["address.wrong"]
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.01)  # it answers nobody
        monkeypatch.setattr("service.doctor.machine._ASK_SECONDS", 0.2)
        taken = replace(settings, port=other.getsockname()[1])
        assert codes(of_machine(taken)) == ["address.taken"]
    monkeypatch.setattr("service.doctor.machine._LEAST_FREE_MIB", 2**40)
    assert codes(of_machine(settings)) == ["data.space"]


@pytest.mark.parametrize(
    ("facts", "ahead", "code"),
    [
        ({}, 0.5, None),
        ({"version": 140_012}, 0, "database.version"),
        ({"bypasses": True}, 0, "database.isolation"),
        ({"fsync": "off"}, 0, "database.durability"),
        ({"full_page_writes": "off"}, 0, "database.durability"),
        ({}, 7.4, "database.clock"),
        ({}, -7.4, "database.clock"),
        ({"most": 23}, 0, "connections.few"),
        ({"most": 24, "used": 22}, 0, "connections.used"),
    ],
)
def test_what_is_wrong_with_a_server(facts: dict[str, Any], ahead: float, code: str | None) -> None:
    told = codes(of_facts(SimpleNamespace(**{**vars(WELL), **facts}), ahead, Settings()))
    assert told == ([code] if code else [])


def test_nothing_but_what_waits_is_found_in_a_database_that_is_well(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: KNOWN)
    before = snapshot(county)
    told = list(of_database(county.url, Settings()))
    assert {one.code for one in told} <= {"period.blocked"}
    assert snapshot(county) == before


def test_a_database_that_cannot_be_used(url: str, county: County) -> None:
    there = conninfo_to_dict(url)
    nowhere = make_conninfo(**{**there, "dbname": "nowhere", "password": "geheim"})
    [unreachable] = of_database(nowhere, Settings())
    assert (unreachable.code, unreachable.level) == ("database.unreachable", "error")
    assert "nowhere" in unreachable.json()["en"]
    [wrong] = of_database("geheim is no address", Settings())
    assert wrong.code == "database.url"
    assert "geheim" not in json.dumps([unreachable.json(), wrong.json()])
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE ROLE a_stranger LOGIN")
        try:
            stranger = make_conninfo(**{**there, "user": "a_stranger"})
            assert codes(of_database(stranger, Settings())) == ["database.role"]
        finally:
            owner.execute("DROP ROLE a_stranger")


def test_a_schema_of_another_version(url: str, database: Database) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("INSERT INTO migration (number, name, hash) VALUES (9999, 'later', '')")
        ahead, *_ = of_database(url, Settings())
        assert (ahead.code, ahead.level) == ("schema.ahead", "note")
        owner.execute("DELETE FROM migration WHERE number >= 3")
        assert codes(of_database(url, Settings())) == ["schema.behind"]
        owner.execute("DROP TABLE migration")
        [none] = of_database(url, Settings())
    assert none.values["number"] == "0"


def only(county: County, code: str, settings: Settings | None = None) -> dict[str, str]:
    """The finding of that kind, of which there is one."""
    [one] = [one for one in of_database(county.url, settings or Settings()) if one.code == code]
    return one.json()


def test_what_waits_too_long_for_its_place(county: County) -> None:
    county.send(visit("w1", "h1"))
    with psycopg.connect(county.url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("UPDATE audit_entry SET recorded_at = recorded_at - interval '90 seconds'")
    assert county.tenant in only(county, "work.behind", Settings(seal_seconds=1))["en"]


def test_what_was_proven_wrong(county: County) -> None:
    with psycopg.connect(county.url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO verification (tenant_id, of, wrong, checked, seconds)"
            " SELECT tenant_id, 'runs', 2, 3, 1 FROM tenant"
        )
    assert "2" in only(county, "proof.wrong")["en"]


def test_a_calendar_that_nobody_knows(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = datetime(2090, 12, 20, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: unknown)
    told = [one.values["year"] for one in of_database(county.url, Settings()) if one.code == "calendar.missing"]
    assert told == ["2090", "2091"]
    with county.database.transaction(county.tenant_id) as transaction:
        calendar.state(transaction, "hr", 2090, [], [])
    told = [one.values["year"] for one in of_database(county.url, Settings()) if one.code == "calendar.missing"]
    assert told == ["2091"]


def test_webhooks_that_fail_and_secrets_in_the_clear(county: County) -> None:
    webhook = {"url": "https://receiver.example/x", "types": ["jifen.period.closed"]}
    assert county.hr.post("/v1/webhooks", webhook).status_code == 201
    assert only(county, "settings.keys")["level"] == "warning"
    with psycopg.connect(county.url, autocommit=True) as owner:
        owner.execute("UPDATE webhook SET failing_since = now()")
    assert "1" in only(county, "webhooks.failing")["en"]


def test_a_period_that_cannot_go_on(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """A year whose months nobody has published."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 2, 10, tzinfo=UTC))
    told = [one for one in of_database(county.url, Settings()) if one.code == "period.blocked"]
    [year] = [one for one in told if one.values["period"] == "2025"]
    assert (year.values["tenant"], year.values["step"]) == (county.tenant, "close")
    assert "2025-12" in year.json()["en"]
    assert re.search(r"[\u4e00-\u9fff]", year.values_zh["why"])


@pytest.fixture
def doctor(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, in an environment that names no database."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("JIFEN_DATA", str(settings.data))
    monkeypatch.setenv("JIFEN_PORT", str(settings.port))
    return lambda *words: CliRunner().invoke(main, ["doctor", *words])


def test_the_command_tells_scripts_and_people(doctor: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    new = doctor("--json")
    assert (new.exit_code, json.loads(new.output)["blocks"]) == (0, False)
    assert [one["code"] for one in json.loads(new.output)["findings"]] == ["database.none"]
    monkeypatch.setenv("JIFEN_PORT", "a word")
    wrong = doctor("--lang", "zh")
    assert wrong.exit_code == 1
    assert wrong.output.startswith("error settings.wrong: 设置有误：")
    told = json.loads(doctor("--json").output)
    assert (told["blocks"], [one["code"] for one in told["findings"]]) == (True, ["settings.wrong"])


def test_an_embedded_database_that_does_not_start(doctor: Callable[..., Result], settings: Settings) -> None:
    data = settings.data / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("18")
    told = doctor("--json")
    assert [one["code"] for one in json.loads(told.output)["findings"]] == ["database.embedded"]
    assert told.exit_code == 1


def test_well_is_said_too(doctor: Callable[..., Result], url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert (doctor().exit_code, doctor().output) == (0, "nothing found\n")


def test_a_finding_of_no_kind_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        found("no.kind").json()
