"""The sheets of an XLS workbook, as Excel wrote them until 2003 and many programs still do."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from corrtest.spec.limits import WORKBOOK
from corrtest.spec.sheets import Sheet


@contextmanager
def open_xls(path: Path) -> Iterator[list[Sheet]]:
    """Yield the sheets of a workbook; a cell with an error holds the error as Excel shows it."""
    import xlrd  # noqa: PLC0415  (few calls read an old workbook)

    WORKBOOK.check(path.name, unpacked=path.stat().st_size)
    # With the layout, since that says which rows are hidden.
    book = xlrd.open_workbook(path, logfile=io.StringIO(), on_demand=True, formatting_info=True, ragged_rows=True)
    try:
        yield [_sheet(book, number) for number in range(book.nsheets)]
    finally:
        book.release_resources()


def _sheet(book: Any, number: int) -> Sheet:
    sheet = book.sheet_by_index(number)
    return Sheet(
        title=sheet.name,
        hidden=sheet.visibility != 0,
        rows=partial(_rows, book, sheet),
        hidden_rows=lambda: sum(bool(row.hidden) for row in sheet.rowinfo_map.values()),
    )


def _rows(book: Any, sheet: Any, max_row: int | None = None) -> Iterator[tuple[Any, ...]]:
    for number in range(sheet.nrows if max_row is None else min(max_row, sheet.nrows)):
        yield tuple(_value(book, cell) for cell in sheet.row(number))


def _value(book: Any, cell: Any) -> Any:
    import xlrd  # noqa: PLC0415  (as above)

    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#VALUE!")
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
        return moment.time() if cell.value < 1 else moment
    return cell.value
