"""The cases of a rulebook: how they are read, settled apart, judged and counted."""
