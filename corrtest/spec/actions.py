"""What a sector does after its measurement: a sheet with owner, date, target and state, tied to findings."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import load_workbook

from corrtest.errors import Fault, InputError, nearest
from corrtest.language import say
from corrtest.spec.cells import cell_faults
from corrtest.spec.columns import Column
from corrtest.spec.private import close_to_others
from corrtest.spec.study import Study
from corrtest.spec.tables import read_table, require_columns
from corrtest.spec.vacancy_template import is_untouched, write_noting_sheet
from corrtest.spec.values import parse_days

__all__ = ["Action", "add_action", "read_actions", "write_action_sheet"]

_TITLES = {
    "nl": ("acties", "uitleg", "kolom", "betekenis", "mag zijn"),
    "fr": ("actions", "explication", "colonne", "signification", "peut être"),
    "en": ("actions", "explanation", "column", "meaning", "may be"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action; `criterion`, `joint_committee` and `outcome` say whose finding it answers, None = all."""

    action: str
    owner: str
    due: date
    target: str
    state: str
    done_on: date | None = None
    criterion: str | None = None
    joint_committee: str | None = None
    outcome: str | None = None

    def overdue(self, on: date) -> bool:
        """Tell whether it should have been done before `on` and is not."""
        return self.state in ("planned", "under_way") and self.due < on

    def to_dict(self) -> dict[str, Any]:
        """Return the action for JSON."""
        return {
            name: value.isoformat() if isinstance(value := getattr(self, name), date) else value
            for name in self.__slots__
        }


def read_actions(path: str | Path, study: Study) -> tuple[Action, ...]:
    """Return the actions of a table (a workbook, CSV, …), those that are due first at the head.

    Raises
    ------
    InputError
        With each cell that cannot be used.
    """
    if is_untouched(Path(path)):
        return ()
    table = read_table(path)
    require_columns(table, [name for name, column in _columns().items() if column["needed"]])
    file = str(table.attrs.get("file", Path(path).name))
    days = {name: parse_days(table[name]) for name in ("due", "done_on") if name in table}
    found: list[Action] = []
    faults: list[Fault] = []
    for place, row in enumerate(table.astype(str).to_dict("records")):
        cells = {str(name): value.strip() for name, value in row.items()}
        if not any(cells.values()):
            continue
        on = {name: None if pd.isna(column.iloc[place]) else column.iloc[place].date() for name, column in days.items()}
        wrong = _faults(cells, on, study)
        faults += cell_faults(table, place, cells, wrong)
        if not wrong:
            found.append(_action(cells, on))
    if faults:
        raise InputError(say("{file} has actions that cannot be used:", file=file), faults)
    return tuple(sorted(found, key=lambda each: each.due))


def write_action_sheet(path: Path, study: Study) -> None:
    """Write the empty sheet for the actions of `study`, explained in its language, with drop-downs."""
    language = study.language if study.language in _TITLES else "en"
    columns = [
        Column(
            name=name,
            type=said["type"],
            label={},
            description=said["description"],
            tables={},
            seen_by=(),
            leaves=False,
        )
        for name, said in _columns().items()
    ]
    write_noting_sheet(path, columns, _words(study), _TITLES[language], language, loose=())


def add_action(path: Path, study: Study, cells: Mapping[str, str]) -> Action:
    """Write one action below the others of a sheet, which is made where there is none, and return it.

    Raises
    ------
    InputError
        With each cell that cannot be used, or where the file is no workbook of Excel; the sheet stays as it was.
    """
    cells = {name: value.strip() for name, value in cells.items() if value.strip()}
    on: dict[str, date | None] = {name: _day(cells[name]) for name in ("due", "done_on") if name in cells}
    wrong = _faults(cells, on, study)
    if wrong:
        raise InputError(
            say("The action was not added."),
            [
                Fault(key=name, given=repr(cells.get(name, "")), expected=expected, action=action)
                for name, expected, action in wrong
            ],
        )
    if path.suffix.lower() != ".xlsx":
        raise InputError(say("{file} is no .xlsx: an action is added to a sheet of Excel.", file=path.name))
    if path.exists():
        read_actions(path, study)  # a sheet with faults is mended first
    else:
        write_action_sheet(path, study)
    _append(path, {**cells, **{name: day for name, day in on.items() if day is not None}})
    return _action(cells, on)


def _append(path: Path, values: Mapping[str, object]) -> None:
    """Write a row below the last one that holds anything; the rest of the workbook stays as it is."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    used = [number for number, row in enumerate(sheet.iter_rows(values_only=True), start=1) if any(row)]
    heads = {str(cell.value).strip(): cell.column for cell in sheet[used[0]] if cell.value is not None}
    for name, value in values.items():
        column = heads.setdefault(name, max(heads.values()) + 1)
        sheet.cell(row=used[0], column=column).value = name
        cell = sheet.cell(row=used[-1] + 1, column=column)
        cell.value = value  # type: ignore[assignment]
        if isinstance(value, str):
            cell.data_type = "s"  # "=…" stays the text that it is
        else:
            cell.number_format = "yyyy-mm-dd"
    book.save(close_to_others(path))


def _day(text: str) -> date | None:
    found = parse_days(pd.Series([text])).iloc[0]
    return None if pd.isna(found) else found.date()


def _action(cells: Mapping[str, str], on: Mapping[str, date | None]) -> Action:
    return Action(
        action=cells["action"],
        owner=cells["owner"],
        due=on["due"] or date.max,  # a row without its date has a fault, and is not made
        target=cells["target"],
        state=cells["state"],
        done_on=on.get("done_on"),
        criterion=cells.get("criterion") or None,
        joint_committee=cells.get("joint_committee") or None,
        outcome=cells.get("outcome") or None,
    )


def _words(study: Study) -> dict[str, tuple[str, ...]]:
    """Return column → the words that it may hold."""
    return {
        "state": tuple(_columns()["state"]["choices"]),
        "criterion": tuple(criterion.name for criterion in study.criteria),
        "joint_committee": tuple(committee.number for committee in study.committees),
        "outcome": tuple(_columns()["outcome"]["choices"]),
    }


def _faults(cells: Mapping[str, str], on: Mapping[str, date | None], study: Study) -> list[tuple[str, str, str]]:
    """Return (column, expected, action) of each cell that cannot be used."""
    needed = [name for name, column in _columns().items() if column["needed"]]
    wrong = [(name, say("a filled cell"), say("Fill it in.")) for name in needed if not cells.get(name)]
    for name, words in _words(study).items():
        if cells.get(name) and cells[name] not in words:
            wrong.append((name, say("one of {words}", words=", ".join(words)), nearest(cells[name], words)))
    for name, day in on.items():
        if cells.get(name) and day is None:
            wrong.append((name, say("a day, as in 2027-11-30"), say("Correct the cell.")))
    if cells.get("state") == "done" and not cells.get("done_on"):
        wrong.append(("done_on", say("the day on which it was done"), say("Fill it in.")))
    return wrong


@cache
def _columns() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("corrtest.spec").joinpath("actions.toml").read_text(encoding="utf-8"))
