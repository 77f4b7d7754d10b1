"""What the command says of a rulebook's cases: a line for every finding, and one that sums up; or one JSON document."""

from dataclasses import dataclass
from typing import Any

from service.cases.folder import judged
from service.cases.second_opinion import second_opinion
from service.database.transactions import Transaction
from service.errors import Finding, Language
from service.rulebooks.files import Folder, FoundIn, Unreadable, placed

_SUMS_UP = {
    "en": "cases: {cases}, failed: {failed}; parts covered: {covered} of {parts}",
    "zh": "{cases} 个案例，{failed} 个不符；{parts} 处内容已覆盖 {covered} 处",
}


@dataclass(frozen=True)
class Report:
    """What is printed, and how the command ends."""

    document: dict[str, Any]
    lines: list[str]
    exit_code: int


def of(transaction: Transaction, folder: Folder, language: Language) -> Report:
    """Settle the cases, beside the oracle."""
    try:
        header, made = judged(transaction, folder, second_opinion)
    except Unreadable as error:
        return _report(error.found, {}, [], 2, language)
    sums = {
        "cases": len(made.cases),
        "failed": len(made.failed),
        "parts": made.parts,
        "covered": made.parts - len(made.untaken),
    }
    told = of_both(folder, [*made.differences, *made.uncovered])
    said = {**header, **sums, "failed": made.failed}
    return _report(told, said, [_SUMS_UP[language].format(**sums)], 0 if made.holds else 1, language)


def of_both(folder: Folder, found: list[Finding]) -> list[FoundIn]:
    """The findings of a judgement: what no case covers stands in the rulebook, all else in the cases."""
    uncovered = [one for one in found if one.code == "case.uncovered"]
    return [*placed(folder.cases, [one for one in found if one not in uncovered]), *placed(folder.rulebook, uncovered)]


def _report(found: list[FoundIn], said: dict[str, Any], sums: list[str], exit_code: int, language: Language) -> Report:
    document = {**said, "findings": [one.body() for one in found]}
    return Report(document, [*(one.line(language) for one in found), *sums], exit_code)
