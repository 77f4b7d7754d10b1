"""One event of a request on its way in, and the texts in which it is stored, digested and covered by the chain."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from schemas.event_types import Data, json_text
from service import canonical
from service.database import arrays
from service.errors import Finding
from service.intake.dictionary import Source, Subject, Type

# What is stored of an event, and how a column of many is sent.
COLUMNS: dict[str, Callable[[Any], Any]] = {
    "subject_no": arrays.integers,
    "type_no": arrays.integers,
    "source_no": arrays.integers,
    "event_id": arrays.uuids,
    "time": arrays.texts,
    "quantity": arrays.texts_if_any,
    "period": arrays.texts_if_any,
    "id": arrays.texts,
    "sent_subject": arrays.texts_if_any,
    "content_digest": arrays.byteas,
    "data": arrays.documents,
    "extensions": arrays.texts_if_any,
}
FORM = 2  # of what is covered, which entries name; those before it was named are of form 1
Row = tuple[Any, ...]  # one of COLUMNS after the other, as these take it


@dataclass(slots=True, eq=False)
class Item:
    """One event of a request on its way in, and what became of it."""

    sent: Any
    outcome: str = ""  # created, duplicate, conflict, rejected, aborted
    findings: tuple[Finding, ...] = ()
    identity: bytes = b""  # empty where it can't be read
    digest: bytes = b""  # of its content
    known_type: str = "-"  # a declared type, so that a metric's label is bounded
    covered: bytes = b""
    row: Row | None = None

    @property
    def event_id(self) -> UUID | None:
        """The id that the service gives it."""
        return UUID(bytes=self.identity) if self.identity else None

    @property
    def event(self) -> str:
        """The same as text, of an event that has an identity: written here, as an UUID of Python's is slow to make."""
        fours = self.identity.hex("-", 2)
        return f"{fours[:4]}{fours[5:29]}{fours[30:34]}{fours[35:]}"

    def reject(self, *findings: Finding) -> None:
        """Refuse this event, where something was found."""
        if findings:
            self.outcome = "rejected"
            self.findings += findings

    def write(
        self,
        type_: Type,
        source: Source,
        subject: Subject,
        time: str,
        data: Data,
        period: str | None,
        extensions: dict[str, Any] | None,
    ) -> None:
        """Put down in texts what was found right in every respect; `time` is in UTC, with six digits."""
        sent = self.sent["subject"]
        identifier = self.sent["id"]
        kind, said = type_.text, json_text(sent)
        text, content, quantity = data
        within = "null" if period is None else f'"{period}"'
        more = None if extensions is None else canonical.exact(extensions).decode()
        hashed = source.begun.copy()
        hashed.update(identifier.encode())
        self.identity = hashed.digest()[:16]
        self.digest = sha256(f'[{kind},{said},"{time}",{within},{content}]'.encode()).digest()
        self.covered = self.identity + self.digest + b"\0"
        exactly = None if text == content else text
        if subject.by_alias or period or exactly or more:
            whom = json_text(subject.name) if subject.by_alias else "null"
            beside = f"[{whom},{within},{exactly or 'null'},{more or 'null'}]"
            self.covered = self.identity + self.digest + beside.encode() + b"\0"
        self.known_type = type_.name
        self.row = (
            subject.number,
            type_.number,
            source.number,
            self.identity,
            time,
            quantity,
            period,
            identifier,
            sent if subject.by_alias else None,
            self.digest,
            text,
            more,
        )


def covered(event_id: UUID, content_digest: bytes, said: list[Any], form: int = FORM) -> bytes:
    """What the hash chain covers of a stored event: its identity, the digest of its content, and of what is `said` of
    it (its type, whom it is about, the subject as sent where that is another, its period, data and extensions) that
    which the digest doesn't tell: most often nothing.

    The digest takes 5 and 5.0 for one number; to the computation they may be two codes. In form 1 all is covered.
    """
    _, subject, sent, period, data, extensions = said
    if form == 1:
        beside = said
    else:
        exactly = None if canonical.exact(data) == canonical.content(data) else data
        beside = [None if sent is None else subject, period, exactly, extensions]
    rest = canonical.exact(beside) if any(one is not None for one in beside) else b""
    return event_id.bytes + content_digest + rest + b"\0"


def form_of(detail: Any) -> int:
    """The form in which the chain covers the events of an entry, by what this says."""
    return detail.get("form", 1) if isinstance(detail, dict) else 1
