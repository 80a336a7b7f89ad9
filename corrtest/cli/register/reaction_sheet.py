"""The verb reaction-sheet: an Excel sheet on which reactions are noted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Partly, Person, Place, StudyName
from corrtest.cli.register.showing import say_remarks, say_taken_in
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n


def reaction_sheet(
    place: Place = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write a sheet of all that is out.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Take a filled-in sheet back.")] = None,
    partly: Partly = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Write an Excel sheet on which reactions are noted, or take a filled-in one back."""
    if (out is None) == (file is None):
        raise CorrtestError(say("Give --out or --file."))
    with opened(place, study, key_file) as register:
        if out is not None:
            show(
                say_n(
                    "Wrote {count} row to {out}.",
                    "Wrote {count} rows to {out}.",
                    register.sheets.write_reaction_sheet(out, actor=actor),
                    out=out,
                )
            )
        elif file is not None:
            say_taken_in(register.sheets.read_reaction_sheet(file, partly=partly, actor=actor), file)
            say_remarks(register)
