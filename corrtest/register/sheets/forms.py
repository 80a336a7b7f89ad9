"""Excel sheets that people fill in: drop-downs, locked columns, no cell that a spreadsheet could run as a formula."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.spec import close_to_others, sheet_row, sheet_values

_OPEN_FILL = PatternFill("solid", fgColor="FFF2CC")
_WIDTH = 16
SEAL = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of sheet: what is shown and locked, what is filled in, and from which words."""

    name: str
    locked: tuple[str, ...]
    filled: Mapping[str, tuple[str, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in order; the last seals the locked cells of its row."""
        return (*self.locked, *self.filled, SEAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledRow:
    """One row in which somebody filled something in."""

    row: int
    locked: Mapping[str, str]
    filled: Mapping[str, str]


def write_form(form: Form, table: pd.DataFrame, path: Path) -> None:
    """Write `table` (the locked columns) as a workbook with `form`'s columns to fill in."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise InputError(say("{path} cannot be written as a workbook.", path=path))
    sheet.title = form.name
    sheet.append(list(form.columns))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for index, record in enumerate(table.to_dict("records")):
        row = sheet_row(index)
        shown = {name: _shown(record.get(name)) for name in form.locked}
        values = {**shown, SEAL: _seal(form, shown)}
        for column, name in enumerate(form.columns, start=1):
            cell = sheet.cell(row=row, column=column)
            if name in form.filled:
                cell.protection = Protection(locked=False)
                cell.fill = _OPEN_FILL
                cell.number_format = "@"
            else:
                # Typed as a string and quoted, so that "=…" stays the text that it is, also after editing.
                cell.value = values[name]
                cell.data_type = "s"
                cell.quotePrefix = True
    last = max(len(table) + 1, 2)
    for column, name in enumerate(form.columns, start=1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _WIDTH
        sheet.column_dimensions[letter].hidden = name == SEAL
        words = form.filled.get(name, ())
        if words:
            choice = DataValidation(
                type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True
            )
            choice.error = say("Choose one of: {words}", words=", ".join(words))
            choice.add(f"{letter}2:{letter}{last}")
            sheet.add_data_validation(choice)
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True
    # The same sheet gives the same bytes: no time of making in it.
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    book.save(close_to_others(path))


def read_form(form: Form, path: Path) -> list[FilledRow]:
    """Return the rows in which something was filled in.

    Raises
    ------
    InputError
        Where the file is no such sheet, a locked cell was changed or a word is not in its list.
    """
    rows = _cells(form, path)
    faults: list[Fault] = []
    found: list[FilledRow] = []
    for index, cells in enumerate(rows):
        filled = {name: cells[name] for name in form.filled}
        if not any(filled.values()):
            continue
        locked = {name: cells[name] for name in form.locked}
        row = sheet_row(index)
        if cells[SEAL] != _seal(form, locked):
            faults.append(
                Fault(
                    file=path.name,
                    row=row,
                    given=" ".join(value for value in locked.values() if value)[:60],
                    expected=say("the locked cells as they were written"),
                    action=say("Fill in the open (yellow) cells only; take this row from a fresh sheet."),
                )
            )
        faults.extend(
            Fault(
                file=path.name,
                row=row,
                column=name,
                given=f"'{filled[name]}'",
                expected=say("one of {words}", words=", ".join(words)),
                action=say("Choose from the list in the cell."),
            )
            for name, words in form.filled.items()
            if words and filled[name] and filled[name] not in words
        )
        found.append(FilledRow(row=row, locked=locked, filled=filled))
    if faults:
        raise InputError(
            say("{file} has {count} fault(s); nothing was taken in.", file=path.name, count=len(faults)), faults
        )
    return found


def _cells(form: Form, path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise InputError(say("There is no file {path}. Check the name and the folder.", path=path))
    # As it was typed: a formula is no answer, and the words of an open cell are held against its list.
    found = sheet_values(path, formulas=True)
    width = max(map(len, found), default=0)
    rows = [[_shown(value) for value in [*row, *[None] * (width - len(row))]] for row in found]
    header = rows[0] if rows else []
    missing = [name for name in form.columns if name not in header]
    if missing:
        raise InputError(
            say(
                "{file} is not a {form} sheet of the register: it lacks {missing}. Write a fresh sheet and fill "
                "that in.",
                file=path.name,
                form=form.name,
                missing=", ".join(missing),
            )
        )
    places = {name: header.index(name) for name in form.columns}
    return [{name: row[place] for name, place in places.items()} for row in rows[1:]]


def _shown(value: Any) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Excel keeps no other control characters than these three, and openpyxl refuses them.
    return "".join(sign for sign in str(value) if sign >= " " or sign in "\n\t").strip()


def _seal(form: Form, locked: Mapping[str, str]) -> str:
    text = "\x1f".join([form.name, *(locked[name] for name in form.locked)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
