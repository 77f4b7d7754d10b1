"""Rulebooks in plain words, and the difference of two."""
