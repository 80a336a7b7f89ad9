"""A reserve takes the place of a vacancy that is gone."""

from __future__ import annotations

import pytest

from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, SECOND, numbered, reserves


class TestReserves:
    def test_the_next_reserve_of_the_same_stratum(self, register: Register) -> None:
        table = reserves(3)
        table.loc[0, "occupation"] = "roofer"
        assert register.intake.import_vacancies(table) == 3
        assert register.intake.import_vacancies(table) == 0
        number = register.sending.replace("P00001", "vacancy withdrawn", FIRST)
        assert number == "P00001-R1"
        work = register.sending.worklist(FIRST)
        new = work[work["pair_id"] == number]
        assert new[["vacancy_id", "arm", "documents"]].values.tolist() == [["R0001", "control", "P00001"]]
        assert "P00001" not in set(work["pair_id"])
        register.sending.mark_sent(number, "control", FIRST)
        register.sending.mark_sent(number, "treated", SECOND)
        assert numbered(register, register.oversight.export_pairs(as_of="2027-06-01"))["pair_id"].tolist() == [number]
        assert register.oversight.verify().passed

    def test_a_reserve_of_an_employer_at_its_cap_is_passed_over(self, register: Register) -> None:
        table = reserves(2)
        table.loc[0, "employer_id"] = "0400000001"  # P00002's employer
        table.loc[0, "address"] = "jobs@firm400000001.example"
        register.intake.import_vacancies(table)
        register.sending.mark_sent("P00002", "treated", FIRST)
        register.sending.replace("P00001", "gone", FIRST)
        work = register.sending.worklist(FIRST)
        assert work.loc[work["pair_id"] == "P00001-R1", "vacancy_id"].tolist() == ["R0001"]
        assert register.oversight.verify().passed

    def test_no_reserve_left(self, register: Register) -> None:
        with pytest.raises(Refusal, match="no reserve takes its place"):
            register.sending.replace("P00001", "gone", FIRST)
        register.sending.mark_sent("P00001", "control", FIRST)  # nothing of the refused replacement stayed

    def test_the_refusal_says_what_was_sought_and_what_is_near(self, register: Register) -> None:
        near = reserves(5)
        near.loc[0:1, "province"] = "Limburg"
        near.loc[2, "occupation"] = "roofer"
        near.loc[3, ["occupation", "province"]] = ["roofer", "Limburg"]
        near.loc[4, "closes"] = near.loc[4, "opens"]
        register.intake.import_vacancies(near)
        with pytest.raises(Refusal) as refused:
            register.sending.replace("P00001", "gone", FIRST)
        told = refused.value.text()
        assert (
            "Sought: joint committee 124, occupation mason, province Antwerpen, open on 2027-01-11 and 2027-01-12"
            in told
        )
        assert (
            "Reserves left: 5 (1 that fit, but are closed then or may not be approached; 1 in another occupation; "
            "2 in another province)"
        ) in told

    def test_not_once_something_is_sent(self, register: Register) -> None:
        register.intake.import_vacancies(reserves(1))
        register.sending.mark_sent("P00001", "control", FIRST)
        with pytest.raises(Refusal, match="sent cannot be replaced"):
            register.sending.replace("P00001", "gone", FIRST)
