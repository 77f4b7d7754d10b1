"""What mutants are tried on holds without a mutation: a world that is laid, measured and judged has no difference."""

import pickle
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from tests.conftest import clone
from tests.mutation import copies, ground, judge, suite, targets

_GOLDEN = "152"


def test_a_world_survives_the_code_as_it_is(server: str, url: str, tmp_path: Path) -> None:
    """Invariant 9: brought up to date, from nothing, published and corrected, as the oracle says; twice the same."""
    prepared = ground.lay(url, 0, 0, [_GOLDEN])
    ground.rule(url, prepared)
    with contextmanager(clone)(server, str(conninfo_to_dict(url)["dbname"])) as measured:
        differences, run = ground.measure(measured, prepared)
    assert not differences
    assert any(one.published and one.corrected for one in prepared)
    assert {"totals_add", "settle", "changed_subjects"} <= run
    file = tmp_path / "worlds"
    file.write_bytes(pickle.dumps(prepared))
    assert judge.judged(url, file, is_sql=True, is_drafting=False) == ("survived", "")


def test_what_is_named_is_there() -> None:
    assert targets.missing(copies.ROOT) == []
    assert list(copies.planned_once())
    assert all((copies.ROOT / name).is_file() for name in suite.FILES)
