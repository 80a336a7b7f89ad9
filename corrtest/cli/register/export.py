"""The verb export: the pairs table for analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import say, say_json
from corrtest.cli.places import Places, shown
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import Person, Place, StudyName
from corrtest.cli.register.showing import write_table
from corrtest.errors import CorrtestError


def export(
    place: Place = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The table to write: .csv or .parquet; else the study folder's.")
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Derive silence as of this day; default now.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Write the pseudonymous pairs table for analysis: no name, no address, no text."""
    out = Places.here().out(out, "pairs", "The pairs table needs")
    if out.suffix not in {".csv", ".parquet"}:
        raise CorrtestError(f"{out} must end in .csv or .parquet.")
    with opened(place, study) as register:
        table = register.oversight.export_pairs(as_of=as_of, actor=actor)
    progress = table.attrs.pop("progress")
    simulated = table.attrs.pop("simulated")
    out.parent.mkdir(parents=True, exist_ok=True)
    write_table(table, out)
    if as_json:
        say_json(
            {
                "pairs": progress.complete,
                "awaiting_reactions": progress.awaiting_reactions,
                "awaiting_adjudication": progress.awaiting_adjudication,
                "not_sent": progress.not_sent,
                "given_up": progress.given_up,
                "simulated": simulated,
            }
        )
        return
    label = " SIMULATED" if simulated else ""
    say(f"Wrote {progress.complete}{label} pairs to {shown(out)}.")
    if progress.awaiting_reactions or progress.not_sent or progress.given_up or progress.awaiting_adjudication:
        say(
            f"Not in it: {progress.awaiting_reactions} within their reaction window, {progress.not_sent} not sent, "
            f"{progress.given_up} given up, {progress.awaiting_adjudication} coded differently by two people."
        )
