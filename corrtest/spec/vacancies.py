"""The vacancy file, checked against its published schema with every bad row named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from stdnum.be import vat

from corrtest.errors import Fault, InputError, nearest
from corrtest.language import say, say_n
from corrtest.spec.cells import sheet_row
from corrtest.spec.channels import vacancy_channels
from corrtest.spec.columns import Column, table_columns
from corrtest.spec.reading import nearest_committee
from corrtest.spec.reference import joint_committees, postal_codes
from corrtest.spec.study import Study
from corrtest.spec.tables import refuse_unusable, require_columns, require_text
from corrtest.spec.values import month_first, parse_days, parse_numbers


def check_vacancies(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return `table` as `read_vacancies` does; `table` is what `read_vacancy_table` gives."""
    declared = {column.name: column for column in table_columns("vacancies")}
    require_columns(table, [name for name, column in declared.items() if column.needed_in("vacancies")])
    refuse_unusable(table, declared)
    require_text(table, "joint_committee", "322.01")
    check = _Check(table, study, declared)
    check.cells()
    check.identity()
    tested = check.committees()
    check.occupations(tested)
    check.channel_and_place()
    check.dates(tested)
    if check.faults:
        check.refuse(table.attrs.get("file", say("vacancies")))
    return check.vacancies


class _Check:
    """One reading of a vacancy table: its columns are mended in place, and every fault is noted."""

    def __init__(self, table: pd.DataFrame, study: Study, declared: Mapping[str, Column]) -> None:
        self.study = study
        self.declared = declared
        self.rows = _sheet_rows(table)
        self.vacancies = table.copy()
        self.faults: list[Fault] = []
        self.filled: dict[str, pd.Series] = {}

    def note(self, bad: pd.Series, column: str, expected: str, action: str, given: pd.Series | None = None) -> None:
        """Note a fault for each row that is `bad`."""
        shown = self.vacancies[column] if given is None else given
        self.faults += _faults(self.rows, bad, column, expected, action, shown)

    def cells(self) -> None:
        """Strip the texts that are needed, and hold the other columns against what they are declared to be."""
        for name, column in self.declared.items():
            if column.needed_in("vacancies") and column.type == "string":
                cells = self.vacancies[name]
                self.vacancies[name] = cells.where(cells.notna(), "").astype(str).str.strip()
                self.filled[name] = self.vacancies[name] != ""
                self.note(~self.filled[name], name, "a value", say("Fill it in or delete the row."))
        for name, column in self.declared.items():
            if not column.needed_in("vacancies") and name in self.vacancies:
                unlike = _unlike(self.vacancies[name], column)
                self.note(unlike, name, _expected(column), say("Correct the cell, or leave it empty."))

    def identity(self) -> None:
        """Check that each vacancy stands there once, and its employer's number."""
        self.note(
            self.filled["vacancy_id"] & self.vacancies["vacancy_id"].duplicated(),
            "vacancy_id",
            say("each vacancy once"),
            say("Delete the repeated row: a vacancy is used at most once."),
        )
        if self.study.fieldwork.employer_identifier != "enterprise_number":
            return
        given = self.vacancies["employer_id"].copy()
        self.vacancies["employer_id"] = _enterprise_numbers(given)
        self.note(
            self.filled["employer_id"] & (self.vacancies["employer_id"] == ""),
            "employer_id",
            say("an enterprise number of 10 digits whose last two are its check digits"),
            say('Correct it, or set [fieldwork] employer_identifier = "other" where it is not an enterprise number.'),
            given,
        )

    def committees(self) -> pd.Series:
        """Check the joint committees, and return which rows are in one that the study tests."""
        given = self.vacancies["joint_committee"]
        committee = _study_committees(given, self.study)
        known = list(joint_committees().index)
        unknown = self.filled["joint_committee"] & ~given.isin(known)
        for value in given[unknown].unique():
            action = nearest_committee(value, known)
            self.note(given == value, "joint_committee", say("a Belgian joint committee"), action)
        tested = committee != ""
        self.vacancies.loc[tested, "joint_committee"] = committee[tested]
        return tested

    def occupations(self, tested: pd.Series) -> None:
        """Turn titles into codes, and check that the study has the occupation."""
        names = self.study.names
        by_title = {value: names.occupation_code(value) or value for value in self.vacancies["occupation"].unique()}
        self.vacancies["occupation"] = self.vacancies["occupation"].map(by_title)
        given = self.vacancies["occupation"]
        codes = tested_occupations(self.study)
        strange = tested & self.filled["occupation"] & ~given.isin(codes)
        for value in given[strange].unique():
            action = nearest(value, codes)
            self.note(strange & (given == value), "occupation", say("an occupation of the study"), action)

    def channel_and_place(self) -> None:
        """Check how one applies, and add the province."""
        channels = vacancy_channels()
        self.note(
            self.filled["channel"] & ~self.vacancies["channel"].isin(channels),
            "channel",
            say("one of {words}", words=", ".join(channels)),
            say("Use one of these words."),
        )
        province = self.vacancies["postal_code"].map(postal_codes()["province"])
        self.note(
            self.filled["postal_code"] & province.isna(),
            "postal_code",
            say("a postal code in Flanders or Brussels"),
            say("Correct it or delete the row."),
        )
        self.vacancies["province"] = province.fillna("")

    def dates(self, tested: pd.Series) -> None:
        """Read both dates, and check their order."""
        for name in ("opens", "closes"):
            self.faults += _day_faults(self.vacancies, name, self.rows)
        opens, closes = self.vacancies["opens"], self.vacancies["closes"]
        dated = opens.notna() & closes.notna()
        shown = closes.dt.strftime("%Y-%m-%d")
        self.note(
            dated & (closes < opens),
            "closes",
            say("a day on or after 'opens'"),
            say("Swap or correct the dates."),
            shown,
        )
        self.note(
            dated & tested & (closes < pd.Timestamp(self.study.period.start)),
            "closes",
            say("a day on or after the start of the study ({start})", start=self.study.period.start),
            say("Delete the row, or let the study's period start earlier."),
            shown,
        )

    def refuse(self, file: str) -> None:
        """Raise with every fault, in the order of the table."""
        places = list(self.declared)
        self.faults.sort(
            key=lambda fault: (fault.file or "", fault.row or 0, places.index(fault.column or "vacancy_id"))
        )
        raise InputError(
            say(
                "{file} has cells that cannot be used. Correct them, or let corrtest vacancies add sort the rows of an "
                "export:",
                file=file,
            ),
            self.faults,
        )


def _faults(
    rows: Sequence[tuple[str, int]], bad: pd.Series, column: str, expected: str, action: str, shown: pd.Series
) -> list[Fault]:
    """Return one fault for all these cells: the first of them, and how many more there are of its kind."""
    places = [int(place) for place in bad.to_numpy().nonzero()[0]]
    if not places:
        return []
    first, value = places[0], shown.iloc[places[0]]
    given = repr(value) if value != "" else say("an empty cell")
    if len(places) > 1:
        more = say_n("{count} row more", "{count} rows more", len(places) - 1)
        given = say("{given} (and {more} of this kind)", given=given, more=more)
    return [
        Fault(file=rows[first][0], row=rows[first][1], column=column, given=given, expected=expected, action=action)
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


def tested_occupations(study: Study) -> list[str]:
    """Return the occupations of a study; where it names none, all that documents can be written for in its language."""
    writable = [code for code, each in study.names.occupations.items() if study.language in each.texts]
    return [occupation.code for occupation in study.occupations] or writable


def _sheet_rows(table: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the file and the sheet row of each row."""
    file = table.attrs.get("file", "vacancies")
    return table.attrs.get("rows") or [(file, sheet_row(index, table)) for index in range(len(table))]


def _enterprise_numbers(given: pd.Series) -> pd.Series:
    """Return ten digits, or "" where the check digits fail (97 minus the first eight modulo 97)."""
    compact = {value: enterprise_number(value) if is_enterprise_number(value) else "" for value in given.unique()}
    return given.map(compact)


def enterprise_number(given: str) -> str:
    """Return an enterprise number as its ten digits, however it is typed; its check digits are not looked at.

    >>> enterprise_number(" BE 0403.019.261 ")
    '0403019261'
    """
    return str(vat.compact(given.strip()))


def is_enterprise_number(given: str) -> bool:
    """Say whether a text is an enterprise number: ten digits, the last two of which are 97 − the others modulo 97."""
    # What begins with seven zeros is a filler: the first number ever given out was 0200.065.765.
    return bool(vat.is_valid(given.strip())) and not enterprise_number(given).startswith("0000000")


def _study_committees(given: pd.Series, study: Study) -> pd.Series:
    """Return the study's committee that each vacancy falls under (itself or the nearest parent), "" where none."""
    numbers = {committee.number for committee in study.committees}

    def owner(value: str) -> str:
        while value and value not in numbers:
            value = value.rpartition(".")[0]
        return value

    return given.map({value: owner(value) for value in given.unique()})
