"""What ops/ says: its alerts, its dashboard, and the metrics that both name."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
OPS = ROOT / "ops"

_NAME = re.compile(r"\bjifen_[a-z_]+\b")
_SELECTED = re.compile(r"\b(jifen_[a-z_]+)\{([^}]*)\}")
_LABEL = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)")


def alerts() -> dict[str, dict[str, Any]]:
    """Every alert by its name."""
    groups = yaml.safe_load((OPS / "alerts.yml").read_text("utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def panels() -> list[dict[str, Any]]:
    """Every panel of the dashboard."""
    return list(json.loads((OPS / "grafana" / "jifen.json").read_text("utf-8"))["panels"])


def expressions() -> dict[str, str]:
    """Every expression, by where it stands."""
    of_alerts = {f"alert {name}": rule["expr"] for name, rule in alerts().items()}
    of_panels = {
        f"panel {panel['title']} {target['refId']}": target["expr"]
        for panel in panels()
        for target in panel.get("targets", [])
    }
    return of_alerts | of_panels


def named(expression: str) -> set[str]:
    """The metrics that an expression names."""
    return set(_NAME.findall(expression))


def selected(expression: str) -> set[tuple[str, str]]:
    """The labels by which an expression selects, each with the metric."""
    return {(name, label) for name, said in _SELECTED.findall(expression) for label in _LABEL.findall(said)}
