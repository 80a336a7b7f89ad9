"""Workbooks (XLSX, XLS, ODS) as tables: one sheet, read row by row, each cell as text."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.spec.book_ods import open_ods
from corrtest.spec.book_xls import open_xls
from corrtest.spec.book_xlsx import open_xlsx
from corrtest.spec.cells import text_table
from corrtest.spec.limits import WORKBOOK
from corrtest.spec.sheets import Sheet, chosen_sheet, tell_hidden

WORKBOOK_KINDS = (".xlsx", ".xlsm", ".xls", ".ods")
_ARCHIVE = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def read_workbook(path: Path, sheet: str | None = None) -> pd.DataFrame:
    """Return the table on one sheet of a workbook, each cell as text.

    Raises
    ------
    InputError
        The file is no workbook, or larger than a table may be; or which sheet is meant cannot be known.
    """
    with _opened(path) as sheets:
        chosen = chosen_sheet(path.name, sheets, sheet)
        rows = _rows(path.name, chosen)
        tell_hidden(path.name, chosen)
    if not rows:
        raise InputError(
            say("The file {file} is empty. Save it again with a header row and at least one row.", file=path.name)
        )
    width = max(map(len, rows))
    WORKBOOK.check(path.name, cells=width * len(rows))
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    # Titles are for those who know what to look for (`read_rows`); empty rows above the header are nobody's.
    place = next(place for place, row in enumerate(filled) if any(value not in (None, "") for value in row))
    names = [_cell_text(name) for name in filled[place]]
    cells = list(zip(*filled[place + 1 :], strict=True)) or [() for _ in names]
    numeric = tuple(
        name
        for name, column in zip(names, cells, strict=True)
        if any(isinstance(value, int | float) and not isinstance(value, bool) for value in column)
    )
    texts = [[_cell_text(value) for value in column] for column in cells]
    return text_table(path.name, names, texts, numeric, header_row=place + 1)


def workbook_rows(path: Path, sheet: str | None = None) -> dict[str, list[list[str]]]:
    """Return sheet → its rows as they stand, each cell as text; a sheet without a filled cell is left out."""
    found = {}
    with _opened(path) as sheets:
        chosen = sheets if sheet is None else [chosen_sheet(path.name, sheets, sheet)]
        for each in sorted(chosen, key=lambda sheet: sheet.hidden):
            rows = _rows(path.name, each)
            width = max(map(len, rows), default=0)
            if width:
                tell_hidden(path.name, each)
                found[each.title] = [
                    [_cell_text(value) for value in (*row, *[None] * (width - len(row)))] for row in rows
                ]
    return found


def sheet_values(path: Path, *, formulas: bool = False) -> list[tuple[Any, ...]]:
    """Return the rows of an XLSX workbook's first sheet, the first one as row 1; empty rows at the end are left out.

    With `formulas`, a formula is given as it was typed and not as what it comes to.

    Raises
    ------
    InputError
        The file is no workbook, or larger than a table may be.
    """
    with _opened(path, formulas=formulas) as sheets:
        return _rows(path.name, sheets[0])


@contextmanager
def _opened(path: Path, *, formulas: bool = False) -> Iterator[list[Sheet]]:
    try:
        with _opener(path, formulas)(path) as sheets:
            yield sheets
    except InputError:
        raise
    except _unreadable() as error:
        raise InputError(
            say("{file} is not a readable workbook ({error}). Save it again as .xlsx.", file=path.name, error=error)
        ) from None


def _opener(path: Path, formulas: bool) -> Callable[[Path], AbstractContextManager[list[Sheet]]]:
    """Return what opens this file: by what it holds, since many programs call any table .xls."""
    if path.suffix.lower() == ".ods":
        return open_ods
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_OLD_EXCEL) and path.suffix.lower() == ".xls":
        return open_xls
    if start.startswith(_OLD_EXCEL):
        raise InputError(
            say("{file} is locked with a password. Take the password off in Excel and save it again.", file=path.name)
        )
    if path.suffix.lower() == ".xls" and not start.startswith(_ARCHIVE):
        raise InputError(
            say(
                "{file} has the name of a workbook and is a text or a web page. Open it in Excel and save it as .xlsx.",
                file=path.name,
            )
        )
    return lambda given: open_xlsx(given, formulas=formulas)


def _unreadable() -> tuple[type[Exception], ...]:
    """Return what the readers raise where a file is not what its name says."""
    import xlrd  # noqa: PLC0415  (few calls read a workbook)
    from xlrd.compdoc import CompDocError  # noqa: PLC0415  (as above)

    return (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        OSError,
        IndexError,
        SyntaxError,
        EOFError,
        struct.error,
        AssertionError,
        xlrd.XLRDError,
        CompDocError,
    )


def _cell_text(value: object) -> str:
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, datetime):
        # Excel keeps a day as midnight.
        midnight = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, date) or hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _rows(file: str, sheet: Sheet) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    filled = cells = 0
    for row in sheet.rows():
        rows.append(row)
        if not row:
            continue  # one cell far down has a million of these above it
        cells += len(row)
        WORKBOOK.check(file, columns=len(row), cells=cells)
        if any(value is not None for value in row):
            filled = len(rows)
    return rows[:filled]
