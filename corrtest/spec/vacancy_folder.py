"""The vacancies of a study folder: every table that came in, put together, each row with its file and its line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.spec.cells import sheet_row
from corrtest.spec.columns import column_names, needed_columns
from corrtest.spec.folder import TEMPLATE
from corrtest.spec.intake.keeping import CAME_IN
from corrtest.spec.study import Study
from corrtest.spec.tables import TABLE_KINDS, read_table, refuse_unusable, require_columns
from corrtest.spec.vacancies import check_vacancies
from corrtest.spec.vacancy_template import is_untouched


def read_vacancies(path: str | Path, study: Study) -> pd.DataFrame:
    """Return the vacancies of a CSV, XLSX or Parquet file, or of a folder of them, checked for `study`.

    One row a vacancy, in the order of the file: the declared columns (`opens` and `closes` as dates), `province`, and
    the file's other columns. A sub-committee's vacancy gets the number of the study's committee that it falls under,
    and an occupation that is named by its title its code.

    Raises
    ------
    InputError
        With a fault for each bad cell: file, row, column, what was given, what was expected.
    """
    return check_vacancies(read_vacancy_table(path), study)


def read_vacancy_table(path: str | Path) -> pd.DataFrame:
    """Return the vacancies of a file, or of all tables of a folder together, as text.

    What came in twice, the same in each column that is needed, counts once. `attrs["rows"]` gives the file and the
    sheet row of each row.

    Raises
    ------
    InputError
        A table cannot be read, or there is none.
    """
    path = Path(path)
    if not path.is_dir():
        return read_table(path)
    files = vacancy_files(path)
    if not files:
        raise InputError(
            say(
                "There are no vacancies in {path}. Put the tables there, or fill in {template}.",
                path=path,
                template=TEMPLATE,
            )
        )
    tables = [read_table(file) for file in files]
    if len(tables) > 1:
        return _together(tables, path.name)
    _refuse_export(tables[0], needed_columns("vacancies"))
    return tables[0]


def vacancy_files(folder: Path) -> list[Path]:
    """Return the tables in a folder, by name; the untouched template is none of them, nor is what Excel leaves open."""
    if not folder.is_dir():
        return []
    files = [path for path in folder.iterdir() if path.suffix.lower() in TABLE_KINDS and path.name[0] not in ".~"]
    return sorted(path for path in files if not (path.name == TEMPLATE and is_untouched(path)))


def _together(tables: Sequence[pd.DataFrame], name: str) -> pd.DataFrame:
    names = needed_columns("vacancies")
    for table in tables:
        _refuse_export(table, names)
        require_columns(table, names)
        refuse_unusable(table, column_names("vacancies"))
    rows = [(str(table.attrs["file"]), sheet_row(index, table)) for table in tables for index in range(len(table))]
    numeric = {column for table in tables for column in table.attrs["numeric_columns"]}
    every = pd.concat([_as_text(table) for table in tables], ignore_index=True).fillna("")
    again = every.duplicated(list(names))
    if CAME_IN in every:
        # A vacancy that stayed open longer came in again, with its new day.
        dated = every[CAME_IN] != ""
        newer = every[dated].sort_values(CAME_IN, kind="stable").duplicated("vacancy_id", keep="last")
        again |= newer.reindex(every.index, fill_value=False)
    kept = every[~again].reset_index(drop=True)
    kept.attrs = {
        "file": name,
        "numeric_columns": tuple(sorted(numeric)),
        "rows": [row for row, repeated in zip(rows, again, strict=True) if not repeated],
    }
    return kept


def _refuse_export(table: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise InputError where a table has the headers of an export, and not those of vacancies."""
    if not set(names) & set(table.columns):
        raise InputError(
            say(
                "{file} has none of the columns of vacancies: it is an export. Move it out of the folder, and take it "
                "in with: corrtest vacancies add FILE",
                file=table.attrs.get("file", ""),
            )
        )


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose cells are text, as in the tables that people type: a Parquet file has days and numbers."""
    shown = pd.DataFrame({str(name): _text(table[name]) for name in table.columns})
    shown.attrs = {}
    return shown


def _text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        days: pd.Series = values.dt.strftime("%Y-%m-%d").fillna("")
        return days
    if pd.api.types.is_numeric_dtype(values):
        return values.map(_number).astype(str)
    return values.astype(str).where(values.notna(), "")


def _number(value: float) -> str:
    if pd.isna(value):
        return ""
    return str(int(value)) if float(value).is_integer() else str(value)
