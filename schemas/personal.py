"""Erasure of a person's identity."""

from schemas.fields import Shape, Text


class Erasure(Shape):
    """Why a worker's identity is erased."""

    reason = Text(most=2000, required=True)
