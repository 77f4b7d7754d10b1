"""Pairs: their ratio is that of the pairs, and its interval that of the binomial distribution."""

from random import Random

import pytest

from bench import pairs
from bench.pairs import Paired


def test_the_ratio_is_the_median_of_the_pairs_ratios() -> None:
    """A machine that is three times as slow for one pair is so for both of it."""
    row = Paired("some", "us/event", [2.0, 30.0, 3.0], [1.0, 20.0, 3.0], "<=", 1.5).row({})
    assert (row.ratio, row.holds, row.value, row.limit) == (1.5, True, 3.0, 3.0)


@pytest.mark.parametrize(
    ("many", "kept"), [(5, (1, 5)), (6, (1, 6)), (8, (1, 8)), (9, (2, 8)), (20, (6, 15)), (25, (8, 18)), (40, (14, 27))]
)
def test_the_interval_cuts_off_what_the_tables_of_the_sign_test_say(many: int, kept: tuple[int, int]) -> None:
    shuffled = [float(n) for n in range(1, many + 1)]
    Random(1).shuffle(shuffled)
    assert pairs.interval(shuffled) == kept


def test_the_interval_holds_the_median_nineteen_times_out_of_twenty() -> None:
    dice = Random(2)
    samples = [[dice.lognormvariate(0, 1) for _ in range(20)] for _ in range(2000)]
    held = sum(low <= 1 <= high for low, high in map(pairs.interval, samples))
    assert 0.945 <= held / 2000 <= 0.97


def test_the_rows_of_pairs_say_between_what_the_ratio_lies() -> None:
    found = Paired("some", "us/event", [2.0, 30.0, 3.0], [1.0, 20.0, 3.0], "<=", 1.5).with_interval()
    assert [(c.name, c.row({}).ratio, c.row({}).holds) for c in found] == [
        ("some", 1.5, True),
        ("some_from", 1.0, None),
        ("some_to", 2.0, None),
    ]


def test_who_comes_first_changes_from_pair_to_pair(capsys: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []
    values, others = pairs.alternate(
        "some", 3, lambda: order.append("ours") or len(order), lambda: order.append("other") or len(order)
    )
    assert order == ["other", "ours", "ours", "other", "other", "ours", "ours", "other"]
    assert (values, others) == ([3, 6, 7], [4, 5, 8])
    assert "some: pair 3 of 3" in capsys.readouterr().err
