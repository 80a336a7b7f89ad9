"""Read a table that a user gives (CSV, XLSX, Parquet) without guessing, and say what is wrong with it by row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from corrtest.errors import Fault, InputError, nearest

# Excel in Belgium writes ";"; the rest is what other programs write.
_SEPARATORS = (";", ",", "\t")
_HEADER_ROWS = 2  # row 1 is the header, so the first data row is row 2, as Excel shows it


def read_table(path: str | Path) -> pd.DataFrame:
    """Return the table in a CSV, XLSX or Parquet file.

    CSV may be separated by comma, semicolon or tab, in UTF-8 or Windows-1252. Cells of CSV and XLSX are returned as
    text, stripped, "" where empty; Parquet keeps its types. `attrs["file"]` is the file's name and
    `attrs["numeric_columns"]` names the columns in which a cell was stored as a number (XLSX, Parquet), where
    leading and trailing zeros are lost. Data row i (from 0) is row i + 2 of the sheet: see `sheet_row`.

    Raises
    ------
    InputError
        No such file, an empty one, an unknown kind, or rows that do not fit the header.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path} is a folder; a CSV, XLSX or Parquet file was expected.")
    if not path.exists():
        raise InputError(f"There is no file {path}. Check the name and the folder.")
    if path.stat().st_size == 0:
        raise InputError(f"The file {path.name} is empty. Save it again with a header row and at least one row.")
    kind = path.suffix.lower()
    if kind in {".csv", ".txt", ".tsv"}:
        table = _read_csv(path)
    elif kind == ".xlsx":
        table = _read_xlsx(path)
    elif kind in {".parquet", ".pq"}:
        table = _read_parquet(path)
    else:
        raise InputError(
            f"The file {path.name} is of an unknown kind; expected .csv, .xlsx or .parquet. Save it as one of these."
        )
    if table.empty:
        raise InputError(f"The file {path.name} has a header and no rows. Add at least one row.")
    table.attrs["file"] = path.name
    return table


def sheet_row(index: int) -> int:
    """Return the row that Excel shows for data row `index` (from 0)."""
    return index + _HEADER_ROWS


def _read_csv(path: Path) -> pd.DataFrame:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise InputError(f"The file {path.name} is not a text file. Save it as CSV (UTF-8).")
    header = next((line for line in text.splitlines() if line.strip()), "")
    if not header:
        raise InputError(f"The file {path.name} is empty. Save it again with a header row and at least one row.")
    separator = max(_SEPARATORS, key=header.count)
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        names = [name.strip() for name in next(row for row in rows if row)]
        body = [row or [""] * len(names) for row in rows]
    except csv.Error as error:
        raise InputError(
            f"The file {path.name} cannot be read as CSV: {error}. Open it in Excel and save it again."
        ) from None
    _check_header(path.name, names)
    # Blank rows at the end are what Excel leaves behind; one in the middle keeps its place: rows count as shown.
    while body and not any(cell.strip() for cell in body[-1]):
        body.pop()
    faults = [
        Fault(
            file=path.name,
            row=sheet_row(index),
            given=f"{len(row)} cells",
            expected=f"{len(names)} cells, as the header has",
            action=f"A text that holds '{separator}' must stand in double quotes.",
        )
        for index, row in enumerate(body)
        if len(row) != len(names)
    ]
    if faults:
        raise InputError(f"The file {path.name} has rows that do not fit its header:", faults)
    cells = [[cell.strip() for cell in row] for row in body]
    table = pd.DataFrame(cells, columns=pd.Index(names), dtype=str)
    table.attrs["numeric_columns"] = ()
    return table


def _read_xlsx(path: Path) -> pd.DataFrame:
    try:
        cells = pd.read_excel(path, dtype=object, keep_default_na=False, engine="openpyxl")
    except (zipfile.BadZipFile, ValueError, KeyError, OSError) as error:
        raise InputError(
            f"The file {path.name} is not a readable Excel workbook ({error}). Save it again as .xlsx."
        ) from None
    names = [str(name).strip() for name in cells.columns]
    _check_header(path.name, names)
    cells.columns = pd.Index(names)
    numeric = tuple(
        name for name in names if any(isinstance(v, int | float) and not isinstance(v, bool) for v in cells[name])
    )
    table = cells.map(_cell_text)
    filled = (table != "").any(axis=1).to_numpy().nonzero()[0]
    table = table.iloc[: filled[-1] + 1 if len(filled) else 0]
    table.attrs["numeric_columns"] = numeric
    return table


def _cell_text(value: object) -> str:
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, pd.Timestamp) or hasattr(value, "isoformat"):
        return str(pd.Timestamp(str(value)).date())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        table: pd.DataFrame = pd.read_parquet(path)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"The file {path.name} is not a readable Parquet file ({error}). Write it again.") from None
    _check_header(path.name, [str(name) for name in table.columns])
    table.attrs["numeric_columns"] = tuple(
        str(name) for name in table.columns if pd.api.types.is_numeric_dtype(table[name])
    )
    return table


def _check_header(file: str, names: Sequence[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated or "" in names:
        what = f"repeats {', '.join(repr(name) for name in repeated)}" if any(repeated) else "has an empty name"
        raise InputError(f"The header of {file} {what}. Give each column one name of its own, in the first row.")


def require_columns(table: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise InputError naming each column that `table` lacks, with the nearest column that it has."""
    file = table.attrs.get("file", "the table")
    present = [str(name) for name in table.columns]
    faults = [
        Fault(
            file=file,
            row=1,
            column=name,
            given="no such column",
            expected=f"a column '{name}'",
            action=nearest(name, present) if present else "Add it.",
        )
        for name in names
        if name not in present
    ]
    if faults:
        raise InputError(f"{file} lacks a column that is needed. It has: {', '.join(present)}.", faults)


def require_text(table: pd.DataFrame, name: str, example: str) -> None:
    """Raise InputError where the cells of column `name` were stored as numbers, so that zeros may be lost."""
    if name in table.attrs.get("numeric_columns", ()):
        raise InputError(
            f"{table.attrs.get('file', 'The table')} has a column '{name}' written as a number.",
            [
                Fault(
                    column=name,
                    given="numbers",
                    expected=f'text such as "{example}", since 322.1 and 322.10 are different committees',
                    action="Set the column to Text before typing, or write it as a string column.",
                )
            ],
        )


def parse_days(values: pd.Series) -> pd.Series:
    """Return dates (NaT where a cell is no date) from 2027-01-11 or, as Excel in Belgium shows them, 11/01/2027."""
    if pd.api.types.is_datetime64_any_dtype(values):
        days: pd.Series = values.dt.normalize()
        return days
    text = values.astype(str)
    iso: pd.Series = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    belgian: pd.Series = pd.to_datetime(text.str.replace("-", "/"), format="%d/%m/%Y", errors="coerce")
    return iso.where(iso.notna(), belgian)


def parse_numbers(values: pd.Series) -> pd.Series:
    """Return numbers (NaN where a cell is no number), with a decimal point or a decimal comma."""
    if pd.api.types.is_numeric_dtype(values):
        return values
    text = values.astype(str).str.replace("\u00a0", "", regex=False)
    return pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
