"""The working days of a year, as they are answered."""

from marshmallow import Schema

from schemas.answers import keys


class CalendarSource(Schema):
    """Who says so: a library, or the tenant by an entry of its journal."""

    library = keys.text("its version", seldom=True)
    entry = keys.whole("the position of the entry", seldom=True)


class CalendarYear(Schema):
    """The days of a year that aren't worked beside the weekends, and the weekend days that are."""

    year = keys.whole()
    holidays = keys.many(keys.day())
    working_days = keys.many(keys.day())
    from_ = keys.inside(CalendarSource, as_="from")
