"""The verb export: what the study folder holds, in the forms that other programs take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from corrtest.cli.options import SentenceLanguage
from corrtest.cli.output import show, show_internal, words
from corrtest.cli.places import Places, shown
from corrtest.errors import CorrtestError, nearest
from corrtest.language import say, say_n

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.spec import Table

WHAT = ("pairs", "applications", "plan", "results")


def export(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="pairs, applications (one row each, as the R package callback reads), plan (without who its employers "
            "are) or results.",
        ),
    ] = "pairs",
    given: Annotated[
        Path | None, typer.Option("--from", help="The table, plan or results to take; else the study folder's.")
    ] = None,
    forms: Annotated[
        str,
        typer.Option(
            "--format", help="Forms, separated by commas: csv, csv-be (Excel in Belgium), xlsx, parquet, dta, sav."
        ),
    ] = "xlsx",
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder to write to; else the one it comes from.")
    ] = None,
    language: SentenceLanguage = "",
) -> None:
    """Write pairs, applications, plan or results for Excel, Stata, SPSS or R, with the labels of a language.

    It is what the study folder holds already: no identity, and not through the disclosure gate.
    """
    from corrtest.pages import write_table

    if what not in WHAT:
        raise CorrtestError(say("There is no '{what}' to export. {nearest}", what=what, nearest=nearest(what, WHAT)))
    places = Places.here()
    table, source, declared, simulated = _taken(places, what, given)
    folder = out or source.parent
    folder.mkdir(parents=True, exist_ok=True)
    for path in write_table(table, folder / what, words(forms), of=declared, language=language):
        show(say_n("Wrote {count} row to {out}.", "Wrote {count} rows to {out}.", len(table), out=shown(path)))
    show_internal(simulated=simulated)


def _taken(places: Places, what: str, given: Path | None) -> tuple[pd.DataFrame, Path, Table | None, bool]:
    """Return the table, the file that it comes from, which declared table it is, and whether it is simulated."""
    from corrtest import analysis
    from corrtest.design import read_drawn_plan
    from corrtest.spec import read_table

    if what == "plan":
        folder = places.plan(given)
        return read_drawn_plan(folder).pairs, folder, "plan", False
    if what == "results":
        path = places.results(given)
        results = analysis.Results.read(path)
        return results.to_frame(), path, None, results.simulated
    path = places.pairs(given)
    pairs = analysis.read_pairs(path)
    if what == "pairs":
        return read_table(path), path, cast("Table", pairs.design.rows), pairs.simulated
    outcomes = pairs.outcomes(analysis.DEFAULT_OUTCOMES)
    outcome = places.primary_outcome(outcomes, given)
    return analysis.applications_of_pairs(pairs, analysis.DEFAULT_OUTCOMES, outcome), path, "pairs", pairs.simulated
