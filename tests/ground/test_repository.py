"""What no committed file may hold: where packages are fetched from is each machine's own business."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Written in pieces, or this file would hold them.
ADDRESSES = re.compile(
    "|".join(
        [
            "(?<!no-emit-)(?<!no-emit-extra-)index" + "-url",
            'resolved"' + r':\s*"http',
            r"files\.python" + "hosted",
            r"pypi\.org/" + "simple",
        ]
    )
)
LOCK_FILES_WITH_ADDRESSES = {"uv.lock", "poetry.lock", "package-lock.json", "yarn.lock"}


def _files() -> list[Path]:
    """What is committed, and what would be by `git add --all`."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"NOT TESTED: this isn't a git checkout ({error})")
    files = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    return [file for file in files if file.is_file()]


def test_no_file_holds_the_address_of_a_registry() -> None:
    files = _files()
    assert ROOT / "pyproject.toml" in files
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in files
        for number, line in enumerate(file.read_bytes().decode("utf-8", "replace").splitlines(), 1)
        if ADDRESSES.search(line)
    ]
    assert found == []


def test_no_lock_file_that_records_addresses() -> None:
    assert [file for file in _files() if file.name in LOCK_FILES_WITH_ADDRESSES] == []


def test_requirements_are_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-build.txt"):
        text = (ROOT / name).read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert lines
        assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == [], name


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("--index" + "-url somewhere", True),
        ("#    pip-compile --no-emit-index" + "-url", False),
        ('"resolved"' + ': "https://registry"', True),
        ("https://pypi.org/" + "simple", True),
    ],
)
def test_the_pattern_tells_an_address_from_an_option_that_hides_one(line: str, refused: bool) -> None:
    assert bool(ADDRESSES.search(line)) is refused
