"""Trials: what a version of a rulebook would make of a period's real events, beside what another makes of them.

Both are computed by the statements that compute standings, from the same events, and all of it is undone: a trial
leaves no draft, standing, result or audit entry behind. Names are masked, unless the reader may read the roster.
"""

from service.trials.page import page
from service.trials.trying import Asked, Text, run

__all__ = ["Asked", "Text", "page", "run"]
