"""How people are: what drives the dice, in per cent. Nobody's total is written down; it follows from what they do."""

from typing import NamedTuple


class Habits(NamedTuple):
    """How often, of a hundred times, somebody does what the day asks for."""

    diligence: int
    promptness: int
    warmth: int
    study: int

    @property
    def mean(self) -> int:
        """All four together."""
        return sum(self) // 4


_STRONG = Habits(95, 97, 90, 95)
_GOOD = Habits(88, 92, 84, 86)
_STEADY = Habits(80, 84, 76, 76)
_SLACK = Habits(62, 68, 62, 48)
_WEAK = Habits(44, 45, 46, 30)

_PEOPLE = {
    _STRONG: ("w01", "w08", "w12", "w15", "w20", "w23", "w27", "w34"),
    _GOOD: ("w02", "w03", "w05", "w09", "w10", "w14", "w17", "w18", "w21", "w24", "w25", "w28", "w30", "w33", "w38"),
    _SLACK: ("w06", "w11", "w19", "w29"),
    _WEAK: ("w32",),
}
_HABITS = {worker: habits for habits, people in _PEOPLE.items() for worker in people}


def habits_of(worker: str) -> Habits:
    """A worker's habits; steady unless named otherwise."""
    return _HABITS.get(worker, _STEADY)
