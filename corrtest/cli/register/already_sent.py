"""The verb already-sent: what employers got, for the planner."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.cli.register.showing import write_table
from corrtest.language import say, say_n


def already_sent(
    out: Annotated[Path, typer.Option("--out", help="The table to write: .csv, .xlsx or .parquet.")],
    place: Place = None,
    amending: Annotated[
        bool, typer.Option("--amending", help="For `corrtest amend`: leave this study's own plan out.")
    ] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Write what employers got or will get, for `corrtest plan --already-sent`. It names employers: delete it after."""
    with opened(place, study, key_file) as register:
        table = register.employers.approached(amending=amending, actor=actor)
    if table.empty:
        show(say("No employer got anything: plan without --already-sent."))
        return
    write_table(table, out)
    show(
        say_n(
            "Wrote {count} row to {out}: it names an employer. Plan with --already-sent {out}, then delete it.",
            "Wrote {count} rows to {out}: they name employers. Plan with --already-sent {out}, then delete it.",
            len(table),
            out=out,
        )
    )
    if table.attrs["unreadable"]:
        show(
            say(
                "Not in it: {unreadable} pairs of employers whose identity was destroyed.",
                unreadable=table.attrs["unreadable"],
            )
        )
