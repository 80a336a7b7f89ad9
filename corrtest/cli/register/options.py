"""Arguments and options that verbs of the register share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Place = Annotated[
    str | None,
    typer.Argument(metavar="[REGISTER]", help="The register: a file, or postgresql://…; else the study folder's."),
]
StudyName = Annotated[str | None, typer.Option("--study", help="Which study, where the register holds several.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", envvar="CORRTEST_KEY_FILE", help="The key file; default secret/register.key of the study."
    ),
]
Person = Annotated[str, typer.Option("--actor", help="Who does this: a name that is in the register.")]
Pair = Annotated[str | None, typer.Option("--pair", help="The pair's number, such as P00001.")]
Arm = Annotated[str | None, typer.Option("--arm", help="control or treated.")]
At = Annotated[
    str | None, typer.Option("--at", help="When it happened: 2027-01-11T09:30 (UTC, unless +01:00 follows).")
]
Table = Annotated[Path | None, typer.Option("--file", help="A table of many instead of one: CSV, XLSX or Parquet.")]
Documents = Annotated[
    Path | None, typer.Option("--documents", help="The folder that `corrtest render` wrote: records its audit.")
]
Simulated = Annotated[bool, typer.Option("--simulated", help="Mark as simulated; every output will say so.")]
Coder = Annotated[str, typer.Option("--actor", help="Who codes: a name that is in the register.")]
