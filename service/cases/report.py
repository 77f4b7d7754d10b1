"""What the command says of a rulebook's cases: a line for every finding, and one that sums up; or one JSON document."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.cases.folder import Folder, Unreadable, judged
from service.cases.judging import Judgement
from service.cases.second_opinion import second_opinion
from service.database.transactions import Transaction
from service.errors import Finding, Language, finding

_SUMS_UP = {
    "en": "{cases} cases, {failed} failed; {covered} of {parts} parts are covered",
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
        return _unreadable(error, language)
    sums = {
        "cases": len(made.cases),
        "failed": len(made.failed),
        "parts": made.parts,
        "covered": made.parts - len(made.untaken),
    }
    findings = _findings(folder, made, language)
    document = {**header, **sums, "failed": made.failed, "findings": findings}
    return Report(document, [*_lines(findings), _SUMS_UP[language].format(**sums)], 0 if made.holds else 1)


def _unreadable(error: Unreadable, language: Language) -> Report:
    problem = error.problem
    found = problem.findings or [finding("", problem.code, **problem.values)]
    findings = [_told(error.file, one, language) for one in found]
    return Report({"findings": findings}, _lines(findings), 2)


def _findings(folder: Folder, made: Judgement, language: Language) -> list[dict[str, str]]:
    wrong = [_told(folder.cases, one, language) for one in made.differences]
    return wrong + [_told(folder.rulebook, one, language) for one in made.uncovered]


def _told(file: Path, one: Finding, language: Language) -> dict[str, str]:
    return {"file": str(file), **one.body(language)}


def _lines(findings: list[dict[str, str]]) -> list[str]:
    return [f"{one['file']}: {one['pointer']} {one['code']} {one['detail']}" for one in findings]
