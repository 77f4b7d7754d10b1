"""The operators of the mutation test change what they say, and nothing that they shouldn't."""

import ast

import pytest

from tests.mutation import python_operators, sql_operators
from tests.mutation.mutations import Mutation
from tests.mutation.sql_tokens import Statement, tokens

SQL = """-- A comment with a < b that is left alone.
SELECT DISTINCT t.id, coalesce(max(t.points), 0) AS points
FROM line t LEFT JOIN part p ON p.id = t.id
WHERE t.tenant_id = %(tenant)s AND t.points BETWEEN 2 AND 5 AND p.word IS NULL
  AND CASE t.kind WHEN 'sum' THEN t.a ELSE t.b END >= 0.5 * t.c
UNION ALL
SELECT o.id, 0 FROM old o WHERE NOT EXISTS (SELECT FROM gone g WHERE g.id = o.id)
ORDER BY id, points DESC"""


def of_sql(source: str = SQL) -> dict[str, set[str]]:
    """What each operator makes of a statement: lines that differ, as they are afterwards."""
    return _by_operator(list(sql_operators.mutations("x.sql", source, 0, len(source))), source)


def of_python(source: str) -> dict[str, set[str]]:
    """What each operator makes of a module."""
    return _by_operator(list(python_operators.mutations("x.py", source)), source)


def _by_operator(mutations: list[Mutation], source: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for mutation in mutations:
        changed = mutation.applied(source)
        assert changed != source
        assert source.splitlines()[mutation.line - 1] not in changed.splitlines() or "\n" in mutation.before
        found.setdefault(mutation.operator, set()).add(" ".join(changed.split()))
    return found


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        ("comparison", ">= 0.5", "> 0.5"),
        ("comparison", ">= 0.5", "< 0.5"),
        ("number", "0.5 *", "0.6 *"),
        ("number", "BETWEEN 2", "BETWEEN 3"),
        ("arithmetic", "0.5 * t.c", "0.5 + t.c"),
        ("and/or", "5 AND p.word", "5 OR p.word"),
        ("function", "max(t.points)", "min(t.points)"),
        ("order", "points DESC", "points ASC"),
        ("order", "BY id,", "BY id DESC,"),
        ("null", "word IS NULL", "word IS NOT NULL"),
        ("negation", "WHERE NOT EXISTS", "WHERE EXISTS"),
        ("condition", "t.points BETWEEN 2 AND 5", "true"),
        ("condition", "p.id = t.id", "true"),
        ("default", "coalesce(max(t.points), 0)", "(max(t.points))"),
        ("join", "LEFT JOIN", "JOIN"),
        ("distinct", "SELECT DISTINCT", "SELECT"),
        ("branches", "THEN t.a ELSE t.b", "THEN t.b ELSE t.a"),
    ],
)
def test_an_operator_of_sql_changes_what_it_says(operator: str, before: str, after: str) -> None:
    assert before in SQL
    assert " ".join(SQL.replace(before, after, 1).split()) in of_sql()[operator]


def test_an_arm_of_a_union_is_taken_out() -> None:
    assert {changed.count("SELECT") for changed in of_sql()["union"]} == {1, 2}
    assert all(changed.endswith("ORDER BY id, points DESC") for changed in of_sql()["union"])


def test_words_become_other_words_of_the_language() -> None:
    source = "SELECT CASE take WHEN 'sum' THEN a WHEN 'mean' THEN b END FROM x WHERE y <> 'Not A Word'"
    changed = of_sql(source)["word"]
    assert changed == {source.replace("'sum'", "'mean'"), source.replace("'mean'", "'sum'")}


def test_comments_texts_parameters_and_the_tenant_are_left_alone() -> None:
    for changed in (changed for found in of_sql().values() for changed in found):
        assert changed.startswith("-- A comment with a < b that is left alone.")
        assert "t.tenant_id = %(tenant)s" in changed or "LEFT JOIN" not in changed


def test_tokens_know_their_depth() -> None:
    found = {token.text: token.depth for token in tokens("a + f(CASE WHEN b THEN c[1] END) -- d")}
    assert found == {"a": 0, "+": 0, "f": 0, "(": 0, "CASE": 1, "WHEN": 2, "b": 2, "THEN": 2, "c": 2}  | {
        "[": 2, "1": 3, "]": 2, "END": 1, ")": 0
    }  # fmt: skip


def test_the_and_of_between_joins_no_conditions() -> None:
    source = "SELECT WHERE a BETWEEN 1 AND 2 AND b"
    statement = Statement(source, 0, len(source))
    assert [statement.text(*span) for span in statement.conditions()] == ["a BETWEEN 1 AND 2", "b"]


PYTHON = '''"""A module's documentation isn't changed."""

def total(rows, full=True):
    """Nor is a function's."""
    if not rows and full:
        raise ValueError(f"{len(rows) + 1} rows")
    kept = [row for row in rows if row.points > 0]
    return max(kept, key=points) if len(kept) >= 2 else -kept[0]
'''


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        ("comparison", "row.points > 0", "(row.points >= 0)"),
        ("comparison", "len(kept) >= 2", "(len(kept) < 2)"),
        ("and/or", "not rows and full", "(not rows or full)"),
        ("and/or", "not rows and full", "(full)"),
        ("condition", "not rows and full", "(not (not rows and full))"),
        ("negation", "not rows", "(rows)"),
        ("negation", "-kept[0]", "(kept[0])"),
        ("constant", "full=True", "full=(False)"),
        ("constant", ">= 2", ">= (3)"),
        ("function", "max(kept, key=points)", "(min(kept, key=points))"),
        ("argument", "key=points", ""),
        ("filter", "[row for row in rows if row.points > 0]", "([row for row in rows])"),
        ("return", "return max(kept, key=points) if len(kept) >= 2 else -kept[0]", "return None"),
    ],
)
def test_an_operator_of_python_changes_what_it_says(operator: str, before: str, after: str) -> None:
    assert before in PYTHON
    assert " ".join(PYTHON.replace(before, after, 1).split()) in of_python(PYTHON)[operator]


def test_every_mutant_of_python_is_another_program() -> None:
    for mutation in python_operators.mutations("x.py", PYTHON):
        assert ast.dump(ast.parse(mutation.applied(PYTHON))) != ast.dump(ast.parse(PYTHON))
        assert "isn't changed" not in mutation.before
        assert "+ 1 rows" not in mutation.before


def test_only_the_functions_that_are_named_are_changed() -> None:
    source = "def one():\n    return 1\n\ndef two():\n    return 2\n"
    assert {m.line for m in python_operators.mutations("x.py", source, {"two"})} == {5}


def test_a_mutation_of_another_file_is_refused() -> None:
    mutation = Mutation("x.py", 1, "number", 0, 1, "1", "2")
    assert (mutation.applied("1"), str(mutation)) == ("2", "x.py:1, number: `1` → `2`")
    with pytest.raises(ValueError, match=r"isn't the file"):
        mutation.applied("3")
