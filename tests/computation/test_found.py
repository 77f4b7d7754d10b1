"""What random worlds have found, each as small as it can be told; the service and the oracle are compared (town.py)."""

from tests.computation.town import Opened, people
from tests.oracle.cases import event, on, rulebook

REVIEWED = """
indicators:
  - id: x
    title: 测评
    category: duty
    give: as_is
    max: 100
    no_data: zero
    take:
      given:
        event: work.planned
        state: {event: honour.reviewed, same: case, field: decision, counts: [accepted], without: counts, as_of: latest}
"""


def test_a_word_about_an_act_of_a_period_is_heard_though_it_came_before_the_period(opened: Opened) -> None:
    """An act dated by period has a day of its own: what became of it may be said from that day on."""
    town = opened(rulebook(REVIEWED), people=people("a"))
    town.send(event("work.planned", "a", on("02-10"), "2025-03", points="80", case="c1"))
    assert town.results()["a"].total == 80
    town.send(event("honour.reviewed", "a", on("02-20"), case="c1", decision="rejected"))
    assert town.results()["a"].total == 0
