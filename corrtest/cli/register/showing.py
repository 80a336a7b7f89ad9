"""How verbs of the register show tables, and write them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import say, say_json, say_table
from corrtest.errors import CorrtestError

if TYPE_CHECKING:
    import pandas as pd


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
