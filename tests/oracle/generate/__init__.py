"""The pieces of which worlds are made: event types, takes, items, sheets, conditions, places, rosters, events.

Every piece is valid by construction. Values come from small pools, so that ties, bounds that are met exactly,
caps, small groups and absent data are common and not lucky.
"""
