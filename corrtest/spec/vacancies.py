"""The vacancy file, checked against its published schema with every bad row named."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from stdnum.be import vat

from corrtest.errors import Fault, InputError, nearest
from corrtest.language import say, say_n
from corrtest.spec.cells import sheet_row
from corrtest.spec.columns import Column, table_columns
from corrtest.spec.reading import nearest_committee
from corrtest.spec.reference import joint_committees, postal_codes
from corrtest.spec.study import Study
from corrtest.spec.tables import (
    month_first,
    parse_days,
    parse_numbers,
    refuse_unusable,
    require_columns,
    require_text,
)


def vacancy_channels() -> tuple[str, ...]:
    """Return the ways in which one can apply to a vacancy."""
    return next(tuple(map(str, column.choices)) for column in table_columns("vacancies") if column.name == "channel")


def check_vacancies(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return `table` as `read_vacancies` does; `table` is what `read_vacancy_table` gives."""
    rows = _sheet_rows(table)
    declared = {column.name: column for column in table_columns("vacancies")}
    needed = [name for name, column in declared.items() if column.needed_in("vacancies")]
    require_columns(table, needed)
    refuse_unusable(table, declared)
    require_text(table, "joint_committee", "322.01")
    vacancies = table.copy()
    faults: list[Fault] = []

    def note(bad: pd.Series, column: str, expected: str, action: str, given: pd.Series | None = None) -> None:
        faults.extend(_faults(rows, bad, column, expected, action, vacancies[column] if given is None else given))

    texts = [name for name in needed if declared[name].type == "string"]
    for name in texts:
        vacancies[name] = vacancies[name].where(vacancies[name].notna(), "").astype(str).str.strip()
        note(vacancies[name] == "", name, "a value", say("Fill it in or delete the row."))
    filled = {name: vacancies[name] != "" for name in texts}
    for name, column in declared.items():
        if name not in needed and name in vacancies:
            note(_unlike(vacancies[name], column), name, _expected(column), say("Correct the cell, or leave it empty."))

    note(
        filled["vacancy_id"] & vacancies["vacancy_id"].duplicated(),
        "vacancy_id",
        say("each vacancy once"),
        say("Delete the repeated row: a vacancy is used at most once."),
    )
    if study.fieldwork.employer_identifier == "enterprise_number":
        given = vacancies["employer_id"].copy()
        vacancies["employer_id"] = _enterprise_numbers(given)
        note(
            filled["employer_id"] & (vacancies["employer_id"] == ""),
            "employer_id",
            say("an enterprise number of 10 digits whose last two are its check digits"),
            say('Correct it, or set [fieldwork] employer_identifier = "other" where it is not an enterprise number.'),
            given,
        )
    committee = _study_committees(vacancies["joint_committee"], study)
    known = list(joint_committees().index)
    unknown = filled["joint_committee"] & ~vacancies["joint_committee"].isin(known)
    for value in vacancies.loc[unknown, "joint_committee"].unique():
        note(
            vacancies["joint_committee"] == value,
            "joint_committee",
            say("a Belgian joint committee"),
            nearest_committee(value, known),
        )
    tested = committee != ""
    vacancies.loc[tested, "joint_committee"] = committee[tested]
    by_title = {value: study.names.occupation_code(value) or value for value in vacancies["occupation"].unique()}
    vacancies["occupation"] = vacancies["occupation"].map(by_title)
    codes = [occupation.code for occupation in study.occupations] or _writable(study)
    strange = tested & filled["occupation"] & ~vacancies["occupation"].isin(codes)
    for value in vacancies.loc[strange, "occupation"].unique():
        note(
            strange & (vacancies["occupation"] == value),
            "occupation",
            say("an occupation of the study"),
            nearest(value, codes),
        )
    channels = vacancy_channels()
    note(
        filled["channel"] & ~vacancies["channel"].isin(channels),
        "channel",
        say("one of {words}", words=", ".join(channels)),
        say("Use one of these words."),
    )
    province = vacancies["postal_code"].map(postal_codes()["province"])
    note(
        filled["postal_code"] & province.isna(),
        "postal_code",
        say("a postal code in Flanders or Brussels"),
        say("Correct it or delete the row."),
    )
    vacancies["province"] = province.fillna("")
    for name in ("opens", "closes"):
        faults += _day_faults(vacancies, name, rows)
    dated = vacancies["opens"].notna() & vacancies["closes"].notna()
    shown_close = vacancies["closes"].dt.strftime("%Y-%m-%d")
    note(
        dated & (vacancies["closes"] < vacancies["opens"]),
        "closes",
        say("a day on or after 'opens'"),
        say("Swap or correct the dates."),
        shown_close,
    )
    note(
        dated & tested & (vacancies["closes"] < pd.Timestamp(study.period.start)),
        "closes",
        say("a day on or after the start of the study ({start})", start=study.period.start),
        say("Delete the row, or let the study's period start earlier."),
        shown_close,
    )
    if faults:
        faults.sort(
            key=lambda fault: (fault.file or "", fault.row or 0, list(declared).index(fault.column or "vacancy_id"))
        )
        many = say_n("{count} cell", "{count} cells", len(faults))
        raise InputError(
            say("{file} has {many} that cannot be used:", file=table.attrs.get("file", say("vacancies")), many=many),
            faults,
        )
    return vacancies


def _faults(
    rows: Sequence[tuple[str, int]], bad: pd.Series, column: str, expected: str, action: str, shown: pd.Series
) -> list[Fault]:
    return [
        Fault(
            file=rows[position][0],
            row=rows[position][1],
            column=column,
            given=repr(value) if (value := shown.iloc[position]) != "" else say("an empty cell"),
            expected=expected,
            action=action,
        )
        for position in map(int, bad.to_numpy().nonzero()[0])
    ]


def _day_faults(vacancies: pd.DataFrame, name: str, rows: Sequence[tuple[str, int]]) -> list[Fault]:
    """Read a column of dates in place; return a fault for each cell that is none, or one for a column in doubt."""
    given = vacancies[name]
    vacancies[name] = parse_days(given)
    american = month_first(given)
    if american is None:
        expected = say("a date such as 2027-01-11 or 11/01/2027")
        return _faults(rows, vacancies[name].isna(), name, expected, say("Correct the date."), given.astype(str))
    return [
        Fault(
            file=rows[american][0],
            row=rows[american][1],
            column=name,
            given=repr(given.iloc[american]),
            expected=say("days before months (31/03/2027) in the whole column, which one of its dates cannot have"),
            action=say("Write the column as 2027-03-31: which day its other dates mean cannot be known."),
        )
    ]


def _unlike(given: pd.Series, column: Column) -> pd.Series:
    """Return which cells of a column that may be left out are filled with what it does not take."""
    filled = given.notna() & (given.astype(str).str.strip() != "")
    if column.choices:
        return filled & ~given.astype(str).isin([str(choice) for choice in column.choices])
    if column.type == "date":
        return filled & parse_days(given).isna()
    if column.type == "integer":
        return filled & pd.to_numeric(given, errors="coerce").isna()
    if column.type == "number":
        return filled & parse_numbers(given).isna()
    return filled & False


def _expected(column: Column) -> str:
    if column.choices:
        return say("one of {words}", words=", ".join(map(str, column.choices)))
    return (
        say("a date such as 2027-01-11 or 11/01/2027")
        if column.type == "date"
        else say("a number ({unit})", unit=column.unit)
    )


def _writable(study: Study) -> list[str]:
    """Return the occupations of which documents can be written in the study's language."""
    return [code for code, each in study.names.occupations.items() if study.language in each.texts]


def _sheet_rows(table: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the file and the sheet row of each row."""
    file = table.attrs.get("file", "vacancies")
    return table.attrs.get("rows") or [(file, sheet_row(index)) for index in range(len(table))]


def _enterprise_numbers(given: pd.Series) -> pd.Series:
    """Return ten digits, or "" where the check digits fail (97 minus the first eight modulo 97)."""
    compact = {value: vat.compact(value) if vat.is_valid(value) else "" for value in given.unique()}
    return given.map(compact)


def _study_committees(given: pd.Series, study: Study) -> pd.Series:
    """Return the study's committee that each vacancy falls under (itself or the nearest parent), "" where none."""
    numbers = {committee.number for committee in study.committees}

    def owner(value: str) -> str:
        while value and value not in numbers:
            value = value.rpartition(".")[0]
        return value

    return given.map({value: owner(value) for value in given.unique()})
