"""Who may do what."""

from __future__ import annotations

import pytest

from corrtest.errors import RegisterError
from corrtest.register import Refusal, Register
from tests.register.conftest import AFTER, FIRST, Make, a_plan, a_study, sent_rows


class TestRoles:
    def test_an_analyst_exports_and_does_nothing_else(self, register: Register) -> None:
        register.people.add("ann", "analyst")
        with pytest.raises(Refusal, match="ann has the role analyst"):
            register.sending.mark_sent("P00001", "control", FIRST, actor="ann")
        register.sending.import_sent(sent_rows(4))
        assert len(register.oversight.export_pairs(as_of=AFTER, actor="ann")) == 4

    def test_a_partner_sees_its_own_items_only(self, make: Make) -> None:
        study = a_study()
        register = make(study)
        register.intake.import_plan(a_plan(study), partners={"P00001": "north", "P00002": "south"})
        register.supervision.record_audit(pairs=4, failures=0, manifest_sha256="0" * 64)
        register.people.add("nora", "partner", partner="north")
        register.sending.mark_sent("P00001", "control", FIRST, actor="nora")
        with pytest.raises(Refusal, match="belongs to another partner"):
            register.sending.mark_sent("P00002", "treated", FIRST, actor="nora")

    def test_a_stranger(self, register: Register) -> None:
        with pytest.raises(RegisterError, match="Nobody called 'eve'"):
            register.sending.mark_sent("P00001", "control", FIRST, actor="eve")
