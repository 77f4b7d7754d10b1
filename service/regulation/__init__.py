"""A rulebook in plain words: printed as a regulation, and compared with another by what it means.

Uses the sentences of service.explanation, so that a word is said in the same way of a rulebook and of a result; knows
nothing of results.
"""

from service.regulation.difference import Difference, differences
from service.regulation.printed import Regulation, regulation
from service.regulation.reading import of_file, of_version

__all__ = ["Difference", "Regulation", "differences", "of_file", "of_version", "regulation"]
