"""The verb already-sent: what employers got, for the planner."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import say
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.cli.register.showing import write_table


def already_sent(
    out: Annotated[Path, typer.Option("--out", help="The table to write: .csv or .parquet.")],
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
        say("No employer got anything: plan without --already-sent.")
        return
    write_table(table, out)
    say(f"Wrote {len(table)} rows to {out}: they name employers. Plan with --already-sent {out}, then delete it.")
    if table.attrs["unreadable"]:
        say(f"Not in it: {table.attrs['unreadable']} pairs of employers whose identity was destroyed.")
