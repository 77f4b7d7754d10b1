"""How the parts of a rulebook fit together: what would make it wrong is found when it is loaded, never at the close.

Needs the loaded document and the declarations of the tenant's event types; answers findings, all at once. Each family
of findings is a module, which reads the document through a Book.
"""

from decimal import localcontext
from typing import Any

from service.errors import Finding
from service.rulebooks.lint import (
    acts,
    bounds,
    categories,
    choosing,
    conditions,
    dates,
    header,
    idle,
    items,
    placing,
    readability,
    results,
    rollups,
    selections,
    sources,
    steps,
    together,
)
from service.rulebooks.lint.book import Book, Declarations

_FAMILIES = (
    header,
    categories,
    rollups,
    steps,
    items,
    sources,
    selections,
    together,
    acts,
    results,
    conditions,
    placing,
    choosing,
    dates,
    bounds,
    idle,
    readability,
)


def findings(rulebook: dict[str, Any], types: Declarations | None) -> list[Finding]:
    """Everything that can't be right, or is odd, in a loaded rulebook; without types, what needs none."""
    # Numbers have 18 digits before the point: products of several are still exact.
    with localcontext(prec=100):
        book = Book(rulebook, types)
        return [found for family in _FAMILIES for found in family.findings(book)]
