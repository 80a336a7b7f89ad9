"""The sheets of an XLSX workbook."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from corrtest.spec.archives import check_archive
from corrtest.spec.sheets import Sheet

# A cell's tag with and without attributes, and with the prefix that some programs give it.
_CELL_TAGS = (b"<c ", b"<c>", b"<c/>", b"<x:c ", b"<x:c>", b"<x:c/>")
_HIDDEN_ROW = re.compile(rb'<(?:x:)?row [^>]*hidden="(?:1|true)"[^>/]*>')


@contextmanager
def open_xlsx(path: Path, *, formulas: bool = False) -> Iterator[list[Sheet]]:
    """Yield the sheets of a workbook; with `formulas`, a formula is given as it was typed and not as what it is."""
    from openpyxl import load_workbook  # noqa: PLC0415  (takes a quarter of a second, and most calls read no workbook)

    check_archive(path, _CELL_TAGS)
    with path.open("rb") as file, warnings.catch_warnings():
        # openpyxl warns of what it leaves out: drop-down lists, styles.
        warnings.filterwarnings("ignore", module="openpyxl")
        book = load_workbook(file, read_only=True, data_only=not formulas)
        try:
            yield [_sheet(path, sheet) for sheet in book.worksheets]
        finally:
            book.close()


def _sheet(path: Path, sheet: Any) -> Sheet:
    # What a sheet says of its own size may be wrong, and would be filled up with empty cells.
    sheet.reset_dimensions()
    return Sheet(
        title=sheet.title,
        hidden=sheet.sheet_state != "visible",
        rows=partial(sheet.iter_rows, values_only=True),
        hidden_rows=partial(_hidden_rows, path, sheet._worksheet_path),
    )


def _hidden_rows(path: Path, part: str) -> int:
    with zipfile.ZipFile(path) as archive:
        return len(_HIDDEN_ROW.findall(archive.read(part)))
