"""What the verbs of `corrtest register` share: their options, how the register is opened, how tables are shown."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import say, say_json, say_table
from corrtest.errors import CorrtestError

if TYPE_CHECKING:
    import pandas as pd

    from corrtest.register import Register

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Place = Annotated[str, typer.Argument(metavar="REGISTER", help="The register: a file, or postgresql://…")]
StudyName = Annotated[str | None, typer.Option("--study", help="Which study, where the register holds several.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", envvar="CORRTEST_KEY_FILE", help="The key file; default secret/register.key of the study."
    ),
]
Person = Annotated[str, typer.Option("--actor", help="Who does this: a name that is in the register.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")]
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


def opened(place: str, study: str | None = None, key_file: Path | None = None) -> Register:
    """Open the register that a verb names."""
    from corrtest.register import TOKEN_VARIABLE, Register

    return Register.open(place, study=study, key_file=key_file, token=os.environ.get(TOKEN_VARIABLE))


def actor_is_coordinator(register: Register, actor: str) -> bool:
    """Say whether this person may see what only coordinators decide."""
    return register.people.role_of(actor) == "coordinator"


def say_frame(title: str, table: pd.DataFrame, as_json: bool) -> None:
    """Print a table for a person, or as JSON for a program."""
    if as_json:
        import json

        say_json(json.loads(table.to_json(orient="records", date_format="iso")))
    elif table.empty:
        say(f"{title}: nothing.")
    else:
        shown = [name for name in table.columns if name not in ("version", "documents")]
        say_table(title, shown, table[shown].astype(object).fillna("").to_numpy().tolist())


def write_table(table: pd.DataFrame, out: Path) -> None:
    """Write a table as CSV or Parquet, by the name of the file."""
    if out.suffix == ".csv":
        table.to_csv(out, index=False, lineterminator="\n")
    elif out.suffix == ".parquet":
        table.to_parquet(out, index=False)
    else:
        raise CorrtestError(f"{out} must end in .csv or .parquet.")


def say_rows(rows: int, file: Path) -> None:
    """Say how many rows of a file were taken in."""
    if rows:
        say(f"Took in {rows} rows of {file}.")
    else:
        say(f"{file} was imported before; nothing was changed.")
