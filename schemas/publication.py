"""What a second person says when a version begins to rule."""

from schemas.fields import Shape, Text


class Grounds(Shape):
    """Why a version may rule periods that have ended: in a sentence, and by which document."""

    reason = Text(most=2000, required=True)
    document = Text(required=True)
