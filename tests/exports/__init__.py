"""Exports: files that programs and spreadsheets read."""
