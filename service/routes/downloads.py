"""A file as the answer to a request: how it is called, and sent without ever being whole in memory."""

from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO
from urllib.parse import quote

from flask import Response

_PIECE = 1 << 18


def download(file: BinaryIO, media: str, plain: str, name: str | None = None, inline: bool = False) -> Response:
    """Answer with a file, then close it; under an ASCII name and, where there is one, its own (RFC 6266)."""
    length = file.seek(0, SEEK_END)
    answer = Response(_pieces(file), content_type=media)
    answer.content_length = length
    own = {"filename*": f"UTF-8''{quote(name, safe='')}"} if name else {}
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=plain, **own)
    return answer


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece
