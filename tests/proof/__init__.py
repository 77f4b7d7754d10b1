"""Proof: whatever an owner of the database changes is found; what a backup brings back is what was saved."""
