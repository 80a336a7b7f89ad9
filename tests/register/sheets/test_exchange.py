"""Excel sheets there and back: drop-downs, locks, formulas that stay text, conflicts by name."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from corrtest.errors import InputError
from corrtest.register import Refusal, Register
from corrtest.register.sheets.words import heading_of
from tests.register.conftest import AFTER, Make, a_plan, a_study, ready, sent_rows

MORNING = "2027-01-11T09:00"


def fill(path: Path, *rows: tuple[int, str, object]) -> Path:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = {heading_of(str(cell.value)): cell.column for cell in sheet[1]}
    for row, column, value in rows:
        sheet.cell(row=row, column=header[column]).value = value
    book.save(path)
    return path


@pytest.fixture
def sheet(register: Register, tmp_path: Path) -> Path:
    path = tmp_path / "worklist.xlsx"
    assert register.sheets.write_worklist(path, MORNING) == 4
    return path


def test_only_the_open_cells_can_be_typed_in(sheet: Path) -> None:
    page = openpyxl.load_workbook(sheet).worksheets[0]
    assert page.protection.sheet
    header = [cell.value for cell in page[1]]
    locks = {name: page.cell(row=2, column=place + 1).protection.locked for place, name in enumerate(header)}
    assert [heading_of(name) for name, locked in locks.items() if not locked] == ["result", "at", "reason"]
    # Nobody has claimed these: they may be sent or skipped; what never left cannot have failed to arrive.
    assert [rule.formula1 for rule in page.data_validations.dataValidation] == ['"sent,skipped"']


def test_the_same_list_gives_the_same_bytes(register: Register, sheet: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    register.sheets.write_worklist(again, MORNING)
    first, second = openpyxl.load_workbook(sheet), openpyxl.load_workbook(again)
    assert list(first.worksheets[0].values) == list(second.worksheets[0].values)
    assert first.properties.created == second.properties.created


@pytest.mark.parametrize("start", ["=1+1", "+32 3 1", "-2", "@SUM(A1)", "\t=1", '=cmd|" /C calc"!A1'])
def test_no_cell_runs_as_a_formula(make: Make, tmp_path: Path, start: str) -> None:
    study = a_study(pairs=1)
    register = ready(make(study), a_plan(study, 1, address=[start]))
    path = tmp_path / "list.xlsx"
    register.sheets.write_worklist(path, MORNING)
    page = openpyxl.load_workbook(path).worksheets[0]
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells[len(list(page[1])) :])
    fill(path, (2, "result", "sent"), (2, "at", MORNING))
    assert register.sheets.read_worklist(path).rows == 1


def test_there_and_back(register: Register, sheet: Path) -> None:
    fill(
        sheet,
        (2, "result", "sent"),
        (2, "at", "2027-01-11T09:30"),
        (3, "result", "skipped"),
        (3, "at", "2027-01-11"),
        (3, "reason", "closed"),
    )
    assert register.sheets.read_worklist(sheet).rows == 2
    assert register.sheets.read_worklist(sheet).rows == 0  # the same sheet once more
    assert set(register.sending.worklist(MORNING)["pair_id"]) == {"P00003", "P00004"}


def test_a_conflict_is_named_and_nothing_overwritten(register: Register, sheet: Path) -> None:
    register.people.add("bob", "partner", partner="b")
    register.sending.mark_sent("P00001", "control", "2027-01-11T08:00", actor="bob")
    fill(sheet, *[(row, "result", "sent") for row in (2, 4)], *[(row, "at", MORNING) for row in (2, 4)])
    with pytest.raises(
        Refusal, match=r"Application 1 \(pair P00001\) was changed .* \(it is sent, 2027-01-11 08:00 by bob\)"
    ) as refused:
        register.sheets.read_worklist(sheet)
    assert [fault.row for fault in refused.value.faults] == [2]
    assert set(register.sending.worklist(MORNING)["pair_id"]) == {"P00002", "P00003", "P00004"}


def test_what_the_register_knows_already_is_no_conflict(register: Register, sheet: Path) -> None:
    register.sending.mark_sent("P00001", "control", MORNING)
    fill(sheet, *[(row, "result", "sent") for row in (2, 4)], *[(row, "at", MORNING) for row in (2, 4)])
    assert register.sheets.read_worklist(sheet).rows == 2
    assert set(register.sending.worklist(MORNING)["pair_id"]) == {"P00002", "P00004"}


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([(2, "result", "gone"), (2, "at", MORNING)], "row 2, column 'What happened': got 'gone'"),
        ([(2, "vacancy_id", "V000002"), (2, "result", "sent"), (2, "at", MORNING)], "the locked cells as they were"),
        ([(2, "result", "sent")], "both what happened and when"),
        ([(2, "result", "sent"), (2, "at", "morgen")], "got 'morgen'; expected a date or time"),
        ([(2, "result", "skipped"), (2, "at", MORNING)], "Say why, in a few words"),
    ],
)
def test_wrong_cells_are_named(
    register: Register, sheet: Path, cells: list[tuple[int, str, object]], words: str
) -> None:
    fill(sheet, *cells)
    with pytest.raises((InputError, Refusal), match=words):
        register.sheets.read_worklist(sheet)
    assert len(register.sending.worklist(MORNING)) == 4


def test_a_reaction_sheet(register: Register, tmp_path: Path) -> None:
    register.sending.import_sent(sent_rows(2))
    path = tmp_path / "reactions.xlsx"
    assert register.sheets.write_reaction_sheet(path) == 4
    fill(
        path,
        (4, "reaction", "invitation"),
        (4, "at", "14/1/27 10u00"),
        (4, "text", "=Komt u?"),
        (4, "heard_by", "e-mail"),
    )
    assert register.sheets.read_reaction_sheet(path).rows == 1
    table = register.oversight.export_pairs(as_of=AFTER)
    assert (table["treated_reaction"].tolist(), table["control_reaction"].tolist()) == (
        ["invitation", "none"],
        ["none", "none"],
    )
    register.people.add("cas", "coder")
    coding = tmp_path / "coding.xlsx"
    assert register.sheets.write_coding_sheet(coding, actor="cas") == 1
    page = openpyxl.load_workbook(coding).worksheets[0]
    assert page["C2"].value == "=Komt u?"
    assert page["C2"].data_type == "s"
    fill(coding, (2, "reaction", "other_positive"))
    assert register.sheets.read_coding_sheet(coding, actor="cas").rows == 1
    assert len(register.coding.disagreements()) == 1


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 neither"])
def test_what_is_no_workbook(register: Register, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a readable workbook"):
        register.sheets.read_worklist(path)


def test_another_sheet_is_refused(register: Register, sheet: Path) -> None:
    with pytest.raises(InputError, match="not a reactions sheet"):
        register.sheets.read_reaction_sheet(sheet)


def test_a_sheet_that_somebody_is_mending_is_not_written_over(register: Register, sheet: Path) -> None:
    fill(sheet, (2, "result", "sent"), (2, "at", MORNING), (3, "result", "skipped"), (3, "at", MORNING))
    first = register.sheets.read_worklist(sheet, partly=True)
    assert first.sheet is not None
    assert first.sheet.name == "worklist-refused.xlsx"
    fill(first.sheet, (2, "reason", "halfway"))
    second = register.sheets.read_worklist(sheet, partly=True)
    assert second.sheet is not None
    assert second.sheet.name == "worklist-refused-2.xlsx"
    assert "halfway" in str(list(openpyxl.load_workbook(first.sheet).worksheets[0].values))
    # The refused sheet itself, handed in with what is still wrong, keeps its name.
    fill(second.sheet, (2, "at", ""))
    third = register.sheets.read_worklist(second.sheet, partly=True)
    assert third.sheet == second.sheet
