"""What a reader of results may ask for."""

import re
from typing import Any

from marshmallow import fields

from schemas.faults import invalid
from schemas.fields import Code

_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)


class Limit(fields.Field[int]):
    """How many items a page has, 1 to 5,000."""

    def __init__(self, **options: Any) -> None:
        """100 unless told."""
        super().__init__(load_default=100, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value) or not 1 <= int(value) <= 5000:
            raise invalid("number.whole", least=1, most=5000)
        return int(value)


class View(Code):
    """`current`: the revision, or before there is one the standing; or one of the two."""

    def __init__(self) -> None:
        """current unless told."""
        super().__init__("current", "standing", "revision", load_default="current")
