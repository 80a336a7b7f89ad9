"""Tables of sendings, reactions and a partner's log: all rows or none, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from corrtest.errors import InputError
from corrtest.register import Refusal, Register
from corrtest.spec import read_table
from tests.register.conftest import AFTER, FIRST, events, sent_rows


class TestImports:
    def test_the_same_content_twice_does_nothing(self, register: Register) -> None:
        table = sent_rows(4)
        assert register.sending.import_sent(table) == 8
        assert register.sending.import_sent(table.iloc[::-1]) == 0

    def test_all_or_nothing(self, register: Register) -> None:
        table = sent_rows(4)
        table.loc[5, "pair_id"] = "P77777"
        table.loc[7, "at"] = "2027-01-11T10:00"
        with pytest.raises(Refusal) as refused:
            register.sending.import_sent(table)
        assert [fault.row for fault in refused.value.faults] == [7, 9]
        assert register.sending.import_sent(sent_rows(4)) == 8

    def test_every_bad_cell_is_named(self, register: Register) -> None:
        table = pd.DataFrame(
            [("P00001", "control", "ja", "2027-01-11"), ("", "treated", "negative", "morgen")],
            columns=["pair_id", "arm", "reaction", "at"],
        )
        with pytest.raises(InputError) as refused:
            register.replies.import_reactions(table)
        assert [(fault.row, fault.column) for fault in refused.value.faults] == [
            (2, "reaction"),
            (3, "pair_id"),
            (3, "at"),
        ]

    def test_a_missing_column(self, register: Register) -> None:
        with pytest.raises(InputError, match="column 'at'"):
            register.sending.import_sent(sent_rows(1).drop(columns="at"))

    @pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
    def test_files_of_each_kind(self, register: Register, tmp_path: Path, suffix: str) -> None:
        table = sent_rows(2).assign(at=lambda t: pd.to_datetime(t["at"]) + timedelta(minutes=30))
        path = tmp_path / f"sent{suffix}"
        if suffix == ".csv":
            table.to_csv(path, index=False, sep=";")
        elif suffix == ".xlsx":
            table.to_excel(path, index=False)
        else:
            table.to_parquet(path)
        assert register.sending.import_sent(read_table(path)) == 4
        assert '"at":"2027-01-11T08:30:00.000Z"' in events(register, "sent")[0]
        answers = table.iloc[:1].assign(reaction="invitation", at="2027-01-14 10:00")
        register.replies.import_reactions(answers)
        withdrawn = answers[["pair_id", "arm"]].assign(at="2027-01-14T12:00")
        assert register.replies.import_withdrawals(withdrawn) == 1
        assert register.replies.awaiting_withdrawal("2027-01-15").empty

    def test_simulated_stays_visible(self, simulated_register: Register) -> None:
        simulated_register.sending.import_sent(sent_rows(4), simulated=True)
        table = simulated_register.oversight.export_pairs(as_of=AFTER)
        assert table["simulated"].all()
        assert table.attrs["simulated"] is True


class TestLogs:
    LOG = (
        ("P00001", "control", "claimed", FIRST, "", ""),
        ("P00001", "control", "sent", FIRST, "", ""),
        ("P00001", "control", "reaction", "2027-01-13T10:00", "invitation", ""),
        ("P00001", "control", "withdrawn", "2027-01-13T12:00", "", ""),
        ("P00002", "treated", "sent", FIRST, "", ""),
        ("P00002", "treated", "failed", "2027-01-12", "", "mail came back"),
        ("P00003", "control", "skipped", FIRST, "", "closed down"),
    )

    def log(self) -> pd.DataFrame:
        return pd.DataFrame(self.LOG, columns=["pair_id", "arm", "event", "at", "reaction", "reason"])

    def test_a_whole_log_once(self, register: Register) -> None:
        assert register.intake.import_events(self.log().iloc[::-1]) == 7
        assert register.intake.import_events(self.log()) == 0
        strata = register.oversight.status().strata
        assert strata[["planned", "sent", "withdrawn", "failed", "skipped"]].values.tolist() == [[3, 0, 1, 1, 3]]
        assert register.oversight.verify().passed

    def test_every_bad_cell_is_named_and_nothing_taken_in(self, register: Register) -> None:
        log = self.log()
        log.loc[2, "reaction"] = ""
        log.loc[4, "event"] = "posted"
        log.loc[5, "reason"] = ""
        log.loc[6, "at"] = "soon"
        before = len(register.oversight.audit_trail())
        with pytest.raises(InputError) as refused:
            register.intake.import_events(log)
        assert [(fault.row, fault.column) for fault in refused.value.faults] == [
            (4, "reaction"),
            (6, "event"),
            (7, "reason"),
            (8, "at"),
        ]
        assert all(fault.expected and fault.action for fault in refused.value.faults)
        assert len(register.oversight.audit_trail()) == before

    def test_a_move_that_the_register_forbids(self, register: Register) -> None:
        log = self.log().iloc[2:]
        with pytest.raises(Refusal, match="refuses 2 of 5 rows"):
            register.intake.import_events(log)
