"""What is missing to the next tier, and through which line it is nearest (§8, §12).

It supposes that one line changes and nothing else does: no other line, no restriction, nobody else. What depends on
others, or on rows that are given points one by one, can't be said as a number; then it is said that it can't.
"""

from service.distance.told import next_tier

__all__ = ["next_tier"]
