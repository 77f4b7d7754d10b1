"""What is shown of a period: rankings, one subject's result with its lines, the events behind a line, revisions.

What is shown is what is stored, in a run or in a standing; nothing is computed again to explain it.
"""

from service.results.behind import line_events
from service.results.rankings import ranking
from service.results.revisions import periods, run, runs
from service.results.shown import ComputedAt, Shown, of_run, show
from service.results.subject import beside, lines, placed, result, with_points
from service.results.trend import trend

__all__ = [
    "ComputedAt",
    "Shown",
    "beside",
    "line_events",
    "lines",
    "of_run",
    "periods",
    "placed",
    "ranking",
    "result",
    "run",
    "runs",
    "show",
    "trend",
    "with_points",
]
