"""What the oracle is tried with: cases computed by hand, and random worlds of the whole language."""
