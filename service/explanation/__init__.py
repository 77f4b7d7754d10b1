"""Words for numbers: what a stored line, measure, gate, restriction, list, outcome and result says, in two languages.

Reads a stored result and the rulebook that made it; computes nothing.
"""

from service.explanation.answers import not_chosen, unanswered
from service.explanation.book import Book
from service.explanation.completed import completion
from service.explanation.imported import imported
from service.explanation.lines import category_points, lines, measures
from service.explanation.placing import gates, lists, outcomes, restrictions, verdict

__all__ = [
    "Book",
    "category_points",
    "completion",
    "gates",
    "imported",
    "lines",
    "lists",
    "measures",
    "not_chosen",
    "outcomes",
    "restrictions",
    "unanswered",
    "verdict",
]
