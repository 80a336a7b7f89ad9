"""Statements of every act, compiled once and handed to the driver itself.

Why: a claim is five small statements. What SQLAlchemy does around each (looking up its cache, making result objects)
takes longer than SQLite takes to execute it, and would be half the time of a synced transaction. The statements stay
Core expressions; only how they are run differs. `benchmarks/bench_register.py` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

Run = Callable[[Any, Mapping[str, Any]], Any]


class Prepared:
    """A Core statement without expanding parameters, run on the driver's connection inside SQLAlchemy's transaction."""

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update) -> None:
        self.statement = statement
        self._runs: dict[str, Run] = {}
        names = [column.name for column in statement.selected_columns] if isinstance(statement, sa.Select) else []
        self._names = tuple(names)

    def execute(self, connection: Connection, given: Mapping[str, Any]) -> None:
        """Run a change."""
        self._run(connection)(connection.connection.dbapi_connection, given)

    def rows(self, connection: Connection, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query as plain tuples."""
        found: list[tuple[Any, ...]] = self._run(connection)(connection.connection.dbapi_connection, given).fetchall()
        return found

    def first(self, connection: Connection, given: Mapping[str, Any]) -> Any:
        """Return the first row of a query, with its columns as attributes; None where there is none."""
        row = self._run(connection)(connection.connection.dbapi_connection, given).fetchone()
        return None if row is None else SimpleNamespace(**dict(zip(self._names, row, strict=True)))

    def _run(self, connection: Connection) -> Run:
        dialect = connection.dialect
        if dialect.name not in self._runs:
            self._runs[dialect.name] = _runner(self.statement.compile(dialect=dialect))
        return self._runs[dialect.name]


def _runner(compiled: Any) -> Run:
    text: str = compiled.string
    fixed: dict[str, Any] = dict(compiled.params)
    order: list[str] | None = compiled.positiontup
    if order is None:  # psycopg takes parameters by name
        return lambda driver, given: driver.execute(text, {**fixed, **given})

    def run(driver: Any, given: Mapping[str, Any]) -> Any:
        values = {**fixed, **given}
        return driver.execute(text, [values[name] for name in order])

    return run
