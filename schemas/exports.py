"""What may be asked of a public notice: which fields it shows."""

from typing import Any

from marshmallow import fields

from schemas.faults import Slip, invalid
from schemas.fields import Text, is_text

NOTICE_FIELDS = ("rank", "subject", "name", "organisation", "post", "group", "total", "tier", "outcomes")
_USUAL = ("rank", "name", "organisation", "post", "total", "tier")


class NoticeFields(fields.Field[list[str]]):
    """Names of fields, apart by commas, in the order in which they are to be shown."""
