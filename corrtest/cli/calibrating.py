"""Verbs of the laboratory: calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import progress_bar, say
from corrtest.errors import CorrtestError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def lab() -> None:
    """Synthetic labour markets with a known truth: how good are the intervals and tests?"""


def _list_parts(wanted: bool) -> None:
    if not wanted:
        return
    from corrtest.lab import PARTS

    for name, part in PARTS.items():
        say(f"{name:<14} {part.title} ({len(part.grid())} cells)")
    raise typer.Exit


@app.command("calibrate")
def calibrate(
    out: Annotated[Path, typer.Option("--out", help="A folder; finished cells in it are not measured again.")],
    part: Annotated[str, typer.Option("--part", help="What to measure; --list names the parts.")] = "grid",
    experiments: Annotated[int | None, typer.Option(min=100, help="Experiments a cell; default as committed.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same figures.")] = 2026,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; default one a core.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="A Dask scheduler (tcp://…) to run on instead.")] = None,
    cells: Annotated[int | None, typer.Option(min=1, help="Only the first so many cells of the part.")] = None,
    list_parts: Annotated[
        bool, typer.Option("--list", callback=_list_parts, is_eager=True, help="Name the parts and stop.")
    ] = False,
) -> None:
    """Measure coverage, width, size and power of the intervals and tests on markets with a known truth."""
    from corrtest.lab import PARTS
    from corrtest.lab import calibrate as measure

    if part not in PARTS:
        raise CorrtestError(f"There is no part '{part}'. Use one of: {', '.join(PARTS)}.")
    chosen = PARTS[part]
    grid = chosen.grid()[:cells]
    number = experiments or chosen.experiments
    with progress_bar(f"Measuring: {chosen.title}") as progress:
        table = measure(
            grid,
            out / "cells" / part,
            part=part,
            experiments=number,
            seed=seed,
            workers=workers,
            scheduler=scheduler,
            progress=progress,
        )
    path = out / f"{part}.csv"
    table.to_csv(path, index=False)
    say(f"Measured {len(grid)} cells ({chosen.title}); the table is {path}.")
