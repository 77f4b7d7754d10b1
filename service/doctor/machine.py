"""What the doctor finds on this machine: settings, the folder, the disk, the address."""

import errno
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException

from service.doctor.kinds import Found, found
from service.settings import Settings

_LEAST_FREE_MIB = 2048
_ASK_SECONDS = 3


def of_machine(settings: Settings) -> Iterator[Found]:
    """Before any database is asked."""
    if settings.pool_size < settings.threads:
        yield found("settings.threads", threads=settings.threads, pool=settings.pool_size)
    yield from _folder(settings)
    yield from _address(settings)


def _folder(settings: Settings) -> Iterator[Found]:
    folder = settings.data.absolute()
    there = next(place for place in (folder, *folder.parents) if place.exists())  # a start makes the rest
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        yield found("data.folder", folder=folder, why=os.strerror(error.errno or 0))
        return
    free = shutil.disk_usage(there).free // 1024**2
    if free < _LEAST_FREE_MIB:
        yield found("data.space", folder=folder, free=free)


def _address(settings: Settings) -> Iterator[Found]:
    address = f"{settings.host}:{settings.port}"
    try:
        with socket.create_server((settings.host, settings.port)):
            return
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            yield found("address.wrong", address=address, why=error.strerror or type(error).__name__)
            return
    if not _is_ours(settings):
        yield found("address.taken", address=address)


def _is_ours(settings: Settings) -> bool:
    """Whether the service itself runs there."""
    # Who connects to all addresses, as 0.0.0.0 says, connects to this machine.
    with closing(HTTPConnection(settings.host or "localhost", settings.port, timeout=_ASK_SECONDS)) as connection:
        try:
            connection.request("GET", "/healthz")
            return "version" in json.load(connection.getresponse())
        except (HTTPException, OSError, ValueError):
            return False
