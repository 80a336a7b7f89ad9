"""What employers got or will get, as the planner counts it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from corrtest.errors import RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, Make, Reopen, a_plan, a_study, ready, reserves


class TestApproached:
    def test_sent_planned_and_given_up(self, register: Register) -> None:
        register.sending.mark_sent("P00001", "control", "2027-01-13T09:00")
        register.sending.skip("P00002", "treated", "closed down", FIRST)
        table = register.employers.approached()
        assert table[["employer_id", "basis"]].values.tolist() == [
            ["0400000000", "sent"],
            ["0400000002", "planned"],
            ["0400000003", "planned"],
        ]
        assert table["send_first_on"].iloc[0] == pd.Timestamp("2027-01-13")

    def test_a_reserve_counts_beside_the_plan(self, register: Register) -> None:
        register.intake.import_vacancies(reserves(1))
        register.sending.replace("P00001", "gone", FIRST)
        table = register.employers.approached(amending=True)
        assert table["employer_id"].tolist() == ["0500000000"]

    def test_one_firm_under_two_numbers(self, make: Make) -> None:
        study = a_study(pairs=2)
        register = ready(make(study), a_plan(study, 2, address=["a@one.example"]))
        match = register.employers.alias_matches()
        register.employers.decide_alias(int(match["first"][0]), int(match["second"][0]), same=True)
        register.sending.mark_sent("P00001", "control", FIRST)
        table = register.employers.approached()
        assert sorted(table.loc[table["basis"] == "sent", "employer_id"]) == ["0400000000", "0400000001"]

    def test_for_the_coordinator_alone(self, register: Register) -> None:
        register.people.add("ann", "analyst")
        with pytest.raises(Refusal, match="Ask a coordinator"):
            register.employers.approached(actor="ann")

    def test_not_without_keys(self, register: Register, reopen: Reopen, key_file: Path) -> None:
        register.session.keys = None
        with pytest.raises(RegisterError, match="key file"):
            register.employers.approached()
