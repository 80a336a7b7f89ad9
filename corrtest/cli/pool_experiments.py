"""The verb pool-experiments: published experiments by random effects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from corrtest.cli.options import ConfidenceLevel
from corrtest.cli.output import show, show_figures, show_internal, words
from corrtest.errors import AnalysisError, nearest
from corrtest.language import say, spoken

METHODS = ("REML", "PM", "DL")
TESTS = ("hartung_knapp", "z")


def pool_experiments(
    experiments: Annotated[
        Path, typer.Argument(metavar="EXPERIMENTS", help="A table with one row an experiment: CSV, XLSX or Parquet.")
    ],
    columns: Annotated[
        str | None,
        typer.Option(help="Columns of control applications and positives, then treated, by commas."),
    ] = None,
    by: Annotated[str, typer.Option(help="Columns to group by, separated by commas.")] = "",
    method: Annotated[str, typer.Option(help="The variance between experiments by REML, PM or DL.")] = "REML",
    test: Annotated[str, typer.Option(help="hartung_knapp or z.")] = "hartung_knapp",
    confidence_level: ConfidenceLevel = 0.95,
    out: Annotated[Path, typer.Option("--out", help="The file to write (JSON).")] = Path("pooled.json"),
) -> None:
    """Pool published experiments, one row each with counts per arm, by random effects."""
    from corrtest import analysis

    _among("--method", method, METHODS)
    _among("--test", test, TESTS)
    given = {"columns": words(columns)} if columns else {}
    pooled = analysis.pool_aggregate(
        analysis.read_aggregate(experiments, **given),
        by=words(by),
        method=cast(Any, method),
        test=cast(Any, test),
        confidence_level=confidence_level,
    )
    pooled.write(out)
    show_internal()
    show_figures(say("Pooled ratios (below 1 = treated at a disadvantage)"), pooled.to_frame())
    for note in pooled.notes:
        show(f"* {spoken(note)}")
    show(say("Wrote {out}.", out=out))


def _among(option: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise AnalysisError(
            say("{option} cannot be '{given}'. {nearest}", option=option, given=given, nearest=nearest(given, allowed))
        )
