"""Mutants as processes, two at a time: each a fork with its own copy of the project and its own clone of the database.

What the worlds don't notice is tried in a second process, by the project's own tests of the computation.

What is heavy and not ours (Flask, psycopg) is imported before the fork; the project itself is imported after it.
"""

import contextlib
import importlib
import logging
import multiprocessing
import pickle
import shutil
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from tests.mutation import copies
from tests.mutation.mutations import Mutation

AT_ONCE = 2
_UNRULED, _RULED, _MEASURED = "mutants_unruled", "mutants_ruled", "mutants_measured"
_HEAVY = ("flask", "flask_smorest", "marshmallow", "psycopg_pool", "hypothesis", "prometheus_client", "yaml")
# Of a server that is thrown away, nothing needs to survive a loss of power.
_UNSAFE = ("fsync", "full_page_writes", "autovacuum")
_FORKS = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Tried:
    """A mutation and what became of it: killed, survived or stillborn, why, and in how many seconds."""

    mutation: Mutation | None
    verdict: str
    reason: str
    seconds: float


class Ground:
    """Where mutants live: a server, the database that they clone, the snapshot that they copy, the worlds."""

    def __init__(self, server: str, folder: Path, timeout: float) -> None:
        """`folder` holds the copies for as long as they are needed."""
        for name in _HEAVY:
            importlib.import_module(name)
        self.server, self.folder, self.timeout = server, folder, timeout
        self.snapshot = copies.snapshot(folder)
        self.prepared = folder / "worlds"
        self._count = 0
        for setting in _UNSAFE:
            self._owner(f"ALTER SYSTEM SET {setting} = off")
        self._owner("SELECT pg_reload_conf()")

    def prepare(self, seed: int, worlds: int) -> tuple[list[str], set[str]]:
        """Lay the ground; where code and oracle differ without a mutation, and which statements compute."""
        self._owner(f"CREATE DATABASE {_UNRULED}")
        _in_fork(_lay, [self.snapshot], self._url(_UNRULED), seed, worlds, self.prepared)
        self._owner(f"CREATE DATABASE {_RULED} TEMPLATE {_UNRULED}")
        _in_fork(_rule, [self.snapshot], self._url(_RULED), self.prepared)
        self._owner(f"CREATE DATABASE {_MEASURED} TEMPLATE {_RULED}")
        differences, run = _in_fork(_measure, [self.snapshot], self._url(_MEASURED), self.prepared)
        return differences, run

    def attempt(self, mutations: Iterator[Mutation | None], wanted: int) -> Iterator[Tried]:
        """Try mutations (None: the code as it is) in their order, until so many were valid programs."""
        running: dict[Connection, _Running] = {}
        valid = 0
        while True:
            while len(running) < min(AT_ONCE, wanted - valid) and (following := next(mutations, ...)) is not ...:
                one = self._start(following)
                running[one.connection] = one
            if not running:
                return
            for one in self._ended(running):
                del running[one.connection]
                tried = one.finished()
                self._owner(f"DROP DATABASE IF EXISTS {one.database} WITH (FORCE)")
                if tried.verdict == "survived" and not one.by_tests:
                    further = self._further(one)
                    running[further.connection] = further
                    continue
                shutil.rmtree(one.folder, ignore_errors=True)
                valid += tried.verdict != "stillborn"
                yield tried

    def _start(self, mutation: Mutation | None) -> "_Running":
        self._count += 1
        database, folder = f"mutant_{self._count}", self.folder / str(self._count)
        folder.mkdir()
        if mutation:
            copies.mutant(self.snapshot, folder, mutation)
        is_sql, is_drafting = (mutation.is_sql, mutation.is_drafting) if mutation else (False, True)
        self._owner(f"CREATE DATABASE {database} TEMPLATE {_UNRULED if is_drafting else _RULED}")
        folders = [folder, self.snapshot]
        process, ours = _fork(_judge, folders, self._url(database), self.prepared, is_sql, is_drafting)
        now = time.monotonic()
        return _Running(mutation, process, ours, database, folder, now, now + self.timeout)

    def _further(self, one: "_Running") -> "_Running":
        """What no world noticed is tried by the project's own tests, too."""
        process, ours = _fork(_test, [one.folder, self.snapshot], self.snapshot)
        return replace(one, process=process, connection=ours, deadline=time.monotonic() + self.timeout, by_tests=True)

    def _ended(self, running: "dict[Connection, _Running]") -> "list[_Running]":
        first = min(one.deadline for one in running.values())
        wait(list(running), timeout=max(0.0, first - time.monotonic()))
        return [one for one in running.values() if one.connection.poll() or time.monotonic() >= one.deadline]

    def _url(self, database: str) -> str:
        return make_conninfo(self.server, dbname=database)

    def _owner(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement.encode())


@dataclass
class _Running:
    mutation: Mutation | None
    process: BaseProcess
    connection: Connection
    database: str
    folder: Path
    begun: float
    deadline: float
    by_tests: bool = False

    def finished(self) -> Tried:
        """What it said; a process that says nothing is killed, by us or by what it did."""
        verdict, reason = "killed", "no answer in time"
        if self.connection.poll():
            reason = "it ended without an answer"
            with contextlib.suppress(EOFError):
                said, raised = self.connection.recv()
                verdict, reason = said or ("killed", raised)
        self.process.kill()
        self.process.join()
        self.connection.close()
        return Tried(self.mutation, verdict, reason, time.monotonic() - self.begun)


def _fork(work: Callable[..., Any], folders: list[Path], *values: Any) -> tuple[BaseProcess, Connection]:
    ours, theirs = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_answer, args=(theirs, work, folders, *values), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _in_fork(work: Callable[..., Any], folders: list[Path], *values: Any) -> Any:
    """What the work returns. RuntimeError where it raised something, EOFError where it ended."""
    process, ours = _fork(work, folders, *values)
    try:
        answer, raised = ours.recv()
    finally:
        process.join()
        ours.close()
    if raised:
        raise RuntimeError(raised)
    return answer


def _answer(connection: Connection, work: Callable[..., Any], folders: list[Path], *values: Any) -> None:
    """Send what the work returns, or the text of what it raised."""
    try:
        copies.enter(folders)
        said = work(*values), ""
    except Exception:
        said = None, traceback.format_exc()
    connection.send(said)


def _lay(url: str, seed: int, worlds: int, file: Path) -> None:
    ground, golden = map(importlib.import_module, ("tests.mutation.ground", "tests.golden"))
    cases = importlib.import_module("tests.mutation.told").told(seed)
    file.write_bytes(pickle.dumps(ground.lay(url, seed, worlds, golden.names(), cases)))


def _rule(url: str, file: Path) -> None:
    ground = importlib.import_module("tests.mutation.ground")
    file.write_bytes(pickle.dumps(ground.rule(url, pickle.loads(file.read_bytes()))))


def _measure(url: str, file: Path) -> Any:
    ground = importlib.import_module("tests.mutation.ground")
    prepared = pickle.loads(file.read_bytes())
    answer = ground.measure(url, prepared)
    file.write_bytes(pickle.dumps(prepared))
    return answer


def _judge(url: str, prepared: Path, is_sql: bool, is_drafting: bool) -> Any:
    logging.disable()  # mutants complain of what was done to them
    return importlib.import_module("tests.mutation.judge").judged(url, prepared, is_sql, is_drafting)


def _test(root: Path) -> Any:
    return importlib.import_module("tests.mutation.suite").judged(root)
