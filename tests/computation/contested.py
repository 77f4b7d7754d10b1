"""A world in which places are contested: everybody comes near every tier, and many have equal totals.

Few events are left, so that those who did nothing stand side by side, and the thresholds lie below what they have. Then
quotas, seats, ties and what breaks them decide, which they hardly ever do where totals are far apart.
"""

from copy import deepcopy
from dataclasses import replace
from random import Random

from oracle import appraiser
from schemas.fields import decimal_text
from tests.oracle.strategies import World

_OF_EVENTS = 4  # one of so many stays


def contested(world: World, seed: int) -> World:
    """The world with a quarter of its events, and thresholds that nearly all reach."""
    kept = Random(seed).sample(world.events, len(world.events) // _OF_EVENTS)
    fewer = replace(world, events=kept)
    appraised = appraiser(world.rulebook, world.event_types, world.roster, kept, world.others)
    totals = [result.total for period in world.periods for result in appraised(period).values()]
    lowest = int(min(totals, default=0)) - 1
    book = deepcopy(world.rulebook)
    bounded = [tier for tier in book["tiers"] if isinstance(tier.get("total_at_least"), str)]
    for place, tier in enumerate(bounded):
        tier["total_at_least"] = decimal_text(lowest - place)
        tier.pop("gates", None)
    return replace(fewer, rulebook=book)
