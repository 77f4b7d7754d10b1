"""What is on record for single people: the water main, violations, honours, certificates, the annual assessment.

These decide tiers, so they are written down by hand; only the assessment is drawn.
"""

from collections.abc import Iterator
from datetime import date

from examples.sample_county.chance import Dice
from examples.sample_county.facts import DISCIPLINE, PERSONNEL, SURVEY, Event, event, instant
from examples.sample_county.habits import habits_of
from examples.sample_county.hotline import told
from examples.sample_county.roster import COUNTY, presence, workers

_VIOLATIONS = (
    ("late_report", "w13", date(2025, 1, 15)),
    ("late_report", "w29", date(2025, 2, 14)),
    ("complaint", "w19", date(2025, 3, 12)),
    ("late_report", "w22", date(2025, 3, 31)),
    ("late_report", "w32", date(2025, 4, 30)),
    ("complaint", "w32", date(2025, 5, 22)),
    ("late_report", "w06", date(2025, 5, 30)),
    ("complaint", "w06", date(2025, 6, 11)),
    ("complaint", "w27", date(2025, 7, 18)),
    ("late_report", "w16", date(2025, 7, 31)),
    ("false_record", "w22", date(2025, 8, 20)),
    ("late_report", "w32", date(2025, 8, 29)),
    ("late_report", "w32", date(2025, 9, 30)),
    ("safety", "w35", date(2025, 9, 25)),
    ("late_report", "w11", date(2025, 10, 31)),
    ("complaint", "w11", date(2025, 11, 19)),
    ("complaint", "w32", date(2025, 11, 26)),
    ("late_report", "w04", date(2025, 12, 15)),
)
_HONOURS = (
    ("county", "w02", date(2025, 1, 20)),
    ("county", "w15", date(2025, 3, 5)),
    ("county", "w23", date(2025, 3, 5)),
    ("city", "w08", date(2025, 5, 20)),
    ("county", "w30", date(2025, 6, 27)),
    ("city", "w20", date(2025, 6, 30)),
    ("provincial", "w01", date(2025, 7, 1)),
    ("county", "w34", date(2025, 9, 10)),
    ("city", "w15", date(2025, 10, 17)),
    ("county", "w15", date(2025, 10, 20)),
    ("county", "w17", date(2025, 12, 5)),
    ("national", "w01", date(2025, 12, 12)),
)
_CERTIFICATES = (("assistant", "w14"), ("assistant", "w15"), ("professional", "w16"), ("assistant", "w26"))
_CERTIFIED = date(2025, 8, 15)
_ASSESSED = date(2026, 1, 12)


def events() -> Iterator[Event]:
    """Everything that is on record."""
    yield from _water_main()
    for kind, worker, day in _VIOLATIONS:
        told_at = instant(day, 17 * 60 + 30)
        evidence = f"bx-jl-{day:%m%d}-{worker}"
        identifier = f"{kind}-{worker}-{day:%m%d}"
        yield event(DISCIPLINE, f"violation.{kind}", identifier, f"worker/{worker}", told_at, evidence=evidence)
    for level, worker, day in _HONOURS:
        identifier = f"honour-{worker}-{day:%m%d}"
        yield event(PERSONNEL, "honour.awarded", identifier, f"worker/{worker}", instant(day, 600), level=level)
    for level, worker in _CERTIFICATES:
        told_at = instant(_CERTIFIED, 600)
        identifier = f"certificate-{worker}"
        yield event(PERSONNEL, "certificate.passed", identifier, f"worker/{worker}", told_at, level=level)
    # A city leader commended the practice of the whole county; no worker's points follow from it.
    time = instant(date(2025, 11, 28), 600)
    yield event(PERSONNEL, "honour.organisation", "honour-baixiang", f"organisation/{COUNTY}", time, level="city")
    yield from _assessments()


def _water_main() -> Iterator[Event]:
    """A leaking main: reported, followed up over several offices for two weeks until it was mended, and appreciated."""
    worker, task = "w17", "task-water-main"
    yield told(worker, "assigned", task, instant(date(2025, 6, 12), 8 * 60 + 20), kind="water")
    chased = (("waterworks", 12), ("street_office", 13), ("waterworks", 16), ("housing_bureau", 18), ("waterworks", 24))
    for n, (office, day) in enumerate(chased):
        time = instant(date(2025, 6, day), 10 * 60 + 40)
        yield told(worker, "chased", task, time, f"-{n + 1}", office=office)
    # The hotline had set a longer time for it, which held.
    closed = instant(date(2025, 6, 25), 16 * 60 + 20)
    yield told(worker, "closed", task, closed, on_time=True, hours=320)
    for home in range(1, 5):
        time = instant(date(2025, 6, 25), 18 * 60 + home * 7)
        identifier = f"rating-water-main-{home}"
        yield event(SURVEY, "rating.resident", identifier, f"worker/{worker}", time, stars=5, task=task)


def _assessments() -> Iterator[Event]:
    """In January everyone who is still in office is assessed for the year before."""
    for worker in (record["id"] for record in workers()):
        if presence(worker)[-1][0] < date(2025, 12, 31):
            continue
        points = habits_of(worker).mean + Dice(worker, "assessment").between(-2, 5)
        time = instant(_ASSESSED, 14 * 60)
        told_of = event(PERSONNEL, "assess.annual", f"assessment-{worker}", f"worker/{worker}", time, points=points)
        yield {**told_of, "period": "2025"}
