"""One thin blueprint per resource: parse, check, one call inside one transaction, answer."""

from flask_smorest import Blueprint

from service.routes import event_types, events, operations, periods, results, roster, rulebooks, trials

BLUEPRINTS: list[Blueprint] = [
    events.blueprint,
    event_types.blueprint,
    roster.blueprint,
    rulebooks.blueprint,
    periods.blueprint,
    results.blueprint,
    trials.blueprint,
    operations.blueprint,
]
