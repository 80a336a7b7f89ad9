"""Excel workbooks, held against the limits before they are unpacked, and read row by row."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.errors import InputError, InputWarning
from corrtest.language import say
from corrtest.spec.cells import text_table
from corrtest.spec.limits import XLSX

_CHUNK = 1 << 20
# A workbook of Excel has some tens of parts.
_MOST_PARTS = 5_000
# A cell's tag with and without attributes, and with the prefix that some programs give it.
_CELL_TAGS = (b"<c ", b"<c>", b"<c/>", b"<x:c ", b"<x:c>", b"<x:c/>")


def read_xlsx(path: Path) -> pd.DataFrame:
    """Return the table of a workbook, each cell as text."""
    rows = sheet_values(path, choose=True)
    if not rows:
        raise InputError(
            say("The file {file} is empty. Save it again with a header row and at least one row.", file=path.name)
        )
    width = max(map(len, rows))
    XLSX.check(path.name, cells=width * len(rows))
    filled = [[*row, *[None] * (width - len(row))] for row in rows]
    names = [_cell_text(name) for name in filled[0]]
    cells = list(zip(*filled[1:], strict=True)) or [() for _ in names]
    numeric = tuple(
        name
        for name, column in zip(names, cells, strict=True)
        if any(isinstance(value, int | float) and not isinstance(value, bool) for value in column)
    )
    return text_table(path.name, names, [[_cell_text(value) for value in column] for column in cells], numeric)


def xlsx_rows(path: Path) -> dict[str, list[list[str]]]:
    """Return sheet → its rows as they stand, each cell as text; a sheet without a filled cell is left out."""
    found = {}
    for title, rows in _every_sheet(path).items():
        width = max(map(len, rows), default=0)
        if width:
            found[title] = [[_cell_text(value) for value in (*row, *[None] * (width - len(row)))] for row in rows]
    return found


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


def sheet_values(path: Path, *, formulas: bool = False, choose: bool = False) -> list[tuple[Any, ...]]:
    """Return the rows of a workbook's sheet, the first one as row 1; empty rows at the end are left out.

    Parameters
    ----------
    path : Path
        The workbook.
    formulas : bool
        Whether a formula is given as it was typed and not as what it comes to.
    choose : bool
        Whether a sheet without a table (a page to read first, a chart) is passed over for the first one with a table.
        Two sheets with the same columns are refused, and a warning names other sheets that share a column.

    Raises
    ------
    InputError
        The file is no workbook, or larger than a table may be.
    """
    with _opened(path, formulas=formulas) as sheets:
        return _rows(path.name, _chosen(path.name, sheets) if choose else sheets[0])


def _every_sheet(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with _opened(path) as sheets:
        return {str(sheet.title): _rows(path.name, sheet) for sheet in sheets}


@contextmanager
def _opened(path: Path, *, formulas: bool = False) -> Iterator[list[Any]]:
    """Open a workbook within the limits; what makes it unreadable becomes one message."""
    from openpyxl import load_workbook  # noqa: PLC0415  (takes a quarter of a second, and most calls read no workbook)

    try:
        _check_size(path)
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves out: drop-down lists, styles.
            warnings.filterwarnings("ignore", module="openpyxl")
            book = load_workbook(path, read_only=True, data_only=not formulas)
            try:
                sheets = book.worksheets
                for sheet in sheets:
                    # What a sheet says of its own size may be wrong, and would be filled up with empty cells.
                    sheet.reset_dimensions()
                yield sheets
            finally:
                book.close()
    except InputError:
        raise
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, IndexError, SyntaxError, EOFError) as error:
        raise InputError(
            say(
                "{file} is not a readable Excel workbook ({error}). Save it again as .xlsx.",
                file=path.name,
                error=error,
            )
        ) from None


def _check_size(path: Path) -> None:
    """Hold what the archive says of its parts, and the number of cells in the sheets, against the limits."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        XLSX.check(path.name, unpacked=sum(part.file_size for part in parts))
        if len(parts) > _MOST_PARTS:
            raise InputError(
                say(
                    "{file} is not a readable Excel workbook ({count} parts). Save it again.",
                    file=path.name,
                    count=len(parts),
                )
            )
        cells = 0
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                cells += _cells(archive, part, path.name)
                XLSX.check(path.name, cells=cells)


def _cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> int:
    """Count the cells of a part; refuse declarations of entities, which can unfold without end."""
    cells, rest = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if b"<!DOCTYPE" in rest + chunk or b"<!ENTITY" in rest + chunk:
                raise InputError(
                    say("{file} is not a readable Excel workbook (it declares entities). Save it again.", file=file)
                )
            text = rest + chunk
            cells += sum(text.count(tag) for tag in _CELL_TAGS) - sum(rest.count(tag) for tag in _CELL_TAGS)
            rest = text[-max(map(len, _CELL_TAGS)) :]
            if cells > XLSX.cells:
                break
    return cells


def _chosen(file: str, sheets: Sequence[Any]) -> Any:
    """Return the first sheet that holds a table, or the first sheet where none does."""
    headers = [(sheet, header) for sheet in sheets if (header := _header(sheet))]
    if not headers:
        return sheets[0]
    (chosen, columns), *others = headers
    same = [sheet.title for sheet, header in others if header == columns]
    if same:
        raise InputError(
            say("{file} has the same columns on more than one sheet: '{chosen}' and ", file=file, chosen=chosen.title)
            + ", ".join(f"'{title}'" for title in same)
            + say(". Put all rows under each other on one sheet, or save the sheet that is meant as a file of its own.")
        )
    # A sheet that shares no column is another thing: an explanation, a list of codes.
    unread = [f"'{sheet.title}'" for sheet, header in others if header & columns]
    if unread or chosen is not sheets[0]:
        told = say("; {unread} also hold rows and were not read", unread=", ".join(unread)) if unread else ""
        warnings.warn(
            say("{file}: the sheet '{chosen}' was read{told}.", file=file, chosen=chosen.title, told=told),
            InputWarning,
            stacklevel=2,
        )
    return chosen


def _header(sheet: Any) -> frozenset[str]:
    """Return the names in a sheet's first row; none where it does not look like a table of columns and rows."""
    top = [[value for value in row if value not in (None, "")] for row in sheet.iter_rows(max_row=2, values_only=True)]
    if len(top) < 2 or len(top[0]) < 2 or not top[1]:
        return frozenset()
    return frozenset(str(name).strip() for name in top[0])


def _rows(file: str, sheet: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    filled = cells = 0
    for row in sheet.iter_rows(values_only=True):
        rows.append(row)
        if not row:
            continue  # one cell far down has a million of these above it
        cells += len(row)
        XLSX.check(file, columns=len(row), cells=cells)
        if any(value is not None for value in row):
            filled = len(rows)
    return rows[:filled]
