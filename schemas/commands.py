"""What every command may say in its query."""

from schemas.fields import Shape, Switch


class Commanding(Shape):
    """Whether only to say what would be answered; what else the query says is the command's own."""

    dry_run = Switch(load_default=False)

    class Meta:
        """Another shape reads the rest."""

        unknown = "exclude"
