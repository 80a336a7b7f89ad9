"""Employers that asked to be left alone."""

from __future__ import annotations

import pytest

from corrtest.errors import InputError, RegisterError
from corrtest.register import Refusal, Register
from corrtest.register.employers.employers import Blocked
from tests.register.conftest import FIRST, Make, Reopen, a_plan, a_study, ready


class TestBlocks:
    def test_blocked_for_good_in_every_study(self, make: Make, reopen: Reopen) -> None:
        first, second = a_study("first"), a_study("second")
        register = ready(make(first), a_plan(first))
        assert register.employers.block(pair_id="P00001") == Blocked(
            employer="0400000000", waiting=1, half_sent=0, out=0
        )
        assert register.employers.block(employer_id=" BE 0400.000.001 ").employer == "0400000001"
        for pair, arm in (("P00001", "control"), ("P00002", "treated")):
            with pytest.raises(Refusal, match="left alone"):
                register.sending.mark_sent(pair, arm, FIRST)
        assert register.sending.claim_next(FIRST, count=9)["pair_id"].tolist() == ["P00003", "P00004"]
        register.supervision.add_study(second)
        other = ready(reopen(study="second"), a_plan(second, first_number=400_000_000))
        with pytest.raises(Refusal, match="left alone"):
            other.sending.mark_sent("P00001", "control", FIRST)

    def test_a_number_blocked_before_it_is_planned(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        with pytest.raises(InputError, match="names the employer 0403019261"):
            register.employers.block(employer_id="0403.019.261")
        with pytest.raises(InputError, match="check digits"):
            register.employers.block(employer_id="1234567890", not_planned=True)
        register.employers.block(employer_id="BE 0403.019.261", not_planned=True)
        plan = a_plan(study)
        plan.pairs["employer_id"] = plan.pairs["employer_id"].replace("0400000000", "0403019261")
        assert register.oversight.verify().passed
        ready(register, plan)
        with pytest.raises(Refusal, match="left alone"):
            register.sending.mark_sent("P00001", "control", FIRST)

    def test_a_block_is_lifted_by_a_coordinator_with_a_reason(self, register: Register) -> None:
        register.people.add("an", "partner", partner="A")
        register.sending.mark_sent("P00001", "control", FIRST)
        stopped = register.employers.block(pair_id="P00001", reason="telefoon", actor="an")
        assert (stopped.waiting, stopped.half_sent, stopped.out) == (0, 1, 0)
        with pytest.raises(InputError, match="reason"):
            register.employers.unblock("", pair_id="P00001")
        with pytest.raises(Refusal, match="role"):
            register.employers.unblock("toch niet", pair_id="P00001", actor="an")
        register.employers.unblock("vergissing van de firma", employer_id="0400.000.000")
        register.sending.mark_sent("P00001", "treated", "2027-01-12T09:00")
        with pytest.raises(RegisterError, match="not blocked"):
            register.employers.unblock("nog eens", pair_id="P00001")
        assert register.oversight.verify().passed

    def test_one_name_is_needed(self, register: Register) -> None:
        with pytest.raises(InputError, match="one of the two"):
            register.employers.block()
