"""The one reader of tables: CSV, XLSX, Parquet as people have them, without guessing, and named by row where wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from corrtest.errors import Fault, InputError, nearest
from corrtest.language import mark, say
from corrtest.spec.cells import EXCEL_ERRORS, sheet_row
from corrtest.spec.delimited import csv_rows, read_csv
from corrtest.spec.parquets import read_parquet
from corrtest.spec.workbooks import read_xlsx, xlsx_rows

_COMMITTEES_DIFFER = mark("322.1 and 322.10 are different committees")


def read_table(path: str | Path, *, words: bool = False, plain: Sequence[str] = ()) -> pd.DataFrame:
    """Return the table in a CSV, XLSX or Parquet file.

    CSV may be separated by comma, semicolon or tab, in UTF-8 or Windows-1252. Cells of CSV and XLSX are returned as
    text, stripped, "" where empty or not known; times of Excel keep their hours. Parquet keeps its types.
    `attrs["file"]` is the file's name and `attrs["numeric_columns"]` names the columns in which a cell was stored as a
    number (XLSX, Parquet), where leading and trailing zeros are lost. Data row i (from 0) is row i + 2 of the sheet:
    see `sheet_row`. Columns without a name and without a cell are left out.

    Parameters
    ----------
    path : str or Path
        The file.
    words : bool
        Whether each text of a Parquet file is kept once, which millions of rows need to fit into memory.
    plain : sequence of str
        Columns whose texts seldom repeat, so that they are kept as they are.

    Raises
    ------
    InputError
        No such file, an empty one, an unknown kind, larger than a table may be, or rows that do not fit the header.
    """
    path = _present(path)
    kind = path.suffix.lower()
    if kind in {".csv", ".txt", ".tsv"}:
        table = read_csv(path)
    elif kind == ".xlsx":
        table = read_xlsx(path)
    elif kind in {".parquet", ".pq"}:
        table = read_parquet(path, words, plain)
    else:
        raise InputError(
            say(
                "The file {file} is of an unknown kind; expected .csv, .xlsx or .parquet. Save it as one of these.",
                file=path.name,
            )
        )
    if table.empty:
        raise InputError(say("The file {file} has a header and no rows. Add at least one row.", file=path.name))
    return table


def read_rows(path: str | Path) -> dict[str, list[list[str]]]:
    """Return sheet → its rows of text as they stand: what has titles above a header that must still be found.

    A file without sheets has one, called "". Row i (from 0) is row i + 1 of the sheet; for limits, kinds and faults see
    `read_table`.
    """
    path = _present(path)
    kind = path.suffix.lower()
    if kind in {".csv", ".txt", ".tsv"}:
        return {"": csv_rows(path)}
    if kind == ".xlsx":
        return xlsx_rows(path)
    table = read_table(path)
    texts = [[str(name) for name in table.columns]]
    cells = [_as_text(table[name]) for name in table.columns]
    return {"": texts + [list(row) for row in zip(*cells, strict=True)]}


def _as_text(values: pd.Series) -> list[str]:
    """Return cells as they are typed: a Parquet file has days and numbers."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return list(values.dt.strftime("%Y-%m-%d").fillna(""))
    if pd.api.types.is_float_dtype(values):
        return ["" if pd.isna(value) else f"{value:.15g}" for value in values]
    return ["" if pd.isna(value) else str(value).strip() for value in values]


def _present(path: str | Path) -> Path:
    """Return the path of a file that is there and holds something."""
    path = Path(path)
    if path.is_dir():
        raise InputError(say("{path} is a folder; a CSV, XLSX or Parquet file was expected.", path=path))
    if not path.exists():
        raise InputError(say("There is no file {path}. Check the name and the folder.", path=path))
    if path.stat().st_size == 0:
        raise InputError(
            say("The file {file} is empty. Save it again with a header row and at least one row.", file=path.name)
        )
    return path


def require_columns(table: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise InputError naming each column that `table` lacks, with the nearest column that it has."""
    names = list(names)
    file = table.attrs.get("file", "the table")
    present = [str(name) for name in table.columns]
    faults = [
        Fault(
            file=file,
            row=1,
            column=name,
            given=say("no such column"),
            expected=say("a column '{name}'", name=name),
            action=nearest(name, present) if present else say("Add it."),
        )
        for name in names
        if name not in present
    ]
    if faults:
        raise InputError(
            say("{file} lacks a column that is needed. It has: {present}.", file=file, present=", ".join(present)),
            faults,
        )
    refuse_unusable(table, names)


def refuse_unusable(table: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise InputError for each cell of these columns that holds an error of Excel, a line break or a tab."""
    file = table.attrs.get("file", "the table")
    noted: Mapping[str, Sequence[tuple[int, str]]] = table.attrs.get("unusable_cells", {})
    faults = [
        Fault(
            file=file,
            row=sheet_row(row),
            column=name,
            given=given,
            expected=say("a value") if given in EXCEL_ERRORS else say("a value on one line"),
            action=say("Mend the formula and paste its value.")
            if given in EXCEL_ERRORS
            else say("Write it on one line."),
        )
        for name in dict.fromkeys(names)
        for row, given in noted.get(name, ())
    ]
    if faults:
        raise InputError(
            say("{file} has cells that cannot be used:", file=file), sorted(faults, key=lambda fault: fault.row or 0)
        )


def require_text(table: pd.DataFrame, name: str, example: str, *, since: str = _COMMITTEES_DIFFER) -> None:
    """Raise InputError where the cells of column `name` were stored as numbers, so that zeros may be lost."""
    if name in table.attrs.get("numeric_columns", ()):
        raise InputError(
            say(
                "{file} has a column '{name}' written as a number.",
                file=table.attrs.get("file", say("The table")),
                name=name,
            ),
            [
                Fault(
                    column=name,
                    given=say("numbers"),
                    expected=say('text such as "{example}", since {since}', example=example, since=say(since)),
                    action=say("Set the column to Text before typing, or write it as a string column."),
                )
            ],
        )


# 2027-01-11, with or without the time that programs put behind a day.
_ISO_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def parse_days(values: pd.Series) -> pd.Series:
    """Return dates (NaT where a cell is no date) from 2027-01-11 or, as Excel in Belgium shows them, 11/01/2027.

    A time behind an ISO day is left out. Where one day of the column can only have its month first (3/31/2027), no day
    with slashes is read: see `month_first`.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        days: pd.Series = values.dt.normalize()
        return days
    text = values.astype(str).str.strip()
    iso: pd.Series = pd.to_datetime(
        text.str.replace(_ISO_DAY, r"\1-\2-\3", regex=True), format="%Y-%m-%d", errors="coerce"
    )
    if month_first(values) is not None:
        return iso
    belgian: pd.Series = pd.to_datetime(
        text.str.replace(_DAY_FIRST, r"\1/\2/\3", regex=True), format="%d/%m/%Y", errors="coerce"
    )
    return iso.where(iso.notna(), belgian)


def month_first(values: pd.Series) -> int | None:
    """Return the place of the first date that can only have its month before its day; None where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return None
    parts = values.astype(str).str.strip().str.extract(_DAY_FIRST)
    first, second = pd.to_numeric(parts[0]), pd.to_numeric(parts[1])
    places = np.flatnonzero(((first <= 12) & (second > 12) & (second <= 31)).to_numpy(dtype=np.bool_, na_value=False))
    return int(places[0]) if len(places) else None


def parse_numbers(values: pd.Series) -> pd.Series:
    """Return numbers (NaN where a cell is no number), with a decimal point or a decimal comma."""
    if pd.api.types.is_numeric_dtype(values):
        return values
    text = values.astype(str).str.replace("\u00a0", "", regex=False)
    return pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
