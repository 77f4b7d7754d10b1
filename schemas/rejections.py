"""Which rejections are asked for, to be read or to be sent again."""

from schemas.fields import Instant, Shape, Switch, Text
from schemas.results import Limit


class Sought(Shape):
    """Which rejections: of a source, with a code among their reasons, last refused in [from, to), waiting or not."""

    source = Text()
    code = Text(most=100)
    last_from = Instant(data_key="from")
    last_to = Instant(data_key="to")
    waiting = Switch()
    after = Text(most=500)
    limit = Limit()
