"""The command: python -m tests.golden [SEED…]. Keeps the worlds of these seeds, and the results of worlds without any.

Results are kept only where the oracle agrees. What is kept already is never written again: a golden run that differs is
a change of the language (tests.golden).
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from service.database.embedded import Embedded
from service.database.migrations import migrate
from service.database.transactions import Database
from service.settings import Settings
from tests import golden
from tests.oracle.strategies import world_of

MOST_WORKERS, MOST_EVENTS = 8, 60


def main(seeds: list[str]) -> None:
    """Write what there isn't yet."""
    for seed in seeds:
        if seed not in golden.names():
            golden.keep(seed, world_of(int(seed), MOST_WORKERS, MOST_EVENTS))
    lacking = [name for name in golden.names() if not golden.results_file(name).exists()]
    with server() as (url, database):
        for name in lacking:
            text = golden.settled(url, database, golden.read(name), agreed=True)
            golden.results_file(name).write_text(text, "utf-8")
            sys.stdout.write(f"{name}: {len(text.splitlines())} lines\n")


@contextmanager
def server() -> Iterator[tuple[str, Database]]:
    """A database of its own, in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="jifen-golden-") as folder, Embedded(Path(folder), None, {}) as url:
        migrate(url)
        with closing(Database(url, Settings())) as database:
            database.open()
            yield url, database


if __name__ == "__main__":
    main(sys.argv[1:])
