"""Nothing happens after now, and what is unusual is asked first: by each road."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from corrtest.register import Register
from corrtest.register.refusal import Refusal
from tests.register.conftest import FIRST, NOON, Clock, Make, a_plan, a_study, events, ready, sent_rows

LATE = "2027-03-20T10:00"


def filled(path: Path, row: int, **cells: str) -> Path:
    """Fill cells of a sheet in, by the key of their column."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    headings = {"reaction": "Reaction", "at": "When (day and hour)", "withdrawn": "Withdrawn on (day and hour)"}
    headings |= {"confirmed": "Unusual, but right", "result": "What happened"}
    places = {cell.value: cell.column for cell in sheet[1]}
    for name, value in cells.items():
        sheet.cell(row=row, column=places[headings[name]], value=value)
    book.save(path)
    return path


class TestTheFuture:
    @pytest.fixture
    def register(self, make: Make, clock: Clock) -> Register:
        clock.at = NOON  # 13:00 in Belgium
        return ready(make(a_study()), a_plan(a_study()))

    def test_no_road_takes_what_is_still_to_come(self, register: Register, tmp_path: Path) -> None:
        soon = "2027-01-11T14:00"
        sheet = tmp_path / "list.xlsx"
        register.sheets.write_worklist(sheet, FIRST)
        log = pd.DataFrame([("P00001", "control", "sent", soon)], columns=["pair_id", "arm", "event", "at"])
        for road in (
            lambda: register.sending.mark_sent("P00001", "control", soon),
            lambda: register.sending.import_sent(sent_rows(1)),  # its second letter goes tomorrow
            lambda: register.intake.import_events(log),
            lambda: register.sheets.read_worklist(filled(sheet, 2, result="sent", at=soon)),
            lambda: register.sending.skip("P00001", "control", "closed down", soon),
        ):
            with pytest.raises(Refusal, match="is still to come; it is now 2027-01-11 13:00"):
                road()
        register.sending.mark_sent("P00001", "control", FIRST)
        for road in (
            lambda: register.replies.record("P00001", "control", "invitation", soon),
            lambda: register.replies.record("P00001", "control", "invitation", "2027-03-11"),  # after its window too
            lambda: register.replies.withdraw("P00001", "control", soon, unprompted=True),
            lambda: register.sending.fail("P00001", "control", "came back", soon),
            lambda: register.replies.close_applications("2027-06-01"),
        ):
            with pytest.raises(Refusal, match="is still to come"):
                road()
        assert len(events(register, "sent")) == 1
        assert register.oversight.verify().passed

    def test_a_simulation_knows_what_is_to_come(self, make: Make, clock: Clock) -> None:
        clock.at = NOON
        study = a_study(simulated=True)
        register = ready(make(study), a_plan(study))
        register.sending.import_sent(sent_rows(1))
        register.replies.record("P00001", "control", "invitation", LATE)


class TestAfterTheWindow:
    @pytest.fixture
    def out(self, register: Register) -> Register:
        register.sending.import_sent(sent_rows(2))
        return register

    def test_a_person_confirms_it(self, out: Register) -> None:
        with pytest.raises(Refusal, match=r"sent on 2027-01-11 09:00 and the reaction of 2027-03-20 10:00 .* 30 days"):
            out.replies.record("P00001", "control", "invitation", LATE)
        out.replies.record("P00001", "control", "invitation", LATE, confirmed=True)

    @pytest.mark.parametrize("kind", ["reactions", "events"])
    def test_a_table_has_a_column_for_it(self, out: Register, kind: str) -> None:
        table = pd.DataFrame(
            [("P00001", "control", "reaction", "invitation", LATE)],
            columns=["pair_id", "arm", "event", "reaction", "at"],
        )
        take_in = out.replies.import_reactions if kind == "reactions" else out.intake.import_events
        with pytest.raises(Refusal, match="counts as a late answer"):
            take_in(table)
        assert take_in(table.assign(confirmed="yes")) == 1

    def test_a_sheet_has_one_too(self, out: Register, tmp_path: Path) -> None:
        sheet = tmp_path / "reactions.xlsx"
        out.sheets.write_reaction_sheet(sheet)
        filled(sheet, 2, reaction="negative", at=LATE)
        filled(sheet, 3, withdrawn="2027-01-20T10:00", reaction="negative", at="2027-01-19T10:00")
        with pytest.raises(Refusal) as refused:
            out.sheets.read_reaction_sheet(sheet)
        assert "counts as a late answer" in refused.value.text()
        assert "nothing to withdraw" in refused.value.text()
        filled(sheet, 2, confirmed="yes")
        filled(sheet, 3, confirmed="yes")
        assert out.sheets.read_reaction_sheet(sheet).rows == 2
