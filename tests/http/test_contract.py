"""Whatever a client may send by the OpenAPI document, and what it may not: the answer is one that the document says.

JIFEN_CONTRACT_EXAMPLES=500 asks every operation 500 times with data as it is described, and as often with other data.
"""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract import document
from tests.county import County, rating, visit

EXAMPLES = int(os.environ.get("JIFEN_CONTRACT_EXAMPLES", "3"))
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What is there: else nearly every address that is made up would be 404.
THERE = {"period": "2025-03", "id": "w1", "version": "2025-1", "kind": "workers", "line": "visits", "run": 1}
THERE |= {"year": 2025, "type": "visit.done", "rejection": 1}
OPERATIONS = [(path, method) for path, methods in document()["paths"].items() for method in methods]
# What asks for nothing, or for any text.
FREE = ("/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/{asset}")
every_operation = pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda one: str(one))


@pytest.fixture(scope="module")
def api(shared: County) -> Any:
    """The service as a client knows it, with a published period and a few events."""
    shared.send(
        visit("w1", "h1"), visit("w2", "h1"), rating("w1", 5), rating("w1", 4), {"id": "x", "source": "grid-app"}
    )
    assert shared.hr.post("/v1/periods/2025-02/close").status_code == 200
    assert shared.hr.post("/v1/periods/2025-02/publish").status_code == 200
    return schemathesis.openapi.from_wsgi("/openapi.json", shared.client.application)


@pytest.mark.parametrize("mode", GenerationMode)
@every_operation
def test_every_answer_is_one_that_is_documented(
    shared: County, api: Any, path: str, method: str, mode: GenerationMode
) -> None:
    operation = api[path][method]
    if mode.is_negative and path in FREE:
        pytest.skip("nothing can be wrong with what it asks for")
    there = {name: THERE[name] for name in THERE if f"{{{name}}}" in path}
    cases = operation.as_strategy(mode)
    if there and not mode.is_negative:
        cases = st.one_of(cases, operation.as_strategy(mode, path_parameters=there))

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=[*HealthCheck]
    )
    @given(cases)
    def ask(case: Any) -> None:
        headers = {"Authorization": f"Bearer {shared.hr.token}"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    ask()
