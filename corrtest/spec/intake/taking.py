"""From a file as people have it to vacancies of the published form, with an account of every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.spec.cells import EXCEL_ERRORS
from corrtest.spec.columns import column_names, needed_columns
from corrtest.spec.intake import mapping as mappings
from corrtest.spec.intake.answers import NONE, Question, Reading
from corrtest.spec.intake.channels import read_channel
from corrtest.spec.intake.committees import read_committee
from corrtest.spec.intake.days import plain_day
from corrtest.spec.intake.finding import Found, columns_of, find_table
from corrtest.spec.intake.sorting import Dropped, Sorting
from corrtest.spec.intake.titles import near_titles, read_title
from corrtest.spec.reference import postal_codes
from corrtest.spec.simulated import SIMULATED
from corrtest.spec.study import Study
from corrtest.spec.vacancies import enterprise_number, is_enterprise_number, tested_occupations
from corrtest.spec.values import month_first, parse_days

# A person can go through this many titles; what more there is comes up once these are answered.
_MOST_TITLES = 200
# What a file may leave out: the mapping says it for all, or another column shows it.
_PARTS = {"committees": "joint_committee", "occupations": "occupation", "channels": "channel"}
_SHOWN_BY_ADDRESS, _DAYS_LATER = "channel", "closes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What one file gave.

    Attributes
    ----------
    file : str
    rows : int
        Filled rows below the header.
    vacancies : DataFrame
        What went in, in the published form: the needed columns, and the others where the file has them.
    columns : mapping of str to tuple of str
        Column → the headers of the file that filled it.
    words : mapping of str to mapping of str to str
        Part → word of the file → what it was read as.
    dropped : tuple of Dropped
        What did not go in, kind by kind.
    questions : tuple of Question
        What a person has to say, the words of most rows first.
    waiting : int
        Rows that wait for an answer.
    unread : tuple of str
        Sheets that hold another table.
    """

    file: str
    rows: int
    vacancies: pd.DataFrame
    columns: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Mapping[str, str]]
    dropped: tuple[Dropped, ...]
    questions: tuple[Question, ...]
    waiting: int
    unread: tuple[str, ...]


def take_in(
    path: Path, study: Study, mapping: mappings.Mapping, *, on: date, known: Mapping[str, str] | None = None
) -> Intake:
    """Return the vacancies of a file for `study`, read through its mapping.

    Parameters
    ----------
    path : Path
        A table (CSV, XLSX, Parquet, …) with or without titles above its header, or a job feed in JSON.
    study, mapping
    on : date
        The day on which it came in: what closed before it, or before the study starts, is dropped.
    known : mapping of str to str
        Vacancies that came in before → the day on which they close, as year-month-day; they do not go in again, unless
        that day has changed.

    Raises
    ------
    InputError
        The file cannot be read, has no header, lacks a column, or none of its rows can be used.
    """
    found = find_table(path, mapping.columns)
    columns = columns_of(found, mapping.columns)
    _refuse_missing(found, columns, mapping)
    cells = _cells(found, columns, mapping)
    sorting = Sorting(found.rows)
    words = _Words(cells, study, mapping)
    readings = words.sort(sorting)
    first = max(on, study.period.start)
    days = _days(sorting, cells, mapping.open_for_days)
    _drop_closed(sorting, days, cells, study, first)
    table = _sort_rows(sorting, words.table, cells, study).assign(
        **{name: read.dt.strftime("%Y-%m-%d").fillna("") for name, read in days.items()}
    )
    _drop_repeated(sorting, table, known or {})
    words.ask(sorting)
    wrong = sum(kind.rows for kind in sorting.dropped if kind.is_fault)
    if not sorting.left.any() and 2 * wrong > len(found.cells):
        raise InputError(
            say("No row of {file} can be used:", file=found.file) + "".join(f"\n  - {kind}" for kind in sorting.dropped)
        )
    return Intake(
        file=found.file,
        rows=len(found.cells),
        vacancies=_published(table[sorting.taken]),
        columns=columns,
        words=readings,
        dropped=tuple(sorting.dropped),
        questions=tuple(sorting.questions),
        waiting=int((sorting.waiting & sorting.left).sum()),
        unread=found.unread,
    )


def _published(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in the order of the published form, with the other columns that hold something."""
    needed = needed_columns("vacancies")
    kept = [name for name in column_names("vacancies") if name in needed or (table[name] != "").any()]
    return table[kept].reset_index(drop=True)


def _refuse_missing(found: Found, columns: Mapping[str, Sequence[str]], mapping: mappings.Mapping) -> None:
    """Raise InputError with each needed column that neither the file nor the mapping gives."""
    given = {*columns, *mapping.fixed, _SHOWN_BY_ADDRESS}
    if mapping.open_for_days:
        given.add(_DAYS_LATER)
    missing = [name for name in needed_columns("vacancies") if name not in given]
    if not missing:
        return
    used = {name for headers in columns.values() for name in headers}
    free = ", ".join(f"'{name}'" for name in found.cells.columns if name not in used) or say("nothing")
    faults = [
        Fault(
            file=found.file,
            column=name,
            given=say("no header that is known for it"),
            expected=say("a column '{name}'", name=name),
            action=say(
                'Write {name} = "your header" under [columns] in mapping.toml, or {name} = "…" under [fixed] where '
                "it is the same for all.",
                name=name,
            )
            if name != _DAYS_LATER
            else say("Name its header under [columns] in mapping.toml, or write open_for_days = 30 under [fixed]."),
        )
        for name in missing
    ]
    raise InputError(say("{file} lacks a column. Not used so far: {free}.", file=found.file, free=free), faults)


def _cells(found: Found, columns: Mapping[str, Sequence[str]], mapping: mappings.Mapping) -> dict[str, pd.Series]:
    """Return column → its cells: of its headers the first that is filled, else what the mapping says for all."""
    cells = {}
    for name in column_names("vacancies"):
        column = pd.Series("", index=found.cells.index, dtype=str)
        for header in columns.get(name, ()):
            column = column.where(column != "", found.cells[header])
        if name in mapping.fixed:
            column = column.where(column != "", mapping.fixed[name])
        cells[name] = column
    # Where a file has one column for both, the occupation is read from the title under which it was advertised.
    cells["title"] = cells["title"].where(cells["title"] != "", cells["occupation"])
    return cells


class _Words:
    """Committees, titles and ways to apply of a file, read word by word."""

    def __init__(self, cells: Mapping[str, pd.Series], study: Study, mapping: mappings.Mapping) -> None:
        self.cells = cells
        self.study = study
        self.mapping = mapping
        self.tested = frozenset(tested_occupations(study))
        self.table = pd.DataFrame({"vacancy_id": cells["vacancy_id"]})
        self._readings: dict[str, tuple[pd.Series, dict[str, Reading]]] = {}

    def sort(self, sorting: Sorting) -> dict[str, dict[str, str]]:
        """Read the words, drop what is not of the study, and return part → word → meaning."""
        study, names = self.study, self.study.names
        answers = self.mapping.answers_for("committees")
        committees = {word: read_committee(word, study, answers) for word in self.cells["joint_committee"].unique()}
        self._read("committees", committees)
        sorting.drop(
            self.table["joint_committee"] == NONE,
            say("in a committee that the study does not test"),
            self.cells["joint_committee"],
        )
        left = self.cells["occupation"][sorting.left]
        answers = self.mapping.answers_for("occupations")
        titles = {word: read_title(word, names, self.tested, answers) for word in left.unique()}
        self._read("occupations", titles)
        sorting.drop(
            self.table["occupation"] == NONE,
            say("for an occupation that the study does not test"),
            self.cells["occupation"],
        )
        self._drop_other_committee(sorting)
        self._read_channels(sorting)
        return {
            part: {word: reading.code for word, reading in readings.items() if word and reading.code not in ("", NONE)}
            for part, (_, readings) in self._readings.items()
        }

    def ask(self, sorting: Sorting) -> None:
        """Let what is left and not clear wait; an empty cell or a committee that Belgium lacks is a fault."""
        for part, (given, readings) in self._readings.items():
            column = _PARTS[part]
            empty = (given == "") & (self.table[column] == "")
            sorting.drop(empty, say("'{column}' is empty", column=column), given, fault=True)
            if part == "committees":
                strange = {word for word, reading in readings.items() if reading.waits and not reading.candidates}
                sorting.drop(given.isin(strange), say("no Belgian joint committee"), given, fault=True)
            sorting.ask(part, given, {word: reading for word, reading in readings.items() if word})
        titles = [question for question in sorting.questions if question.part == "occupations"]
        others = [question for question in sorting.questions if question.part != "occupations"]
        sorting.questions = [*others, *(self._with_near(question) for question in titles[:_MOST_TITLES])]

    def _drop_other_committee(self, sorting: Sorting) -> None:
        """Drop an occupation in a committee for which the study does not name it."""
        listed = {(number, each.code) for each in self.study.occupations for number in each.committees}
        if not listed:
            return
        pairs = zip(self.table["joint_committee"], self.table["occupation"], strict=True)
        strange = pd.Series([all(pair) and pair not in listed for pair in pairs], index=self.table.index)
        shown = self.cells["occupation"] + ", " + self.cells["joint_committee"]
        sorting.drop(strange, say("for an occupation that the study does not test in that committee"), shown)

    def _with_near(self, question: Question) -> Question:
        if question.candidates:
            return question
        near = near_titles(question.word, self.study.names, self.tested)
        return Question(part=question.part, word=question.word, rows=question.rows, candidates=near)

    def _read_channels(self, sorting: Sorting) -> None:
        """Read how one applies; where no word says it, the address does, row by row."""
        answers = self.mapping.answers_for("channels")
        given, address = self.cells["channel"], self.cells["address"]
        of_address = address.map({text: read_channel("", text, answers).code for text in address[given == ""].unique()})
        examples = pd.Series(address.to_numpy(), index=given.to_numpy()).groupby(level=0).first()
        readings = {word: read_channel(word, examples[word], answers) for word in given[sorting.left].unique()}
        self._read("channels", readings)
        self.table["channel"] = self.table["channel"].where(given != "", of_address).fillna("")
        sorting.drop(self.table["channel"] == NONE, say("a way to apply that the study does not use"), given)

    def _read(self, part: str, readings: dict[str, Reading]) -> None:
        column = _PARTS[part]
        self._readings[part] = (self.cells[column], readings)
        self.table[column] = self.cells[column].map({word: each.code for word, each in readings.items()}).fillna("")


def _days(sorting: Sorting, cells: Mapping[str, pd.Series], open_for_days: int) -> dict[str, pd.Series]:
    """Read both days; one column with its month before its day makes the whole file unsure."""
    days = {}
    for name in ("opens", "closes"):
        plain = cells[name].map({text: plain_day(text) for text in cells[name].unique()})
        place = month_first(plain)
        if place is not None:
            raise InputError(
                say(
                    "Row {row}, column '{name}': {given} has its month before its day, so that no day of the column is "
                    "certain. Write the column as 2027-03-31.",
                    row=sorting.rows[place],
                    name=name,
                    given=plain.iloc[place],
                )
            )
        days[name] = parse_days(plain)
    if open_for_days:
        later = days["opens"] + pd.Timedelta(days=open_for_days)
        days["closes"] = days["closes"].where(cells["closes"] != "", later)
    return days


def _drop_closed(
    sorting: Sorting, days: Mapping[str, pd.Series], cells: Mapping[str, pd.Series], study: Study, first: date
) -> None:
    """Drop what has no day, what closed before `first`, and what opens after the study."""
    for name, read in days.items():
        sorting.drop(read.isna(), say("'{name}' is no day", name=name), cells[name], fault=True)
    sorting.drop(days["closes"] < days["opens"], say("closes before it opens"), cells["closes"], fault=True)
    closed = say("closed before {first}", first=first)
    sorting.drop(days["closes"] < pd.Timestamp(first), closed, cells["closes"])
    end = pd.Timestamp(study.period.end)
    sorting.drop(days["opens"] > end, say("opens after the end of the study"), cells["opens"])


def _sort_rows(sorting: Sorting, table: pd.DataFrame, cells: Mapping[str, pd.Series], study: Study) -> pd.DataFrame:
    """Read who the employer is and where, drop what cannot be used, and return the table."""
    for name in needed_columns("vacancies"):
        wrong = cells[name].isin(EXCEL_ERRORS)
        sorting.drop(wrong, say("'{name}' holds an error of Excel", name=name), cells[name], fault=True)
    for name in ("vacancy_id", "employer_id", "postal_code", "address"):
        sorting.drop(cells[name] == "", say("'{column}' is empty", column=name), cells[name], fault=True)
    employer = cells["employer_id"]
    if study.fieldwork.employer_identifier == "enterprise_number":
        employer = _numbers(employer)
        why = say("'employer_id' is no enterprise number (10 digits, check digits correct)")
        sorting.drop(employer == "", why, cells["employer_id"], fault=True)
    postal = cells["postal_code"].str.extract(r"(?<!\d)(\d{4})(?!\d)")[0].fillna("")
    sorting.drop(postal == "", say("'postal_code' holds no postal code"), cells["postal_code"], fault=True)
    here = postal.isin(postal_codes().index)
    sorting.drop(~here, say("outside Flanders and Brussels"), cells["postal_code"])
    employees = cells["employees"].where(pd.to_numeric(cells["employees"], errors="coerce").notna(), "")
    others = {name: cells[name] for name in ("employer_name", "title", SIMULATED)}
    return table.assign(
        employer_id=employer, postal_code=postal, address=cells["address"], employees=employees, **others
    )


def _numbers(given: pd.Series) -> pd.Series:
    """Return enterprise numbers as ten digits, "" where they are none; Excel took the zeros in front of some."""
    read = {}
    for text in given.unique():
        whole = text.zfill(10) if text.isdigit() else text
        read[text] = enterprise_number(whole) if is_enterprise_number(whole) else ""
    return given.map(read)


def _drop_repeated(sorting: Sorting, table: pd.DataFrame, known: Mapping[str, str]) -> None:
    """Drop what stands twice in the file, and what came in before with the same closing day."""
    number = table["vacancy_id"]
    needed = list(needed_columns("vacancies"))
    left = table[sorting.left]
    same = pd.Series(False, index=table.index)
    same[left.index] = left.duplicated(needed)
    sorting.drop(same, say("twice in the file"), number)
    again = pd.Series(False, index=table.index)
    left = table[sorting.left]
    again[left.index] = left["vacancy_id"].duplicated()
    sorting.drop(again, say("another vacancy has its number"), number, fault=True)
    before = number.map(known)
    sorting.drop(before.notna() & (before == table["closes"]), say("came in before"), number)
