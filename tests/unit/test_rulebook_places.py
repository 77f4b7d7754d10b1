"""Each finding stands at its line and column, which are looked up in the text alone.

The broken rulebooks are the changes of tests.http.broken, written as JSON with one value a line, which is YAML too;
the explained examples, and the pieces beside them here, which carry a mark.
"""

import copy
import json
from collections import Counter
from typing import Any

import pytest

from service.errors import Finding
from service.rulebooks import examination
from service.rulebooks.explained import PAGES
from service.rulebooks.explained.examples import MARK, Explained, found, whole
from tests.http.broken import EXAMPLES
from tests.unit.marked import MARKED
from tests.unit.places import place_of_mark
from tests.unit.test_rulebook_lint import DECLARED, document

OF_KEYS = {"field.unknown", "rollup.unlisted"}
OF_KEYS_HERE = {
    ("/participation/min_service_days/day", "code.unknown"),
    ("/participation/min_service_days/quarter", "reference.unknown"),
    ("/indicators/0/give/table/fair", "code.unknown"),
    ("/indicators/0/take/count/where/street", "field.undeclared"),
    ("/indicators/0/take/count/where/a~1b", "field.undeclared"),
    ("/outcomes/0/choose/used/where/colour", "field.undeclared"),
}
EXPLAINED = [one for page in PAGES for one in page.codes]


def broken(number: int) -> dict[str, Any]:
    """The document of an example."""
    said = document()
    EXAMPLES[number][0](said)
    return json.loads(json.dumps(said))  # type: ignore[no-any-return]


def written(said: dict[str, Any]) -> str:
    """A document with one value a line."""
    return json.dumps(said, ensure_ascii=False, indent=2)


def expected(said: dict[str, Any], pointer: str, of_key: bool) -> tuple[int, int]:
    """Where the text of a document has what a pointer leads to, or else what lacks it."""
    marked = copy.deepcopy(said)
    node, way = marked, [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
    if not way:
        return 1, 1
    for depth, key in enumerate(way):
        known: Any = int(key) if isinstance(node, list) and key.isdigit() else key
        if not (known in node if isinstance(node, dict) else isinstance(node, list) and known < len(node)):
            return expected(said, "/".join(["", *pointer.split("/")[1:][:depth]]), of_key=False)
        if depth < len(way) - 1:
            node = node[known]
        elif of_key:
            items = [(MARK if one == known else one, value) for one, value in node.items()]
            node.clear()
            node.update(items)
        else:
            node[known] = MARK
    line, column = place_of_mark(written(marked), MARK)
    return line, column - 1  # the quotation mark before it


def told(findings: list[Finding]) -> list[tuple[str, str, tuple[int, int] | None]]:
    return [(one.pointer, one.code, one.place) for one in findings]


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: f"{n} {EXAMPLES[n][2]}")
def test_a_finding_stands_at_its_line_and_column(number: int) -> None:
    _, pointer, code = EXAMPLES[number]
    said = broken(number)
    findings = examination.examine(written(said).encode(), DECLARED).findings
    place = expected(said, pointer, code in OF_KEYS or (pointer, code) in OF_KEYS_HERE)
    assert (pointer, code, place) in told(findings)
    assert [one.place for one in findings] == sorted(one.place for one in findings if one.place)


@pytest.mark.parametrize("example", MARKED, ids=lambda one: one.code)
def test_a_piece_has_its_finding_at_its_mark(example: Explained) -> None:
    findings = found(example, example.wrong)
    assert (example.code, place_of_mark(whole(example, example.wrong), MARK)) in [(f.code, f.place) for f in findings]


def test_every_code_has_two_broken_rulebooks() -> None:
    counted = Counter([code for *_, code in EXAMPLES] + [one.code for one in [*EXPLAINED, *MARKED]])
    assert [one.code for one in EXPLAINED if counted[one.code] < 2] == []
    assert counted.total() > 400
