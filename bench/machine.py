"""The machine that a figure was measured on: what makes it comparable, and nothing that names it."""

import os
import platform
from typing import Any

from bench.stack import Stack


def describe(stack: Stack) -> dict[str, Any]:
    """Cores, memory, load before the run, kernel and versions; no host name, no paths."""
    with stack.owner() as connection:
        version = connection.execute("SELECT current_setting('server_version')").fetchone()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "load_average": round(os.getloadavg()[0], 2),
        "kernel": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": str(version[0]) if version else "-",
    }
