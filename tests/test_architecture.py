"""Dependencies point one way: routes → services → SQL; each library stays in its room."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = {
    "psycopg": "service/database/",
    "psycopg_pool": "service/database/",
    "flask": ("service/routes/", "service/http.py", "service/app.py"),
    "flask_smorest": ("service/routes/", "service/app.py"),
    "apispec": "service/routes/contract.py",
    "flask_swagger_ui": "service/routes/contract.py",
    "gunicorn": ("service/serve.py", "service/worker.py"),
    "structlog": "service/logs.py",
    "yaml": "service/rulebooks/text.py",
    "click": ("service/cli.py", "service/commands/"),
    "openpyxl": "service/files/",
    "xlsxwriter": ("service/files/", "service/spreadsheets.py"),
    "httpcore": ("service/webhooks/calling.py", "service/jwks.py"),
    "joserfc": ("service/jwks.py", "service/identity_provider.py"),
    "cryptography": "service/webhooks/signing.py",
    "jinja2": "service/exports/",
    "oracle": "service/cases/second_opinion.py",
    "prometheus_client": (
        "service/metrics.py",
        "service/gauges.py",
        "service/serve.py",
        "service/routes/operations.py",
    ),
    "sql": ("service/database/", "service/routes/operations.py"),
}


def imports(package: str) -> Iterator[tuple[str, str]]:
    """Every module below a folder with the first name of each of its imports."""
    for file in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            yield from ((str(file.relative_to(ROOT)), name.split(".")[0]) for name in names)


@pytest.mark.parametrize("library", ROOMS)
def test_a_library_stays_in_its_room(library: str) -> None:
    users = {module for module, name in imports("service") if name == library}
    assert users, f"nobody uses {library}: is the rule still needed?"
    assert {module for module in users if not module.startswith(ROOMS[library])} == set()


def test_schemas_know_neither_flask_nor_sql_nor_the_service() -> None:
    assert {name for _, name in imports("schemas")} & {"flask", "flask_smorest", "psycopg", "sql", "service"} == set()


def test_routes_are_used_by_the_application_alone() -> None:
    users = {
        file.name
        for file in (ROOT / "service").glob("*.py")
        if "routes"
        in {
            a.name
            for n in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(n, ast.ImportFrom)
            for a in n.names
        }
    }
    assert users == {"app.py"}


def test_no_statement_is_written_outside_sql() -> None:
    """The bookkeeping of migrations and the settings of a connection are excepted, in the database's room."""
    for file in (ROOT / "service").rglob("*.py"):
        if "service/database/" in str(file):
            continue
        texts = [
            n.value
            for n in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        ]
        assert not [text for text in texts if text.startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "))], (
            file
        )


def test_the_oracle_is_a_second_opinion_on_its_own() -> None:
    """It shares nothing with what it is compared with, and nothing that is served rests on it."""
    assert {name for _, name in imports("oracle")} & {"psycopg", "schemas", "service", "sql", "tests"} == set()


def test_the_second_opinion_is_asked_by_the_command_alone() -> None:
    """No number that is stored or served comes from it."""
    users = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "service").rglob("*.py")
        if "second_opinion" in file.read_text("utf-8") and file.stem != "second_opinion"
    }
    assert users == {"service/cases/__init__.py", "service/cases/report.py"}
    askers = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "service").rglob("*.py")
        if "service.cases import report" in file.read_text("utf-8")
    }
    assert askers == {"service/commands/rulebooks.py"}
