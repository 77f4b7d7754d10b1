"""What the command says of a rulebook's cases: a line for every finding, and one that sums up; or one JSON document."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.cases.folder import Folder, Unreadable, judged
from service.cases.second_opinion import second_opinion
from service.database.transactions import Transaction
from service.errors import Finding, Language, finding
from service.rulebooks import text
from service.rulebooks.files import FoundIn

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
        problem = error.problem
        found = problem.findings or [finding("", problem.code, **problem.values)]
        return _report(_placed(error.file, found), {}, [], 2, language)
    sums = {
        "cases": len(made.cases),
        "failed": len(made.failed),
        "parts": made.parts,
        "covered": made.parts - len(made.untaken),
    }
    told = [*_placed(folder.cases, made.differences), *_placed(folder.rulebook, made.uncovered)]
    said = {**header, **sums, "failed": made.failed}
    return _report(told, said, [_SUMS_UP[language].format(**sums)], 0 if made.holds else 1, language)


def _placed(file: Path, found: list[Finding]) -> list[FoundIn]:
    """The findings of a file where they stand in it, as far as it can be read."""
    source = file.read_bytes() if file.exists() else b""
    return [FoundIn(file, one) for one in text.parse(source).placed(found)]


def _report(found: list[FoundIn], said: dict[str, Any], sums: list[str], exit_code: int, language: Language) -> Report:
    document = {**said, "findings": [one.body() for one in found]}
    return Report(document, [*(one.line(language) for one in found), *sums], exit_code)
