"""The one DuckDB file: opened once a process, locked down, a cursor a call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb

from data.engines.gate import make_gate
from data.engines.sql import quote_identifier, quote_text
from data.errors import InputRefused, WarehouseBusy
from data.warehouse.faults import in_a_sentence, in_sentences
from data.warehouse.schema import migrate

Result = TypeVar("Result")
TRIES = 5
WORKING_TABLE = "work_"
"""Prefix of tables that belong to work under way; leftovers are removed at start."""


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """What the engine may use: memory as text (``2GB``), threads (0: one a core)."""

    memory_limit: str = "2GB"
    threads: int = 0


class Warehouse:
    """The open warehouse.

    One connection a process; every call takes a cursor of its own, for a
    connection shared by threads gives wrong results without an error.

    Parameters
    ----------
    path : Path
        The DuckDB file; made when absent.
    settings : EngineSettings
        Memory and threads.

    Raises
    ------
    WarehouseBusy
        When another process holds the file.
    InputRefused
        When it is no warehouse, or one of a newer Stratum.
    """

    def __init__(self, path: Path, settings: EngineSettings | None = None) -> None:
        settings = settings or EngineSettings()
        self.path = path
        self._memory_limit = settings.memory_limit
        with in_sentences(str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(str(path))
        except duckdb.IOException as error:
            if "lock on file" in str(error).lower():
                raise WarehouseBusy.held_elsewhere(str(path)) from None
            if (told := in_a_sentence(error, str(path))) is not None:
                raise told from error
            raise InputRefused.because(
                f"this is no warehouse that can be opened ({str(error).splitlines()[0]})",
                file=str(path),
                remedy="Restore a backup, or choose another folder.",
            ) from None
        self._lock = threading.Lock()
        self._writing = threading.RLock()
        self._closed = False
        try:
            with in_sentences(str(path), settings.memory_limit):
                self._lock_down(settings)
            with self.cursor() as cursor:
                migrate(cursor, str(path))
                self._sweep(cursor)
        except BaseException:
            self.close()
            raise

    def _lock_down(self, settings: EngineSettings) -> None:
        """Set limits, then shut every way out of the file and lock the configuration."""
        spill = self.path.parent / "spill"
        spill.mkdir(exist_ok=True)
        gate = make_gate(self.path.parent)
        statements = [
            f"SET memory_limit = {quote_text(settings.memory_limit)}",
            f"SET temp_directory = {quote_text(str(spill))}",
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET python_enable_replacements = false",
            "SET TimeZone = 'UTC'",
        ]
        if settings.threads:
            statements.append(f"SET threads = {int(settings.threads)}")
        # The one folder the engine may still read from; it only ever holds what imports lay there.
        statements.append(f"SET allowed_directories = [{quote_text(f'{gate}/')}]")
        statements += ["SET enable_external_access = false", "SET lock_configuration = true"]
        for statement in statements:
            self._connection.execute(statement)

    @staticmethod
    def _sweep(cursor: duckdb.DuckDBPyConnection) -> None:
        """Remove views and tables of work that an earlier process left."""
        views = cursor.execute(
            "SELECT view_name FROM duckdb_views() WHERE starts_with(view_name, ?)", [WORKING_TABLE]
        ).fetchall()
        for (name,) in views:
            cursor.execute(f"DROP VIEW {quote_identifier(name)}")
        rows = cursor.execute(
            "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, ?)", [WORKING_TABLE]
        ).fetchall()
        for (name,) in rows:
            cursor.execute(f"DROP TABLE {quote_identifier(name)}")

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor for one call."""
        with self._lock:
            cursor = self._connection.cursor()
        try:
            with in_sentences(str(self.path), self._memory_limit):
                yield cursor
        finally:
            cursor.close()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor inside a transaction: all of it stays or none.

        Raises
        ------
        OutOfRoom
            When disk or memory do not suffice; nothing of it stays.
        """
        with self._writing, self.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
            except BaseException:
                # After some faults the engine has rolled back by itself and says so.
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")

    def retried(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """Run work in a transaction, again when another writer touched the same row."""
        for last in (*[False] * (TRIES - 1), True):
            try:
                with self.transaction() as cursor:
                    return work(cursor)
            except duckdb.TransactionException:
                if last:
                    raise
        raise AssertionError("the loop above returns or raises")

    def beside(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """Run one statement that commits by itself, without waiting for a long transaction of others.

        For small rows that nobody else writes; tried again when somebody did.
        """
        for last in (*[False] * (TRIES - 1), True):
            try:
                with self.cursor() as cursor:
                    return work(cursor)
            except duckdb.TransactionException:
                if last:
                    raise
        raise AssertionError("the loop above returns or raises")

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if not self._closed:
            self._closed = True
            self._connection.close()
