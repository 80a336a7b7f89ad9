"""The verb pool: the strata of one measurement together."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.options import AsJson, Criterion, PairsFile
from corrtest.cli.output import show, show_figures, show_internal, show_internal_json
from corrtest.cli.places import Places
from corrtest.language import say, spoken


def pool(
    pairs: PairsFile = None,
    criterion: Criterion = None,
    outcome: Annotated[
        str | None, typer.Option(help="Which outcome; else the study's primary one, or the table's own.")
    ] = None,
    stratum: Annotated[str, typer.Option(help="The column whose values are the strata.")] = "joint_committee",
    as_json: AsJson = False,
) -> None:
    """Pool the strata of one measurement: each committee's ratio raw and shrunken, p-values plain and adjusted."""
    from corrtest import analysis

    places = Places.here()
    table = analysis.read_pairs(places.pairs(pairs))
    outcome = outcome or places.primary_outcome(table.outcomes(analysis.DEFAULT_OUTCOMES), pairs)
    pooled = analysis.pool_strata(table, criterion=criterion, outcome=outcome, stratum=stratum)
    if as_json:
        show_internal_json(pooled.to_dict(), simulated=table.simulated)
        return
    show_internal(simulated=table.simulated)
    show_figures(
        say("Ratio by {stratum}, {outcome} (below 1 = treated at a disadvantage)", stratum=stratum, outcome=outcome),
        pooled.to_frame(),
    )
    for note in pooled.notes:
        show(f"* {spoken(note)}")
