"""What is sent to the routes that take something: most of it right, all of it marked as the sender's."""

import json
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any

from tests.county import CASES, RULEBOOK, SOURCE, TYPES
from tests.faults.tenants.side import ORGANISATIONS, WORKERS, Side

MONTHS = ("2025-02", "2025-03", "2025-04")
Body = tuple[str | bytes, str]  # and its content type
_numbers = count(1)


class Writer:
    """Writes bodies of one side; `of` draws what the other may have too, by the name of a parameter."""

    def __init__(self, side: Side, dice: Random, of: Callable[[str], str]) -> None:
        self.side, self.dice, self.of = side, dice, of

    def body(self, operation: str) -> Body | None:
        """What goes to this operation; None where it takes nothing."""
        write = _WRITTEN.get(operation)
        if write is None:
            return None
        written = write(self)
        return written if isinstance(written, tuple) else (json.dumps(written, ensure_ascii=False), "application/json")

    def text(self) -> str:
        return f"{self.side.mark} {self.dice.randrange(99)}"

    def worker(self) -> str:
        return self.dice.choice((*WORKERS, f"{self.side.mark}-w", f"{self.side.mark}-w{self.dice.randrange(9)}"))

    def place(self) -> str:
        return self.dice.choice((*ORGANISATIONS[1:], f"{self.side.mark}-street"))

    def period(self) -> str:
        return self.dice.choice(MONTHS)

    def event(self) -> dict[str, Any]:
        """An event, whose id the other may have sent too, with other content."""
        number, alias = self.dice.randrange(40), f"{self.side.mark}-alias"
        type_ = self.dice.choice((*TYPES, f"{self.side.mark}.done", "visit.done"))
        data = {"rating.resident": {"stars": 1 + number % 5}, "assess.annual": {"points": number}}
        said = {
            "specversion": "1.0",
            "id": self.dice.choice((f"same-{number}", f"{self.side.mark}-{next(_numbers)}")),
            "source": SOURCE,
            "type": type_,
            "subject": f"worker/{self.dice.choice((self.worker(), alias, 'EMP-1'))}",
            "data": data.get(type_, {} if type_ == "violation.complaint" else {"household": self.text()}),
        }
        dated = (
            {"period": "2025"}
            if type_ == "assess.annual"
            else {"time": f"{self.period()}-1{number % 10}T09:00:00+08:00"}
        )
        return said | dated

    def several(self, write: Callable[[], Any]) -> list[Any]:
        return [write() for _ in range(self.dice.randrange(1, 5))]

    def events(self) -> Any:
        """One, a batch, lines, or nothing that could be read."""
        form = self.dice.randrange(4)
        if form == 0:
            return self.event()
        if form == 1:
            return self.several(self.event)
        if form == 2:
            return "\n".join(map(json.dumps, self.several(self.event))), "application/x-ndjson"
        return f'["{self.text()}"', "application/json"

    def record(self) -> dict[str, Any]:
        """A worker's record."""
        alias = self.dice.choice(("EMP-1", f"{self.side.mark}-alias"))
        return {
            "name": self.text(),
            "phone": "13911112222",
            "aliases": [{"source": SOURCE, "id": alias}] if self.dice.random() < 0.3 else [],
            "assignments": [{"organisation": self.place(), "post": "staff", "from": "2024-01-01"}],
            "attributes": [{"name": "note", "value": self.text(), "from": "2024-01-01"}],
        }

    def node(self) -> dict[str, Any]:
        """An organisation's record."""
        return {"kind": "community", "title": self.text(), "parent": "county"}

    def rulebook(self) -> Body:
        """Another version of the rules, or rules of others."""
        text = RULEBOOK.replace("version: 2025-1", f"version: 2025-{self.dice.randrange(2, 30)}")
        text = text.replace("title: 入户走访", f"title: {self.text()}")
        if self.dice.random() < 0.5:
            text = text.replace("small-county", f"{self.side.mark}-book").replace("[staff]", "[deputy]")
        return text, "application/yaml"

    def file(self) -> Body:
        """A sheet of events."""
        rows = [f"{self.worker()},{self.period()}-10,{self.text()}" for _ in range(3)]
        return "\n".join(["subject,time,household", *rows]).encode(), "text/csv"

    def corrections(self) -> list[dict[str, Any]]:
        def one() -> dict[str, Any]:
            said = {"event": self.of("event"), "reason": self.text()}
            return said | ({"replacement": self.event()} if self.dice.random() < 0.5 else {})

        return self.several(one)

    def objection(self) -> dict[str, Any]:
        said = {"rulebook": "small-county", "period": self.period(), "subject": f"worker/{self.worker()}"}
        evidence = [self.of("event")] if self.dice.random() < 0.5 else []
        return {**said, "objector": self.text(), "text": self.text(), "evidence": evidence}

    def reopening(self) -> dict[str, Any]:
        admitted = [self.of("event")] if self.dice.random() < 0.5 else []
        return {"reason": self.text(), "admit": admitted, "complete": []}

    def results(self) -> dict[str, Any]:
        """Results of a year before."""
        rows = [{"subject": f"worker/{w}", "tier": "competent"} for w in self.dice.sample(WORKERS, 2)]
        said = {"rulebook": "small-county@2025-1", "period": f"20{self.dice.randrange(10, 24)}"}
        return {**said, "reason": self.text(), "document": self.text(), "results": rows}

    def roster(self) -> dict[str, Any]:
        return {
            "organisations": [{"id": self.place(), **self.node()}],
            "workers": [{"id": w, **self.record()} for w in {self.worker(), self.worker()}],
        }

    def hook(self) -> dict[str, Any]:
        types = ["jifen.event.reversed", "jifen.period.closed"]
        return {"url": f"https://{self.side.mark}.example/{self.dice.randrange(9)}", "types": types}

    def label(self) -> str:
        return f"{self.dice.choice(('small-county', f'{self.side.mark}-book'))}@{self.of('version')}"


def _because(writer: Writer) -> dict[str, str]:
    return {"reason": writer.text()}


def _forced(writer: Writer) -> dict[str, Any]:
    return {"force": _because(writer)}


_WRITTEN: dict[str, Callable[[Writer], Any]] = {
    "PUT /v1/calendar/{year}": lambda w: {"holidays": ["2026-01-01"][: w.dice.randrange(2)], "working_days": []},
    "POST /v1/corrections": Writer.corrections,
    "PUT /v1/event-types/{type}": lambda w: {**TYPES["visit.done"], "title": w.text()},
    "POST /v1/events": Writer.events,
    "POST /v1/events/{event}/amendment": lambda w: {"reason": w.text(), "event": w.event()},
    "POST /v1/events/{event}/reversal": _because,
    "POST /v1/imports": Writer.file,
    "POST /v1/objections": Writer.objection,
    "POST /v1/objections/{objection}/decision": lambda w: {"decision": "upheld", "reason": w.text()},
    "PUT /v1/organisations/{id}": Writer.node,
    "POST /v1/periods/{period}/finalise": _forced,
    "POST /v1/periods/{period}/publish": _forced,
    "POST /v1/periods/{period}/reopen": Writer.reopening,
    "POST /v1/results/import": Writer.results,
    "POST /v1/roster": Writer.roster,
    "POST /v1/rulebooks": Writer.rulebook,
    "PUT /v1/rulebooks/{id}@{version}/cases": lambda w: (CASES.replace("2025", "2026"), "application/yaml"),
    "POST /v1/rulebooks/{id}@{version}/publish": lambda w: {"reason": w.text(), "document": w.text()},
    "POST /v1/tokens": lambda w: {"actor": w.text(), "scopes": ["results:read"], "sources": [w.text()]},
    "POST /v1/tokens/{token}/rotate": lambda w: {"hours": 1},
    "POST /v1/trials": lambda w: {"rulebook": w.label(), "period": w.period()},
    "POST /v1/webhooks": Writer.hook,
    "PATCH /v1/webhooks/{webhook}": lambda w: {"state": w.dice.choice(("active", "disabled"))},
    "POST /v1/webhooks/{webhook}/replay": lambda w: {"delivery": w.of("delivery")},
    "POST /v1/webhooks/{webhook}/secrets": lambda w: {"hours": 1},
    "PUT /v1/workers/{id}": Writer.record,
    "POST /v1/workers/{id}/erasure": _because,
}


def operations() -> Iterator[str]:
    """Those for which there is something to send."""
    yield from _WRITTEN
