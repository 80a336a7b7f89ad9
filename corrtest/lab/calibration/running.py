"""Run a grid of cells on cores or on a Dask cluster; an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.errors import CorrtestError, MissingExtraError
from corrtest.lab.calibration.parts import PARTS, Named

Progress = Callable[[int, int], None]


def calibrate(
    cells: Sequence[Named],
    out: str | Path,
    *,
    part: str = "grid",
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
        Folder for one file a cell; each part needs its own. A cell whose file is there, with the same seed and number
        of experiments, is not run again.
    part : str
        What is measured, a name in `PARTS`.
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
    for cell, rows in _results(todo, part, experiments, seed, workers, scheduler):
        _store(folder, cell, experiments, seed, rows)
        done += 1
        if progress:
            progress(done, len(cells))
    rows = [row for cell in cells for row in _stored(folder, cell, experiments, seed) or []]
    return pd.DataFrame(rows)


def _results(
    todo: Sequence[Named], part: str, experiments: int, seed: int, workers: int | None, scheduler: str | None
) -> Iterable[tuple[Named, list[dict[str, Any]]]]:
    measure = PARTS[part].measure
    if scheduler is not None:
        yield from _on_dask(todo, part, experiments, seed, scheduler)
    elif workers == 1 or len(todo) < 2:
        for cell in todo:
            yield cell, measure(cell, experiments=experiments, seed=seed)
    else:
        with ProcessPoolExecutor(max_workers=workers) as pool:
            futures = {pool.submit(measure, cell, experiments=experiments, seed=seed): cell for cell in todo}
            for future in as_completed(futures):
                yield futures[future], future.result()


def _on_dask(
    todo: Sequence[Named], part: str, experiments: int, seed: int, scheduler: str
) -> Iterator[tuple[Named, list[dict[str, Any]]]]:
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
    measure = PARTS[part].measure
    with client:
        futures = {client.submit(measure, cell, experiments=experiments, seed=seed): cell for cell in todo}
        for future in distributed.as_completed(futures):  # type: ignore[no-untyped-call]
            yield futures[future], future.result()


def _path(folder: Path, cell: Named) -> Path:
    return folder / f"{cell.name}.json"


def _stored(folder: Path, cell: Named, experiments: int, seed: int) -> list[dict[str, Any]] | None:
    path = _path(folder, cell)
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.get("experiments") != experiments or content.get("seed") != seed:
        return None
    rows: list[dict[str, Any]] = content["rows"]
    return rows


def _store(folder: Path, cell: Named, experiments: int, seed: int, rows: list[dict[str, Any]]) -> None:
    path = _path(folder, cell)
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"experiments": experiments, "seed": seed, "rows": rows}), encoding="utf-8")
    part.replace(path)
