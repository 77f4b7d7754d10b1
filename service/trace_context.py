"""The trace that a request belongs to: W3C Trace Context, the header traceparent."""

import re

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?", re.ASCII)


def trace_id(header: str | None) -> str | None:
    """The id of the trace that a traceparent names; None where there is none that can be (sections 2.2 and 3.2)."""
    said = _TRACEPARENT.fullmatch(header) if header else None
    if not said:
        return None
    version, trace, parent, more = said.groups()
    is_sound = version != "ff" and not (version == "00" and more) and int(trace, 16) and int(parent, 16)
    return trace if is_sound else None
