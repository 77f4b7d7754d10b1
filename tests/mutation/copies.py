"""Copies of the project: one snapshot of everything, and for each mutant its own copy of the package that is changed.

The snapshot is what is tried, whatever happens to the project meanwhile. A mutant is read from files like any program,
so that no name that was imported early escapes the change.
"""

import compileall
import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.mutation.mutations import Mutation

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("service", "schemas", "sql", "oracle", "tests")
# What tests read beside the packages.
_BESIDE = ("docs", "examples", "pyproject.toml")
# A connection plans each statement once: in worlds this small, planning would be most of the work.
_PLANNED_ONCE = {
    "service/database/transactions.py": (
        ("prepare = True if self._keeps_plans else None", "prepare = True"),
        ('b"force_custom_plan"', 'b"force_generic_plan"'),
    ),
    "sql/queries/standings.sql": (("'force_custom_plan'", "'force_generic_plan'"),),
}


def snapshot(folder: Path) -> Path:
    """The packages as they are now, compiled; statements are planned once."""
    kept = folder / "snapshot"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, kept / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _BESIDE:
        (kept / name).symlink_to(ROOT / name)
    for path, text in planned_once():
        (kept / path).write_text(text, "utf-8")
    compileall.compile_dir(kept, quiet=2)
    return kept


def planned_once() -> Iterator[tuple[str, str]]:
    """The files whose text is another in the snapshot. ValueError where one doesn't say any more what is changed."""
    for path, changes in _PLANNED_ONCE.items():
        text = (ROOT / path).read_text("utf-8")
        for before, after in changes:
            if before not in text:
                raise ValueError(f"{path} says nothing of {before}")
            text = text.replace(before, after)
        yield path, text


def mutant(kept: Path, folder: Path, mutation: Mutation) -> Path:
    """A folder with the package that the mutation changes; what it doesn't change is the snapshot's own files."""
    package = Path(mutation.path).parts[0]
    shutil.copytree(kept / package, folder / package, copy_function=os.link)
    changed = folder / mutation.path
    source = changed.read_text("utf-8")
    for compiled in changed.parent.glob(f"__pycache__/{changed.stem}.*"):
        compiled.unlink()  # it says when its source was written, to the second
    changed.unlink()  # a link to the snapshot's own file
    changed.write_text(mutation.applied(source), "utf-8")
    return folder


def enter(folders: list[Path]) -> None:
    """From now on this process, a fork, imports the project from these folders; the first that has a package counts."""
    for name in [name for name in sys.modules if name.split(".")[0] in PACKAGES]:
        del sys.modules[name]
    sys.path[:0] = [str(folder) for folder in folders]
    importlib.invalidate_caches()
    for package in PACKAGES:
        file = importlib.import_module(package).__file__
        if file is None or not any(Path(file).is_relative_to(folder) for folder in folders):
            raise ImportError(f"{package} is imported from {file}")
