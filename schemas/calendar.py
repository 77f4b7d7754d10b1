"""The working days of a year on the wire."""

from schemas.fields import Day, Listed, Shape


class WorkingDays(Shape):
    """The days of a year that aren't worked beside the weekends, and the weekend days that are."""

    holidays = Listed(Day(), required=True)
    working_days = Listed(Day(), required=True)
