"""The whole appraisal of one period: cohort, figures, placement, and the other periods that it reads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from oracle.choosing import Candidacy, candidacies
from oracle.cohort import cohort, pools
from oracle.events import ledger
from oracle.figures import computed
from oracle.items import Sheet
from oracle.outcomes import Placed, lists_of
from oracle.periods import Period, period_named, ruled_base_periods, zone_of
from oracle.placement import Case, Ranking
from oracle.result import Result
from oracle.roster import roster_of
from oracle.setting import Node, Setting, Standing, World

Events = list[dict[str, Any]]
Standings = dict[str, Standing]
# By rulebook and period.
Published = dict[tuple[str, str], int]


def appraise(
    rulebook: Node,
    event_types: dict[str, Node],
    roster: Node,
    events: Events,
    period: str,
    others: Iterable[Node] = (),
    final: Iterable[tuple[str, str]] = (),
    published: Published | None = None,
) -> dict[str, Result]:
    """The result of everyone in the cohort of a period, by subject.

    The rulebooks' scalars are text, as they were written; events are unique, and valid against their types.
    Other periods and rulebooks that are read are appraised on the way; `final` names the rulebooks and periods that
    are final. Raises ValueError for a period before
    the rulebook's first, and for one that reads itself.
    """
    return appraiser(rulebook, event_types, roster, events, others, final, published)(period)


def appraiser(
    rulebook: Node,
    event_types: dict[str, Node],
    roster: Node,
    events: Events,
    others: Iterable[Node] = (),
    final: Iterable[tuple[str, str]] = (),
    published: Published | None = None,
) -> Callable[[str], dict[str, Result]]:
    """`appraise` for several periods, each of which is appraised once, however many others read it.

    Where events have a `position`, `published` says up to which one the first revisions hold them.
    """
    appraisal = Appraisal()
    books = {book["rulebook"]: book for book in (*others, rulebook)}
    happened, people = ledger(events, event_types), roster_of(roster)
    appraisal.world = World(
        books, event_types, happened, people, appraisal.standings, frozenset(final), published or {}
    )

    def appraised(period: str) -> dict[str, Result]:
        if not ruled_base_periods(period_named(period, zone_of(rulebook)), rulebook):
            raise ValueError(f"{period} is before the first period of the rulebook")
        return {subject: one.result for subject, one in appraisal.standings(rulebook["rulebook"], period).items()}

    return appraised


@dataclass
class Appraisal:
    """The appraisals of one world, each made once."""

    made: dict[tuple[str, str], Standings | None] = field(default_factory=dict)
    world: World = field(init=False)

    def standings(self, rulebook: str, period: str) -> Standings:
        """Everyone's standing under a rulebook in a period that it rules."""
        key = (rulebook, period)
        if key not in self.made:
            self.made[key] = None
            self.made[key] = self._made(self.world.rulebooks[rulebook], period)
        made = self.made[key]
        if made is None:
            raise ValueError(f"{rulebook} in {period} reads its own results")
        return made

    def _made(self, rulebook: Node, name: str) -> Standings:
        period = period_named(name, zone_of(rulebook))
        members = cohort(rulebook, self.world.roster, period)
        setting, sheet = Setting(self.world, rulebook, period, members), Sheet(rulebook, period.kind)
        cases = {
            subject: Case(members[subject], one, sheet, self._appraised_periods(rulebook, period, subject))
            for subject, one in computed(setting, sheet).items()
        }
        return _placed(setting, cases)

    def _appraised_periods(self, rulebook: Node, period: Period, subject: str) -> int:
        """In how many base periods of a roll-up the subject was appraised; a base period has none inside."""
        if period.kind == rulebook["periods"]["base"]:
            return 0
        names = [one.name for one in ruled_base_periods(period, rulebook)]
        found = [self.standings(rulebook["rulebook"], name).get(subject) for name in names]
        return sum(one is not None and one.result.no_tier is None for one in found)


def _placed(setting: Setting, cases: dict[str, Case]) -> Standings:
    sheet = Sheet(setting.rulebook, setting.period.kind)
    rankings = [
        Ranking(sheet, pool, [cases[subject] for subject in pool.members])
        for pool in pools(setting.members, setting.rulebook["peer_groups"])
    ]
    totals = {subject: total for ranking in rankings for subject, total in ranking.totals.items()}
    lists = lists_of(setting.rulebook, setting.members, totals, setting.world.roster.tree)
    placed: dict[str, Placed] = {}
    for ranking in rankings:
        tiers = ranking.tiers()
        for subject in ranking.pool.members:
            placed[subject] = Placed(cases[subject], tiers.get(subject), ranking, lists)
    candidates = candidacies(setting, placed)
    return {
        subject: Standing(
            _result(setting, placed[subject], candidates.get(subject, [])),
            cases[subject].computed.figures.points,
            cases[subject].computed.figures.categories,
        )
        for subject in setting.members
    }


def _result(setting: Setting, placed: Placed, candidates: list[Candidacy]) -> Result:
    case, subject = placed.case, placed.case.member.subject
    return Result(
        group=placed.ranking.pool.key,
        lines=case.computed.sum.lines,
        total=case.computed.sum.total,
        rank=placed.ranking.rank(subject),
        tier=placed.tier,
        no_tier=case.no_tier,
        gates=case.gates(),
        outcomes=placed.outcomes(setting.measure_step, {one.outcome for one in candidates if one.is_chosen}),
        lists=placed.lists.ranks(subject),
        measures=tuple((identifier, *value) for identifier, value in case.computed.figures.measures.items()),
        unanswered=placed.unanswered(),
        candidacies=tuple((one.outcome, one.place, one.seats, one.used) for one in candidates),
    )
