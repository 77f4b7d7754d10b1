"""Jifen: events in, exact points, ranks and tiers out, every number explained."""

__version__ = "0.1.0"
