"""The claims of a JWT that say who asks and what that one may do; whatever else it claims is none of our business."""

from typing import Any

from schemas.fields import Listed, Shape, Text


class _Words(Listed):
    """Words as a list, or as one text with spaces (RFC 8693, 4.2)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        words = value.split() if isinstance(value, str) else value
        return super()._deserialize(words, attr, data, **options)


class Claims(Shape):
    """Tenant, actor, scopes, sources, and the organisation below which he sees."""

    class Meta:
        """A JWT has claims of others."""

        unknown = "exclude"

    tenant = Text(most=40, required=True)
    sub = Text(required=True)
    actor = Text()
    scope = _Words(Text(most=1000), load_default=list)
    sources = _Words(Text(), load_default=list)
    under = Text(most=64)
