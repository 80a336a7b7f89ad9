"""How verbs of the register show tables, and write them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corrtest.cli.output import show, show_json, show_table
from corrtest.errors import CorrtestError
from corrtest.language import say, say_n

if TYPE_CHECKING:
    import pandas as pd


def say_frame(title: str, table: pd.DataFrame, as_json: bool) -> None:
    """Print a table for a person, or as JSON for a program."""
    if as_json:
        import json

        show_json(json.loads(table.to_json(orient="records", date_format="iso")))
    elif table.empty:
        show(say("{title}: nothing.", title=title))
    else:
        shown = [name for name in table.columns if name not in ("version", "documents")]
        show_table(title, shown, table[shown].astype(object).fillna("").to_numpy().tolist())


def write_table(table: pd.DataFrame, out: Path) -> None:
    """Write a table as CSV or Parquet, by the name of the file, for its owner alone."""
    from corrtest.spec import close_to_others

    if out.suffix == ".csv":
        table.to_csv(close_to_others(out), index=False, lineterminator="\n")
    elif out.suffix == ".parquet":
        table.to_parquet(close_to_others(out), index=False)
    else:
        raise CorrtestError(say("{out} must end in .csv or .parquet.", out=out))


def say_rows(rows: int, file: Path) -> None:
    """Say how many rows of a file were taken in."""
    if rows:
        show(say_n("Took in {count} row of {file}.", "Took in {count} rows of {file}.", rows, file=file))
    else:
        show(say("{file} was imported before; nothing was changed.", file=file))
