"""The one reader of tables as people have them: without guessing, and named by row where wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from corrtest.errors import Fault, InputError, nearest
from corrtest.language import mark, say
from corrtest.spec.cells import EXCEL_ERRORS, sheet_row
from corrtest.spec.delimited import csv_rows, read_csv
from corrtest.spec.labelled import LABELLED_KINDS, read_labelled
from corrtest.spec.parquets import read_parquet
from corrtest.spec.r_files import R_KINDS, read_r
from corrtest.spec.workbooks import WORKBOOK_KINDS, read_workbook, workbook_rows

_COMMITTEES_DIFFER = mark("322.1 and 322.10 are different committees")


_CSV_KINDS = (".csv", ".txt", ".tsv")
_PARQUET_KINDS = (".parquet", ".pq")
TABLE_KINDS = (*_CSV_KINDS, *WORKBOOK_KINDS, *_PARQUET_KINDS, *LABELLED_KINDS, *R_KINDS)


def read_table(path: str | Path, *, words: bool = False, plain: Sequence[str] = ()) -> pd.DataFrame:
    """Return the table in a file: CSV, a workbook (XLSX, XLS, ODS), Parquet, Stata, SPSS or R.

    CSV may have any usual separator, in UTF-8, UTF-16, Windows-1252 or Macintosh. Cells of CSV and workbooks are
    returned as text, stripped, "" where empty or not known; times of Excel keep their hours. The other kinds keep
    their types, and values with labels become their words (`attrs["codes"]`, see `coded`). Of several sheets, or data
    frames of R, one is named behind the file: ``vacancies.xlsx#februari``.
    `attrs["file"]` is the file's name, `attrs["header_row"]` the row of its names, and `attrs["numeric_columns"]` names
    the columns in which a cell was stored as a number, where leading and trailing zeros are lost. Data row i (from 0)
    is row `sheet_row(i, table)` of the sheet. The header is the first row that holds anything (`read_rows` gives the
    rows as they stand); columns without a name and without a cell are left out.

    Parameters
    ----------
    path : str or Path
        The file, and behind # the sheet.
    words : bool
        Whether each text of a Parquet file is kept once, which millions of rows need to fit into memory.
    plain : sequence of str
        Columns whose texts seldom repeat, so that they are kept as they are.

    Raises
    ------
    InputError
        No such file, an empty one, an unknown kind, larger than a table may be, or rows that do not fit the header.
    MissingExtraError
        A file of Stata, SPSS or R, and what reads these is not installed.
    """
    path, part = _present(path)
    table = _read(path, part, words, plain)
    if table.empty:
        raise InputError(say("The file {file} has a header and no rows. Add at least one row.", file=path.name))
    return table


def read_rows(path: str | Path) -> dict[str, list[list[str]]]:
    """Return sheet → its rows of text as they stand: what has titles above a header that must still be found.

    A file without sheets has one, called "". Row i (from 0) is row i + 1 of the sheet; for limits, kinds and faults see
    `read_table`.
    """
    file, part = _present(path)
    kind = file.suffix.lower()
    if kind in _CSV_KINDS and part is None:
        return {"": csv_rows(file)}
    if kind in WORKBOOK_KINDS:
        return workbook_rows(file, part)
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


def _present(path: str | Path) -> tuple[Path, str | None]:
    """Return the file and the sheet named behind it, where the file is there and holds something."""
    file, part = table_file(path)
    if file.is_dir():
        raise InputError(say("{path} is a folder; a table was expected.", path=file))
    if not file.exists():
        raise InputError(say("There is no file {path}. Check the name and the folder.", path=file))
    if file.stat().st_size == 0:
        raise InputError(
            say("The file {file} is empty. Save it again with a header row and at least one row.", file=file.name)
        )
    return file, part


def _read(path: Path, part: str | None, words: bool, plain: Sequence[str]) -> pd.DataFrame:
    kind = path.suffix.lower()
    if kind in WORKBOOK_KINDS:
        return read_workbook(path, part)
    if kind in R_KINDS:
        return read_r(path, part)
    if part is not None:
        raise InputError(say("{file} has no sheets; '{part}' names none.", file=path.name, part=part))
    if kind in _CSV_KINDS:
        return read_csv(path)
    if kind in _PARQUET_KINDS:
        return read_parquet(path, words, plain)
    if kind in LABELLED_KINDS:
        return read_labelled(path)
    raise InputError(
        say(
            "The file {file} is of an unknown kind; expected one of {kinds}. Save it as one of these.",
            file=path.name,
            kinds=", ".join(TABLE_KINDS),
        )
    )


def table_file(path: str | Path) -> tuple[Path, str | None]:
    """Return the file that a table is in, and the sheet that is named behind it (``vacancies.xlsx#februari``).

    A file whose own name holds the sign # is itself.
    """
    path = Path(path)
    name, sign, part = path.name.rpartition("#")
    if sign and part and not path.exists():
        return path.with_name(name), part
    return path, None


def coded(table: pd.DataFrame, column: str) -> pd.Series:
    """Return the numbers behind the words of a labelled column, or the column itself where it has none."""
    codes: Mapping[str, float] | None = table.attrs.get("codes", {}).get(column)
    return table[column] if codes is None else table[column].map(codes)


def require_columns(table: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise InputError naming each column that `table` lacks, with the nearest column that it has."""
    names = list(names)
    file = table.attrs.get("file", "the table")
    present = [str(name) for name in table.columns]
    faults = [
        Fault(
            file=file,
            row=table.attrs.get("header_row", 1),
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
            row=sheet_row(row, table),
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
