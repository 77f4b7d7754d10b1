"""Rulebooks: text to document (text), to findings (lint), to parameter rows (layout, rows); versions (store)."""
