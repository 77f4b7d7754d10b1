"""Alerts and dashboard: what they name is measured, each alert is explained in both languages and proven to fire."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from service import gauges
from tests.county import County, visit
from tests.http.test_operations import families
from tests.ops.written import OPS, ROOT, alerts, expressions, named, panels, selected

LABELS = {name: set(labels) for name, _, labels, _ in gauges.described()}
PARTS = {
    f"{name}{part}": name
    for name, kind, _, _ in gauges.described()
    for part in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",))
}
ALERTS = sorted(alerts())
PAGES = [ROOT / "docs" / "alerts.md", ROOT / "docs" / "alerts.zh-CN.md"]
BY_HAND = {"le", "instance", "job"}  # of a histogram, and what Prometheus adds


def entries(page: Path) -> dict[str, str]:
    """What a page says of each alert."""
    _, *parts = re.split(r"^### (\w+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("place", sorted(expressions()))
def test_every_metric_that_is_named_is_measured(place: str) -> None:
    expression = expressions()[place]
    assert named(expression) or "up{" in expression
    assert named(expression) - PARTS.keys() == set()
    wrong = {(name, label) for name, label in selected(expression) if label not in LABELS[PARTS[name]] | BY_HAND}
    assert wrong == set()


def test_everything_that_is_described_is_exposed(county: County) -> None:
    """And nothing else is: the page of metrics is complete."""
    county.send(visit("w1", "h1"))
    text = county.anonymous.get("/metrics").text
    own = {name for name in re.findall(r"^# HELP (jifen_\w+)", text, re.MULTILINE) if not name.endswith("_created")}
    assert own == LABELS.keys()
    assert {name for name in families(county.anonymous) if name.startswith("jifen_")} >= {
        "jifen_event_lag_seconds_bucket",
        "jifen_events_total",
        "jifen_schema_version",
    }


@pytest.mark.parametrize("alert", ALERTS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_alert_is_explained(alert: str, page: Path) -> None:
    said = entries(page)[alert]
    words = ["**含义**", "**查看**", "**处理**"] if "zh-CN" in page.name else ["**Means**", "**Look**", "**Do**"]
    assert [word for word in words if word not in said] == []
    assert alerts()[alert]["annotations"]["runbook"] == f"docs/alerts.md#{alert.lower()}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_alert_is_explained_that_there_is_not(page: Path) -> None:
    assert list(entries(page)) == list(alerts())


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_says_how_bad_it_is_and_what_happened_in_both_languages(alert: str) -> None:
    rule = alerts()[alert]
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert rule["annotations"]["summary"].isascii()
    assert not rule["annotations"]["summary_zh"].isascii()


def test_every_alert_is_tried() -> None:
    tried = yaml.safe_load((OPS / "alerts_test.yml").read_text("utf-8"))["tests"]
    firing = {test["name"] for test in tried if any(said["exp_samples"] for said in test["promql_expr_test"])}
    quiet = {test["name"] for test in tried if any(not said["exp_samples"] for said in test["promql_expr_test"])}
    assert firing == quiet == set(alerts())


def test_alerts_fire_when_they_should_and_only_then() -> None:
    """By the command that both pages have."""
    if not shutil.which("promtool"):
        pytest.skip("NOT TESTED: there is no promtool here, which Debian's package prometheus has")
    [command] = {tuple(re.findall(r"```sh\n(.*?)\n```", page.read_text("utf-8"), re.DOTALL)) for page in PAGES}
    for line in (*command, "promtool check config ops/prometheus.yml"):
        done = subprocess.run(line.split(), cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_shows_what_operations_ask_for() -> None:
    shown = [panel for panel in panels() if panel["type"] != "row"]
    assert len({panel["id"] for panel in panels()}) == len(panels())
    assert len({panel["title"] for panel in panels()}) == len(panels())
    assert all(panel["targets"] and panel["description"] for panel in shown)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels()]
    assert len(set(places)) == len(places)
    assert json.loads((OPS / "grafana" / "jifen.json").read_text("utf-8"))["uid"] == "jifen"


def test_every_metric_is_on_the_dashboard_or_in_an_alert() -> None:
    """What nobody looks at needn't be measured."""
    looked_at = {PARTS[name] for expression in expressions().values() for name in named(expression)}
    assert LABELS.keys() - looked_at == set()


def test_compose_starts_both_with_what_is_here() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    for name in ("prometheus", "grafana"):
        assert services[name]["profiles"] == ["monitoring"]
        assert re.fullmatch(r"[a-z]+/[a-z]+:v?\d+\.\d+\.\d+", services[name]["image"])
        here = [volume.split(":")[0] for volume in services[name]["volumes"] if volume.startswith("./")]
        assert here
        assert [path for path in here if not (ROOT / path).exists()] == []
