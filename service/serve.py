"""Runs the application under gunicorn: worker processes with threads, a pool in each, metrics shared through a folder.

The database is the one that DATABASE_URL names, or an embedded one whose server lives and dies with this process.
"""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

from service import keeping, logs
from service.database.embedded import Embedded, EmbeddedInUse, running
from service.settings import Settings

_WORK = "work"
_MOST_OF_A_LINE = 8190  # gunicorn's own bound
_slot_taken = "begin"  # of this process, among those that count together


@contextmanager
def database_url(settings: Settings, shared: bool = False) -> Iterator[tuple[str, str]]:
    """The owner's and the service's connection; an embedded server runs as long as the block.

    With `shared`, one that another process runs is used as it is; else EmbeddedInUse.
    """
    if settings.database_url:
        yield settings.owner_url or settings.database_url, settings.database_url
        return
    embedded = Embedded(settings.data)
    try:
        url = (embedded.elsewhere() if shared else None) or embedded.start()
    except EmbeddedInUse:
        if not shared:
            raise
        url = running(settings.data)
    try:
        yield url, url
    finally:
        embedded.stop()


def prepare(settings: Settings) -> None:
    """Before anything measures: a fresh folder through which the metrics of all processes add up.

    Each counts in files of its slot, not of its number: who takes the slot of one that died counts on from there, so
    that nothing falls, and there are never more files than slots.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_fresh_metrics_folder(settings.data))
    # Imported here: prometheus_client decides by the environment, at import, whether processes add up.
    from prometheus_client import values

    values.ValueClass = values.MultiProcessValue(_slot)  # type: ignore[no-untyped-call]


def run(settings: Settings, url: str, works: bool = False) -> None:
    """Serve until told to stop; ends in SystemExit, as gunicorn does. If it `works`, a process beside it does too."""
    logs.begin(settings.log_format, settings.log_level)
    with keeping.beside(partial(work, settings, url), lambda _: _forget(_WORK)) if works else nullcontext():
        _server(settings, url).run()


def work(settings: Settings, url: str, stop: Event) -> None:
    """Do what goes on beside the requests until told to stop."""
    # Imported here, as the application is.
    from service import metrics, work
    from service.database.transactions import Database

    logs.begin(settings.log_format, settings.log_level)
    _take(_WORK)
    metrics.process_starts.labels("work").inc()
    database = Database(url, settings)
    database.open()
    logs.logger().info("work begins", tasks=[task.name for task in work.tasks(settings)])
    try:
        work.run(database, settings, stop)
    finally:
        database.close()
        logs.logger().info("work ends")


def _fresh_metrics_folder(data: Path) -> Path:
    folder = (data / "metrics").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _server(settings: Settings, url: str) -> Any:
    # Imported here: prometheus_client decides by the environment, at import, whether processes add up.
    from gunicorn.app.base import BaseApplication

    from service.worker import Log, worker

    options = {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "threads": settings.threads,
        "worker_class": worker(settings),
        "logger_class": Log,
        "limit_request_line": min(settings.max_header_bytes, _MOST_OF_A_LINE),
        "limit_request_field_size": settings.max_header_bytes,
        "keepalive": 75,
        "graceful_timeout": settings.drain_seconds + settings.stop_seconds,
        "proc_name": "jifen",
        "control_socket_disable": True,
        "pre_request": _join_repeated,
        "pre_fork": _give_slot,
        "post_fork": _take_slot,
        "post_worker_init": _begin,
        "worker_exit": _close_pool,
        "child_exit": _forget_worker,
    }

    class Server(BaseApplication):  # type: ignore[misc]
        """gunicorn with our options and application."""

        def load_config(self) -> None:
            """Options of the command line have no say."""
            for key, value in options.items():
                self.cfg.set(key, value)

        def load(self) -> Any:
            """The application, made in each worker after the fork."""
            from service.app import create_app
            from service.database.transactions import Database

            return create_app(settings, Database(url, settings))

    return Server()


def _join_repeated(worker: Any, request: Any) -> None:
    """Join the headers of an attribute by the end of a line: by a comma, as gunicorn does, they would be one value."""
    values: dict[str, list[str]] = {}
    for name, value in request.headers:
        if name.startswith("CE-"):
            values.setdefault(name, []).append(value)
    if any(len(several) > 1 for several in values.values()):
        others = [(name, value) for name, value in request.headers if name not in values]
        request.headers = others + [(name, "\n".join(several)) for name, several in values.items()]


def _slot() -> str:
    return _slot_taken


def _take(slot: str) -> None:
    global _slot_taken
    _slot_taken = slot


def _give_slot(server: Any, worker: Any) -> None:
    """The first that no process has; one that was told to stop has its slot until it is gone."""
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(slot for slot in map(str, count()) if slot not in taken)


def _take_slot(server: Any, worker: Any) -> None:
    _take(worker.slot)


def _begin(worker: Any) -> None:
    from service import metrics

    metrics.process_starts.labels("serve").inc()
    logs.gather()
    _open_pool(worker)


def _open_pool(worker: Any) -> None:
    # What is loaded by now stays; and a batch is a hundred thousand objects, among which nothing refers in a circle.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    worker.wsgi.extensions["jifen.database"].open()


def _close_pool(server: Any, worker: Any) -> None:
    if getattr(worker, "wsgi", None) is not None:
        worker.wsgi.extensions["jifen.tokens"].write_uses()
        worker.wsgi.extensions["jifen.database"].close()
    logs.settle()


def _forget_worker(server: Any, worker: Any) -> None:
    _forget(worker.slot)


def _forget(slot: str) -> None:
    """What a process that is gone held: connections. What it counted stays."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(slot)  # type: ignore[no-untyped-call]
