"""One thin blueprint per resource: parse, check, one call inside one transaction, answer."""

from flask_smorest import Blueprint

from service.routes import (
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
    rejections,
    results,
    roster,
    rulebooks,
    subjects,
    tokens,
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
    tokens.blueprint,
    webhooks.blueprint,
    operations.blueprint,
    contract.blueprint,
]
