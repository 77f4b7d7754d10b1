"""Where the service's time went: the seconds of each statement, as its own metrics tell.

It covers the whole life of the stack, preparation and warm-up included: read it as shares, not as
the figure of a round.
"""

import re

from bench import load
from bench.stack import Stack

_SUM = re.compile(r"^jifen_(?:database|http_request)_seconds_(sum|count)\{(.*?)\} (\S+)$", re.MULTILINE)
_MOST = 15


def table(stack: Stack) -> str:
    """The costliest statements and requests: seconds, how often, which."""
    text = load.run(stack.port, [[load.request("GET", "/metrics")]], 200).body.decode()
    found: dict[str, dict[str, float]] = {}
    for kind, labels, value in _SUM.findall(text):
        found.setdefault(labels, {})[kind] = float(value)
    ordered = sorted(found.items(), key=lambda item: -item[1]["sum"])[:_MOST]
    return "\n".join(f"{seen['sum']:10.3f} s {seen['count']:9,.0f} ×  {labels}" for labels, seen in ordered)
