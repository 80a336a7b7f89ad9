"""Arguments and options that verbs of the register share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Place = Annotated[
    str | None,
    typer.Argument(metavar="[REGISTER]", help="The register: a file, or postgresql://…; else the study folder's."),
]
Who = Annotated[
    str | None,
    typer.Argument(
        metavar="WHO",
        help="Which application: the candidate's name as you heard it, their mailbox or telephone, the employer, the "
        "vacancy, or the number on the list.",
    ),
]
StudyName = Annotated[str | None, typer.Option("--study", help="Which study, where the register holds several.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", envvar="CORRTEST_KEY_FILE", help="The key file; default secret/register.key of the study."
    ),
]
Person = Annotated[
    str, typer.Option("--actor", envvar="CORRTEST_ACTOR", help="Who does this: a name that is in the register.")
]
At = Annotated[
    str | None,
    typer.Option("--at", help="When it happened, on the Belgian clock: 2027-01-11T09:30 or '11/1/2027 9:30'."),
]
Table = Annotated[Path | None, typer.Option("--file", help="A table of many instead of one: CSV, XLSX or Parquet.")]
Documents = Annotated[
    Path | None, typer.Option("--documents", help="The folder that `corrtest render` wrote: records its audit.")
]
Simulated = Annotated[bool, typer.Option("--simulated", help="Mark as simulated; every output will say so.")]
Partly = Annotated[
    bool, typer.Option("--partly", help="With --file: take the good rows in, and leave the refused ones out.")
]
Coder = Annotated[
    str, typer.Option("--actor", envvar="CORRTEST_ACTOR", help="Who codes: a name that is in the register.")
]
