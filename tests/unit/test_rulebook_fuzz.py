"""Whatever a text is, the lint answers with findings: no other error, no hang, no memory without an end."""

import json
import subprocess
import sys
import time
from pathlib import Path

import yaml

from service.rulebooks.examination import examine
from tests import county
from tests.unit import fuzzing
from tests.unit.test_rulebook_lint import DECLARED

ROOT = Path(__file__).parents[2]
SECONDS_FOR_ONE = 0.25
MEGABYTES = 200


def test_no_text_breaks_the_lint() -> None:
    """JIFEN_FUZZ_FILES says how many are tried; the worst that is known is always among them."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.unit.fuzzing"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300 + SECONDS_FOR_ONE * fuzzing.FILES,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-5000:]
    said = json.loads(run.stdout)
    assert said["files"] == fuzzing.FILES
    assert said["megabytes"] < MEGABYTES, said
    assert {"unreadable", "refused", "accepted"} <= set(said["came"]), said


def test_a_long_rulebook_is_examined_as_fast_as_python_reads_its_yaml() -> None:
    """300 lines, and far below a second: not slower than the plain loader reads the text alone."""
    said = "category: duty, take: {count: {event: visit.done}}, give: {each: 1}, max: 9, no_data: zero"
    items = "\n".join(f"  - {{id: visits_{number}, title: 走访{number}, {said}}}" for number in range(250))
    text = county.RULEBOOK.replace("\nindicators:\n", f"\nindicators:\n{items}\n")
    assert text.count("\n") > 300
    times: dict[str, list[float]] = {"examined": [], "read": []}
    for _ in range(5):
        for name, work in (
            ("examined", lambda: examine(text.encode(), DECLARED)),
            ("read", lambda: yaml.load(text, yaml.BaseLoader)),
        ):
            begun = time.process_time()
            work()
            times[name].append(time.process_time() - begun)
    assert examine(text.encode(), DECLARED).errors == []
    assert min(times["examined"]) < min(times["read"]), times
    assert min(times["examined"]) < 1, times
