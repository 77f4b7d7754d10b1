"""The benchmarks' machinery, with next to nothing to measure: so that it can't rot, not for its figures."""

import json
from pathlib import Path

import pytest

from bench import __main__ as command
from bench import closing, exports, intake, load, machine, overhead, reading, rows
from bench.rows import Comparison
from bench.stack import Stack

KEYS = {"name", "value", "unit", "limit", "ratio", "op", "bar", "holds", "machine"}


def of_batches(name: str) -> list[str]:
    return [name, *(f"{name}_{more}" for more in ("p50", "p95", "p99", "processor", "stored"))]


def of_pairs(name: str) -> list[str]:
    return [f"{name}{more}" for more in ("", "_from", "_to", "_processor", "_processor_from", "_processor_to")]


TINY = {
    "intake_batch": (intake.Size(20, 2, 1, 10), of_batches("intake_batch")),
    "intake_single": (
        intake.Size(20, 2, 5),
        ["intake_single", "intake_single_p50", "intake_single_p95", "intake_single_p99"],
    ),
    "intake_duplicate": (intake.Size(20, 2, 1, 10), ["intake_duplicate"]),
    "intake_present": (intake.Present(20, 2, 1, 10, 2), [*of_batches("intake_present"), "intake_growth"]),
    "intake_stream": (intake.Stream(20, 2000), ["intake_stream", "intake_stream_memory"]),
    "overhead_single": (overhead.Pairs(20, 2, 5, pairs=1), of_pairs("overhead_single")),
    "overhead_batch": (overhead.Pairs(20, 2, 1, 10, pairs=1), of_pairs("overhead_batch")),
    "close_month": (closing.Size(20), ["close_month"]),
    "close_cohort": (closing.Size(20, 80, 4), ["close_cohort"]),
    "trial": (closing.Size(20), ["trial"]),
    "standing_one": (reading.Standings(20, 12, reads=2), ["standing_one"]),
    "ranking_page": (reading.Pages(20, clients=2, requests=3, step=7), ["ranking_page"]),
    "standing_page": (reading.Pages(20, clients=2, requests=3, step=7), ["standing_page"]),
    "ranking_304": (reading.Pages(20, clients=2, requests=3), ["ranking_304"]),
    "export_csv": (exports.Size(20, 20), ["export_csv", "export_csv_memory", "export_xlsx_memory"]),
}


def test_every_benchmark_has_a_tiny_size_here() -> None:
    assert TINY.keys() == command.BENCHMARKS.keys()


@pytest.mark.parametrize("name", TINY)
def test_a_benchmark_measures_and_stores_its_rows(
    name: str, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A checkpoint on a busy machine takes longer than all that is measured here.
    monkeypatch.setattr(Stack, "settle", lambda _: None)
    size, named = TINY[name]
    found = command.measure(stack, name, size, 1, tmp_path)
    stored = json.loads((tmp_path / f"{name}.json").read_text("utf-8"))
    assert [row["name"] for row in stored] == [row.name for row in found] == named
    for row in stored:
        assert row.keys() == KEYS
        assert row["value"] > 0
        assert row["limit"] > 0
    assert isinstance(stored[0]["holds"], bool)


def test_a_machine_is_described_and_not_named(stack: Stack) -> None:
    described = machine.describe(stack)
    assert described.keys() == {"cores", "memory_gib", "load_average", "kernel", "python", "postgresql"}
    assert not any("/" in str(value) for value in described.values())


def test_another_status_than_expected_spoils_the_figure(stack: Stack) -> None:
    with pytest.raises(load.LoadError, match="404"):
        load.run(stack.port, [[load.request("GET", "/nowhere")]], 200)


@pytest.mark.parametrize(
    ("values", "op", "bar", "held"),
    [
        ([4.0, 5.0, 90.0], ">=", 0.5, True),
        ([4.9, 1.0, 90.0], ">=", 0.5, False),
        ([4.0, 5.0, 90.0], "<=", 0.5, True),
        ([5.1, 1.0, 90.0], "<=", 0.5, False),
        ([4.999996, 4.999996, 4.999996], ">=", 0.5, False),  # before rounding, not after
        ([5.0, 5.0, 5.0], None, None, None),
    ],
)
def test_a_bar_is_judged_by_the_ratio_of_medians(
    values: list[float], op: str | None, bar: float | None, held: bool | None
) -> None:
    row = Comparison("some", "events/s", values, [1.0, 10.0, 1000.0], op, bar).row({})
    assert row.holds is held
    assert row.ratio == pytest.approx(sorted(values)[1] / 10.0, rel=1e-3)


def test_an_unknown_op_is_refused() -> None:
    with pytest.raises(ValueError, match="op is >= or <="):
        rows.holds(1.0, ">", 1.0)


def test_the_table_says_plainly_what_does_not_hold() -> None:
    missed = Comparison("some", "events/s", [1.0], [10.0], ">=", 0.5).row({})
    lines = rows.table([missed]).splitlines()
    assert lines[0].split() == ["name", "value", "unit", "limit", "ratio", "op", "bar", "holds"]
    assert lines[1].split() == ["some", "1", "events/s", "10", "0.1", ">=", "0.5", "NO"]


@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--strict"], 1)])
def test_a_missed_bar_fails_the_command_only_when_strict(
    flags: list[str], code: int, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missed(_stack: Stack, _size: object, _rounds: int) -> list[Comparison]:
        return [Comparison("standing_one", "ms", [10.0], [1.0], "<=", 0.02)]

    monkeypatch.setitem(command.BENCHMARKS, "standing_one", (missed, reading.STANDINGS))
    monkeypatch.setattr(command, "RESULTS", tmp_path)
    monkeypatch.setattr(command, "Stack", lambda: _Lent(stack))
    assert command.main(["standing_one", *flags]) == code


@pytest.mark.parametrize("arguments", [["no_such"], ["--rounds", "4"], ["--size", "huge"]])
def test_a_call_that_means_nothing_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        command.main(arguments)
    assert refusal.value.code == 2
    assert "error:" in capsys.readouterr().err


class _Lent:
    """The module's stack, which must outlive a command that would end its own."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def __enter__(self) -> Stack:
        return self._stack

    def __exit__(self, *_: object) -> None:
        pass
