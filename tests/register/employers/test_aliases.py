"""Two employer numbers that are one firm."""

from __future__ import annotations

import pytest

from corrtest.errors import RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, Make, a_plan, a_study, ready, reserves


class TestAliases:
    @pytest.mark.parametrize(
        ("column", "one", "other"),
        [
            ("address", "jobs@Firm400000000.example", None),
            ("telephone", "+32 3 123 45 67", "03/123.45.67"),
            ("establishment_address", "Kerkstraat 12 bus 3, 2000 Antwerpen", "KERKSTR. 12/3 2000 ANTWERPEN"),
        ],
    )
    def test_a_match_blocks_until_a_person_decides(
        self, register: Register, column: str, one: str, other: str | None
    ) -> None:
        known = reserves(1, 400_000_000, address="jobs@firm400000000.example")
        register.intake.import_vacancies(known.assign(**{column: one}) if other else known)
        register.intake.import_vacancies(
            reserves(1, vacancy_id="R9", address="x@y.example").assign(**{column: other or one})
        )
        with pytest.raises(Refusal, match="shares an e-mail domain, telephone or address") as refused:
            register.sending.mark_sent("P00001", "control", FIRST)
        assert refused.value.reason == "alias_undecided"
        assert "P00001" not in set(register.sending.claim_next(FIRST, count=9)["pair_id"])
        match = register.employers.alias_matches()
        assert match[["first_employer", "second_employer"]].values.tolist() == [["0400000000", "0500000000"]]
        register.employers.decide_alias(int(match["first"][0]), int(match["second"][0]), same=False)
        assert register.employers.alias_matches().empty
        register.sending.mark_sent("P00001", "control", FIRST)

    def test_one_firm_has_one_cap(self, make: Make) -> None:
        study = a_study(pairs=2)
        plan = a_plan(study, 2, address=["a@one.example"])
        register = ready(make(study), plan)
        match = register.employers.alias_matches()
        register.employers.decide_alias(int(match["first"][0]), int(match["second"][0]), same=True)
        register.sending.mark_sent("P00001", "control", FIRST)
        with pytest.raises(Refusal, match="in any 56 days"):
            register.sending.mark_sent("P00002", "treated", FIRST)
        assert register.oversight.verify().passed

    def test_shared_mail_says_nothing(self, make: Make) -> None:
        study = a_study(pairs=2)
        register = ready(make(study), a_plan(study, 2, address=["a@gmail.com", "b@gmail.com"]))
        assert register.employers.alias_matches().empty
        register.sending.mark_sent("P00001", "control", FIRST)

    def test_nothing_to_decide(self, register: Register) -> None:
        with pytest.raises(RegisterError, match="do not wait for a decision"):
            register.employers.decide_alias(1, 2, same=True)
