"""A file as the answer to a request: how it is called, and sent without ever being whole in memory."""

from typing import BinaryIO
from urllib.parse import quote

from flask import Response, send_file


def download(file: BinaryIO, media: str, plain: str, name: str | None = None, inline: bool = False) -> Response:
    """Answer with a file, from its beginning, under an ASCII name and, where there is one, its own (RFC 6266)."""
    answer = send_file(file, mimetype=media, max_age=0, etag=False, conditional=False)
    file.seek(0, 2)
    answer.content_length = file.tell()
    file.seek(0)
    own = {"filename*": f"UTF-8''{quote(name, safe='')}"} if name else {}
    answer.headers.set("Content-Disposition", "inline" if inline else "attachment", filename=plain, **own)
    return answer
