"""What is shown of a period: rankings, one subject's result with its lines, the events behind a line, revisions.

What is shown is what is stored, in a run or in a standing; nothing is computed again to explain it.
"""

from service.results.behind import line_events
from service.results.filters import Filter, below, refuse_unseen
from service.results.rankings import Asked, Moved, ranking
from service.results.revisions import periods, run, runs
from service.results.shown import ComputedAt, Shown, at_hand, of_run, show
from service.results.statistics import AskedStatistics, statistics
from service.results.subject import beside, lines, placed, result, with_points
from service.results.trend import trend

__all__ = [
    "Asked",
    "AskedStatistics",
    "ComputedAt",
    "Filter",
    "Moved",
    "Shown",
    "at_hand",
    "below",
    "beside",
    "line_events",
    "lines",
    "of_run",
    "periods",
    "placed",
    "ranking",
    "refuse_unseen",
    "result",
    "run",
    "runs",
    "show",
    "statistics",
    "trend",
    "with_points",
]
