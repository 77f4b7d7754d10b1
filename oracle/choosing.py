"""Who is chosen of the candidates of an outcome (§15): the seats, those that are used, and the order."""

from collections import defaultdict
from dataclasses import dataclass

from oracle.cohort import group_key
from oracle.exact import share, whole
from oracle.lateness import is_late
from oracle.outcomes import Placed
from oracle.periods import window_of
from oracle.quotas import place
from oracle.rows import passes_where
from oracle.setting import Node, Setting


@dataclass(frozen=True)
class Candidacy:
    """A candidate of one outcome: its place, the seats and how many of them are used, and whether it has one."""

    outcome: str
    place: int
    seats: int
    used: int
    is_chosen: bool


def candidacies(setting: Setting, placed: dict[str, Placed]) -> dict[str, list[Candidacy]]:
    """Of everyone, in the order of the rulebook."""
    found: dict[str, list[Candidacy]] = defaultdict(list)
    for outcome in setting.rulebook.get("outcomes", []):
        if "choose" in outcome and outcome["in"] == setting.period.kind:
            for group in _groups(setting, outcome["choose"]["among"], placed):
                for subject, one in _chosen(setting, outcome, group).items():
                    found[subject].append(one)
    return found


def _groups(setting: Setting, among: str, placed: dict[str, Placed]) -> list[dict[str, Placed]]:
    """The members of each group, whoever is a candidate."""
    groups: dict[str, dict[str, Placed]] = defaultdict(dict)
    for subject, one in placed.items():
        member = one.case.member
        if among == "peer_group":
            groups[one.ranking.pool.key][subject] = one
        elif among == "cohort":
            groups["*"][subject] = one
        else:
            words = next(one for one in setting.rulebook["lists"] if one["id"] == among)
            wanted = words.get("posts", words.get("kinds"))
            if wanted is None or member.post in wanted:
                key = group_key(member.organisation, member.post, words["by"], setting.world.roster.tree)
                groups[key][subject] = one
    return list(groups.values())


def _chosen(setting: Setting, outcome: Node, group: dict[str, Placed]) -> dict[str, Candidacy]:
    choose = outcome["choose"]
    seats, used = _seats(choose, group), _used(setting, choose)
    order = {
        subject: place(one.case.computed, choose, one.case.sheet)
        for subject, one in group.items()
        if one.rank is not None and one.meets(outcome)
    }
    found = {}
    for subject, own in order.items():
        ahead = sum(other < own for other in order.values())
        tied = sum(other == own for other in order.values())
        needed = ahead + 1 if choose["ties"] == "all_of_them" else ahead + tied
        found[subject] = Candidacy(outcome["id"], ahead + 1, seats, used, needed <= seats - used)
    return found


def _seats(choose: Node, group: dict[str, Placed]) -> int:
    if "seats" in choose:
        return int(choose["seats"])
    due = list(group.values())
    counted = {
        "due": due,
        "appraised": [one for one in due if one.case.no_tier is None],
        "ranked": [one for one in due if one.rank is not None],
    }[choose["of"]]
    return whole(len(counted) * share(choose["share"]), choose["rounding"])


def _used(setting: Setting, choose: Node) -> int:
    """How many events of the type there are, of whomever."""
    if "used" not in choose:
        return 0
    span = window_of(setting.period, choose["used"])
    events = [one for one in setting.world.ledger.of_type(choose["used"]["event"]) if not is_late(setting, one)]
    return sum(span.holds_instant(event.instant) and passes_where(event, choose["used"]) for event in events)
