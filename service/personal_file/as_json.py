"""The file of a person as one JSON document, written piece by piece."""

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

from service.personal_file.gathered import Section


def write_json(file: BinaryIO, head: dict[str, Any], sections: Iterable[Section]) -> None:
    """Write an object of the head and of the sections: the worker, then a list for each other one."""
    file.write(_text(head)[:-1])
    for name, items in sections:
        file.write(b"," + _text(name) + b":")
        if name == "worker":
            file.write(b"".join(map(_text, items)))
            continue
        file.write(b"[")
        for number, item in enumerate(items):
            file.write((b"," if number else b"") + _text(item))
        file.write(b"]")
    file.write(b"}\n")


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
