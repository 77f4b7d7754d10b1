"""The audit trail: who did what, when, why, with what there was before and after, for whoever asks.

What there was is derived from what is stored append-only anyway: records of the roster, the events of an entry, and the
entry before about the same thing. The trail holds nothing of its own; that it is whole is proven by service/audit.py.
"""

from service.trail.exporting import lines
from service.trail.reading import one, page

__all__ = ["lines", "one", "page"]
