"""Every code that the lint gives, explained with a wrong and a right example. The pages under docs/findings show them."""

from service.rulebooks.explained import declarations, events, heads, readability, rows, shapes, sums, texts, tiers

PAGES = [module.PAGE for module in (texts, shapes, heads, sums, rows, events, tiers, readability, declarations)]
