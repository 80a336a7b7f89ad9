"""The tables of a document as a workbook: one sheet a table, numbers as numbers, notes below, never a formula."""

from __future__ import annotations

import io
import re

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from corrtest.pages.catalogue import words_of
from corrtest.pages.content import Cell, Document, Table
from corrtest.pages.packing import repacked

_SOFT_HYPHEN = "\N{SOFT HYPHEN}"
_BOLD, _HEAD = Font(bold=True), PatternFill("solid", fgColor="EEF3F7")
_WARN = Font(bold=True, color="7A3B00")


def xlsx_file(document: Document) -> bytes:
    """Return the workbook: a first sheet with the contents, then every table in the order of the document."""
    words = words_of(document.language)
    book = Workbook()
    book.properties.title = document.title
    book.properties.creator = "corrtest"
    book.properties.language = document.language
    front = book.active
    assert isinstance(front, Worksheet)
    front.title = words.text("Contents")[:31]
    lines = [document.title, document.subtitle, document.simulated]
    for number, text in enumerate((line for line in lines if line), start=1):
        _write(front.cell(row=number, column=1), text, bold=number == 1)
    row = front.max_row + 2
    front.column_dimensions["A"].width = 30
    front.column_dimensions["B"].width = 90
    for number, chapter in enumerate(document.chapters, start=1):
        for block in chapter.blocks:
            if isinstance(block, Table):
                sheet = book.create_sheet(_sheet_name(book, number, block.name))
                _fill(sheet, block, document.simulated)
                _write(front.cell(row=row, column=1), sheet.title)
                front.cell(row=row, column=1).hyperlink = f"#'{sheet.title}'!A1"
                _write(front.cell(row=row, column=2), f"{number}. {chapter.title}: {block.caption}")
                row += 1
    buffer = io.BytesIO()
    book.save(buffer)
    return repacked(buffer.getvalue())


def _sheet_name(book: Workbook, number: int, name: str) -> str:
    clean = re.sub(r"[\\/*?:\[\]]", "-", f"{number}-{name}")[:31]
    count = 2
    while clean in book.sheetnames:
        clean = f"{clean[:28]}-{count}"
        count += 1
    return clean


def _fill(sheet: Worksheet, table: Table, simulated: str) -> None:
    row = 1
    if simulated:
        _write(sheet.cell(row=row, column=1), simulated)
        sheet.cell(row=row, column=1).font = _WARN
        row += 1
    _write(sheet.cell(row=row, column=1), table.caption, bold=True)
    row += 2
    for column, header in enumerate(table.columns, start=1):
        head = sheet.cell(row=row, column=column)
        _write(head, header.header, bold=True)
        head.fill = _HEAD
        head.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal="right" if header.numeric else None)
        sheet.column_dimensions[get_column_letter(column)].width = 42 if column == 1 else 18
    sheet.freeze_panes = f"B{row + 1}"
    for cells in table.rows:
        row += 1
        for place, shown in enumerate(cells):
            _content(sheet.cell(row=row, column=place + 1), shown, numeric=table.columns[place].numeric)
    if table.note:
        _write(sheet.cell(row=row + 2, column=1), table.note)


def _content(cell: SheetCell | MergedCell, content: Cell, *, numeric: bool) -> None:
    """Write the number where the text is that number alone, else the text."""
    shown = re.sub(r"[\s\N{NO-BREAK SPACE}%]", "", content.text)
    if content.value is None or not re.fullmatch(r"[-−]?[\d.,]+", shown):
        _write(cell, content.text)
        if numeric:
            cell.alignment = Alignment(horizontal="right")
        return
    assert not isinstance(cell, MergedCell)
    cell.value = content.value
    decimals = re.search(r"[.,](\d{1,2}|\d{4,})$", shown)
    percent = content.text.rstrip().endswith("%")
    if percent:
        cell.number_format = "0.0%"
    elif float(content.value).is_integer() and decimals is None:
        cell.number_format = "#,##0"
    else:
        cell.number_format = "0.00" if len(shown) < 6 else "0.000"


def _write(cell: SheetCell | MergedCell, text: str, *, bold: bool = False) -> None:
    """Write text as text: a value that starts with = would else become a formula."""
    assert not isinstance(cell, MergedCell)
    cell.value = text.replace(_SOFT_HYPHEN, "")
    cell.data_type = "s"
    if bold:
        cell.font = _BOLD
