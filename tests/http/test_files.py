"""/v1/imports: a template for a rulebook, and events from files on the same road as any others."""

from tests.county import County
from tests.files.filling import filled, send


def test_a_template_that_is_filled_in_is_imported(county: County) -> None:
    template = county.hr.get("/v1/imports/template?rulebook=small-county")
    assert template.status_code == 200, template.json
    rows = {
        "visit.done": [{"subject": "w1", "time": "2025-03-10", "household": "东街 5 号"}] * 2,
        "rating.resident": [{"subject": "w2", "time": "2025/3/11 9:30", "stars": 4.5}],
        "assess.annual": [{"subject": "worker/w3", "period": "2025", "points": 88}],
    }
    answer = send(county.hr, filled(template.data, rows))
    assert (answer.status_code, answer.json) == (
        200,
        {"rows": 4, "created": 4, "duplicate": 0, "conflict": 0, "rejected": 0, "errors": []},
    )
    assert send(county.hr, filled(template.data, rows)).json["duplicate"] == 4
