"""One thin blueprint per resource: parse, check, one call inside one transaction, answer."""

from flask_smorest import Blueprint

from service.routes import (
    audit,
    calendar,
    contract,
    corrections,
    event_types,
    events,
    exports,
    feed,
    files,
    objections,
    operations,
    periods,
    personal,
    rejections,
    results,
    roster,
    rulebooks,
    subjects,
    trials,
    webhooks,
)

BLUEPRINTS: list[Blueprint] = [
    events.blueprint,
    corrections.blueprint,
    files.blueprint,
    event_types.blueprint,
    rejections.blueprint,
    roster.blueprint,
    rulebooks.blueprint,
    periods.blueprint,
    results.blueprint,
    feed.blueprint,
    exports.blueprint,
    subjects.blueprint,
    objections.blueprint,
    calendar.blueprint,
    trials.blueprint,
    webhooks.blueprint,
    audit.blueprint,
    personal.blueprint,
    operations.blueprint,
    contract.blueprint,
]
