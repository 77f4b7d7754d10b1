"""A file without a name: it is gone when it is closed, or when nobody has it any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO


@contextmanager
def nameless() -> Iterator[BinaryIO]:
    """A file that stays open after the block, from its beginning; where the block fails, it is closed."""
    file = TemporaryFile()  # noqa: SIM115 - the caller's, once it is filled
    try:
        yield file
        file.seek(0)
    except BaseException:
        file.close()
        raise
