"""The command: python -m tests.mutation [--mutants N] [--seed S] [--worlds N] [--only PATTERN] [--report PATH].

JIFEN_MUTANTS (30; a full run has 300) and JIFEN_SEED are the defaults of the first two. It fails below 90 % killed, and
before anything else where the code as it is doesn't agree with the oracle.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

from service.database.embedded import Embedded
from tests.mutation import copies, report, targets
from tests.mutation.mutations import Mutation
from tests.mutation.runner import Ground, Tried

LEAST_SHARE = 0.9
_PATIENCE = 4
# A mutant's data needn't survive; its server is thrown away with it.
_SETTINGS = {"max_wal_size": "4GB", "shared_buffers": "128MB"}


def main(arguments: list[str] | None = None) -> int:
    """Try as many mutants as asked for; the exit code."""
    stated = _parser().parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="jifen-mutants-") as folder,
        Embedded(Path(folder) / "server", None, _SETTINGS) as server,
    ):
        ground = Ground(server, Path(folder), stated.timeout * _PATIENCE)
        differences, run = ground.prepare(stated.seed, stated.worlds)
        if differences:
            _say(f"code and oracle differ without a mutation, at {len(differences)} places:", *differences[:10])
            return 2
        [as_it_is] = ground.attempt(iter([None]), 1)
        if as_it_is.verdict != "survived":
            _say(f"without a mutation: {as_it_is.reason}")
            return 2
        took = f"{as_it_is.seconds:.1f} s"
        _say(f"{stated.worlds} worlds of seed {stated.seed}, the golden ones and the tests take {took}")
        # Who survives takes as long as the code as it is, and the machine may be busier by then.
        ground.timeout = max(stated.timeout, as_it_is.seconds * _PATIENCE)
        mutations = _drawn(ground.snapshot, run, stated)
        tried: list[Tried] = []
        for one in ground.attempt(iter(mutations), stated.mutants):
            tried.append(_told(one, stated.verbose))
            report.write(stated.report, tried, {"seed": stated.seed, "worlds": stated.worlds})
    _say(report.summary(tried))
    return 0 if report.share(tried) >= LEAST_SHARE else 1


def _drawn(root: Path, run: set[str], stated: argparse.Namespace) -> list[Mutation]:
    if gone := targets.missing(root):
        _say(f"named in targets.py, but not there any more: {', '.join(gone)}")
    found = targets.drawn(root, run, stated.seed)
    _say(f"{len(found)} mutations; left out are the statements {', '.join(targets.left_out(root, run))}")
    return [mutation for mutation in found if re.search(stated.only, str(mutation))]


def _told(one: Tried, verbose: bool) -> Tried:
    if verbose or one.verdict == "survived":
        _say(f"{one.verdict} ({one.seconds:.1f} s): {one.mutation} {one.reason[:200]}".rstrip())
    return one


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Would the tests notice?")
    environment = os.environ
    parser.add_argument("--mutants", type=int, default=int(environment.get("JIFEN_MUTANTS") or 30), help="how many")
    parser.add_argument("--seed", type=int, default=int(environment.get("JIFEN_SEED") or 1), help="what draws them")
    parser.add_argument(
        "--worlds", type=int, default=12, help="how many worlds each of them recomputes, beside the golden ones"
    )
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds after which one counts as killed")
    parser.add_argument("--only", default="", help="of those whose line matches this pattern")
    parser.add_argument("--report", type=Path, default=copies.ROOT / "var" / "mutants.json", help="where to write")
    parser.add_argument("--verbose", action="store_true", help="say what became of each, not only of survivors")
    return parser


if __name__ == "__main__":
    sys.exit(main())
