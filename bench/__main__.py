"""The command: python -m bench [NAME …] [--size small|full] [--rounds N] [--workers N] [--profile] [--strict].

Each benchmark gets a fresh stack, prints its table and stores its rows as bench/results/<name>.json. A bar that doesn't
hold is printed as such; the command fails for it only with --strict.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import closing, exports, intake, machine, overhead, profile, reading, rows, trial
from bench.rows import Comparison, Row
from bench.stack import Stack

RESULTS = Path(__file__).parent / "results"
LEAST_ROUNDS = 5

Benchmark = Callable[[Stack, Any, int], list[Comparison]]

BENCHMARKS: dict[str, tuple[Benchmark, dict[str, Any]]] = {
    "intake_batch": (intake.intake_batch, intake.BATCHES),
    "intake_single": (intake.intake_single, intake.SINGLES),
    "intake_duplicate": (intake.intake_duplicate, intake.BATCHES),
    "intake_present": (intake.intake_present, intake.PRESENTS),
    "intake_stream": (intake.intake_stream, intake.STREAMS),
    "overhead_single": (overhead.overhead_single, overhead.SINGLES),
    "overhead_batch": (overhead.overhead_batch, overhead.BATCHES),
    "close_month": (closing.close_month, closing.SIZES),
    "close_cohort": (closing.close_cohort, closing.COHORTS),
    "trial": (trial.trial, trial.SIZES),
    "standing_one": (reading.standing_one, reading.STANDINGS),
    "ranking_page": (reading.ranking_page, reading.PAGES),
    "standing_page": (reading.standing_page, reading.GROUPS),
    "ranking_304": (reading.ranking_304, reading.GROUPS),
    "export_csv": (exports.export_csv, exports.SIZES),
}


def main(arguments: list[str] | None = None) -> int:
    """Measure what is named, or everything; the exit code."""
    stated = _parser().parse_args(arguments)
    every: list[Row] = []
    for name in stated.names or BENCHMARKS:
        _, sizes = BENCHMARKS[name]
        size = sizes[stated.size]
        if stated.workers:
            size = replace(size, workers=stated.workers)
        with Stack() as stack:
            every += measure(stack, name, size, stated.rounds, RESULTS)
            if stated.profile:
                print(profile.table(stack), file=sys.stderr)
    print(rows.table(every))
    return 1 if stated.strict and any(row.holds is False for row in every) else 0


def measure(stack: Stack, name: str, size: Any, rounds: int, folder: Path) -> list[Row]:
    """One benchmark on a stack, its rows stored in the folder."""
    described = machine.describe(stack)
    benchmark, _ = BENCHMARKS[name]
    found = [compared.row(described) for compared in benchmark(stack, size, rounds)]
    rows.write(folder, name, found)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure against the bars.")
    parser.add_argument("names", nargs="*", type=_name, metavar="NAME", help=f"all, or of {', '.join(BENCHMARKS)}")
    parser.add_argument("--size", choices=["small", "full"], default="small", help="how much (default: small)")
    parser.add_argument("--rounds", type=_rounds, default=LEAST_ROUNDS, help="counted rounds, at least 5")
    parser.add_argument("--workers", type=int, default=0, help="how many workers, in place of the size's own")
    parser.add_argument("--profile", action="store_true", help="say which statements of the service took the time")
    parser.add_argument("--strict", action="store_true", help="fail where a bar doesn't hold")
    return parser


def _name(text: str) -> str:
    if text not in BENCHMARKS:
        raise argparse.ArgumentTypeError(f"no such benchmark: {text}")
    return text


def _rounds(text: str) -> int:
    if not text.isdigit() or int(text) < LEAST_ROUNDS:
        raise argparse.ArgumentTypeError(f"at least {LEAST_ROUNDS} rounds, or a median says little")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
