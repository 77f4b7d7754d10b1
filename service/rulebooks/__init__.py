"""Rulebooks: text to document (text), document to findings (lint), document to parameter rows (rows), versions (store)."""
