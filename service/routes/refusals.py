"""Whole requests that intake refuses before it has read an event of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from service import rejections
from service.errors import Problem
from service.http import access, all_of_it, database, settings


@contextmanager
def kept() -> Iterator[None]:
    """Where a request is refused inside as a whole, keep that it was."""
    try:
        yield
    except RequestEntityTooLarge:
        _keep(Problem("request.too_large", most=settings().max_body_bytes))
        raise
    except Problem as problem:
        if problem.status < 500:
            _keep(problem)
        raise


def _keep(problem: Problem) -> None:
    try:
        with all_of_it():
            body = request.get_data()
        size = len(body)
    except (HTTPException, Problem):  # too large, or its sender is gone: it isn't read
        body, size = b"", request.content_length or 0
    rejections.keep_request(database(), settings(), access(), problem, body, size)
