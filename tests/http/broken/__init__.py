"""Rulebooks that can't be: a change of the small county's, the place of its finding, and the code."""

from tests.http.broken.head import HEAD
from tests.http.broken.items import ITEMS, RESULTS
from tests.http.broken.placing import CONDITIONS, PLACES
from tests.http.broken.selections import SELECTIONS
from tests.http.broken.sums import SUMS

EXAMPLES = [*HEAD, *SUMS, *SELECTIONS, *ITEMS, *RESULTS, *CONDITIONS, *PLACES]
