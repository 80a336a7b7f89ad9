"""The verb worklist: what can be sent now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, warn
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import At, KeyFile, Partly, Person, Place, StudyName
from corrtest.cli.register.showing import say_frame, say_remarks, say_taken_in
from corrtest.language import say, say_n


def worklist(
    place: Place = None,
    at: At = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write it as an Excel sheet to fill in.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Take a filled-in work list back.")] = None,
    partly: Partly = False,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows.")] = None,
    withdrawals: Annotated[bool, typer.Option("--withdrawals", help="Show what awaits withdrawal instead.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show what can be sent now, in order; or write it as a sheet, or take a filled-in sheet back."""
    from corrtest.register import shown_day

    with opened(place, study, key_file) as register:
        when = at or register.now().isoformat()
        if file is not None:
            say_taken_in(register.sheets.read_worklist(file, partly=partly, actor=actor), file)
            say_remarks(register)
        elif out is not None:
            show(
                say_n(
                    "Wrote {count} row to {out}.",
                    "Wrote {count} rows to {out}.",
                    register.sheets.write_worklist(out, when, limit=limit, actor=actor),
                    out=out,
                )
            )
        elif withdrawals:
            say_frame(
                say("Positive reactions to withdraw"), register.replies.awaiting_withdrawal(when, actor=actor), as_json
            )
        else:
            table = register.sending.worklist(when, limit=limit, actor=actor)
            if table.attrs["stopped"]:
                warn(say("STOPPED: {reason}. Nothing goes out.", reason=table.attrs["stopped"]))
            say_frame(say("To send on {when}", when=shown_day(when)), table, as_json)
