"""How a fact of the county becomes a CloudEvent: who says it, about whom, when."""

from datetime import date
from typing import Any

Event = dict[str, Any]

GRID = "grid.yunhe.example"  # the grid workers' app: visits, errands, duties, drills
HOTLINE = "hotline.yunhe.example"  # the residents' hotline: tasks
TRAINING = "training.yunhe.example"
SURVEY = "survey.yunhe.example"  # residents' ratings
DISCIPLINE = "discipline.yunhe.example"  # the negative list
PERSONNEL = "personnel.yunhe.example"  # honours, certificates, the annual assessment
SOURCES = (GRID, HOTLINE, TRAINING, SURVEY, DISCIPLINE, PERSONNEL)


def event(source: str, type_: str, identifier: str, subject: str, time: str, **data: Any) -> Event:
    """A CloudEvent; the id is unique within its source."""
    envelope = {"specversion": "1.0", "id": identifier, "source": source, "type": type_, "subject": subject}
    return {**envelope, "time": time, "data": data}


def instant(day: date, minutes: int) -> str:
    """So many minutes after the local midnight of a day."""
    return f"{day.isoformat()}T{minutes // 60:02}:{minutes % 60:02}:00+08:00"


def number_of(worker: str) -> str:
    """The two digits of a worker's id."""
    return worker.removeprefix("w")
