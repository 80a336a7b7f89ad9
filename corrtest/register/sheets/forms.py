"""Excel sheets that people fill in: drop-downs a row, locked columns, no cell that runs as a formula."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.register.sheets.words import heading, heading_of, word, word_of
from corrtest.spec import close_to_others, sheet_row, sheet_values

_OPEN_FILL = PatternFill("solid", fgColor="FFF2CC")
_REFUSED_FILL = PatternFill("solid", fgColor="F8CBAD")
_ALARM = Font(bold=True, color="C00000")
_WIDTHS = {"application": 9, "letter": 8, "title": 28, "employer": 24, "address": 30, "text": 40, "refused": 60}
_WIDTH = 16
SEAL, REFUSED = "check", "refused"
# Columns that a sheet written earlier may lack.
_MAY_LACK = (REFUSED, "confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of sheet: what is shown and locked, what is filled in, and from which words.

    Attributes
    ----------
    name, title : str
        What the register calls it, and its tab's title (a message).
    locked : tuple of str
        Columns that are shown; `number` is the one by which a row is known.
    filled : mapping
        Columns to fill in → every word that can be chosen there; none where anything may be typed.
    explained : tuple of str
        The lines of the page of instructions (messages).
    """

    name: str
    title: str
    number: str
    locked: tuple[str, ...]
    filled: Mapping[str, tuple[str, ...]]
    explained: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in order; the last seals the locked cells of its row."""
        return (*self.locked, *self.filled, REFUSED, SEAL)


@dataclass(slots=True, kw_only=True)
class FilledRow:
    """One row in which somebody filled something in, and what is wrong with it, column by column."""

    row: int
    locked: Mapping[str, str]
    filled: dict[str, str]
    faults: list[Fault] = field(default_factory=list)


def write_form(
    form: Form,
    table: pd.DataFrame,
    path: Path,
    *,
    choices: Sequence[Mapping[str, tuple[str, ...]]] = (),
    notice: str = "",
) -> None:
    """Write `table` as a workbook with `form`'s columns to fill in, in the current language.

    Parameters
    ----------
    table
        The locked columns; and, where rows come back, what was filled in and why it was refused.
    choices
        For each row, column → the words that are possible there; the form's own where it says nothing.
    notice
        What everybody must read first, such as that the study is stopped.
    """
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    # Where it is stopped everybody must see it: on the tab, above each printed page, and in the place of the rows.
    sheet.title = say("STOPPED {title}", title=say(form.title)) if notice else say(form.title)
    if sheet.oddHeader is not None:
        sheet.oddHeader.center.text = notice.replace("&", "&&")
    sheet.append([heading(name) for name in form.columns])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for index, record in enumerate(table.to_dict("records")):
        _write_row(form, sheet, sheet_row(index), record)
    if notice and table.empty:
        _write_notice(sheet, sheet_row(0), notice)
    _set_widths(form, sheet)
    _add_choices(form, sheet, len(table), choices)
    sheet.freeze_panes = "C2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
    _write_instructions(form, book, notice)
    # The same sheet gives the same bytes: no time of making in it.
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    book.save(close_to_others(path))


def _write_row(form: Form, sheet: Worksheet, row: int, record: Mapping[Any, Any]) -> None:
    shown = {name: _shown(record.get(name)) for name in form.locked}
    values = {**shown, SEAL: _seal(form, shown)}
    for column, name in enumerate(form.columns, start=1):
        cell = sheet.cell(row=row, column=column)
        text = values[name] if name in values else _shown(record.get(name))
        if text:
            # Typed as a string and quoted, so that "=…" stays the text that it is, also after editing.
            cell.value, cell.data_type, cell.quotePrefix = text, "s", True
        if name in form.filled:
            cell.protection, cell.fill, cell.number_format = Protection(locked=False), _OPEN_FILL, "@"
        elif name == REFUSED and text:
            cell.fill, cell.alignment = _REFUSED_FILL, Alignment(wrap_text=True, vertical="top")


def _set_widths(form: Form, sheet: Worksheet) -> None:
    for column, name in enumerate(form.columns, start=1):
        size = sheet.column_dimensions[get_column_letter(column)]
        size.width = _WIDTHS.get(name, _WIDTH)
        size.hidden = name in (SEAL, "version")


def _add_choices(form: Form, sheet: Worksheet, rows: int, choices: Sequence[Mapping[str, tuple[str, ...]]]) -> None:
    """Give each cell the list of what is possible in it: one list for all cells that share it."""
    for column, name in enumerate(form.columns, start=1):
        if not form.filled.get(name):
            continue
        letter = get_column_letter(column)
        lists: dict[tuple[str, ...], DataValidation] = {}
        for index in range(max(rows, 1)):
            words = choices[index].get(name, form.filled[name]) if index < len(choices) else form.filled[name]
            rule = lists.setdefault(words, _choice(words))
            rule.add(f"{letter}{sheet_row(index)}")
        for rule in lists.values():
            sheet.add_data_validation(rule)


def _choice(words: tuple[str, ...]) -> DataValidation:
    said = [word(each) for each in words]
    rule = DataValidation(type="list", formula1=f'"{",".join(said)}"', allow_blank=True, showErrorMessage=True)
    rule.error = say("Choose one of: {words}", words=", ".join(said))
    return rule


def _write_instructions(form: Form, book: Workbook, notice: str) -> None:
    page = book.create_sheet(say("Instructions"))
    page.column_dimensions["A"].width = 110
    for line in ([notice] if notice else []) + [say(line) for line in form.explained]:
        page.append([line])
        cell = page.cell(row=page.max_row, column=1)
        cell.data_type, cell.alignment = "s", Alignment(wrap_text=True, vertical="top")
        if line == notice:
            cell.font = _ALARM


def _write_notice(sheet: Worksheet, row: int, notice: str) -> None:
    cell = sheet.cell(row=row, column=1)
    cell.value, cell.data_type, cell.font = notice, "s", _ALARM


def read_form(form: Form, path: Path) -> list[FilledRow]:
    """Return the rows in which something was filled in, each with what is wrong with its cells.

    Raises
    ------
    InputError
        Where the file is no such sheet.
    """
    found: list[FilledRow] = []
    for index, cells in enumerate(_cells(form, path)):
        filled = {name: cells[name] for name in form.filled}
        if not any(filled.values()):
            continue
        row = FilledRow(row=sheet_row(index), locked={name: cells[name] for name in form.locked}, filled=filled)
        if cells[SEAL] != _seal(form, row.locked):
            row.faults.append(
                Fault(
                    file=path.name,
                    row=row.row,
                    given=" ".join(value for value in row.locked.values() if value)[:60],
                    expected=say("the locked cells as they were written"),
                    action=say("Fill in the open (yellow) cells only; take this row from a fresh sheet."),
                )
            )
        for name, words in form.filled.items():
            if words and filled[name]:
                _read_word(row, name, words, path)
        found.append(row)
    return found


def _read_word(row: FilledRow, name: str, words: tuple[str, ...], path: Path) -> None:
    meant = word_of(row.filled[name], words)
    if meant is not None:
        row.filled[name] = meant
        return
    row.faults.append(
        Fault(
            file=path.name,
            row=row.row,
            column=heading(name),
            given=f"'{row.filled[name]}'",
            expected=say("one of {words}", words=", ".join(word(each) for each in words)),
            action=say("Choose from the list in the cell."),
        )
    )


def _cells(form: Form, path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise InputError(say("There is no file {path}. Check the name and the folder.", path=path))
    # As it was typed: a formula is no answer, and the words of an open cell are held against its list.
    found = sheet_values(path, formulas=True)
    width = max(map(len, found), default=0)
    rows = [[_shown(value) for value in [*row, *[None] * (width - len(row))]] for row in found]
    header = [heading_of(text) for text in rows[0]] if rows else []
    missing = [heading(name) for name in form.columns if name not in header and name not in _MAY_LACK]
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
    places = {name: header.index(name) for name in form.columns if name in header}
    lacking = dict.fromkeys((name for name in form.columns if name not in places), "")
    return [{name: row[place] for name, place in places.items()} | lacking for row in rows[1:]]


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
