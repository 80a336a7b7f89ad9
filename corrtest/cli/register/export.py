"""The verb export: the pairs table for analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json
from corrtest.cli.places import Places, shown
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.cli.register.showing import form_of, write_table
from corrtest.language import say
from corrtest.spec import write_fieldwork_account


def export(
    place: Place = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The table to write: .csv, .xlsx, .parquet, .dta or .sav; else the study folder's."),
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Derive silence as of this day; default now.")] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Write the pseudonymous pairs table for analysis: no name, no address, no text."""
    places = Places.here()
    into_folder = out is None
    out = places.out(out, "pairs", say("The pairs table needs"))
    form_of(out)
    with opened(place, study, key_file) as register:
        table = register.oversight.export_pairs(as_of=as_of, actor=actor)
    progress = table.attrs.pop("progress")
    simulated = table.attrs.pop("simulated")
    account = table.attrs.pop("fieldwork")
    write_table(table, out, "answers" if "answer" in table else "applications" if "arm" in table else "pairs")
    if into_folder and places.folder is not None:
        write_fieldwork_account(account, places.folder.fieldwork_account)
    if as_json:
        show_json(
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
    label = say(" SIMULATED") if simulated else ""
    show(say("Wrote {complete}{label} pairs to {out}.", complete=progress.complete, label=label, out=shown(out)))
    if progress.awaiting_reactions or progress.not_sent or progress.given_up or progress.awaiting_adjudication:
        show(
            say(
                "Not in it: {awaiting_reactions} within their reaction window, {not_sent} not sent, {given_up} "
                "given up, {awaiting_adjudication} coded differently by two people.",
                awaiting_reactions=progress.awaiting_reactions,
                not_sent=progress.not_sent,
                given_up=progress.given_up,
                awaiting_adjudication=progress.awaiting_adjudication,
            )
        )
