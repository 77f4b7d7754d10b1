"""Sends broken bodies, so many, by seed, and has every answer judged."""

import random
import time
from typing import Any

from tests.faults.bodies import mutations
from tests.faults.bodies.judge import Judge, Send
from tests.faults.bodies.table import FORMS

MOST_SECONDS = 3600.0
_BROKEN_BYTES = 0.35  # of the bodies have bytes changed, too


def fuzz(send: Send, bodies: int, seed: int) -> Judge:
    """What the judge made of the answers; stops where too much is wrong to be read."""
    judge, earlier, ends_at = Judge(), list[Any](), time.monotonic() + MOST_SECONDS
    for number in range(bodies):
        assert time.monotonic() < ends_at, f"{number} of {bodies} bodies"
        # Each by its own dice, so that what one draws moves none of the others.
        dice = random.Random(f"{seed}/{number}")
        form = dice.choice(FORMS)
        request = form.write(dice, mutations.events(dice, number, earlier, form.many))._replace(query=form.query)
        if dice.random() < _BROKEN_BYTES:
            request = request._replace(body=mutations.bytes_of(dice, request.body))
        judge.hear(form, request, send(request))
        if len(judge.wrong) > 20:
            break
    return judge
