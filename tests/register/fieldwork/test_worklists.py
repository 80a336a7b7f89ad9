"""What is due, in order, for whom."""

from __future__ import annotations

import pytest

from corrtest.register import Refusal, Register
from tests.register.conftest import FIRST, Make, a_plan, a_study, events


class TestWorklist:
    def test_in_order_and_only_what_may_go(self, register: Register) -> None:
        assert register.sending.worklist("2027-01-10").empty
        today = register.sending.worklist(FIRST)
        assert today["pair_id"].tolist() == ["P00001", "P00002", "P00003", "P00004"]
        assert today["arm"].tolist() == ["control", "treated", "control", "treated"]
        assert today["address"].tolist()[0] == "jobs@firm400000000.example"
        register.sending.mark_sent("P00001", "control", FIRST)
        assert "P00001" not in set(register.sending.worklist("2027-01-11T23:59")["pair_id"])
        tomorrow = register.sending.worklist("2027-01-12T00:00")
        assert tomorrow[["pair_id", "arm", "overdue_days"]].values.tolist() == [
            ["P00002", "treated", 1],
            ["P00003", "control", 1],
            ["P00004", "treated", 1],
            ["P00001", "treated", 0],
        ]

    def test_without_keys_no_identity(self, register: Register) -> None:
        register.session.keys = None
        assert "address" not in register.sending.worklist(FIRST)

    def test_a_partner_s_list_is_its_own(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        register.intake.import_plan(a_plan(study), partners={"P00001": "north", "P00002": "south"})
        register.supervision.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
        register.people.add("nora", "partner", partner="north")
        assert register.sending.worklist(FIRST, actor="nora")["pair_id"].tolist() == ["P00001", "P00003", "P00004"]
        assert register.sending.claim_next(FIRST, actor="nora")["pair_id"].tolist() == ["P00001", "P00003", "P00004"]

    def test_a_coder_sees_no_employer(self, register: Register) -> None:
        register.people.add("cas", "coder")
        with pytest.raises(Refusal, match="role coder"):
            register.sending.worklist(FIRST, actor="cas")
        assert events(register, "refused") == ['{"action":"worklist","reason":"role"}']

    def test_positive_reactions_wait_for_withdrawal(self, register: Register) -> None:
        register.sending.mark_sent("P00001", "control", FIRST)
        register.replies.record("P00001", "control", "invitation", "2027-01-13T10:00")
        waiting = register.replies.awaiting_withdrawal("2027-01-14T10:00")
        assert waiting[["pair_id", "late"]].values.tolist() == [["P00001", False]]
        assert register.replies.awaiting_withdrawal("2027-01-14T10:01")["late"].tolist() == [True]
        register.replies.withdraw("P00001", "control", "2027-01-14T11:00")
        assert register.replies.awaiting_withdrawal("2027-01-14T12:00").empty
