"""Employers that asked to be left alone."""

from __future__ import annotations

import pytest

from corrtest.errors import InputError
from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, Make, Reopen, a_plan, a_study, ready


class TestBlocks:
    def test_blocked_for_good_in_every_study(self, make: Make, reopen: Reopen) -> None:
        first, second = a_study("first"), a_study("second")
        register = ready(make(first), a_plan(first))
        register.employers.block(pair_id="P00001")
        register.employers.block(employer_id="0400000001")
        register.employers.block(employer_id="0999999999")
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
        register.employers.block(employer_id="0400000000")
        ready(register, a_plan(study))
        with pytest.raises(Refusal, match="left alone"):
            register.sending.mark_sent("P00001", "control", FIRST)

    def test_one_name_is_needed(self, register: Register) -> None:
        with pytest.raises(InputError, match="one of the two"):
            register.employers.block()
