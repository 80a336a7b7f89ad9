"""Write a table as people and programs take it: CSV, XLSX, Parquet, labelled Stata and SPSS; for its owner alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from corrtest.errors import InputError, MissingExtraError, nearest
from corrtest.language import say, use
from corrtest.spec import Table, close_to_others, table_columns, value_labels

# An indicator of a table with no arm or reaction: a number with a name for each of its values.
_YES_NO = {"nl": {0: "nee", 1: "ja"}, "fr": {0: "non", 1: "oui"}, "de": {0: "nein", 1: "ja"}, "en": {0: "no", 1: "yes"}}


def write_table(
    table: pd.DataFrame, stem: Path, forms: Sequence[str], *, of: Table | None = None, language: str = "en"
) -> list[Path]:
    """Write a table in each form beside each other, and return the files.

    Parameters
    ----------
    stem : Path
        The file without its ending.
    forms : sequence of str
        csv (comma, point), csv-be (as Excel in Belgium: semicolon, decimal comma), xlsx, parquet, dta, sav.
    of : str, optional
        Which declared table it is, so that its columns are explained (`corrtest.spec.table_columns`).
    language : str
        Of explanations and value labels.

    Raises
    ------
    InputError
        There is no such form.
    MissingExtraError
        Stata or SPSS, and what writes them is not installed.
    """
    for form in forms:
        if form not in TABLE_FORMS:
            raise InputError(
                say(
                    "A table cannot be written as '{form}'. {nearest}",
                    form=form,
                    nearest=nearest(form, list(TABLE_FORMS)),
                )
            )
    labels = {column.name: column.label.get(language, column.name) for column in (table_columns(of) if of else ())}
    files = []
    for form in dict.fromkeys(forms):
        ending, write = TABLE_FORMS[form]
        path = stem.with_name(f"{stem.name}{ending}")
        with use(language):
            write(table, path, labels, language)
        files.append(path)
    return files


def table_form(path: Path) -> str | None:
    """Return the form that the ending of a file stands for, or None."""
    return next((form for form, (ending, _) in TABLE_FORMS.items() if path.suffix.lower() == ending), None)


def _csv(table: pd.DataFrame, path: Path, _labels: Mapping[str, str], _language: str) -> None:
    table.to_csv(close_to_others(path), index=False, lineterminator="\n")


def _belgian_csv(table: pd.DataFrame, path: Path, _labels: Mapping[str, str], _language: str) -> None:
    table.to_csv(close_to_others(path), index=False, sep=";", decimal=",", encoding="utf-8-sig", lineterminator="\r\n")


def _parquet(table: pd.DataFrame, path: Path, _labels: Mapping[str, str], _language: str) -> None:
    table.to_parquet(close_to_others(path), index=False)


def _xlsx(table: pd.DataFrame, path: Path, labels: Mapping[str, str], language: str) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(path.stem[:31])
    for place, name in enumerate(table.columns, start=1):
        _cell(sheet, 1, place, str(name)).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = max(10, min(40, len(str(name)) + 2))
    for row, values in enumerate(table.astype(object).itertuples(index=False, name=None), start=2):
        for place, value in enumerate(values, start=1):
            if not pd.isna(value):
                _cell(sheet, row, place, value)
    sheet.freeze_panes = "A2"
    explained = [name for name in table.columns if str(name) in labels]
    if explained:
        page = book.create_sheet(say("columns"))
        rows = [(say("column"), say("meaning"), say("values"))]
        for name in explained:
            words = "; ".join(f"{word} = {label}" for word, label in value_labels(str(name), language).items())
            rows.append((str(name), labels[str(name)], words))
        for row, texts in enumerate(rows, start=1):
            for place, text in enumerate(texts, start=1):
                _cell(page, row, place, text)
    book.save(close_to_others(path))


def _cell(sheet: Any, row: int, column: int, value: Any) -> Any:
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        cell.value = value
        cell.data_type = "s"  # what begins with = is a text, never a formula
    else:
        cell.value = value.to_pydatetime().date() if isinstance(value, pd.Timestamp) else value
    return cell


def _stata(table: pd.DataFrame, path: Path, labels: Mapping[str, str], language: str) -> None:
    frame, named = _coded(table, language)
    _pyreadstat().write_dta(
        frame, close_to_others(path), column_labels=_of(frame, labels), variable_value_labels=named, version=15
    )


def _spss(table: pd.DataFrame, path: Path, labels: Mapping[str, str], language: str) -> None:
    frame, named = _coded(table, language)
    _pyreadstat().write_sav(frame, close_to_others(path), column_labels=_of(frame, labels), variable_value_labels=named)


def _coded(table: pd.DataFrame, language: str) -> tuple[pd.DataFrame, dict[str, dict[int, str]]]:
    """Return the table with declared words as numbers, and the labels of these numbers."""
    frame, named = pd.DataFrame(index=table.index), {}
    for name in map(str, table.columns):
        values = table[name]
        words = value_labels(name, language)
        if words and set(values.dropna().astype(str)) - {""} <= set(words):
            codes = {word: code for code, word in enumerate(words, start=1)}
            frame[name] = values.map(codes).astype(float)
            named[name] = {codes[word]: label for word, label in words.items()}
        elif pd.api.types.is_bool_dtype(values):
            frame[name] = values.astype(int)
            named[name] = dict(_YES_NO.get(language, _YES_NO["en"]))
        elif pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
            frame[name] = values
        else:
            frame[name] = ["" if pd.isna(value) else str(value) for value in values]
    return frame, named


def _of(frame: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    return [labels.get(str(name), str(name)) for name in frame.columns]


def _pyreadstat() -> Any:
    try:
        import pyreadstat  # noqa: PLC0415  (an extra)
    except ImportError:
        raise MissingExtraError("statistics", say("Reading or writing files of Stata, SPSS and R")) from None
    return pyreadstat


# Form → the ending of its file, and what writes it.
TABLE_FORMS: Mapping[str, tuple[str, Callable[[pd.DataFrame, Path, Mapping[str, str], str], None]]] = {
    "csv": (".csv", _csv),
    "csv-be": (".be.csv", _belgian_csv),
    "xlsx": (".xlsx", _xlsx),
    "parquet": (".parquet", _parquet),
    "dta": (".dta", _stata),
    "sav": (".sav", _spss),
}
