"""What is said of the mutants: how many were killed, and each one that nobody noticed."""

import json
from dataclasses import asdict
from pathlib import Path

from tests.mutation.runner import Tried


def summary(tried: list[Tried]) -> str:
    """Counts, share and time in one line; the survivors below it."""
    killed, survived, stillborn = (_with(tried, verdict) for verdict in ("killed", "survived", "stillborn"))
    seconds = sum(one.seconds for one in tried)
    said = [
        f"{len(killed)} killed, {len(survived)} survived: {share(tried):.1%} killed; {len(stillborn)} stillborn; "
        f"{seconds / max(1, len(tried)):.1f} s for one"
    ]
    for one in sorted(survived, key=_place):
        said.append(f"survived: {one.mutation}\n    {one.mutation.code if one.mutation else ''}")
    return "\n".join(said)


def share(tried: list[Tried]) -> float:
    """The killed among those that were valid programs; nothing was missed where there was none."""
    killed, survived = len(_with(tried, "killed")), len(_with(tried, "survived"))
    return killed / (killed + survived) if killed + survived else 1.0


def write(path: Path, tried: list[Tried], said: dict[str, object]) -> None:
    """Every mutant as JSON, survivors first, and what was said of the run."""
    order = {"survived": 0, "killed": 1, "stillborn": 2}
    rows = [asdict(one) for one in sorted(tried, key=lambda one: (order[one.verdict], _place(one)))]
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {**said, "share": share(tried), "mutants": rows}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _with(tried: list[Tried], verdict: str) -> list[Tried]:
    return [one for one in tried if one.verdict == verdict]


def _place(one: Tried) -> tuple[str, int]:
    return (one.mutation.path, one.mutation.start) if one.mutation else ("", 0)
