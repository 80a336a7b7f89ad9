"""Statements of every act, compiled once and handed to the driver itself.

Why: a claim is a handful of small statements. What SQLAlchemy does around each (its cache, its result objects) takes
longer than SQLite takes to execute it, and would be half the time of a synced transaction. The statements stay Core
expressions; only how they are run differs. `benchmarks/bench_register.py` has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from corrtest.register.store.database import Line

Run = Callable[[Any, Mapping[str, Any]], Any]


class Prepared:
    """A Core statement without expanding parameters, run by the driver inside SQLAlchemy's transaction.

    `columns` are those that a change writes; all of its table's where it is left out.
    """

    def __init__(self, statement: sa.Select[Any] | sa.Insert | sa.Update, columns: Sequence[str] | None = None) -> None:
        self.statement = statement
        self._columns = columns
        self._runs: dict[str, Run] = {}
        names = [column.name for column in statement.selected_columns] if isinstance(statement, sa.Select) else []
        self._names = tuple(names)

    def execute(self, line: Line, given: Mapping[str, Any]) -> Any:
        """Run the statement and return the driver's cursor, whose rows are to be read before the next statement."""
        run = self._runs.get(line.dialect)
        if run is None:
            compiled = self.statement.compile(dialect=line.connection.dialect, column_keys=self._columns)
            run = self._runs[line.dialect] = _runner(compiled)
        return run(line.cursor, given)

    def change(self, line: Line, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a change once for each of `rows`."""
        if len(rows) == 1:
            self.execute(line, rows[0])
        else:
            line.connection.execute(self.statement, rows)

    def rows(self, line: Line, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query as plain tuples."""
        found: list[tuple[Any, ...]] = self.execute(line, given).fetchall()
        return found

    def first(self, line: Line, given: Mapping[str, Any]) -> Any:
        """Return the first row of a query, with its columns as attributes; None where there is none."""
        row = self.execute(line, given).fetchone()
        return None if row is None else SimpleNamespace(**dict(zip(self._names, row, strict=True)))


def _runner(compiled: Any) -> Run:
    text: str = compiled.string
    order: list[str] | None = compiled.positiontup
    # What the statement itself fixes (a literal in it), as against what each run gives.
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    if order is None:  # psycopg takes parameters by name
        return lambda cursor, given: cursor.execute(text, {**fixed, **given})
    if not order:
        return lambda cursor, given: cursor.execute(text)
    in_order = itemgetter(*order) if len(order) > 1 else lambda values: (values[order[0]],)
    if not fixed:
        return lambda cursor, given: cursor.execute(text, in_order(given))
    return lambda cursor, given: cursor.execute(text, in_order({**fixed, **given}))
