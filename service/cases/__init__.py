"""The cases of a rulebook: examples with what must come of them, by which the data are checked against the regulation.

    written         cases.yaml as checks, with findings where it can't be read
    placing         a rulebook of which the totals are given, for cases about places alone
    settling        a case in a tenant of its own, on the road of every request, and undone
    said            what is expected beside what was found
    coverage        which parts of the rulebook the cases have taken
    judging         all cases of a rulebook, and what is wrong or missing
    gate            cases kept with a version, which rules only when they hold and leave nothing out
    folder          files beside each other, for the command
    second_opinion  what the oracle says, for the command alone
    report          what the command prints

How cases are written is in docs/rulebook-cases.md.
"""
