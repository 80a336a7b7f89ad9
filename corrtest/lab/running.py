"""Run the cells of a simulation on cores or on a Dask cluster; an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from corrtest.errors import CorrtestError, MissingExtraError
from corrtest.language import say

Rows = list[dict[str, Any]]
Progress = Callable[[int, int], None]


class Cell(Protocol):
    """One setting of a simulation: its name tells its file and its random stream."""

    @property
    def name(self) -> str:
        """Name of the cell's file."""


class Measure(Protocol):
    """Simulate one cell and return its rows; the same numbers for the same seed, wherever it runs."""

    def __call__(self, cell: Any, /, *, experiments: int, seed: int) -> Rows:
        """Return the rows of a cell."""


def run_cells(
    cells: Sequence[Cell],
    measure: Measure,
    out: str | Path,
    *,
    experiments: int = 10_000,
    seed: int = 2026,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Measure every cell and return all rows, in the order of `cells`.

    Parameters
    ----------
    measure : callable
        What is measured; a function of a module, so that other processes can import it.
    out : str or Path
        Folder for one file a cell; each measure needs its own. A cell whose file is there, with the same seed and
        number of experiments, is not run again.
    workers : int, optional
        Processes on this machine; as many as it has cores where not given. 1 runs in this process.
    scheduler : str, optional
        Address of a Dask scheduler (``tcp://…``): the cells run there instead, with the same numbers. Its workers must
        be able to import `measure`.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    todo = [cell for cell in cells if _stored(folder, cell, experiments, seed) is None]
    done = len(cells) - len(todo)
    if progress:
        progress(done, len(cells))
    for cell, measured in _results(todo, partial(measure, experiments=experiments, seed=seed), workers, scheduler):
        _store(folder, cell, experiments, seed, measured)
        done += 1
        if progress:
            progress(done, len(cells))
    rows = [row for cell in cells for row in _stored(folder, cell, experiments, seed) or []]
    return pd.DataFrame(rows)


def _results(
    todo: Sequence[Cell], measured: Callable[[Cell], Rows], workers: int | None, scheduler: str | None
) -> Iterator[tuple[Cell, Rows]]:
    if scheduler is not None:
        yield from _on_dask(todo, measured, scheduler)
    elif workers == 1 or len(todo) < 2:
        for cell in todo:
            yield cell, measured(cell)
    else:
        with ProcessPoolExecutor(max_workers=workers) as pool:
            futures = {pool.submit(measured, cell): cell for cell in todo}
            for future in as_completed(futures):
                yield futures[future], future.result()


def _on_dask(todo: Sequence[Cell], measured: Callable[[Cell], Rows], scheduler: str) -> Iterator[tuple[Cell, Rows]]:
    try:
        from dask import distributed  # noqa: PLC0415 - an optional part
    except ImportError:
        raise MissingExtraError("cluster", say("Running on a Dask cluster")) from None
    try:
        client = distributed.Client(scheduler, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise CorrtestError(
            say(
                "No Dask scheduler answers at {scheduler} ({error}). Start one with: dask scheduler",
                scheduler=scheduler,
                error=error,
            )
        ) from None
    with client:
        futures = {client.submit(measured, cell): cell for cell in todo}
        for future in distributed.as_completed(futures):  # type: ignore[no-untyped-call]
            yield futures[future], future.result()


def _path(folder: Path, cell: Cell) -> Path:
    return folder / f"{cell.name}.json"


def _stored(folder: Path, cell: Cell, experiments: int, seed: int) -> Rows | None:
    path = _path(folder, cell)
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("experiments") != experiments or content.get("seed") != seed:
        return None
    rows: Rows = content["rows"]
    return rows


def _store(folder: Path, cell: Cell, experiments: int, seed: int, rows: Rows) -> None:
    path = _path(folder, cell)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"experiments": experiments, "seed": seed, "rows": rows}), encoding="utf-8")
    part.replace(path)
