"""The sheet on which vacancies are noted: each column, what it means, and drop-downs where the words are fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from corrtest.errors import InputError
from corrtest.spec.columns import Column, table_columns
from corrtest.spec.private import close_to_others
from corrtest.spec.vacancies import vacancy_channels
from corrtest.spec.workbooks import sheet_values

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from corrtest.spec.study import Study

# As many rows as a drop-down reaches; Excel keeps a list in a cell to 255 characters.
_ROWS, _LONGEST_LIST = 5000, 255
_WORDS = {
    "nl": ("vacatures", "uitleg", "kolom", "betekenis", "mag zijn"),
    "fr": ("offres", "explication", "colonne", "signification", "peut être"),
    "en": ("vacancies", "explanation", "column", "meaning", "may be"),
}


def write_vacancy_template(path: Path, study: Study) -> None:
    """Write the sheet for the vacancies of `study`, explained in its language."""
    columns = [column for column in table_columns("vacancies") if column.needed_in("vacancies")]
    language = study.language if study.language in _WORDS else "en"
    sheet_name, explained, *headings = _WORDS[language]
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(sheet_name)
    fixed = _fixed(study)
    for number, column in enumerate(columns, start=1):
        _write_column(sheet, number, column, fixed.get(column.name, ()))
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(explained), headings, columns, fixed, language)
    book.save(close_to_others(path))


def is_untouched(path: Path) -> bool:
    """Say whether no vacancy was noted on this sheet yet; a file that is no sheet is not untouched."""
    try:
        rows = sheet_values(path)
    except InputError:
        return False  # what is wrong with it, the reader of tables says
    return not any(cell not in (None, "") for row in rows[1:] for cell in row)


def _fixed(study: Study) -> dict[str, tuple[str, ...]]:
    """Return column → the words that it may hold."""
    return {
        "joint_committee": tuple(committee.number for committee in study.committees),
        "occupation": tuple(occupation.code for occupation in study.occupations),
        "channel": vacancy_channels(),
    }


def _write_column(sheet: Worksheet, number: int, column: Column, words: Sequence[str]) -> None:
    letter = get_column_letter(number)
    heading = sheet.cell(row=1, column=number, value=column.name)
    heading.font = Font(bold=True)
    place = sheet.column_dimensions[letter]
    place.width = 34 if column.name == "address" else 18
    # Text keeps the zeros of committees, postal codes and enterprise numbers; a day is a day.
    place.number_format = "yyyy-mm-dd" if column.type == "date" else "@"
    listed = ",".join(words)
    if words and len(listed) <= _LONGEST_LIST:
        # A sub-committee falls under a committee of the study, and may be typed too.
        strict = column.name != "joint_committee"
        choice = DataValidation(type="list", formula1=f'"{listed}"', showErrorMessage=strict)
        sheet.add_data_validation(choice)
        choice.add(f"{letter}2:{letter}{_ROWS}")


def _explain(
    sheet: Worksheet,
    headings: Sequence[str],
    columns: Sequence[Column],
    fixed: Mapping[str, Sequence[str]],
    language: str,
) -> None:
    sheet.append(list(headings))
    for column in columns:
        sheet.append([column.name, column.description[language], ", ".join(fixed.get(column.name, ()))])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in (("A", 18), ("B", 70), ("C", 50)):
        sheet.column_dimensions[letter].width = width
        for cell in sheet[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
