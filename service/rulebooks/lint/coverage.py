"""Findings in the tests that a rulebook carries: the cases that stand beside it."""

from dataclasses import replace

from service.errors import Place, finding
from service.rulebooks.lint.book import Found


def findings(cases: bytes | None) -> Found:
    """All of this family; `cases` is the text of the cases, None where there are none."""
    if cases is None:
        yield replace(finding("", "cases.missing"), place=Place(1, 1))
