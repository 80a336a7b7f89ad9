"""The sheet of actions: written, filled in as Excel does, read back, and its faults said together."""

from __future__ import annotations

from datetime import date

import openpyxl
import pytest

from corrtest.errors import InputError
from corrtest.resources import designs_folder
from corrtest.spec import read_actions, read_study, write_action_sheet

STUDY = read_study(designs_folder() / "hospitality.toml")
ROW = {
    "action": "Structured interviews",
    "owner": "sector fund",
    "due": "2027-11-30",
    "target": "the form is used",
    "state": "planned",
    "criterion": "origin",
    "joint_committee": "302",
}


def filled(path, *rows):
    write_action_sheet(path, STUDY)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    for row in rows:
        sheet.append([row.get(name) for name in names])
    book.save(path)
    return path


def test_the_sheet_goes_round(tmp_path):
    later = ROW | {"state": "done", "done_on": date(2027, 6, 1), "due": date(2027, 7, 1), "criterion": None}
    first, second = read_actions(filled(tmp_path / "actions.xlsx", ROW, later), STUDY)
    assert (first.due, first.done_on, first.criterion, first.joint_committee) == (
        date(2027, 7, 1),
        date(2027, 6, 1),
        None,
        "302",
    )
    assert (second.action, second.criterion, second.done_on) == ("Structured interviews", "origin", None)
    assert second.overdue(date(2027, 12, 1))
    assert not second.overdue(date(2027, 11, 30))
    assert not first.overdue(date(2029, 1, 1))


def test_the_sheet_has_the_words_of_the_study(tmp_path):
    book = openpyxl.load_workbook(filled(tmp_path / "actions.xlsx"))
    sheet, explained = book.worksheets
    assert sheet.title == "acties"
    allowed = {row[0].value: row[2].value for row in explained.iter_rows(min_row=2)}
    assert allowed["criterion"] == "origin, age, disability"
    assert allowed["joint_committee"] == "302"
    assert len(sheet.data_validations.dataValidation) == 6
    assert all(choice.showErrorMessage for choice in sheet.data_validations.dataValidation)


def test_faults_of_several_rows_are_said_together(tmp_path):
    wrong = (
        ROW | {"owner": ""},
        ROW | {"criterion": "gender"},
        ROW | {"state": "done"},
        ROW | {"due": "soon"},
        ROW | {"joint_committee": "124"},
    )
    with pytest.raises(InputError) as refused:
        read_actions(filled(tmp_path / "actions.xlsx", *wrong), STUDY)
    faults = [(fault.row, fault.column) for fault in refused.value.faults]
    assert faults == [(2, "owner"), (3, "criterion"), (4, "done_on"), (5, "due"), (6, "joint_committee")]
