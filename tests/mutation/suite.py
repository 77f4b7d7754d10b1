"""What a process does with a mutant that no world noticed: run the project's own tests of the computation against it.

What is tried is what worlds and cases leave out: what is read of earlier results, late events and corrections, pools
of which one is placed again, standings after any interleaving, and two connections at one cohort. The first test that
fails is enough.
"""

import contextlib
import os
from pathlib import Path

import pytest

from tests.mutation.judge import Verdict

FILES = tuple(
    f"tests/computation/test_{name}.py"
    for name in (
        "history",
        "candidates",
        "pools",
        "two_pools",
        "late_events",
        "corrections",
        "connections",
        "standings",
        "traps",
        "traps_of_time",
        "traps_of_votes",
    )
)


class _Noticing:
    """Remembers the test that failed."""

    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of the first that fails, its name."""
        if report.failed:
            self.failed = self.failed or report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that can't even be imported is noticed, too."""
        if report.failed:
            self.failed = self.failed or report.nodeid


def judged(root: Path) -> Verdict:
    """The verdict over the code that this process has imported, by the tests of a copy of the project."""
    os.chdir(root)
    noticing = _Noticing()
    options = ("-x", "-q", "--import-mode=append", "--assert=plain", "-p", "no:cacheprovider", f"--rootdir={root}")
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        code = pytest.main([*options, *FILES], plugins=[noticing])
    if code == pytest.ExitCode.OK:
        return "survived", ""
    return "killed", noticing.failed or f"the tests end with {code}"
