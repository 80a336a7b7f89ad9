"""Run a grid of cells on cores or on a Dask cluster; an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.errors import CorrtestError, MissingExtraError
from corrtest.lab.calibration.cell import Cell
from corrtest.lab.calibration.measure import measure

Progress = Callable[[int, int], None]


def standard_grid() -> tuple[Cell, ...]:
    """Return the cells of the committed calibration; combinations that no market can have are left out."""
    cells = []
    for pairs, rate, ratio, association, (per_employer, likeness) in product(
        (50, 100, 200, 400, 800),
        (0.05, 0.1, 0.2, 0.35),
        (0.5, 0.7, 1.0),
        (0.3, 0.6),
        ((1, 0.0), (2, 0.2), (5, 0.1)),
    ):
        try:
            cells.append(
                Cell(
                    pairs=pairs,
                    control_rate=rate,
                    ratio=ratio,
                    association=association,
                    pairs_per_employer=per_employer,
                    likeness=likeness,
                )
            )
        except CorrtestError:
            continue
    return tuple(cells)


def calibrate(
    cells: Sequence[Cell],
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
    out : str or Path
        Folder for one file a cell. A cell whose file is there, with the same seed and number of experiments, is not
        run again.
    workers : int, optional
        Processes on this machine; all cores where not given. 1 runs in this process.
    scheduler : str, optional
        Address of a Dask scheduler (``tcp://…``): the cells run there instead, with the same numbers.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    todo = [cell for cell in cells if _stored(folder, cell, experiments, seed) is None]
    done = len(cells) - len(todo)
    if progress:
        progress(done, len(cells))
    for cell, rows in _results(todo, experiments, seed, workers, scheduler):
        _store(folder, cell, experiments, seed, rows)
        done += 1
        if progress:
            progress(done, len(cells))
    rows = [row for cell in cells for row in _stored(folder, cell, experiments, seed) or []]
    return pd.DataFrame(rows)


def _results(
    todo: Sequence[Cell], experiments: int, seed: int, workers: int | None, scheduler: str | None
) -> Iterable[tuple[Cell, list[dict[str, Any]]]]:
    if scheduler is not None:
        yield from _on_dask(todo, experiments, seed, scheduler)
    elif workers == 1 or len(todo) < 2:
        for cell in todo:
            yield cell, measure(cell, experiments=experiments, seed=seed)
    else:
        with ProcessPoolExecutor(max_workers=workers) as pool:
            futures = {pool.submit(measure, cell, experiments=experiments, seed=seed): cell for cell in todo}
            for future in as_completed(futures):
                yield futures[future], future.result()


def _on_dask(
    todo: Sequence[Cell], experiments: int, seed: int, scheduler: str
) -> Iterator[tuple[Cell, list[dict[str, Any]]]]:
    try:
        from dask import distributed  # noqa: PLC0415 - an optional part
    except ImportError:
        raise MissingExtraError("cluster", "Running on a Dask cluster") from None
    try:
        client = distributed.Client(scheduler, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise CorrtestError(
            f"No Dask scheduler answers at {scheduler} ({error}). Start one with: dask scheduler"
        ) from None
    with client:
        futures = {client.submit(measure, cell, experiments=experiments, seed=seed): cell for cell in todo}
        for future in distributed.as_completed(futures):  # type: ignore[no-untyped-call]
            yield futures[future], future.result()


def _path(folder: Path, cell: Cell) -> Path:
    return folder / f"{cell.name}.json"


def _stored(folder: Path, cell: Cell, experiments: int, seed: int) -> list[dict[str, Any]] | None:
    path = _path(folder, cell)
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("experiments") != experiments or content.get("seed") != seed:
        return None
    rows: list[dict[str, Any]] = content["rows"]
    return rows


def _store(folder: Path, cell: Cell, experiments: int, seed: int, rows: list[dict[str, Any]]) -> None:
    path = _path(folder, cell)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"experiments": experiments, "seed": seed, "rows": rows}), encoding="utf-8")
    part.replace(path)
