"""Verbs of the laboratory: calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import progress_bar, say

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def lab() -> None:
    """Synthetic labour markets with a known truth: how good are the intervals and tests?"""


@app.command("calibrate")
def calibrate(
    out: Annotated[Path, typer.Option("--out", help="A folder; finished cells in it are not measured again.")],
    experiments: Annotated[int, typer.Option(min=100, help="Experiments a cell.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same figures.")] = 2026,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; default one a core.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="A Dask scheduler (tcp://…) to run on instead.")] = None,
    cells: Annotated[int | None, typer.Option(min=1, help="Only the first so many cells of the grid.")] = None,
) -> None:
    """Measure coverage, width, size and power of every interval and test over the standard grid."""
    from corrtest.lab import calibrate as measure
    from corrtest.lab import standard_grid

    grid = standard_grid()[:cells]
    with progress_bar("Measuring") as progress:
        table = measure(
            grid,
            out / "cells",
            experiments=experiments,
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
    table.to_csv(out / "calibration.csv", index=False)
    say(f"Measured {len(grid)} cells of {experiments} experiments; the table is {out / 'calibration.csv'}.")
