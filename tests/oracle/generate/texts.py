"""Numbers and choices, written as a rulebook writes them."""

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import strategies as st

Draw = st.DrawFn


def text(number: Decimal) -> str:
    """The decimal text of a number, without an exponent."""
    return format(number, "f")


def on_step(step: str, low: int, high: int) -> st.SearchStrategy[Decimal]:
    """The multiples of the step in [low, high], whole numbers preferred."""
    unit = Decimal(step)
    whole = st.integers(low, high).map(Decimal)
    fine = st.integers(int(low / unit), int(high / unit)).map(lambda steps: steps * unit)
    return st.one_of(whole, whole, fine)


def rough_points(low: int, high: int) -> st.SearchStrategy[str]:
    """Points that are no multiple of anything in particular, halves of a step among them."""
    awkward = ["0.005", "0.125", "0.25", "0.333333", "0.5", "1.005", "2.675", "-0.005", "-0.25", "-1.5"]
    within = [number for number in awkward if low <= Decimal(number) <= high]
    return st.one_of(st.integers(low, high).map(str), st.sampled_from(within))


def falling(pool: Sequence[Decimal], min_size: int, max_size: int) -> st.SearchStrategy[list[Decimal]]:
    """Different numbers of the pool, the greatest first."""
    numbers = st.lists(st.sampled_from(pool), min_size=min_size, max_size=max_size, unique=True)
    return numbers.map(lambda chosen: sorted(chosen, reverse=True))


def often_many(low: int, high: int) -> st.SearchStrategy[int]:
    """A number of things: any, but the upper half preferred."""
    many = st.integers((low + high) // 2, high)
    return st.one_of(st.integers(low, high), many, many)


def some_of(words: Sequence[str], min_size: int = 1) -> st.SearchStrategy[list[str]]:
    """Different words, in any order."""
    return st.lists(st.sampled_from(words), min_size=min_size, max_size=len(words), unique=True)


def rarely(draw: Draw) -> bool:
    """True about one time in four; shrinks to False."""
    return draw(st.sampled_from([False, False, False, True]))


def sometimes(draw: Draw) -> bool:
    """True about every other time; shrinks to False."""
    return draw(st.booleans())
