"""Items of the feed, each a CloudEvent 1.0: what happened, to what, and where to read more of it.

They are thin: nothing personal, no points, no reasons. Who may know more asks the API, which also says what holds by
now.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from service.feed.places import Place

Said = dict[str, Any]


@dataclass(frozen=True)
class Item:
    """One thing that happened. Who reads from its `place` on reads it first."""

    place: Place
    entry: bytes  # the digest of the entry that tells it
    type: str
    subject: str
    time: datetime
    data: Said

    @property
    def id(self) -> str:
        """Its identity within the tenant, for ever: a restore may give its place to another item, not its entry."""
        return f"{self.entry.hex()[:32]}-{self.place.ordinal}"

    def event(self, tenant: str) -> Said:
        """The item as a CloudEvent. `sequence` grows in the order of the feed, compared as text."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": f"urn:jifen:{tenant}",
            "type": self.type,
            "subject": self.subject,
            "time": self.time.astimezone(UTC).isoformat(),
            "datacontenttype": "application/json",
            "sequence": f"{self.place.position:019d}.{self.place.ordinal:015d}",
            "data": self.data,
        }


def link(*path: str, **query: Any) -> str:
    """Where to read more, relative to the service's address."""
    address = "/v1/" + "/".join(quote(part, safe="@") for part in path)
    return f"{address}?{urlencode(query)}" if query else address
