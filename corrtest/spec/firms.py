"""The frame of a study that calls firms: the file of firms as people have it, and the sheet to note them on."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.spec.cells import sheet_row
from corrtest.spec.client_calls import wishes_file
from corrtest.spec.private import close_to_others
from corrtest.spec.reference import postal_codes
from corrtest.spec.simulated import SIMULATED, simulated_rows
from corrtest.spec.study import Study
from corrtest.spec.tables import read_table, require_columns
from corrtest.spec.vacancies import enterprise_number, is_enterprise_number
from corrtest.spec.vacancy_folder import vacancy_files
from corrtest.spec.values import parse_numbers

__all__ = ["FIRM_COLUMNS", "read_firms", "write_firms_template"]

FIRM_COLUMNS = ("employer_id", "employer_name", "joint_committee", "postal_code", "employees", "address")
_NEEDED = ("employer_id", "address")


def read_firms(place: str | Path, study: Study) -> pd.DataFrame:
    """Read the firms of a sector from a file, or from all files of a folder; a firm that stands twice counts once.

    Headers may be those of `FIRM_COLUMNS` or what people call them in Dutch, French or English. The joint committee may
    be left out where the study has one alone, postal code and employees always.

    Returns
    -------
    DataFrame
        One row a firm, the columns of `FIRM_COLUMNS` and province, in the order of employer_id.

    Raises
    ------
    InputError
        There is no file or no row, a column is missing, or a cell cannot be used; each is named.
    """
    place = Path(place)
    found = [place] if place.is_file() else [] if not place.exists() else list(vacancy_files(place))
    if not found:
        raise InputError(
            say(
                "There is no file of firms in {place}. Note them in template.xlsx there, or put your own table (CSV, "
                "Excel) beside it.",
                place=place.name or place,
            )
        )
    tables = [_checked(read_table(path), study) for path in found]
    firms = pd.concat(tables, ignore_index=True).drop_duplicates("employer_id")
    return firms.sort_values("employer_id", ignore_index=True)


def write_firms_template(path: Path) -> None:
    """Write the sheet on which firms are noted."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "firms"
    for number, name in enumerate(FIRM_COLUMNS, start=1):
        sheet.cell(row=1, column=number, value=name).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 22
        for row in range(2, 2001):
            sheet.cell(row=row, column=number).number_format = "@"
    sheet.freeze_panes = "A2"
    book.save(close_to_others(path))


def _checked(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    synonyms = {other: name for name, others in wishes_file()["columns"].items() for other in others}
    attributes = dict(table.attrs)
    table = table.rename(columns={c: synonyms.get(str(c).strip().lower(), c) for c in table.columns})
    table.attrs = attributes
    numbers = [committee.number for committee in study.committees]
    require_columns(table, _NEEDED if len(numbers) == 1 else (*_NEEDED, "joint_committee"))
    if not len(table):
        raise InputError(say("{file} has no firm.", file=attributes.get("file", "")))
    text = {name: table[name].fillna("").astype(str).str.strip() for name in FIRM_COLUMNS if name in table}
    committee = text.get("joint_committee", pd.Series(numbers[0], index=table.index))
    faults: list[Fault] = []

    def note(bad: pd.Series, column: str, given: pd.Series, expected: str, action: str) -> None:
        faults.extend(
            Fault(
                file=attributes.get("file"),
                row=sheet_row(int(place), table),
                column=column,
                given=repr(given.iloc[place]) if given.iloc[place] else say("an empty cell"),
                expected=expected,
                action=action,
            )
            for place in bad.to_numpy().nonzero()[0]
        )

    employer = text["employer_id"]
    if study.fieldwork.employer_identifier == "enterprise_number":
        valid = employer.map(is_enterprise_number)
        note(~valid, "employer_id", employer, say("an enterprise number of 10 digits"), say("Correct the number."))
        employer = employer.where(~valid, employer.map(lambda given: enterprise_number(given) if given else ""))
    else:
        note(employer == "", "employer_id", employer, say("an identifier"), say("Fill it in."))
    note(text["address"] == "", "address", text["address"], say("a telephone number"), say("Fill it in."))
    note(
        ~committee.isin(numbers),
        "joint_committee",
        committee,
        say("one of {words}", words=", ".join(numbers)),
        say("Write the column as text, and take out firms of another committee."),
    )
    size = parse_numbers(table["employees"]) if "employees" in table else pd.Series(float("nan"), index=table.index)
    if faults:
        raise InputError(say("{file} has cells that cannot be used:", file=attributes.get("file", "")), faults)
    postal = text.get("postal_code", pd.Series("", index=table.index))
    made_up = {SIMULATED: simulated_rows(table)} if SIMULATED in table else {}
    return pd.DataFrame(
        {
            "employer_id": employer,
            "employer_name": text.get("employer_name", pd.Series("", index=table.index)),
            "joint_committee": committee,
            "postal_code": postal,
            "employees": pd.to_numeric(size, errors="coerce"),
            "address": text["address"],
            "province": postal.map(postal_codes()["province"]).fillna("").astype(str),
            **made_up,
        }
    ).reset_index(drop=True)
