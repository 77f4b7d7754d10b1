"""The judge: whether each answer is well formed and right, by what a strict reader makes of the body that was sent."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from service.catalogue import FAULTS, PROBLEMS
from tests.faults.bodies import strict
from tests.faults.bodies.forms import Form, Request
from tests.faults.bodies.strict import Doubt
from tests.faults.checker import Stored

PROBLEM = "application/problem+json"
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*", re.DOTALL)
_MEMBERS = {"type", "title", "status", "code", "request_id"}
_REFUSED = {"event.conflict": "conflict", "event.rejected": "rejected"}  # where one event was sent
_RESULTS = ("created", "duplicate", "conflict", "rejected")


class Answer(NamedTuple):
    """An answer as it came."""

    status: int
    media_type: str
    body: bytes


Send = Callable[[Request], Answer]


@dataclass
class Judge:
    """Remembers what was created, and collects what is wrong."""

    created: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)

    def hear(self, form: Form, request: Request, answer: Answer) -> None:
        """Judge one answer."""
        before = len(self.wrong)
        try:
            self._judge(form, request, answer)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.wrong.append(f"is no answer: {error!r}")
        self.wrong[before:] = [
            f"{form.name} {said}; {answer.status} {answer.body[:300]!r} to {request.attributes} {request.body[:1000]!r}"
            for said in self.wrong[before:]
        ]

    def compare(self, rows: Iterable[Stored]) -> None:
        """What is stored must be what was answered created, and mean the same."""
        left = dict(self.created)
        for row in rows:
            event = left.pop((row.source, row.id), None)
            if event is None:
                self.wrong.append(
                    f"{row.source} {row.id!a} is stored, and was never answered created, or is there twice"
                )
                continue
            content = (row.type, row.subject, row.time, row.period, strict.plain(_exact(row.data)))
            if content != _meaning(event) or _added(_exact(row.extensions or "{}")) != _added(event):
                self.wrong.append(f"{row.id!a} is stored as {row}, and was sent as {event!a}")
        self.wrong += [f"{id_!a} was answered created and isn't stored" for _, id_ in left]

    def _judge(self, form: Form, request: Request, answer: Answer) -> None:
        if answer.status >= 400:
            said = json.loads(answer.body)
            self.results.append(said["code"])
            self._problem(answer, said)
            if said["code"] in _REFUSED:
                self._refused(form, request, _REFUSED[said["code"]])
            if said["code"] == "event.aborted":
                self._aborted(form, request, said["items"])
            return
        items, counts = form.answers(request, answer.body)
        results = self._items(form, request, items, stored=not form.dry_run)
        self.results += results
        failed = {"conflict", "rejected"} & set(results)
        if counts is not None and counts != {**{name: results.count(name) for name in _RESULTS}, "lines": len(results)}:
            self.wrong.append(f"has a summary that isn't its lines': {results}")
        right = 207 if failed and counts is None else 200
        is_new = results == ["created"] and not form.dry_run
        if answer.status != right and not (answer.status == 201 and is_new):
            self.wrong.append("has the wrong status")
        if form.atomic and failed:
            self.wrong.append("did some of all or none")

    def _aborted(self, form: Form, request: Request, items: list[Any]) -> None:
        """Nothing was done for the sake of some; the others would have been successes."""
        results = {item["result"] for item in items}
        if not form.atomic or not results & {"conflict", "rejected"} or results & {"created", "duplicate"}:
            self.wrong.append("had no reason to abort")
        if any({"source", "id", "event"} - set(item) for item in items if item["result"] == "aborted"):
            self.wrong.append("doesn't name what was aborted")
        innocent = [None if item["result"] == "aborted" else item for item in items]
        self._items(form, request, innocent, stored=False)

    def _items(self, form: Form, request: Request, items: list[Any], stored: bool) -> list[str]:
        """The results, each judged; what is created is forgotten again unless it is `stored`."""
        try:
            events = form.read(request)
        except Doubt as doubt:
            self.wrong.append(f"was read though it is doubtful ({doubt})")
            return []
        if len(events) != len(items):
            self.wrong.append(f"has {len(items)} answers to {len(events)} events")
            return []
        before = self.created
        self.created = dict(before)
        results = [self._item(event, item) for event, item in zip(events, items, strict=True)]
        self.created = self.created if stored else before
        return results

    def _problem(self, answer: Answer, said: dict[str, Any]) -> None:
        code = said["code"]
        if answer.status >= 500 or answer.media_type != PROBLEM or not set(said) >= _MEMBERS:
            self.wrong.append("is no problem that a sender can be blamed for")
        elif code not in PROBLEMS or PROBLEMS[code].status != answer.status or said["status"] != answer.status:
            self.wrong.append(f"has a code that isn't known for its status: {code}")
        self._errors(said.get("errors", []))

    def _errors(self, errors: list[Any]) -> None:
        for error in errors:
            known = error["code"] in FAULTS or error["code"] in PROBLEMS
            if not known or not _POINTER.fullmatch(error["pointer"]) or not error["detail"]:
                self.wrong.append(f"has an error that isn't one: {error}")

    def _refused(self, form: Form, request: Request, result: str) -> None:
        try:
            [event] = form.read(request)
        except Doubt:
            return
        self._known(event, result)

    def _item(self, event: Any, item: dict[str, Any] | None) -> str:
        """The result; of a success that had not to be told, the one that it must have been."""
        result: str = item["result"] if item else "duplicate" if strict.key(event) in self.created else "created"
        if result not in _RESULTS:
            self.wrong.append(f"has a result that there isn't: {result}")
        if isinstance(event, Doubt) and result != "rejected":
            self.wrong.append(f"was read though it is doubtful ({event})")
            return result
        if item and result in ("rejected", "conflict"):
            self._errors(item["errors"])
            if not item["errors"]:
                self.wrong.append("doesn't say why")
        elif item and ((item["source"], item["id"]) != strict.key(event) or not item["event"]):
            self.wrong.append(f"doesn't name its event: {item}")
        self._known(event, result)
        if result == "created":
            kept = {name: said for name, said in event.items() if name not in strict.FORGOTTEN}
            self.wrong += [f"took in {doubt}" for doubt in strict.doubts(kept)]
            if _meaning(event) is None or _added(event) is None:
                self.wrong.append("took in what has no meaning")
            self.created[event["source"], event["id"]] = event
        return result

    def _known(self, event: Any, result: str) -> None:
        """An identity that is known is answered by what it was known with, before anything else."""
        known = self.created.get(strict.key(event) or ("", ""))
        if (known is None) != (result in ("created", "rejected")):
            self.wrong.append(f"was answered {result}, and was {'un' if known is None else ''}known")
        elif result == "duplicate" and _meaning(event) != _meaning(known):
            self.wrong.append(f"was answered duplicate, and means something else than {known!a}")
        elif result == "conflict" and event == known:
            self.wrong.append("was answered conflict, and is the same")


def _exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _meaning(event: Any) -> tuple[Any, ...] | None:
    try:
        return strict.meaning(event)
    except Doubt:
        return None


def _added(event: Any) -> dict[str, Any] | None:
    try:
        return strict.extensions(event)
    except Doubt:
        return None
