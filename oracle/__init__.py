"""An independent appraisal, in exact fractions: a second opinion, with which every result of the service is compared.

It follows `docs/rulebook-language.md` section by section, is slow and plain on purpose, and shares no code
with the service: it must not import `service`, `schemas` or `sql`, and knows neither a database nor a wire.
"""

from oracle.appraisal import appraise, appraiser
from oracle.result import Line, Result

__all__ = ["Line", "Result", "appraise", "appraiser"]
