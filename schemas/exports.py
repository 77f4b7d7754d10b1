"""What may be asked of a list for public notice."""

from schemas.fields import Shape
from schemas.results import Words

NOTICE_FIELDS = ("rank", "subject", "name", "organisation", "post", "group", "total", "tier", "outcomes")
_USUAL = ("rank", "name", "organisation", "post", "total", "tier")


class Noticed(Shape):
    """Which fields it shows, in this order."""

    fields_ = Words(*NOTICE_FIELDS, data_key="fields", attribute="fields", load_default=lambda: list(_USUAL))
