"""Broken bodies for intake: valid ones, mutated by seed, and a judge who reads more strictly than anybody."""
