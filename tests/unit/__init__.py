"""Pure parts by themselves: no database, no HTTP."""
