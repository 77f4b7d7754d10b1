"""What is asked of a trial: which version, on which period, against which."""

import re
from typing import Any

from schemas.faults import invalid
from schemas.fields import PeriodText, Shape, Text

_LABEL = re.compile(r"[A-Za-z0-9._:-]{1,64}@[A-Za-z0-9._:-]{1,64}")


class VersionLabel(Text):
    """A version of a rulebook, `id@version`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        text = super()._deserialize(value, attr, data)
        if not _LABEL.fullmatch(text):
            raise invalid("version.malformed")
        return text


class Trial(Shape):
    """A version, mostly a draft, on the events of a period, against another or the one that rules it."""

    rulebook = VersionLabel(required=True)
    period = PeriodText(required=True)
    against = VersionLabel()
