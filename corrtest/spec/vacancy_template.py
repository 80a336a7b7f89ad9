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
from corrtest.spec.channels import vacancy_channels
from corrtest.spec.columns import Column, table_columns
from corrtest.spec.private import close_to_others
from corrtest.spec.simulated import SIMULATED
from corrtest.spec.workbooks import sheet_values

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from corrtest.spec.study import Study

_ROWS = 5000  # as many as a drop-down reaches
_LISTS = 5  # the column of the explanation from which the drop-downs take their words
_WORDS = {
    "nl": ("vacatures", "uitleg", "kolom", "betekenis", "mag zijn"),
    "fr": ("offres", "explication", "colonne", "signification", "peut être"),
    "en": ("vacancies", "explanation", "column", "meaning", "may be"),
}


def write_vacancy_template(path: Path, study: Study) -> None:
    """Write the sheet for the vacancies of `study`, explained in its language."""
    language = study.language if study.language in _WORDS else "en"
    # A sub-committee falls under a committee of the study, and may be typed too.
    loose = ("joint_committee",)
    # Nobody notes a simulated vacancy by hand.
    columns = [column for column in table_columns("vacancies") if column.name != SIMULATED]
    write_noting_sheet(path, columns, _fixed(study), _WORDS[language], language, loose=loose)


def write_noting_sheet(
    path: Path,
    columns: Sequence[Column],
    fixed: Mapping[str, Sequence[str]],
    titles: Sequence[str],
    language: str,
    *,
    loose: Sequence[str],
) -> None:
    """Write an empty sheet to note things on, and one that explains its columns.

    Parameters
    ----------
    fixed : mapping
        Column → the words of its drop-down.
    titles : sequence of str
        The names of both sheets and the three headings of the explanation.
    loose : sequence of str
        Columns whose drop-down only proposes.
    """
    sheet_name, explained, *headings = titles
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(sheet_name)
    explanation = book.create_sheet(explained)
    _explain(explanation, headings, columns, fixed, language)
    for number, column in enumerate(columns, start=1):
        _write_column(sheet, number, column, _listed(explanation, column.name, fixed), strict=column.name not in loose)
    sheet.freeze_panes = "A2"
    book.save(close_to_others(path))


def is_untouched(path: Path) -> bool:
    """Say whether nothing was noted on this sheet yet; a file that is no sheet is not untouched."""
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


def _listed(sheet: Worksheet, name: str, fixed: Mapping[str, Sequence[str]]) -> str:
    """Write the words of a column one below the other, and return where; a list in a cell ends at 255 characters."""
    words = fixed.get(name, ())
    if not words:
        return ""
    number = _LISTS + list(fixed).index(name)
    for row, word in enumerate(words, start=2):
        sheet.cell(row=row, column=number, value=word)
    letter = get_column_letter(number)
    return f"'{sheet.title}'!${letter}$2:${letter}${len(words) + 1}"


def _write_column(sheet: Worksheet, number: int, column: Column, listed: str, *, strict: bool) -> None:
    """Write the heading of a column, its form, and its drop-down of the words that are `listed` there."""
    letter = get_column_letter(number)
    heading = sheet.cell(row=1, column=number, value=column.name)
    heading.font = Font(bold=True)
    place = sheet.column_dimensions[letter]
    place.width = 34 if column.name == "address" else 18
    # Text keeps the zeros of committees, postal codes and enterprise numbers; a day is a day.
    place.number_format = "yyyy-mm-dd" if column.type == "date" else "@"
    choice = None
    if listed:
        choice = DataValidation(type="list", formula1=listed, showErrorMessage=strict)
    elif column.type == "date":
        choice = DataValidation(type="date", operator="greaterThan", formula1="DATE(2000,1,1)", showErrorMessage=True)
    if choice is not None:
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
